"""What every transport promises: the same suite for the embedded log and the scripted one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from avroforge.delivery import (
    Absent,
    Delivered,
    Found,
    InFlight,
    Outcome,
    OutgoingRecord,
    RecordFault,
    Refused,
    TopicLog,
    TopicLogOptions,
    Transport,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.delivery.conftest import ScriptedTransport

    Maker = Callable[[], Transport]

TOPIC = "results"
LIMIT = 1000
WAIT = 10


@pytest.fixture(params=["topic log", "scripted"])
def make(request: pytest.FixtureRequest, tmp_path: Path, scripted: Callable[..., ScriptedTransport]) -> Maker:
    """Each call is one more producer with the same name on the same destination."""
    if request.param == "scripted":
        return cast("Maker", scripted)
    return lambda: TopicLog(tmp_path / "topics", "me", TopicLogOptions(max_record_bytes=LIMIT))


def outgoing(key: str, partition: int, value: bytes = b"value") -> OutgoingRecord:
    return OutgoingRecord(
        topic=TOPIC,
        partition=partition,
        key=key,
        value=value,
        headers=(("molecule", "H2"), ("result-id", key)),
        created_ms=1_700_000_000_000,
    )


def only(flight: InFlight) -> Outcome:
    outcomes = flight.wait(WAIT)
    assert outcomes is not None
    (outcome,) = outcomes
    return outcome


def put(transport: Transport, key: str) -> Delivered:
    partition = transport.partition_for(TOPIC, key, timeout=WAIT)
    outcome = only(transport.send([outgoing(key, partition)], timeout=WAIT))
    assert isinstance(outcome, Delivered)
    return outcome


def test_a_key_keeps_its_partition(make: Maker) -> None:
    one, other = make(), make()
    assert one.partition_for(TOPIC, "a", timeout=WAIT) == other.partition_for(TOPIC, "a", timeout=WAIT)


def test_a_record_lands_at_or_after_the_recorded_end(make: Maker) -> None:
    transport = make()
    for key in ("a", "b", "c"):
        partition = transport.partition_for(TOPIC, key, timeout=WAIT)
        end = transport.end_offset(TOPIC, partition, timeout=WAIT)
        assert put(transport, key).offset >= end
        assert transport.end_offset(TOPIC, partition, timeout=WAIT) > end


def test_a_settled_outcome_is_told_again(make: Maker) -> None:
    transport = make()
    flight = transport.send([outgoing("a", 0)], timeout=WAIT)
    assert flight.wait(1) == flight.wait(0)


def test_nothing_is_readable_before_it_is_waited_for(make: Maker) -> None:
    old, new = make(), make()
    put(old, "a")
    old.send([outgoing("never waited for", 0)], timeout=WAIT)
    new.fence(TOPIC, timeout=WAIT)
    assert new.find(TOPIC, 0, ["never waited for"], 0, timeout=WAIT) == {"never waited for": Absent()}


def test_find_sees_what_was_delivered_and_nothing_else(make: Maker) -> None:
    transport = make()
    where = put(transport, "a")
    assert transport.find(TOPIC, where.partition, ["a"], where.offset, timeout=WAIT) == {
        "a": Found(where.offset)
    }
    assert transport.find(TOPIC, where.partition, ["b"], 0, timeout=WAIT) == {"b": Absent()}
    end = transport.end_offset(TOPIC, where.partition, timeout=WAIT)
    assert transport.find(TOPIC, where.partition, ["a"], end, timeout=WAIT) == {"a": Absent()}


def test_find_searches_all_of_a_log_that_was_made_anew(make: Maker) -> None:
    transport = make()
    where = put(transport, "a")
    assert transport.find(TOPIC, where.partition, ["a"], 10**6, timeout=WAIT) == {"a": Found(where.offset)}


def test_another_producer_finds_what_the_first_one_sent(make: Maker) -> None:
    where = put(make(), "a")
    assert make().find(TOPIC, where.partition, ["a"], 0, timeout=WAIT) == {"a": Found(where.offset)}


def test_after_a_fence_the_older_producer_appends_nothing(make: Maker) -> None:
    old, new = make(), make()
    put(old, "a")
    new.fence(TOPIC, timeout=WAIT)
    outcome = only(old.send([outgoing("late", 0)], timeout=WAIT))
    assert isinstance(outcome, Refused)
    assert not outcome.retriable
    assert new.find(TOPIC, 0, ["late"], 0, timeout=WAIT) == {"late": Absent()}
    put(new, "b")


def test_too_large_is_a_fault_of_the_record(make: Maker) -> None:
    transport = make()
    outcome = only(transport.send([outgoing("big", 0, b"x" * (LIMIT + 1))], timeout=WAIT))
    assert isinstance(outcome, RecordFault)
    assert transport.find(TOPIC, 0, ["big"], 0, timeout=WAIT) == {"big": Absent()}
    put(transport, "small")


def test_close_is_bounded_and_leaves_the_log(make: Maker) -> None:
    transport = make()
    where = put(transport, "a")
    transport.close(1)
    assert make().find(TOPIC, where.partition, ["a"], 0, timeout=WAIT) == {"a": Found(where.offset)}
