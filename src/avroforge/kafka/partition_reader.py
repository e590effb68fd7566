"""Looks into partitions: where they end, and whether results stand in them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from kafka import TopicPartition
from kafka.errors import KafkaError

from avroforge.delivery import Absent, Forgotten, Found
from avroforge.delivery.record import RESULT_ID_HEADER
from avroforge.errors import TransportError
from avroforge.kafka.connection import close_client, make_reader
from avroforge.kafka.fault import explain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from kafka import KafkaConsumer

    from avroforge.delivery import SearchResult
    from avroforge.kafka.options import KafkaOptions

_POLL: Final = 0.5


class PartitionReader:
    """Reads as a consumer of committed records does, and knows the true end of a partition.

    A search that its time-out interrupts goes on where it stopped when it is asked for again.
    """

    def __init__(self, options: KafkaOptions, name: str) -> None:
        self._options = options
        self._name = name
        self._ends: KafkaConsumer | None = None
        self._reached: dict[object, tuple[int, dict[str, SearchResult]]] = {}

    def end_offset(self, topic: str, partition: int, timeout: float) -> int:
        """The offset behind the last record of any producer, committed or not.

        Raises:
            TransportError: nobody who knows answers.
        """
        return self._bounds(TopicPartition(topic, partition), timeout)[1]

    def find(
        self, topic: str, partition: int, result_ids: Collection[str], from_offset: int, timeout: float
    ) -> Mapping[str, SearchResult]:
        """Look for committed records by their header, from an offset to the end.

        Raises:
            TransportError: the end was not reached in time.
        """
        deadline = time.monotonic() + timeout
        place = TopicPartition(topic, partition)
        first, end = self._bounds(place, timeout)
        # The log ends before the offset only when the topic was made anew.
        start = from_offset if from_offset <= end else first
        question = (place, frozenset(result_ids), start)
        position, found = self._reached.pop(question, (max(start, first), {}))
        consumer = make_reader(self._options, self._name, timeout, "read_committed")
        try:
            consumer.assign([place])
            consumer.seek(place, position)
            while position < end and len(found) < len(result_ids):
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TransportError(
                        f"{topic}: looked for results up to offset {position} of {end} in partition "
                        f"{partition}; goes on",
                        retriable=True,
                        topic=topic,
                    )
                for records in consumer.poll(timeout_ms=min(left, _POLL) * 1000).values():
                    for record in records:
                        identity = dict(record.headers).get(RESULT_ID_HEADER, b"").decode("ascii", "replace")
                        if identity in result_ids:
                            found.setdefault(identity, Found(record.offset))
                position = consumer.position(place, timeout_ms=left * 1000)
        except KafkaError as error:
            raise explain(error, topic=topic, producer=self._name) from error
        finally:
            self._reached[question] = (position, found)
            close_client(consumer)
        del self._reached[question]
        missing: SearchResult = Absent() if start >= first else Forgotten(first)
        return {each: found.get(each, missing) for each in result_ids}

    def close(self) -> None:
        """Let go of the connections."""
        close_client(self._ends)
        self._ends = None

    def _bounds(self, place: TopicPartition, timeout: float) -> tuple[int, int]:
        try:
            if self._ends is None:
                self._ends = make_reader(self._options, self._name, timeout, "read_uncommitted")
            asked = {"timeout_ms": timeout * 1000}
            first = self._ends.beginning_offsets([place], **asked)[place]
            end = self._ends.end_offsets([place], **asked)[place]
        except KafkaError as error:
            self.close()
            raise explain(error, topic=place.topic, producer=self._name) from error
        return int(first), int(end)
