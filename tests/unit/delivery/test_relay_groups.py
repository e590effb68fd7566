"""Several records per call, and topics that do not wait for each other."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from avroforge.delivery import DeliveryCounts, GroupLimit, Outbox, Refused, Relay, RelayOptions, RowState
from avroforge.delivery.courier import Blocked
from avroforge.delivery.obstacle import Obstacles
from avroforge.errors import IncompatibleSchemaError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.delivery.conftest import Broker, Ids, ScriptedTransport

    from avroforge.delivery import OutboxRecord

    Make = Callable[..., OutboxRecord]
    Scripted = Callable[..., ScriptedTransport]

QUICK = RelayOptions(retries=2, retry_delay=0.01, longest_delay=0.05, poll_interval=0.02)


@pytest.fixture
def grouping(scripted: Scripted) -> Scripted:
    def make(*script: str) -> ScriptedTransport:
        transport = scripted(*script)
        transport.limit = GroupLimit(records=4, size=60)
        return transport

    return make


def states(outbox: Outbox) -> list[str]:
    return [f"{row.result_id} {row.state}" for row in outbox.rows()]


def test_a_group_holds_no_more_than_its_limit(
    outbox: Outbox, ids: Ids, record: Make, grouping: Scripted, broker: Broker
) -> None:
    for number in range(5):
        outbox.append(record(f"r{number}", b"x" * 20))
    outbox.append(record("large", b"x" * 100))
    outbox.append(record("other", topic="elsewhere"))
    transport = grouping()
    assert Relay(outbox, transport, ids, QUICK).deliver(5).sent == 7
    # Three of 20 bytes, two, the large one alone, and the other topic.
    assert transport.calls.count("send") == 4
    assert broker.ids() == ["r0", "r1", "r2", "r3", "r4", "large", "other"]


def test_one_bad_record_of_a_group_dies_alone(
    outbox: Outbox, ids: Ids, record: Make, grouping: Scripted, broker: Broker
) -> None:
    for name in ("a", "b", "c"):
        outbox.append(record(name))
    assert Relay(outbox, grouping("withdraw", "fault", "withdraw"), ids, QUICK).deliver(5) == DeliveryCounts(
        2, 0, 1, None
    )
    assert states(outbox) == ["a sent", "b dead", "c sent"]
    assert broker.ids() == ["a", "c"]


def test_unknown_outcomes_of_a_group_are_settled_one_by_one(
    outbox: Outbox, ids: Ids, record: Make, grouping: Scripted, broker: Broker
) -> None:
    for name in ("a", "b", "c"):
        outbox.append(record(name))
    transport = grouping("ghost", "lose", "late")
    assert Relay(outbox, transport, ids, QUICK).deliver(5).sent == 3
    broker.late_records_arrive()
    assert sorted(broker.ids()) == ["a", "b", "c"]
    assert transport.calls.count("fence") == 2


def test_a_fault_of_one_topic_does_not_hold_up_the_others(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted, broker: Broker
) -> None:
    for number in range(3):
        outbox.append(record(f"bad{number}", topic="forbidden"))
        outbox.append(record(f"good{number}"))
    transport = scripted()
    transport.send_hook = lambda each: (
        Refused("not authorised", retriable=False, topic=each.topic) if each.topic == "forbidden" else None
    )
    relay = Relay(outbox, transport, ids, QUICK)
    assert relay.deliver(5) == DeliveryCounts(3, 3, 0, "not authorised")
    assert broker.ids() == ["good0", "good1", "good2"]
    transport.send_hook = None
    assert relay.deliver(5).sent == 3


def test_a_schema_that_one_subject_refuses_does_not_hold_up_the_others(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted, broker: Broker
) -> None:
    outbox.append(record("bad", topic="first"))
    outbox.append(record("good"))
    ids.refused = {"first-value": IncompatibleSchemaError("first-value", ["version 1: no default"])}
    relay = Relay(outbox, scripted(), ids, QUICK)
    counts = relay.deliver(5)
    assert (counts.sent, counts.pending) == (1, 1)
    assert counts.blocked is not None
    assert counts.blocked.startswith("registry: first-value")
    assert broker.ids() == ["good"]


def test_in_the_background_a_blocked_topic_is_retried_while_others_go_on(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted, broker: Broker
) -> None:
    outbox.append(record("bad", topic="forbidden"))
    transport = scripted()
    transport.send_hook = lambda each: (
        Refused("no such topic", retriable=False, topic=each.topic) if each.topic == "forbidden" else None
    )
    relay = Relay(outbox, transport, ids, QUICK)
    relay.start()
    try:
        outbox.append(record("good"))
        row = relay.wait_for("results", "good", 5)
        assert row is not None
        assert row.state is RowState.SENT
        assert relay.blocked == "no such topic"
        transport.send_hook = None
        assert relay.drain(5).pending == 0
        assert broker.ids() == ["good", "bad"]
    finally:
        relay.stop(5)


def test_pauses_double_per_topic_and_start_small_after_a_passage() -> None:
    now = [100.0]
    obstacles = Obstacles(retries=1, delay=2.0, longest=10.0, clock=lambda: now[0])
    untils = [obstacles.note(Blocked("x", retriable=True, topic="a")).until - 100 for _ in range(4)]
    assert untils == [2.0, 4.0, 8.0, 10.0]
    assert obstacles.note(Blocked("y", retriable=True, topic="b")).until == 102.0
    assert obstacles.topics(hopeless=False) == {"a", "b"}
    now[0] = 103.0
    assert obstacles.topics(hopeless=False) == {"a"}
    assert not obstacles.hopeless
    obstacles.passed(["b"])
    assert obstacles.hopeless
    assert obstacles.reason == "x"
    obstacles.note(Blocked("everything", retriable=False))
    assert obstacles.reason == "everything"


def test_hours_without_a_broker_are_a_bounded_number_of_attempts_and_the_last_pause_is_short() -> None:
    now = [0.0]
    obstacles = Obstacles(retries=3, delay=2.0, longest=60.0, clock=lambda: now[0])
    attempts = []
    while now[0] < 10 * 3600:
        attempts.append(now[0])
        obstacles.note(Blocked("no broker answers", retriable=True))
        now[0] += obstacles.seconds_to_next(hopeless=True)
    assert len(attempts) < 10 * 60 + 10
    assert max(later - earlier for earlier, later in pairwise(attempts)) == 60.0
    obstacles.passed(())
    assert obstacles.note(Blocked("again", retriable=True)).until == now[0] + 2.0
