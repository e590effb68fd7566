"""docker-compose.secure.yaml without containers: its broker, its rights, and its pipeline over SASL_SSL."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import TopicAuthorizationFailedError
from tests.integration.servers.cache import UnavailableError
from tests.integration.servers.composed import ComposedKafka
from tests.integration.servers.garage import Garage
from tests.integration.servers.registry import RegistryServer
from tests.integration.servers.sink import Sink
from tests.integration.servers.stack import BUCKET, TOPIC
from tests.integration.sink.conftest import COMPOSE, RESULTS, eventually
from tests.integration.sink.test_sink import as_sent

from vqe_stream import KafkaSecurity, ProducerConfig, SecurityConfig, VQEKafkaProducer, result_from_json
from vqe_stream.check import Verdict
from vqe_stream.development_pki import LOCAL, generate
from vqe_stream.doctor.examination import steps
from vqe_stream.doctor.step import examine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE: Final = 20
PASSWORDS: Final = {
    "PRODUCER_PASSWORD": "of-the-producer",
    "REGISTRY_PASSWORD": "of-the-registry",
    "SINK_PASSWORD": "of-the-sink",
}


@dataclass(frozen=True)
class Secured:
    """The stack, and how to reach it."""

    kafka: ComposedKafka
    registry: RegistryServer
    garage: Garage
    secrets: Path

    def security(self, user: str, certificate: str | None) -> dict[str, Any]:
        files = (
            {"ssl_certfile": f"{certificate}.crt", "ssl_keyfile": f"{certificate}.key"} if certificate else {}
        )
        return {
            "sasl_ssl": True,
            "cert_config": {"ssl_dir": str(self.secrets), **files},
            "sasl_opts": {
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": user,
                "sasl_plain_password": PASSWORDS[f"{user.upper()}_PASSWORD"],
            },
        }

    def config(self, state: Path, port: int, certificate: str | None) -> ProducerConfig:
        """A producer's, with its certificate for the registry."""
        return ProducerConfig.from_dict(
            {
                "bootstrap_servers": self.kafka.address(port),
                "registry": f"https://{self.registry.address}",
                "registry_options": {
                    "ssl.ca.location": str(self.secrets / "ca.crt"),
                    "ssl.certificate.location": str(self.secrets / "producer.crt"),
                    "ssl.key.location": str(self.secrets / "producer.key"),
                },
                "security": self.security("producer", certificate),
                "state": state,
                "timeout": 60,
                "allow_memory_file_system": True,
            }
        )

    def client(self, user: str) -> dict[str, Any]:
        """Settings of kafka-python for the host's listener."""
        security = SecurityConfig.from_dict(self.security(user, None))
        servers = {"bootstrap_servers": self.kafka.address(9094)}
        return {**servers, **KafkaSecurity(security).build_security_config()}

    def as_broker(self) -> dict[str, Any]:
        """Settings of kafka-python for whoever has the broker's certificate, and with it every right."""
        files = {"ssl_dir": str(self.secrets), "ssl_certfile": "broker.crt", "ssl_keyfile": "broker.key"}
        security = SecurityConfig.from_dict({"ssl": True, "cert_config": files})
        servers = {"bootstrap_servers": self.kafka.address(9095)}
        return {**servers, **KafkaSecurity(security).build_security_config()}


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("secured")
    secrets = folder / "secrets"
    generate(secrets, LOCAL)
    project = yaml.safe_load((COMPOSE / "docker-compose.secure.yaml").read_text())
    try:
        kafka = ComposedKafka(folder / "kafka", project, PASSWORDS, secrets)
        garage = Garage(folder / "garage", COMPOSE / "garage.toml", BUCKET)
    except UnavailableError as error:
        pytest.skip(str(error))
    client = kafka.folder / "broker-client.properties"
    client.write_text(kafka.here((COMPOSE / "secure" / "broker-client.properties").read_text()))
    registry = RegistryServer(folder / "registry", secrets)
    places = {
        "kafka:9092": kafka.address(9092),
        "schema-registry:8081": registry.address.replace("127.0.0.1", "localhost"),
        "/run/secrets": str(secrets),
    }
    login = {"SINK_PASSWORD": PASSWORDS["SINK_PASSWORD"]}
    sink = Sink(folder / "sink", COMPOSE / "redpanda-connect.secure.yaml", garage, places, login)
    servers = (kafka, registry, garage, sink)
    try:
        kafka.start()
        kafka.run(["bash", str(COMPOSE / "secure" / "prepare.sh")], kafka.environment("topics"))
        for each in (registry, garage, sink):
            each.start()
        yield Secured(kafka, registry, garage, secrets)
    finally:
        for server in reversed(servers):
            server.stop()


def test_results_pass_from_a_producer_to_s3(secured: Secured, tmp_path: Path) -> None:
    """Over SASL_SSL on both sides of the broker, and over HTTPS to the registry."""
    config = secured.config(tmp_path, 9094, "producer")
    texts = {file.stem.replace("_", "-"): file.with_suffix(".json").read_text() for file in RESULTS}
    with VQEKafkaProducer(config) as producer:
        for name, text in texts.items():
            producer.send_result(result_from_json(text.encode()), run_id=name)
        counts = producer.flush(60)
    assert (counts.pending, counts.blocked) == (0, None)
    client = secured.garage.client()

    def names() -> list[str]:
        return [each["Key"] for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", ())]

    wanted = sorted(f"experiments/{TOPIC}/{name}.json" for name in texts)
    assert sorted(eventually(names, len(texts))) == wanted
    for name, text in texts.items():
        found = client.get_object(Bucket=BUCKET, Key=f"experiments/{TOPIC}/{name}.json")["Body"].read()
        sent = json.loads(text)
        assert as_sent(json.loads(found), sent) == sent


def test_the_doctor_finds_all_well_with_the_rights_of_a_producer(secured: Secured, tmp_path: Path) -> None:
    config = secured.config(tmp_path, 9094, "producer")
    checks = {each.name: each for each in examine(steps(config, {}, 0), seconds=30)}
    assert [each for each in checks.values() if each.verdict is Verdict.FAILURE] == []
    assert checks["transactions"].verdict is Verdict.OK
    assert checks[f"topic {TOPIC}"].verdict is Verdict.OK
    for name in (f"certificate of {config.bootstrap_servers}", f"certificate of {config.registry}"):
        assert checks[name].verdict is Verdict.OK
        assert checks[name].found.startswith("localhost, 127.0.0.1")
    # Whoever writes results needs no right to see dead letters.
    assert checks[f"topic {TOPIC}.dlq"].verdict is Verdict.WARNING
    assert "not authorised" in checks[f"topic {TOPIC}.dlq"].found


def test_what_cannot_be_decoded_becomes_a_dead_letter(secured: Secured) -> None:
    producer = KafkaProducer(**secured.client("producer"))
    producer.send(TOPIC, value=b"garbage", headers=[("result-id", b"garbage")]).get(60)
    producer.close(5)
    consumer = KafkaConsumer(**secured.as_broker(), consumer_timeout_ms=60_000)
    place = TopicPartition(f"{TOPIC}.dlq", 0)
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    letter = next(consumer)
    consumer.close()
    assert letter.value == b"garbage"
    assert dict(letter.headers)["result-id"] == b"garbage"


def test_the_registry_s_login_and_certificate_let_it_keep_its_topic(secured: Secured) -> None:
    """Its image is in no package registry; its settings for Kafka are those of Kafka's own clients."""
    start = "SCHEMA_REGISTRY_KAFKASTORE_"
    settings = {
        name.removeprefix(start).lower().replace("_", "."): value
        for name, value in secured.kafka.environment("schema-registry").items()
        if name.startswith(start)
    }
    path = secured.kafka.folder / "registry.properties"
    path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    servers = settings["bootstrap.servers"].removeprefix("SASL_SSL://")
    create = [str(secured.kafka.tools / "kafka-topics.sh"), "--bootstrap-server", servers]
    create += ["--command-config", str(path), "--create", "--topic"]
    assert "Created topic _schemas" in secured.kafka.run([*create, settings["topic"]])
    with pytest.raises(RuntimeError, match="TopicAuthorizationException"):
        secured.kafka.run([*create, "another"])


def test_rights_end_where_the_work_ends(secured: Secured) -> None:
    producer = KafkaProducer(**secured.client("sink"), max_block_ms=_PATIENCE * 1000)
    with pytest.raises(TopicAuthorizationFailedError):
        producer.send(TOPIC, value=b"not the sink's to write").get(_PATIENCE)
    producer.close(5)


def test_inside_a_password_alone_is_not_enough(secured: Secured, tmp_path: Path) -> None:
    with VQEKafkaProducer(secured.config(tmp_path, 9092, None)) as producer:
        producer.send_result(result_from_json(RESULTS[0].with_suffix(".json").read_bytes()), run_id="refused")
        deadline = time.monotonic() + _PATIENCE
        while (counts := producer.flush(0.1)).blocked is None and time.monotonic() < deadline:
            pass
    assert (counts.pending, counts.dead) == (1, 0)
    assert "wants a client certificate" in str(counts.blocked)
