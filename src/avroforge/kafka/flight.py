"""Records on their way to Kafka: first into their partitions, then committed together."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kafka.errors import KafkaError, KafkaTimeoutError

from avroforge.delivery import Delivered, RecordFault, Unknown, Withdrawn
from avroforge.kafka.fault import explain, fault_of_record, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kafka.producer.future import FutureRecordMetadata

    from avroforge.delivery import Outcome, OutgoingRecord
    from avroforge.kafka.session import Commit, Session

# Above what the client's own time-outs add up to.
_GRACE: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms a flight is watched.

    Attributes:
        name: the transactional id.
        limit: the topic's ``max.message.bytes`` if known, for messages.
        patience: seconds for the records to arrive.
        answer: seconds for the transaction coordinator to answer a request.
        on_end: told the outcomes once.
    """

    name: str
    limit: int | None
    patience: float
    answer: float
    on_end: Callable[[tuple[Outcome, ...]], None]


class KafkaFlight:
    """A transaction; an `InFlight`.

    Until the commit is asked for, every failure is definite: without a commit, nothing of the transaction can
    ever be read. Only a commit without an answer is unknown.
    """

    def __init__(
        self,
        session: Session,
        records: Sequence[OutgoingRecord],
        futures: Sequence[FutureRecordMetadata],
        terms: Terms,
    ) -> None:
        """Watch over records that were handed to a session, one future for each."""
        self._session = session
        self._records = records
        self._futures = futures
        self._name = terms.name
        self._limit = terms.limit
        self._answer = min(terms.answer, terms.patience + _GRACE)
        self._on_end = terms.on_end
        started = time.monotonic()
        self._coordinated_by = started + self._answer
        self._give_up_at = started + terms.patience + _GRACE
        self._commit: Commit | None = None
        self._outcomes: tuple[Outcome, ...] | None = None
        self._ended = False

    def wait(self, timeout: float) -> tuple[Outcome, ...] | None:
        """The outcomes once all are known."""
        deadline = time.monotonic() + timeout
        if self._outcomes is None and self._commit is None:
            self._outcomes = self._arrive(deadline)
        if self._outcomes is None and self._commit is not None:
            self._outcomes = self._be_committed(self._commit, deadline)
        if self._outcomes is not None and not self._ended:
            self._ended = True
            self._on_end(self._outcomes)
        return self._outcomes

    def _arrive(self, deadline: float) -> tuple[Outcome, ...] | None:
        """Wait for every record to be in its partition, then ask for the commit."""
        try:
            for future in self._futures:
                if not _settled(future, min(deadline, self._give_up_at)):
                    return self._fail_if_stuck()
            failed = next((each for each in self._futures if each.failed()), None)
            if failed is not None:
                return self._fail(failed.exception)
            self._commit = self._session.commit()
        except KafkaError as error:
            return self._fail(error)
        self._give_up_at = time.monotonic() + self._answer
        return None

    def _fail_if_stuck(self) -> tuple[Outcome, ...] | None:
        """Outcomes when waiting longer leads nowhere.

        kafka-python may wait for a coordinator that is gone until the request's time is up.
        """
        now = time.monotonic()
        if now > self._coordinated_by and self._session.is_adding_partitions:
            return self._fail(KafkaTimeoutError(self._silence))
        if now > self._give_up_at:
            return self._fail(KafkaTimeoutError("the client gave no outcome in time"))
        return None

    @property
    def _silence(self) -> str:
        return f"the transaction coordinator was not ready in {self._answer:.0f} s"

    def _be_committed(self, commit: Commit, deadline: float) -> tuple[Outcome, ...] | None:
        try:
            left = max(0.0, min(deadline, self._give_up_at) - time.monotonic())
            if not commit.wait(left * 1000):
                if time.monotonic() < self._give_up_at:
                    return None
                return self._unknown(f"{self._silence} with the commit")
        except KafkaError as error:
            return self._unknown(explain(error, topic=None, producer=self._name).message)
        return tuple(Delivered(each.value.partition, each.value.offset) for each in self._futures)

    def _unknown(self, reason: str) -> tuple[Outcome, ...]:
        return (Unknown(reason),) * len(self._records)

    def _fail(self, error: BaseException) -> tuple[Outcome, ...]:
        """The transaction is not committed: records at fault, and the rest, which may go again."""
        faults = [self._fault(*pair) for pair in zip(self._records, self._futures, strict=True)]
        if any(faults):
            return tuple(each or Withdrawn() for each in faults)
        refused = refusal(explain(error, topic=self._records[0].topic, producer=self._name))
        return (refused,) * len(self._records)

    def _fault(self, record: OutgoingRecord, future: FutureRecordMetadata) -> RecordFault | None:
        if not future.is_done or not future.failed():
            return None
        return fault_of_record(
            future.exception, topic=record.topic, size=len(record.value), limit=self._limit
        )


def _settled(future: FutureRecordMetadata, deadline: float) -> bool:
    """Wait for a future; its failure is not raised."""
    if not future.is_done:
        # Its own failure, or time is up: `is_done` tells them apart.
        with suppress(KafkaError):
            future.get(timeout=max(0.0, deadline - time.monotonic()))
    return bool(future.is_done)
