"""What a topic takes and how it is laid out, as its brokers say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kafka.errors import KafkaError

from avroforge.kafka.fault import explain
from avroforge.kafka.topic_description import describe_topic

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient


@dataclass(frozen=True, slots=True)
class TopicLimits:
    """A topic as its brokers see it.

    Attributes:
        partitions: their numbers, ascending.
        max_message_bytes: largest batch of records; None where this user may not know.
    """

    partitions: tuple[int, ...]
    max_message_bytes: int | None


def read_limits(admin: KafkaAdminClient, topic: str, producer: str) -> TopicLimits:
    """Ask for a topic.

    Raises:
        TransportError: there is none, this user may not see it, or nobody answers.
    """
    try:
        found = describe_topic(admin, topic)
    except (KafkaError, OSError) as error:
        raise explain(error, topic=topic, producer=producer) from error
    # Where it is not known, the broker says it record by record.
    return TopicLimits(tuple(each.number for each in found.partitions), found.number("max.message.bytes"))
