"""Topics looked at, made and changed, and the brokers as they name themselves."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from kafka import errors
from kafka.admin import ConfigResource, ConfigResourceType

from avroforge.errors import TransportError
from avroforge.kafka.connection import close_client, make_admin
from avroforge.kafka.fault import explain
from avroforge.kafka.session import Session
from avroforge.kafka.topic_description import TopicDescription, describe_topic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge.kafka.options import KafkaOptions

BROKER_DEFAULT: Final = -1
"""Partitions or replication as the brokers' own settings have them."""
_NAME: Final = "avroforge-topics"
_REFUSED: Final = {
    errors.ClusterAuthorizationFailedError: "grant Create on the cluster or the topic",
    errors.TopicAuthorizationFailedError: "grant Create, Alter and AlterConfigs on the topic",
    errors.InvalidReplicationFactorError: "choose a replication that the number of brokers allows",
}


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """A broker under the address that it gives to clients."""

    number: int
    address: str


class TopicAdmin:
    """A connection to ask about topics; it connects when it is made.

    Every method raises `TransportError` when the brokers do not do what is asked.

    Args:
        options: settings of the connection.
        timeout: seconds to get in touch.

    Raises:
        TransportError: nobody answers, or the brokers let nobody in.
    """

    def __init__(self, options: KafkaOptions, timeout: float) -> None:
        self._options = options
        self._timeout = timeout
        self._admin = make_admin(options, _NAME, timeout)

    def brokers(self) -> tuple[BrokerAddress, ...]:
        """Every broker under the address that clients are sent to, as it was told when this was made."""
        # `describe_cluster` would ask a broker under that very address, which may be the one that is wrong.
        found = self._admin._manager.cluster.brokers()  # noqa: SLF001 as above
        return tuple(
            BrokerAddress(each.node_id, f"{each.host}:{each.port}")
            for each in sorted(found, key=lambda each: int(each.node_id))
        )

    def names(self) -> tuple[str, ...]:
        """The topics that this user may see."""
        with _explained(None):
            return tuple(sorted(self._admin.list_topics()))

    def describe(self, topic: str) -> TopicDescription | None:
        """One topic; None where there is none."""
        try:
            with _explained(topic):
                return describe_topic(self._admin, topic)
        except TransportError as error:
            if isinstance(error.__cause__, errors.UnknownTopicOrPartitionError):
                return None
            raise

    def create(self, topic: str, partitions: int, replication: int, settings: Mapping[str, str]) -> None:
        """Make a topic and return once each partition has a leader.

        Args:
            topic: its name.
            partitions: how many, or `BROKER_DEFAULT`.
            replication: copies of each, or `BROKER_DEFAULT`.
            settings: by Kafka's names.
        """
        asked = {
            "num_partitions": partitions,
            "replication_factor": replication,
            "configs": dict(settings),
        }
        with _explained(topic):
            answer = self._admin.create_topics({topic: asked}, raise_errors=False)
            for each in answer["topics"]:
                _check(topic, each)
            self._admin.wait_for_topics([topic], timeout_ms=self._timeout * 1000)

    def change(self, topic: str, settings: Mapping[str, str]) -> None:
        """Change settings of a topic; the others stay."""
        resource = ConfigResource(ConfigResourceType.TOPIC, topic, dict(settings))
        with _explained(topic):
            answer: dict[str, dict[str, str]] = self._admin.alter_configs([resource])
        said = answer.get("topic", {}).get(topic, "OK")
        if said != "OK":
            raise TransportError(f"{topic}: the broker refuses the settings: {said}", topic=topic)

    def check_transactions(self, producer: str) -> None:
        """Return when a producer of this name could begin a transaction; nothing is sent.

        Args:
            producer: a transactional id of its own, because whoever uses it already is fenced.
        """
        Session(self._options, producer, "Kafka", self._timeout).close(0.0)

    def close(self) -> None:
        """Let go of the connection."""
        close_client(self._admin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def _explained(topic: str | None) -> Iterator[None]:
    try:
        yield
    except (errors.KafkaError, OSError) as error:
        raise explain(error, topic=topic, producer=_NAME) from error


def _check(topic: str, answered: Mapping[str, Any]) -> None:
    """Raise what the broker says against a change."""
    code = answered["error_code"]
    if not code:
        return
    kind = errors.for_code(code)
    said = answered.get("error_message") or kind.__name__.removesuffix("Error")
    advice = next((text for each, text in _REFUSED.items() if issubclass(kind, each)), None)
    raise TransportError(f"{topic}: {said.rstrip('.')}" + (f"; {advice}" if advice else ""), topic=topic)
