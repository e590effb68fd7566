"""`VQEKafkaProducer` and the commands, against a real broker."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.integration.kafka.topic import create_topic, read_all, unique_name
from tests.integration.servers.process import LOOPBACK, free_ports
from tests.integration.servers.proxy import Proxy
from tests.integration.servers.registry import RegistryServer
from tests.unit.vqe_stream.conftest import NAMES, ROOT

from avroforge.delivery import RowState
from avroforge.evolution import CompatibilityMode
from avroforge.registry import HttpRegistry, LocalRegistry, RegistryConfig
from avroforge.wire.framing import unframe
from vqe_records import VQEDecoratedResultInterface, VQEResultClaimInterface
from vqe_stream import ProducerConfig, VQEKafkaProducer, result_from_json
from vqe_stream.claim import claimed_result
from vqe_stream.cli import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.servers.kafka import KafkaCluster

    from vqe_records import VQEDecoratedResult

FILES = [ROOT / "data" / "vqe" / f"{name}.json" for name in NAMES]


@pytest.fixture(scope="module")
def results() -> list[VQEDecoratedResult]:
    return [result_from_json(file.read_bytes()) for file in FILES]


@pytest.fixture
def config(kafka: KafkaCluster, topic: str, tmp_path: Path) -> ProducerConfig:
    return ProducerConfig(
        kafka.servers,
        topic,
        state=tmp_path / "state",
        timeout=20.0,
        retry_delay=0.05,
        allow_memory_file_system=True,
    )


def of_size(result: VQEDecoratedResult, size: int) -> VQEDecoratedResult:
    """A result whose Avro body has about `size` bytes."""
    iteration = result.vqe_result.iteration_list[0]
    width = (size - 100_000) // 8
    grown = replace(iteration, parameters=np.random.default_rng(1).random(width))
    return replace(result, vqe_result=replace(result.vqe_result, iteration_list=[grown]))


def test_results_arrive_framed_with_their_ids_and_byte_identical(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    with VQEKafkaProducer(config) as producer:
        stored = [producer.send_result(result) for result in results]
        assert producer.flush().pending == 0
        rows = [producer.find(each.result_id) for each in stored]
    found = read_all(config.bootstrap_servers, config.topic)
    interface = VQEDecoratedResultInterface()
    assert [each.result_id for each in found] == [each.result_id for each in stored]
    assert [each.key for each in found] == [each.result_id for each in stored]
    assert [unframe(each.value)[1] for each in found] == [interface.encode(each) for each in results]
    assert [(row.partition, row.offset) for row in rows if row] == [
        (each.partition, each.offset) for each in found
    ]


def test_the_commands_publish_relay_and_tell(
    config: ProducerConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = [
        "--servers",
        config.bootstrap_servers,
        "--topic",
        config.topic,
        "--state",
        str(tmp_path / "state"),
    ]
    settings = tmp_path / "settings.toml"
    settings.write_text("allow_memory_file_system = true\n")
    place += ["--config", str(settings)]
    assert run(["publish", str(FILES[0]), *place]) == 0
    assert "delivered, offset 0" in capsys.readouterr().out
    assert run(["publish", *map(str, FILES), "--no-delivery", *place]) == 0
    assert run(["status", *place]) == 0
    assert "2 waiting, 0 under way, 1 delivered, 0 given up" in capsys.readouterr().out
    assert run(["relay", "--until-empty", *place]) == 0
    assert "2 results delivered, 0 left, 0 given up" in capsys.readouterr().out
    assert len(read_all(config.bootstrap_servers, config.topic)) == 3


def test_a_broker_that_is_absent_at_start_loses_nothing(
    config: ProducerConfig, results: list[VQEDecoratedResult], kafka: KafkaCluster
) -> None:
    (port,) = free_ports(1)
    absent = replace(config, bootstrap_servers=f"{LOOPBACK}:{port}", timeout=2.0)
    with VQEKafkaProducer(absent) as producer:
        begin = time.monotonic()
        durable = producer.send_result(results[0])
        assert time.monotonic() - begin < 2
        counts = producer.flush(1.0)
        assert counts.pending == 1
        assert counts.blocked is not None
        assert f"{LOOPBACK}:{port}: connection refused" in counts.blocked
        # The broker comes up where it was expected.
        with Proxy(port) as proxy:
            proxy.lead_to(kafka.brokers[0].port)
            assert producer.flush(30.0).pending == 0
    assert [each.result_id for each in read_all(config.bootstrap_servers, config.topic)] == [
        durable.result_id
    ]


def test_a_registry_that_is_absent_or_refuses_blocks_and_gives_nothing_up(
    config: ProducerConfig, results: list[VQEDecoratedResult], tmp_path: Path
) -> None:
    server = RegistryServer(tmp_path / "registry")
    address = f"http://{server.address}"
    config = replace(config, registry=address)
    # It will come up with another schema under this name, so that it answers 409.
    namespace, _, name = VQEDecoratedResultInterface.FULLNAME.rpartition(".")
    text = f'{{"type": "record", "namespace": "{namespace}", "name": "{name}", "fields": []}}'
    LocalRegistry(tmp_path / "registry" / "registry.json").register(config.subject, text)
    try:
        with VQEKafkaProducer(config) as producer:
            producer.send_result(results[0])
            counts = producer.flush(2.0)
            assert (counts.pending, counts.dead) == (1, 0)
            assert address in str(counts.blocked)
            server.start()
            with HttpRegistry(address) as registry:
                counts = producer.flush(5.0)
                assert (counts.pending, counts.dead) == (1, 0)
                assert f"registry: {config.subject}: " in str(counts.blocked)
                assert read_all(config.bootstrap_servers, config.topic) == []
                registry.update_config(RegistryConfig(compatibility=CompatibilityMode.NONE), config.subject)
            assert producer.flush(30.0).pending == 0
        (found,) = read_all(config.bootstrap_servers, config.topic)
        assert unframe(found.value)[0] == 2
    finally:
        server.stop()


def test_a_topic_that_is_missing_blocks_and_is_found_when_it_is_made(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    name = unique_name()
    with VQEKafkaProducer(replace(config, topic=name)) as producer:
        producer.send_result(results[0])
        counts = producer.flush(2.0)
        assert counts.dead == 0
        assert counts.blocked == f"{name}: no such topic; create it, or correct the setting 'topic'"
        create_topic(config.bootstrap_servers, name)
        assert producer.flush().pending == 0
    assert len(read_all(config.bootstrap_servers, name)) == 1


def test_fifteen_mebibytes_arrive(config: ProducerConfig, results: list[VQEDecoratedResult]) -> None:
    large = of_size(results[0], 15 * 1024 * 1024)
    with VQEKafkaProducer(config) as producer:
        producer.send_result(large)
        assert producer.flush(60).pending == 0
    (found,) = read_all(config.bootstrap_servers, config.topic)
    assert len(found.value) > 14.9 * 1024 * 1024
    assert unframe(found.value)[1] == VQEDecoratedResultInterface().encode(large)


def test_seventeen_mebibytes_go_by_claim_check(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    create_topic(config.bootstrap_servers, config.claims_topic)
    large = of_size(results[0], 17 * 1024 * 1024)
    with VQEKafkaProducer(config) as producer:
        durable = producer.send_result(large, run_id="large-run")
        assert producer.flush(60).pending == 0
    (found,) = read_all(config.bootstrap_servers, config.claims_topic)
    pointer = VQEResultClaimInterface().decode(unframe(found.value)[1])
    assert (found.result_id, pointer.result_id) == ("large-run", durable.result_id)
    assert pointer.size > 16.9 * 1024 * 1024
    interface = VQEDecoratedResultInterface()
    assert interface.encode(claimed_result(pointer)) == interface.encode(large)
    assert read_all(config.bootstrap_servers, config.topic) == []


def test_a_result_over_the_topics_limit_dies_with_the_way_out_and_arrives_after_it(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    name = create_topic(config.bootstrap_servers, unique_name(), settings={"max.message.bytes": 100_000})
    with VQEKafkaProducer(replace(config, topic=name)) as producer:
        durable = producer.send_result(of_size(results[0], 300_000))
        small = producer.send_result(results[1])
        assert producer.flush().pending == 0
        row = producer.find(durable.result_id)
        assert row is not None
        assert row.state is RowState.DEAD
        assert row.error is not None
        assert "raise max.message.bytes of the topic" in row.error
    assert [each.result_id for each in read_all(config.bootstrap_servers, name)] == [small.result_id]


@pytest.mark.parametrize(
    ("settings", "group"),
    [({}, 6), ({"max_request_size": 40_000, "buffer_memory": 40_000}, 1)],
)
def test_buffer_memory_is_how_much_is_handed_over_at_a_time(
    settings: dict[str, Any], group: int, config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    with VQEKafkaProducer(replace(config, **settings), background=False) as producer:
        for number in range(6):
            producer.send_result(results[2], run_id=f"r{number}")
        assert producer.flush().pending == 0
    offsets = [each.offset for each in read_all(config.bootstrap_servers, config.topic)]
    # A transaction ends with a mark of its own, which takes an offset.
    gaps = [later - earlier - 1 for earlier, later in pairwise(offsets)]
    assert sum(gaps) == 6 // group - 1
