"""What a topic takes and how it is laid out, as its brokers say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kafka import errors
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from avroforge.kafka.fault import explain

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient

_SIZE: Final = "max.message.bytes"


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
        (described,) = admin.describe_topics([topic])
        code = described["error_code"]
        if code:
            raise errors.for_code(code)(topic)
        partitions = tuple(sorted(each["partition_index"] for each in described["partitions"]))
        if not partitions:
            raise errors.LeaderNotAvailableError(topic)
        return TopicLimits(partitions, _largest_message(admin, topic))
    except (KafkaError, OSError) as error:
        raise explain(error, topic=topic, producer=producer) from error


def _largest_message(admin: KafkaAdminClient, topic: str) -> int | None:
    try:
        answer: dict[str, Any] = admin.describe_configs(
            [ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all"
        )
        return int(answer["topic"][topic][_SIZE]["value"])
    except (errors.AuthorizationError, KeyError, TypeError):
        # Reading configurations is a right of its own; then the broker says it record by record.
        return None
