"""Which topics there have to be, and how they have to be set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from vqe_stream.dead_letters import ROOM_FOR_HEADERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vqe_stream.config import ProducerConfig

PARTITIONS: Final = 3
SIZE: Final = "max.message.bytes"
RETENTION: Final = "retention.ms"
CLEANUP: Final = "cleanup.policy"
TIMESTAMP: Final = "message.timestamp.type"
MIN_IN_SYNC: Final = "min.insync.replicas"
SAFE_COPIES: Final = 3
FOR_EVER: Final = -1


@dataclass(frozen=True, slots=True)
class WantedTopic:
    """One topic as it should be.

    Attributes:
        purpose: what is in it, for people.
        partitions: how many it is made with; more or fewer are no fault.
        size: the largest record, in bytes; None: what any broker takes.
        settings: what it is made with beside the size, by Kafka's names.
        required: whether results stop without it.
    """

    name: str
    purpose: str
    partitions: int
    size: int | None
    settings: Mapping[str, str] = field(default_factory=dict)
    required: bool = False

    def creation(self, replication: int | None = None) -> dict[str, str]:
        """The settings to make it with.

        Args:
            replication: copies of each partition, where that is not left to the brokers.
        """
        # With three copies one broker may be away, and still two have what is confirmed.
        safe = {MIN_IN_SYNC: "2"} if replication is not None and replication >= SAFE_COPIES else {}
        return safe | ({} if self.size is None else {SIZE: str(self.size)}) | dict(self.settings)


def wanted_topics(config: ProducerConfig) -> tuple[WantedTopic, ...]:
    """The topics of a configuration: results, claims of large ones, and unreadable records."""
    largest = config.max_request_size
    # The broker's time orders what producers with different clocks send; theirs travels in a header.
    stamped = {TIMESTAMP: "LogAppendTime"}
    return (
        WantedTopic(config.topic, "results", PARTITIONS, largest, stamped, required=True),
        WantedTopic(config.claims_topic, "claims of large results", 1, None, stamped),
        WantedTopic(
            config.dead_letters_topic,
            "unreadable records",
            1,
            largest + ROOM_FOR_HEADERS,
            # Somebody has to look at them, and nobody knows when.
            {RETENTION: str(FOR_EVER)},
        ),
    )
