"""When a flight stops waiting: what is outstanding decides, not only the clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from kafka.errors import KafkaTimeoutError
from kafka.producer.transaction_manager import TransactionalRequestResult

from avroforge.delivery import Outcome, OutgoingRecord, Refused, Unknown
from avroforge.kafka.flight import KafkaFlight, Terms

if TYPE_CHECKING:
    from avroforge.kafka.session import Session

RECORD = OutgoingRecord(topic="t", partition=0, key="a", value=b"v", headers=(), created_ms=0)


@dataclass
class Outstanding:
    """A session whose coordinator never answers."""

    is_adding_partitions: bool

    def commit(self) -> TransactionalRequestResult:
        return TransactionalRequestResult()


class Open:
    """A record that did not arrive yet."""

    is_done = False

    def get(self, timeout: float) -> None:
        time.sleep(timeout)
        raise KafkaTimeoutError


class Arrived:
    """One that did."""

    is_done = True

    def failed(self) -> bool:
        return False


def flight(future: object, *, adding: bool) -> tuple[KafkaFlight, list[tuple[Outcome, ...]]]:
    told: list[tuple[Outcome, ...]] = []
    terms = Terms(name="p", limit=None, patience=60.0, answer=0.05, on_end=told.append)
    session = cast("Session", Outstanding(adding))
    return KafkaFlight(session, [RECORD], [cast("Any", future)], terms), told


def test_a_partition_that_is_not_let_in_is_a_definite_failure() -> None:
    started, told = flight(Open(), adding=True)
    assert started.wait(0.01) is None
    (outcome,) = started.wait(0.1) or ()
    assert isinstance(outcome, Refused)
    assert outcome.retriable
    assert "the transaction coordinator was not ready" in outcome.reason
    assert started.wait(0) == (outcome,)
    assert told == [(outcome,)]


def test_a_record_on_its_way_may_take_its_time() -> None:
    started, told = flight(Open(), adding=False)
    assert started.wait(0.1) is None
    assert told == []


def test_a_commit_without_an_answer_is_unknown() -> None:
    started, told = flight(Arrived(), adding=False)
    assert started.wait(0.01) is None
    (outcome,) = started.wait(0.1) or ()
    assert isinstance(outcome, Unknown)
    assert "with the commit" in outcome.reason
    assert told == [(outcome,)]
