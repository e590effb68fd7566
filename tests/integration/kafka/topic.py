"""What tests do with topics: make them, and read everything that stands in them."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST: Final = 20 * 1024 * 1024
_PATIENCE: Final = 60


@dataclass(frozen=True)
class Read:
    """A record as a consumer sees it."""

    partition: int
    offset: int
    key: str
    headers: Mapping[str, str]
    value: bytes = field(repr=False)

    @property
    def result_id(self) -> str:
        return self.headers["result-id"]


def unique_name(start: str = "results") -> str:
    return f"{start}-{uuid.uuid4().hex[:8]}"


def create_topic(
    servers: str,
    name: str,
    *,
    partitions: int = 1,
    replicas: int = -1,
    settings: Mapping[str, object] | None = None,
) -> str:
    """Make a topic and return once it has leaders."""
    admin = KafkaAdminClient(bootstrap_servers=servers.split(","))
    try:
        configs = {"max.message.bytes": LARGEST, **(settings or {})}
        texts = {key: str(value) for key, value in configs.items()}
        admin.create_topics([NewTopic(name, partitions, replicas, topic_configs=texts)])
        admin.wait_for_topics([name])
    finally:
        admin.close()
    return name


def read_all(servers: str, topic: str, *, committed: bool = True, patience: float = _PATIENCE) -> list[Read]:
    """Every record up to the end of now, by partition and offset.

    Args:
        servers: the brokers.
        topic: its name.
        committed: leave out what transactions took back.
        patience: seconds.
    """
    consumer = KafkaConsumer(
        bootstrap_servers=servers.split(","),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed" if committed else "read_uncommitted",
    )
    ends_by = KafkaConsumer(bootstrap_servers=servers.split(","), group_id=None, enable_auto_commit=False)
    try:
        places = [TopicPartition(topic, each) for each in sorted(consumer.partitions_for_topic(topic))]
        ends = ends_by.end_offsets(places)
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        found: list[Read] = []
        deadline = time.monotonic() + patience
        while any(consumer.position(place) < ends[place] for place in places):
            assert time.monotonic() < deadline, f"{topic}: the end is not reached: an open transaction?"
            for records in consumer.poll(timeout_ms=200).values():
                found += [
                    Read(
                        each.partition,
                        each.offset,
                        (each.key or b"").decode(),
                        {name: text.decode() for name, text in each.headers},
                        each.value,
                    )
                    for each in records
                ]
        return sorted(found, key=lambda each: (each.partition, each.offset))
    finally:
        consumer.close()
        ends_by.close()
