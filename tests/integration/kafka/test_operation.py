"""`vqe-stream doctor` and `vqe-stream topic`, against a real broker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kafka import KafkaProducer
from tests.integration.conftest import made_cluster
from tests.integration.kafka.topic import create_topic, read_all, unique_name
from tests.integration.servers.process import LOOPBACK, free_ports
from tests.integration.servers.registry import RegistryServer
from tests.unit.vqe_stream.conftest import ROOT
from tests.unit.vqe_stream.test_topics import OLD_SCHEMA

from avroforge.kafka.topic_admin import TopicAdmin
from avroforge.wire.framing import frame
from vqe_records import VQEDecoratedResultInterface
from vqe_stream import ProducerConfig, VQEKafkaProducer, result_from_json
from vqe_stream.cli import run
from vqe_stream.connection import kafka_options
from vqe_stream.metrics import DeliveryMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.servers.kafka import KafkaCluster

FILES = sorted((ROOT / "data" / "vqe").glob("*.json"))


@pytest.fixture
def place(kafka: KafkaCluster, tmp_path: Path) -> list[str]:
    """Options for a topic and a state folder of a test's own."""
    settings = tmp_path / "settings.toml"
    settings.write_text("allow_memory_file_system = true\n")
    state = str(tmp_path / "state")
    name = unique_name("operation")
    return ["--servers", kafka.servers, "--topic", name, "--state", state, "--config", str(settings)]


@pytest.fixture
def checks(capsys: pytest.CaptureFixture[str]) -> Callable[[list[str]], list[tuple[str, str, str]]]:
    """Runs a command that checks; verdict, name and text of each answer."""

    def ask(command: list[str]) -> list[tuple[str, str, str]]:
        capsys.readouterr()
        run([*command, "--format", "json"])
        report = json.loads(capsys.readouterr().out)
        return [
            (each["verdict"], each["name"], f"{each['found']}; {each['advice']}") for each in report["checks"]
        ]

    return ask


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    server = RegistryServer(tmp_path_factory.mktemp("registry"))
    server.start()
    yield server
    server.stop()


def test_topics_that_are_missing_are_failures_until_they_are_made(
    place: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["topic", "verify", *place]) == 100
    assert "missing; it takes results; run 'vqe-stream topic create'" in capsys.readouterr().out
    assert run(["doctor", *place]) == 100
    assert run(["topic", "create", "--partitions", "2", *place]) == 0
    assert "2 partitions, 1 copy each" in capsys.readouterr().out
    assert run(["topic", "create", *place]) == 0
    assert "made" not in capsys.readouterr().out
    assert run(["publish", *place, *map(str, FILES)]) == 0
    assert run(["topic", "verify", *place]) == 0


def test_all_is_well_with_a_registry_server(
    place: list[str],
    registry: RegistryServer,
    checks: Callable[[list[str]], list[tuple[str, str, str]]],
) -> None:
    assert run(["topic", "create", *place]) == 0
    place += ["--registry", f"http://{registry.address}"]
    for _ in range(2):
        answers = checks(["doctor", *place])
        assert [each for each in answers if each[0] != "ok"] == []
        names = {name for _, name, _ in answers}
        assert {"brokers", "transactions", "registry", "registry clock"} <= names
        assert run(["publish", *place, str(FILES[0])]) == 0


def test_a_topic_for_small_records_is_reported_before_the_run_and_raised(
    place: list[str],
    kafka: KafkaCluster,
    checks: Callable[[list[str]], list[tuple[str, str, str]]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    create_topic(kafka.servers, place[3], settings={"max.message.bytes": 1_048_588})
    (found,) = [each for each in checks(["doctor", *place]) if each[0] == "failure"]
    assert found[1] == f"topic {place[3]}"
    assert found[2].startswith("max.message.bytes is 1048588, expected 16777216 or more")
    assert run(["topic", "create", "--alter", *place]) == 0
    assert f"{place[3]}: changed max.message.bytes to 16777216" in capsys.readouterr().out
    assert [each for each in checks(["doctor", *place]) if each[0] != "ok"] == []


def test_a_replication_that_no_cluster_of_one_has_is_refused(
    place: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["topic", "create", "--replication", "3", *place]) == 1
    told = capsys.readouterr().err
    assert "replication factor of 3 cannot be reached" in told
    assert "choose a replication" in told


def test_one_address_of_several_that_is_wrong_is_a_warning(
    place: list[str], checks: Callable[[list[str]], list[tuple[str, str, str]]]
) -> None:
    (port,) = free_ports(1)
    assert run(["topic", "create", *place]) == 0
    place[1] = f"{LOOPBACK}:{port},{place[1]}"
    (found,) = [each for each in checks(["doctor", *place]) if each[0] != "ok"]
    assert found[:2] == ("warning", f"broker {LOOPBACK}:{port}")
    assert "connection refused" in found[2]


def test_a_broker_that_sends_clients_elsewhere_is_a_failure(
    place: list[str],
    tmp_path_factory: pytest.TempPathFactory,
    checks: Callable[[list[str]], list[tuple[str, str, str]]],
) -> None:
    cluster = made_cluster(tmp_path_factory, 1)
    # What a client is told first is right; what the broker calls itself, nobody can resolve.
    path = cluster.folder / "node1" / "server.properties"
    told = path.read_text().replace(f"CLIENT://{cluster.servers}", "CLIENT://kafka.invalid:9092")
    path.write_text(told)
    with cluster:
        place[1] = cluster.servers
        answers = checks(["doctor", *place])
    (found,) = [each for each in answers if each[1] == "broker kafka.invalid:9092"]
    assert found[0] == "failure"
    assert "advertised.listeners" in found[2]
    assert ("not checked", "topics", "needs brokers; ") in answers


def test_records_of_topics_per_molecule_arrive_once(
    place: list[str], kafka: KafkaCluster, registry: RegistryServer, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = [VQEDecoratedResultInterface().encode(result_from_json(each.read_bytes())) for each in FILES]
    schema_id = registry.register("vqe_decorated_result_mol-value", OLD_SCHEMA)
    old = create_topic(kafka.servers, unique_name("vqe_decorated_result_mol"), partitions=2)
    producer = KafkaProducer(bootstrap_servers=kafka.servers)
    framed = [frame(schema_id, each) for each in bare]
    for value in (framed[0], framed[0], framed[1], bare[2], b"no result"):
        producer.send(old, value=value).get(timeout=10)
    producer.close(timeout=5)
    schema = Path(place[7]).with_name("old.avsc")
    schema.write_text(OLD_SCHEMA)
    assert run(["topic", "create", *place]) == 0
    assert "topics per molecule" in capsys.readouterr().out
    command = ["topic", "migrate", old, "--schema", str(schema), *place]
    command += ["--registry", f"http://{registry.address}"]
    for stored, known in ((3, 1), (0, 4)):
        assert run(command) == 100
        assert f"{old}: 5 records, {stored} to migrate, {known} known already, 1 unreadable" in (
            capsys.readouterr().out
        )
    # An outbox that was lost, too.
    assert run([*command, "--state", str(schema.with_name("other"))]) == 100
    found = read_all(kafka.servers, place[3])
    assert sorted(each.value[5:] for each in found) == sorted(bare)
    assert {each.headers["migrated-from"].partition("/")[0] for each in found} == {old}
    (letter,) = read_all(kafka.servers, f"{place[3]}.dlq")
    assert letter.value == b"no result"
    assert letter.headers["dead-letter-topic"] == old


def test_a_user_who_asks_for_a_topic_that_is_not_there_gets_none(kafka: KafkaCluster) -> None:
    with TopicAdmin(kafka_options(ProducerConfig(kafka.servers)), 5) as admin:
        assert admin.describe(unique_name()) is None
        assert [each.address for each in admin.brokers()] == [kafka.servers]


def test_what_arrives_is_counted(kafka: KafkaCluster, topic: str, tmp_path: Path) -> None:
    config = ProducerConfig(
        kafka.servers, topic, state=tmp_path / "state", timeout=30, allow_memory_file_system=True
    )
    metrics = DeliveryMetrics()
    with VQEKafkaProducer(config, observer=metrics) as producer:
        metrics.watch(producer.status, lambda: producer.blocked)
        for file in FILES:
            producer.send_result(result_from_json(file.read_bytes()))
        assert producer.flush().pending == 0
        text = metrics.text().decode()
    assert f'vqe_stream_delivered_total{{topic="{topic}"}} 3.0' in text
    assert f'vqe_stream_delivery_seconds_count{{topic="{topic}"}} 3.0' in text
    assert 'vqe_stream_outbox_results{state="sent"} 3.0' in text
