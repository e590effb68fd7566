"""What brokers say of a topic: its partitions, where their copies are, and its settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kafka import errors
from kafka.admin import ConfigResource, ConfigResourceType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kafka.admin import KafkaAdminClient


@dataclass(frozen=True, slots=True)
class PartitionState:
    """One partition.

    Attributes:
        leader: the broker that takes records; None where there is none.
        replicas: the brokers that have a copy.
        in_sync: those whose copy is complete.
    """

    number: int
    leader: int | None
    replicas: tuple[int, ...]
    in_sync: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TopicDescription:
    """A topic as its brokers see it.

    Attributes:
        partitions: by number.
        settings: those in force, with their defaults; None where this user may not know.
    """

    name: str
    partitions: tuple[PartitionState, ...]
    settings: Mapping[str, str] | None = field(repr=False)

    @property
    def replication(self) -> int:
        """How many copies each partition has; the smallest number where they differ."""
        return min(len(each.replicas) for each in self.partitions)

    @property
    def in_sync(self) -> int:
        """How many complete copies the worst partition has."""
        return min(len(each.in_sync) for each in self.partitions)

    @property
    def leaderless(self) -> tuple[int, ...]:
        """Partitions that take no records."""
        return tuple(each.number for each in self.partitions if each.leader is None)

    def number(self, setting: str) -> int | None:
        """The value of a setting that is a number, where it is known."""
        value = (self.settings or {}).get(setting)
        return None if value is None else int(value)


def describe_topic(admin: KafkaAdminClient, name: str) -> TopicDescription:
    """Ask for a topic.

    Raises:
        KafkaError: there is none (`UnknownTopicOrPartitionError`), or the brokers do not say.
    """
    (described,) = admin.describe_topics([name])
    if described["error_code"]:
        raise errors.for_code(described["error_code"])(name)
    if not described["partitions"]:
        raise errors.LeaderNotAvailableError(name)
    partitions = sorted(map(_partition, described["partitions"]), key=lambda each: each.number)
    return TopicDescription(name, tuple(partitions), _settings(admin, name))


def _partition(described: Mapping[str, Any]) -> PartitionState:
    leader = described["leader_id"]
    return PartitionState(
        number=described["partition_index"],
        leader=None if leader < 0 else leader,
        replicas=tuple(described["replica_nodes"]),
        in_sync=tuple(described["isr_nodes"]),
    )


def _settings(admin: KafkaAdminClient, name: str) -> Mapping[str, str] | None:
    try:
        answer: dict[str, Any] = admin.describe_configs(
            [ConfigResource(ConfigResourceType.TOPIC, name)], config_filter="all"
        )
    except errors.AuthorizationError:
        # Reading configurations is a right of its own.
        return None
    found = answer.get("topic", {}).get(name, {})
    known = {setting: str(each["value"]) for setting, each in found.items() if each["value"] is not None}
    return known or None
