"""What a relay tells those who watch it, and the log."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import pytest

from avroforge.delivery import Outbox, Relay, RelayOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.delivery.conftest import Ids, ScriptedTransport

    from avroforge.delivery import OutboxRecord, Row

    Make = Callable[..., OutboxRecord]
    Scripted = Callable[..., ScriptedTransport]

QUICK = RelayOptions(retries=2, retry_delay=0.01, longest_delay=0.05, poll_interval=0.02)


class Notes:
    """A `DeliveryObserver` that writes down."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def delivered(self, row: Row, seconds: float) -> None:
        assert seconds >= 0
        self.told.append(("delivered", row.result_id, row.attempts))

    def given_up(self, row: Row, reason: str) -> None:
        self.told.append(("given up", row.result_id, reason))

    def held_up(self, topic: str | None, reason: str) -> None:
        self.told.append(("held up", topic, reason))


@pytest.fixture
def notes() -> Notes:
    return Notes()


def test_every_outcome_is_told_once_after_the_outbox_has_it(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted, notes: Notes
) -> None:
    for name in ("a", "b"):
        outbox.append(record(name))
    relay = Relay(outbox, scripted("refuse", "deliver", "fault"), ids, QUICK, notes)
    relay.drain(5)
    held, delivered, dead = notes.told
    assert held[0] == "held up"
    assert delivered == ("delivered", "a", 1)
    assert dead[:2] == ("given up", "b")


def test_the_log_has_an_event_for_each(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("a", "b"):
        outbox.append(record(name))
    with caplog.at_level(logging.DEBUG, "avroforge.delivery"):
        Relay(outbox, scripted("refuse", "deliver", "fault"), ids, QUICK).drain(5)
    events = [each.__dict__["event"] for each in caplog.records]
    assert events == ["took-over", "blocked", "record-delivered", "delivered", "unblocked", "given-up"]


def test_a_relay_without_a_thread_has_no_turns(outbox: Outbox, ids: Ids, scripted: Scripted) -> None:
    relay = Relay(outbox, scripted(), ids, QUICK)
    assert relay.idle_seconds is None
    relay.start()
    assert relay.idle_seconds is not None
    relay.stop(5)
    assert relay.idle_seconds is None


def test_a_pause_between_attempts_is_no_standstill(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted
) -> None:
    outbox.append(record("a"))
    relay = Relay(outbox, scripted(*["refuse"] * 9), ids, RelayOptions(retry_delay=600, longest_delay=600))
    relay.start()
    deadline = time.monotonic() + 30
    while relay.blocked is None or relay.idle_seconds != 0:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    relay.stop(5)
