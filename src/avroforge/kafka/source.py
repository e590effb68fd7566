"""Reads a topic of real brokers: committed records only, alone or as a member of a group."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from kafka import ConsumerRebalanceListener, OffsetAndMetadata, TopicPartition, errors

from avroforge.delivery import IncomingRecord, StartPlace
from avroforge.errors import TransportError
from avroforge.kafka.connection import close_client, knock, make_consumer
from avroforge.kafka.fault import explain

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kafka import KafkaConsumer
    from kafka.consumer.fetcher import ConsumerRecord

    from avroforge.kafka.options import KafkaOptions

_POLL_MS: Final = 200
_KNOCK: Final = 3.0
_SESSION_MS: Final = 10_000
# A member that processes one record for longer loses its partitions to the others.
_LONGEST_PROCESSING_MS: Final = 300_000
# A client that has waited so long for its share asks anew: what it waits for may have been lost.
_REJOIN_S: Final = 60.0
_BATCH_FRAMING: Final = 64 * 1024
_FETCH_BYTES: Final = 50 * 1024 * 1024
# The partition is another member's by now.
_TAKEN_AWAY: Final = (
    errors.CommitFailedError,
    errors.IllegalGenerationError,
    errors.RebalanceInProgressError,
    errors.UnknownMemberIdError,
)
_OF_THE_READER: Final = {
    errors.GroupAuthorizationFailedError: "not authorised for the group; grant Read on it",
    errors.TopicAuthorizationFailedError: "not authorised; grant Describe and Read on the topic",
}


class KafkaSource:
    """A `RecordSource` over brokers; connects at the first record, and anew after every failure.

    In a group every record is committed by itself, before the next one is asked for: when partitions are
    taken away, which happens only while it asks, nothing processed is uncommitted.

    Args:
        options: settings of the connection.
        topics: the first has to exist; others are read with it where they exist when it connects, and without
            a group from their beginning.
        group: the consumer group; None reads every partition alone.
        start: from where to read without a group.
        timeout: seconds to wait for each answer.
    """

    def __init__(
        self,
        options: KafkaOptions,
        topics: Sequence[str],
        *,
        group: str | None = None,
        start: StartPlace | None = None,
        timeout: float = 10.0,
    ) -> None:
        self._options = options
        self._topics = tuple(topics)
        self._topic = self._topics[0]
        self._group = group
        self._start = start or StartPlace()
        self._timeout = timeout
        self._consumer: KafkaConsumer | None = None
        self._membership = _Membership()
        self._reached: dict[TopicPartition, int] = {}

    def next_record(self) -> IncomingRecord | None:
        """The next committed record of any of its partitions, or None at the end of all of them.

        A member waits for its share of the partitions while the others still process a record.

        Raises:
            TransportError: no broker answers, no such topic, no right to read it or to be in the group.
        """
        try:
            consumer = self._consumer or self._connect()
            return self._read(consumer)
        except errors.KafkaError as error:
            self.close(0)
            raise self._explained(error) from error

    def done(self, record: IncomingRecord) -> None:
        """Commit the place behind the record.

        Raises:
            TransportError: no broker confirms it; the group may get the record again.
        """
        if self._group is None or self._consumer is None:
            return
        place = TopicPartition(record.topic, record.partition)
        try:
            self._consumer.commit(
                {place: OffsetAndMetadata(record.offset + 1, "", -1)}, timeout_ms=self._timeout * 1000
            )
        except _TAKEN_AWAY:
            return
        except errors.KafkaError as error:
            self.close(0)
            raise self._explained(error) from error

    def close(self, timeout: float) -> None:
        """Leave the group and let go of the connections."""
        consumer, self._consumer = self._consumer, None
        close_client(consumer, timeout)

    def _connect(self) -> KafkaConsumer:
        most = self._options.max_request_size + _BATCH_FRAMING
        consumer = make_consumer(
            self._options,
            self._timeout,
            group_id=self._group,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=_SESSION_MS,
            max_poll_interval_ms=_LONGEST_PROCESSING_MS,
            max_partition_fetch_bytes=most,
            fetch_max_bytes=max(_FETCH_BYTES, most),
        )
        self._consumer = consumer
        numbers = {each: consumer.partitions_for_topic(each) or () for each in self._topics}
        if not numbers[self._topic]:
            self.close(0)
            raise TransportError(
                f"{self._topic}: no such topic; create it, or correct the setting 'topic'", topic=self._topic
            )
        if self._group is None:
            places = [
                TopicPartition(topic, each) for topic in self._topics for each in sorted(numbers[topic])
            ]
            consumer.assign(places)
            for place, offset in self._offsets(consumer, places).items():
                consumer.seek(place, offset)
        else:
            self._membership = _Membership()
            consumer.subscribe([topic for topic in self._topics if numbers[topic]], listener=self._membership)
        return consumer

    def _offsets(self, consumer: KafkaConsumer, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        """Where to begin, and after a failure where to go on."""
        patience = {"timeout_ms": self._timeout * 1000}
        first = consumer.beginning_offsets(places, **patience)
        ends = consumer.end_offsets(places, **patience)
        wanted = {each: self._start.offset if each.topic == self._topic else 0 for each in places}
        if self._start.since_ms is not None:
            found = consumer.offsets_for_times(dict.fromkeys(places, self._start.since_ms), **patience)
            wanted = {each: found[each].offset if found.get(each) else ends[each] for each in places}
        wanted |= self._reached
        self._reached = {each: min(max(wanted[each], first[each]), ends[each]) for each in places}
        return self._reached

    def _read(self, consumer: KafkaConsumer) -> IncomingRecord | None:
        started = asked = joined = time.monotonic()
        while True:
            for place, records in consumer.poll(timeout_ms=_POLL_MS, max_records=1).items():
                self._reached[place] = records[0].offset + 1
                return _incoming(records[0])
            if self._at_end(consumer):
                return None
            now = time.monotonic()
            if now - asked > self._timeout:
                knock(self._options.addresses, _KNOCK)
                asked = now
            if now - joined > _REJOIN_S and not self._has_share:
                self.close(self._timeout)
                consumer = self._connect()
                joined = time.monotonic()
            if now - started > self._timeout + _LONGEST_PROCESSING_MS / 1000:
                raise TransportError(
                    f"{self._topic}: no share of the partitions in {now - started:.0f} s", retriable=True
                )

    @property
    def _has_share(self) -> bool:
        return self._group is None or self._membership.settled

    def _at_end(self, consumer: KafkaConsumer) -> bool:
        if not self._has_share:
            return False
        places = list(consumer.assignment())
        if not places:
            return True
        patience = {"timeout_ms": self._timeout * 1000}
        ends = consumer.end_offsets(places, **patience)
        positions = {each: consumer.position(each, **patience) for each in places}
        return all(at is not None and at >= ends[each] for each, at in positions.items())

    def _explained(self, error: errors.KafkaError) -> TransportError:
        for kind, text in _OF_THE_READER.items():
            if isinstance(error, kind):
                place = _topics_of(error) or self._topic
                return TransportError(f"{place}: {text}", topic=self._topic)
        if isinstance(error, errors.KafkaTimeoutError):
            try:
                knock(self._options.addresses, _KNOCK)
            except TransportError as absent:
                return absent
        return explain(error, topic=self._topic, producer=self._group or self._topic)


def _topics_of(error: errors.KafkaError) -> str:
    """The topics that kafka-python names with an error, if it does."""
    named = error.args[0] if error.args else None
    return ", ".join(sorted(named)) if isinstance(named, set | frozenset) else ""


class _Membership(ConsumerRebalanceListener):  # type: ignore[misc]  # the client has no types
    """Whether the member knows its share of the partitions."""

    def __init__(self) -> None:
        self.settled = False

    def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:  # noqa: ARG002 the client's signature
        self.settled = False

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:  # noqa: ARG002 the client's signature
        self.settled = True


def _incoming(record: ConsumerRecord) -> IncomingRecord:
    return IncomingRecord(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=_ascii(record.key),
        value=record.value or b"",
        headers=tuple((_ascii(name.encode()), _ascii(value)) for name, value in record.headers),
        created_ms=record.timestamp,
    )


def _ascii(data: bytes | None) -> str:
    return (data or b"").decode("ascii", "backslashreplace")
