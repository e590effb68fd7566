"""docker-compose.ml.kafka-connect.yaml without containers: its worker, its connector's settings."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml
from kafka import KafkaProducer
from tests.integration.kafka.topic import create_topic, read_all
from tests.integration.servers.cache import UnavailableError
from tests.integration.servers.connect import ConnectWorker
from tests.integration.servers.garage import Garage
from tests.integration.servers.kafka import KafkaCluster
from tests.integration.servers.stack import BUCKET, DEAD_LETTERS, TOPIC
from tests.integration.sink.conftest import COMPOSE, RESULTS, ROOT, eventually
from tests.integration.sink.test_sink import as_sent

from avroforge.registry import HttpRegistry
from avroforge.wire.framing import frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.servers.apicurio import Apicurio

NAME: Final = "s3-sink"
_PATIENCE: Final = 60


@dataclass(frozen=True)
class Alternative:
    """What runs."""

    kafka: KafkaCluster
    garage: Garage
    worker: ConnectWorker

    def send(self, values: list[bytes | None]) -> None:
        producer = KafkaProducer(bootstrap_servers=self.kafka.servers.split(","), acks="all")
        for each in [producer.send(TOPIC, key=b"id", value=value) for value in values]:
            each.get(_PATIENCE)
        producer.close(5)

    def objects(self) -> dict[str, Any]:
        client = self.garage.client()
        listed = client.list_objects_v2(Bucket=BUCKET).get("Contents", ())
        return {
            each["Key"]: json.loads(client.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read())
            for each in listed
        }


@pytest.fixture(scope="module")
def alternative(tmp_path_factory: pytest.TempPathFactory, apicurio: Apicurio) -> Iterator[Alternative]:
    folder = tmp_path_factory.mktemp("connect")
    document = yaml.safe_load((COMPOSE / "docker-compose.ml.kafka-connect.yaml").read_text())
    try:
        kafka = KafkaCluster(folder / "kafka")
        garage = Garage(folder / "garage", COMPOSE / "garage.toml", BUCKET)
        worker = ConnectWorker(
            folder / "worker",
            document["services"]["kafka-connect"],
            garage,
            kafka=kafka.servers,
            registry=apicurio.address("apis/registry/v2"),
        )
    except UnavailableError as error:
        pytest.skip(str(error))
    try:
        kafka.start()
        for topic in (TOPIC, DEAD_LETTERS):
            create_topic(kafka.servers, topic)
        garage.start()
        worker.start()
        settings = json.loads((COMPOSE / "kafka-connect" / "s3-sink.json").read_text())
        here = {"connector.class": "StandInS3Sink", "store.url": f"http://{garage.address}"}
        worker.configure(NAME, {**settings, **here})
        yield Alternative(kafka, garage, worker)
    finally:
        worker.stop()
        garage.stop()
        kafka.close()


def test_the_settings_are_taken_and_the_connector_runs(alternative: Alternative) -> None:
    deadline = time.monotonic() + _PATIENCE
    while (states := alternative.worker.states(NAME)) != ["RUNNING"] * 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert states == ["RUNNING", "RUNNING"]


def test_results_become_json_objects_and_what_is_none_a_dead_letter(
    alternative: Alternative, apicurio: Apicurio
) -> None:
    text = (ROOT / "tests/data/VQEDecoratedResult.inline.avsc").read_text()
    with HttpRegistry(apicurio.url()) as registry:
        schema_id = registry.register(f"{TOPIC}-value", text).schema_id
    framed = [frame(schema_id, file.read_bytes()) for file in RESULTS]
    alternative.send([framed[0], b"garbage", None, *framed[1:]])
    found = eventually(lambda: list(alternative.objects().items()), len(RESULTS))
    assert [name for name, _ in found] == [
        f"experiments/{TOPIC}/partition=0/{TOPIC}+0+{offset:010}.json" for offset in (0, 3, 4)
    ]
    for (_, value), file in zip(found, RESULTS, strict=True):
        sent = json.loads(file.with_suffix(".json").read_text())
        assert as_sent(value, sent) == sent
    (letter,) = eventually(lambda: read_all(alternative.kafka.servers, DEAD_LETTERS), 1)
    assert letter.value == b"garbage"
    assert letter.headers["__connect.errors.offset"] == "1"
    assert letter.headers["__connect.errors.stage"] == "VALUE_CONVERTER"
