"""`KafkaTransport`: groups of records as transactions, by one producer that can be fenced by its name."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import TYPE_CHECKING, Final, Self

from kafka.errors import KafkaError
from kafka.partitioner.default import murmur2

from avroforge.delivery import Delivered, GroupLimit, Settled, Withdrawn
from avroforge.errors import TransportError
from avroforge.kafka.connection import close_client, make_admin
from avroforge.kafka.fault import explain, fault_of_record, refusal, too_large
from avroforge.kafka.flight import KafkaFlight, Terms
from avroforge.kafka.limits import TopicLimits, read_limits
from avroforge.kafka.partition_reader import PartitionReader
from avroforge.kafka.session import Session

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from avroforge.delivery import InFlight, Outcome, OutgoingRecord, RecordFault, SearchResult
    from avroforge.kafka.options import KafkaOptions

_log: Final = logging.getLogger("avroforge.kafka")
_PREFIX: Final = "avroforge-"
_LIMITS_KEPT: Final = 300.0
_ENDS_KEPT: Final = 60.0
# Its requests are small: one that is late mostly went to a broker that is gone.
_FIRST_ANSWER: Final = 5.0
_LONGEST_ANSWER: Final = 120.0
# What a batch of one record needs beside key, value and headers: never more than this.
_FRAMING: Final = 200


class KafkaTransport:
    """A `Transport` to real brokers.

    Every group is one transaction of a producer whose transactional id is derived from `name` and the topic.
    A session ends with its first failure; the next one takes the id over, which makes Kafka refuse whatever
    the old one, in this process or any other, may still have under way.

    Args:
        options: settings.
        name: who shares it, fences each other; an outbox id for instance.
    """

    def __init__(self, options: KafkaOptions, name: str) -> None:
        self._options = options
        self._name = f"{_PREFIX}{name}"
        self._sessions: dict[str, Session] = {}
        self._reader = PartitionReader(options, self._name)
        self._limits: dict[str, tuple[float, TopicLimits]] = {}
        self._warned: set[str] = set()
        self._ends: dict[tuple[str, int], tuple[float, int]] = {}
        # Doubled with every failure: a coordinator that is only slow must not be given up for ever.
        self._answers: dict[str, float] = {}

    @property
    def group_limit(self) -> GroupLimit:
        """As the options say: a transaction costs several round trips, whatever its size."""
        return GroupLimit(self._options.group_records, self._options.buffer_memory)

    def limits(self, topic: str, *, timeout: float, fresh: bool = False) -> TopicLimits:
        """What a topic takes; asked for at first use, and again every few minutes.

        Args:
            topic: its name.
            timeout: seconds.
            fresh: ask now.

        Raises:
            TransportError: there is none, this user may not see it, or nobody answers.
        """
        known = self._limits.get(topic)
        if fresh or known is None or time.monotonic() - known[0] > _LIMITS_KEPT:
            admin = make_admin(self._options, self._name, timeout)
            try:
                known = (time.monotonic(), read_limits(admin, topic, self._name))
            finally:
                close_client(admin)
            self._note_limits(topic, known[1])
            self._limits[topic] = known
        return known[1]

    def partition_for(self, topic: str, key: str, *, timeout: float) -> int:
        """The partition that Kafka's own clients choose for a key."""
        partitions = self.limits(topic, timeout=timeout).partitions
        digest: int = murmur2(key.encode("ascii"))
        return partitions[(digest & 0x7FFFFFFF) % len(partitions)]

    def end_offset(self, topic: str, partition: int, *, timeout: float) -> int:
        """Where the partition ended when last heard of: asked for, or told with a delivery."""
        known = self._ends.get((topic, partition))
        if known is None or time.monotonic() - known[0] > _ENDS_KEPT:
            known = (time.monotonic(), self._reader.end_offset(topic, partition, timeout))
            self._ends[topic, partition] = known
        return known[1]

    def send(self, records: Sequence[OutgoingRecord], *, timeout: float) -> InFlight:
        """Hand records of one topic over, in one transaction."""
        topic = records[0].topic
        try:
            session = self._live_session(topic, timeout)
            faults = [self._fault(record, timeout) for record in records]
        except TransportError as error:
            return Settled((refusal(error),) * len(records))
        if any(faults):
            return Settled(tuple(each or Withdrawn() for each in faults))
        try:
            futures = session.send(records)
        except (KafkaError, ValueError) as error:
            self._give_up(topic)
            return Settled(self._not_taken(records, error))
        known = self._limits.get(topic)
        terms = Terms(
            name=session.name,
            limit=known[1].max_message_bytes if known else None,
            patience=self._options.delivery_timeout_ms / 1000,
            answer=self._answers.get(topic, _FIRST_ANSWER),
            on_end=partial(self._landed, topic),
        )
        return KafkaFlight(session, records, futures, terms)

    def fence(self, topic: str, *, timeout: float) -> None:
        """Take over the id: Kafka answers once nothing of older sessions can be committed any more."""
        self._give_up(topic)
        self._live_session(topic, timeout)

    def find(
        self, topic: str, partition: int, result_ids: Collection[str], from_offset: int, *, timeout: float
    ) -> Mapping[str, SearchResult]:
        """Look at committed records, up to what was the end when the search began."""
        return self._reader.find(topic, partition, result_ids, from_offset, timeout)

    def close(self, timeout: float) -> None:
        """Let go of all connections."""
        deadline = time.monotonic() + timeout
        while self._sessions:
            _, session = self._sessions.popitem()
            session.close(max(0.0, deadline - time.monotonic()))
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close(1.0)

    def _live_session(self, topic: str, timeout: float) -> Session:
        session = self._sessions.get(topic)
        if session is None:
            session = Session(self._options, f"{self._name}-{topic}", topic, timeout)
            self._sessions[topic] = session
        return session

    def _give_up(self, topic: str) -> None:
        """Forget the session and everything that a restarted broker or a topic made anew may have changed."""
        self._ends.clear()
        self._limits.clear()
        self._reader.close()
        session = self._sessions.pop(topic, None)
        if session is not None:
            session.give_up()

    def _landed(self, topic: str, outcomes: tuple[Outcome, ...]) -> None:
        for outcome in outcomes:
            if not isinstance(outcome, Delivered):
                self._give_up(topic)
                self._answers[topic] = min(2 * self._answers.get(topic, _FIRST_ANSWER), _LONGEST_ANSWER)
                return
            self._ends[topic, outcome.partition] = (time.monotonic(), outcome.offset + 1)
        self._answers.pop(topic, None)

    def _fault(self, record: OutgoingRecord, timeout: float) -> RecordFault | None:
        """Whether a record is too large for certain; what is close to a limit is for the broker to say."""
        size = len(record.value)
        beside = len(record.key) + sum(len(name) + len(text) for name, text in record.headers)
        if size + beside + _FRAMING > self._options.max_request_size:
            return too_large(record.topic, size, self._options.max_request_size)
        most = self.limits(record.topic, timeout=timeout).max_message_bytes
        if most is None or size <= most:
            return None
        # It may have been raised since.
        most = self.limits(record.topic, timeout=timeout, fresh=True).max_message_bytes
        return too_large(record.topic, size, most) if most is not None and size > most else None

    def _not_taken(self, records: Sequence[OutgoingRecord], error: Exception) -> tuple[Outcome, ...]:
        refused = refusal(explain(error, topic=records[0].topic, producer=self._name))
        if len(records) > 1:
            return (refused,) * len(records)
        record = records[0]
        fault = fault_of_record(
            error, topic=record.topic, size=len(record.value), limit=self._options.max_request_size
        )
        return (fault or refused,)

    def _note_limits(self, topic: str, limits: TopicLimits) -> None:
        most = limits.max_message_bytes
        if most is not None and most < self._options.max_request_size and topic not in self._warned:
            self._warned.add(topic)
            _log.warning(
                "%s: max.message.bytes is %d, below max_request_size (%d): larger results will be given up",
                topic,
                most,
                self._options.max_request_size,
            )
