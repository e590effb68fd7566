from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from avroforge.delivery import DeliveryCounts, GroupLimit, Outbox, Relay, RelayOptions, RowState, TopicLog
from avroforge.delivery.lease import Lease
from avroforge.errors import (
    ConfigurationError,
    IncompatibleSchemaError,
    OutboxError,
    RegistryUnavailableError,
    RelayLockedError,
    TransportError,
)
from avroforge.wire.framing import unframe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.delivery.conftest import Broker, Ids, ScriptedTransport

    from avroforge.delivery import OutboxOptions, OutboxRecord

    Make = Callable[..., OutboxRecord]
    Scripted = Callable[..., ScriptedTransport]

QUICK = RelayOptions(retries=2, retry_delay=0.01, longest_delay=0.05, poll_interval=0.02)


def state(outbox: Outbox, name: str) -> RowState:
    row = outbox.find("results", name)
    assert row is not None
    return row.state


def test_what_was_appended_arrives_framed_with_its_headers(
    outbox: Outbox, log: TopicLog, ids: Ids, record: Make
) -> None:
    for name in ("a", "b", "c"):
        outbox.append(record(name))
    with Relay(outbox, log, ids) as relay:
        assert relay.deliver(5) == DeliveryCounts(sent=3, pending=0, dead=0, blocked=None)
    entries = list(log.read("results"))
    assert [(entry.offset, entry.key) for entry in entries] == [(0, "a"), (1, "b"), (2, "c")]
    assert unframe(entries[0].value) == (7, b"payload of a")
    assert entries[0].header("molecule") == "H2 dimer"
    assert entries[0].header("result-id") == "a"
    created = entries[0].header("created-at")
    assert created is not None
    assert created.endswith("+00:00")
    row = outbox.find("results", "c")
    assert row is not None
    assert (row.state, row.partition, row.offset, row.attempts) == (RowState.SENT, 0, 2, 1)


def test_nothing_is_sent_twice(outbox: Outbox, log: TopicLog, ids: Ids, record: Make) -> None:
    relay = Relay(outbox, log, ids)
    for _ in range(2):
        outbox.append(record("a"))
        relay.deliver(5)
    assert [entry.key for entry in log.read("results")] == ["a"]


def test_the_attempt_is_committed_before_the_network_is_asked(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted
) -> None:
    outbox.append(record("a"))
    transport = scripted("never")
    relay = Relay(outbox, transport, ids)
    counts = relay.deliver(0.05)
    assert (counts.sent, counts.pending) == (0, 1)
    row = outbox.find("results", "a")
    assert row is not None
    assert row.state is RowState.SENDING
    assert row.attempt is not None
    assert (row.attempt.number, row.attempt.end_offset) == (1, 0)


def test_an_open_record_is_waited_for_and_never_sent_again(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted, broker: Broker
) -> None:
    outbox.append(record("a"))
    transport = scripted("slow")
    relay = Relay(outbox, transport, ids)
    assert relay.deliver(0).pending == 1
    assert relay.deliver(5).sent == 1
    assert broker.ids() == ["a"]
    assert transport.calls.count("send") == 1


@pytest.mark.parametrize("behaviour", ["ghost", "lose", "late"])
def test_an_unknown_outcome_is_settled_by_fence_and_search(
    behaviour: str, outbox: Outbox, ids: Ids, record: Make, scripted: Scripted
) -> None:
    outbox.append(record("a"))
    transport = scripted(behaviour)
    broker = transport.broker
    counts = Relay(outbox, transport, ids, QUICK).deliver(5)
    assert (counts.sent, counts.pending, counts.blocked) == (1, 0, None)
    broker.late_records_arrive()
    assert broker.ids() == ["a"]
    assert transport.calls.count("send") == (1 if behaviour == "ghost" else 2)
    assert transport.calls.index("fence") < transport.calls.index("find")


def test_a_record_that_did_not_arrive_counts_as_a_definite_failure(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted, broker: Broker
) -> None:
    outbox.append(record("a"))
    transport = scripted(*["lose"] * 4)
    relay = Relay(outbox, transport, ids, QUICK)
    assert relay.deliver(5) == DeliveryCounts(0, 1, 0, "attempt 3 did not arrive: connection lost")
    assert transport.calls.count("send") == QUICK.retries + 1
    assert relay.deliver(5).sent == 1
    assert broker.ids() == ["a"]
    assert len({each.partition for each in broker.log}) == 1


def test_while_the_outcome_cannot_be_settled_nothing_is_sent(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted, broker: Broker
) -> None:
    outbox.append(record("a"))
    outbox.append(record("b"))
    transport = scripted("ghost")
    transport.unreachable["fence"] = TransportError("no coordinator", retriable=True)
    relay = Relay(outbox, transport, ids, QUICK)
    counts = relay.deliver(5)
    assert counts.sent == 0
    assert counts.blocked == "outcome of attempt 1 is unknown, and looking for it failed: no coordinator"
    assert transport.calls.count("send") == 1
    transport.unreachable.clear()
    assert relay.deliver(5).sent == 2
    assert broker.ids() == ["a", "b"]


def test_a_second_attempt_goes_to_the_same_partition(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted, broker: Broker
) -> None:
    outbox.append(record("a"))
    abandoned = Relay(outbox, scripted("never"), ids)
    abandoned.deliver(0)
    first = outbox.find("results", "a")
    assert first is not None
    assert first.attempt is not None
    broker.partitions = 2 if first.attempt.partition != sum(b"a") % 2 else 5
    # Its relay goes without a word: another one takes over.
    del abandoned
    Relay(outbox, scripted(), ids).deliver(5)
    assert [record.partition for record in broker.log] == [first.attempt.partition]


def test_a_row_whose_log_was_cut_is_sent_again_and_not_lost(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted, broker: Broker
) -> None:
    outbox.append(record("a"))
    transport = scripted("lose")
    broker.first_offset = 5
    assert Relay(outbox, transport, ids, QUICK).deliver(5).sent == 1
    assert broker.ids() == ["a"]


def test_retries_are_further_attempts_after_a_definite_failure(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted
) -> None:
    outbox.append(record("a"))
    for retries in (0, 1, 3):
        transport = scripted(*["refuse"] * 10)
        counts = Relay(outbox, transport, ids, RelayOptions(retries=retries, retry_delay=0.001)).deliver(5)
        assert transport.calls.count("send") == retries + 1
        assert counts == DeliveryCounts(0, 1, 0, "no leader")
        assert state(outbox, "a") is RowState.PENDING


def test_retry_delay_is_the_first_pause_and_doubles(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted
) -> None:
    outbox.append(record("a"))
    begin = time.monotonic()
    counts = Relay(
        outbox, scripted("refuse", "refuse"), ids, RelayOptions(retries=2, retry_delay=0.1)
    ).deliver(5)
    assert counts.sent == 1
    assert 0.3 <= time.monotonic() - begin < 1.5


def test_deliver_gives_up_waiting_at_its_timeout(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted
) -> None:
    outbox.append(record("a"))
    begin = time.monotonic()
    Relay(outbox, scripted(*["refuse"] * 9), ids, RelayOptions(retries=9, retry_delay=30)).deliver(0.2)
    Relay(outbox, scripted(*["refuse"] * 9), ids, RelayOptions(retries=9, retry_delay=30)).close(0.2)
    assert time.monotonic() - begin < 2


def test_a_fault_of_the_world_blocks_and_buries_nothing(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted
) -> None:
    outbox.append(record("a"))
    outbox.append(record("b"))
    transport = scripted("forbid")
    relay = Relay(outbox, transport, ids, QUICK)
    assert relay.deliver(5) == DeliveryCounts(0, 2, 0, "not authorised")
    assert transport.calls.count("send") == 1
    ids.error = IncompatibleSchemaError("results-value", ["version 1: reader misses a default"])
    counts = relay.deliver(5)
    assert counts.dead == 0
    assert counts.blocked is not None
    assert counts.blocked.startswith("registry: results-value: schema is incompatible")
    assert outbox.status().reasons[0].reason == counts.blocked
    ids.error = None
    transport.unreachable["end_offset"] = TransportError("certificate has expired")
    assert relay.deliver(5) == DeliveryCounts(0, 2, 0, "certificate has expired")
    transport.unreachable.clear()
    assert relay.deliver(5) == DeliveryCounts(2, 0, 0, None)
    assert outbox.status().reasons == ()


def test_a_registry_that_is_down_is_asked_again(
    outbox: Outbox, ids: Ids, record: Make, log: TopicLog
) -> None:
    outbox.append(record("a"))
    ids.error = RegistryUnavailableError("connection refused")
    relay = Relay(outbox, log, ids, QUICK)
    threading.Timer(0.2, lambda: setattr(ids, "error", None)).start()
    assert relay.drain(5).sent == 1


def test_a_fault_of_the_record_is_kept_and_others_go_on(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted, broker: Broker
) -> None:
    for name in ("a", "b"):
        outbox.append(record(name))
    relay = Relay(outbox, scripted("fault"), ids)
    assert relay.deliver(5) == DeliveryCounts(1, 0, 1, None)
    row = outbox.find("results", "a")
    assert row is not None
    assert (row.state, row.error) == (RowState.DEAD, "refused for good")
    assert outbox.payload(row.row_id) == b"payload of a"
    assert outbox.requeue(["a", "b", "nobody"]) == 1
    assert relay.deliver(5).sent == 1
    assert broker.ids() == ["b", "a"]


def test_a_second_relay_waits_and_says_for_whom(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted, log: TopicLog
) -> None:
    outbox.append(record("a"))
    first = Relay(outbox, scripted("never"), ids)
    first.deliver(0)
    counts = Relay(outbox, log, ids, QUICK).deliver(0.3)
    assert counts.sent == 0
    assert counts.blocked is not None
    assert f"another relay (pid {os.getpid()} on " in counts.blocked
    with pytest.raises(RelayLockedError, match="delivers this outbox"):
        Lease.acquire(outbox)


def test_a_relay_that_lost_its_generation_changes_nothing(outbox: Outbox, record: Make) -> None:
    outbox.append(record("a"))
    old = Lease.acquire(outbox)
    # A lock that was lost without anybody noticing, as on a network file system.
    (outbox.directory / "relay.lock").unlink()
    new = Lease.acquire(outbox)
    row = new.next_rows(GroupLimit())[0]
    with pytest.raises(OutboxError, match=r"another relay took over \(generation 1 is past\)"):
        old.mark_sent([(row, 0, 0)])
    assert not old.held
    assert state(outbox, "a") is RowState.PENDING
    new.mark_dead(row, "by the new one")
    assert state(outbox, "a") is RowState.DEAD
    new.release()
    with pytest.raises(OutboxError, match="has given up its lock"):
        new.note([row], "later")


def test_a_relay_that_was_overtaken_sends_nothing_again(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted, broker: Broker
) -> None:
    outbox.append(record("a"))
    old = Relay(outbox, scripted("slow"), ids, QUICK)
    old.deliver(0)
    (outbox.directory / "relay.lock").unlink()
    assert Relay(outbox, scripted(), ids).deliver(5).sent == 1
    assert old.deliver(0.2).sent == 0
    assert broker.ids() == ["a"]


def test_a_clock_that_steps_back_changes_neither_order_nor_age(
    tmp_path: Path, ids: Ids, record: Make, log: TopicLog, options: OutboxOptions
) -> None:
    now = [2_000_000_000.0]
    with Outbox.open(tmp_path / "clock", replace(options, clock=lambda: now[0])) as other:
        other.append(record("first"))
        now[0] -= 86_400
        other.append(record("second"))
        assert other.status().oldest_seconds == 0.0
        now[0] = -5.0
        other.append(record("third"))
        Relay(other, log, ids).deliver(5)
    assert [entry.key for entry in log.read("results")] == ["first", "second", "third"]


@pytest.mark.parametrize(
    ("setting", "value"), [("retries", -1), ("retry_delay", -0.1), ("call_timeout", 0), ("poll_interval", 0)]
)
def test_settings_that_make_no_sense_are_refused(setting: str, value: float) -> None:
    with pytest.raises(ConfigurationError, match=f"{setting}: expected"):
        RelayOptions(**{setting: value})  # type: ignore[arg-type]  # a wrong value is the point
