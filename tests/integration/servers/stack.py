"""The pieces of compose/docker-compose.ml.yaml without containers: Kafka, the registry, S3, the sink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from tests.integration.servers.garage import Garage
from tests.integration.servers.kafka import KafkaCluster
from tests.integration.servers.registry import RegistryServer
from tests.integration.servers.sink import Sink

from avroforge.kafka.topic_admin import TopicAdmin
from vqe_stream import ProducerConfig
from vqe_stream.connection import kafka_options
from vqe_stream.topics.wanted import wanted_topics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOPIC: Final = "experiment.vqe"
DEAD_LETTERS: Final = f"{TOPIC}.dlq"
BUCKET: Final = "raw-results"


class Stack:
    """All four servers on free ports of the loopback interface, with topics, bucket and key made."""

    def __init__(self, folder: Path, compose: Path, pipeline: str) -> None:
        """Lay everything out; `start` starts it.

        Args:
            folder: data, configuration and logs.
            compose: where garage.toml and the pipelines are.
            pipeline: the file that the sink runs.

        Raises:
            UnavailableError: a server cannot be had on this machine.
        """
        self.folder = folder
        self.garage = Garage(folder / "garage", compose / "garage.toml", BUCKET)
        self.registry = RegistryServer(folder / "registry")
        self.kafka = KafkaCluster(folder / "kafka")
        self.sink = Sink(
            folder / "sink",
            compose / pipeline,
            self.garage,
            {"kafka:9092": self.kafka.servers, "schema-registry:8081": self.registry.address},
        )

    def starting(self) -> Iterator[str]:
        """Start everything in the order of what needs what.

        Yields:
            What is started now, and then what answers where.
        """
        yield "Kafka ..."
        self.kafka.start()
        self._make_topics()
        yield f"Kafka: {self.kafka.servers}"
        self.registry.start()
        yield f"registry: http://{self.registry.address}"
        self.garage.start()
        yield f"S3: http://{self.garage.address}, bucket {BUCKET}"
        self.sink.start()
        yield f"sink: http://127.0.0.1:{self.sink.port}/metrics"

    def processes(self) -> list[int]:
        """The numbers of the servers that run, each the leader of a group of its own."""
        servers = (*self.kafka.brokers, self.registry, self.garage, self.sink)
        return [each.process for each in servers if each.process is not None]

    def _make_topics(self) -> None:
        config = ProducerConfig(self.kafka.servers, TOPIC)
        with TopicAdmin(kafka_options(config), config.timeout) as admin:
            for each in wanted_topics(config):
                # One partition, so that a test knows where a record lies.
                admin.create(each.name, 1, 1, each.creation())

    def close(self) -> None:
        """Stop everything, what depends on others first; nobody waits for the farewell of a broker."""
        for server in (self.sink, self.garage, self.registry):
            server.stop()
        for broker in self.kafka.brokers:
            broker.kill()
        self.kafka.close()

    def __enter__(self) -> Self:
        for _ in self.starting():
            pass
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
