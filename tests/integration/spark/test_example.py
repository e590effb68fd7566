"""examples/pyspark as a user runs it: several relays write a topic of three partitions, Spark reads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from kafka import KafkaProducer
from pyarrow import parquet
from tests.integration.kafka.topic import create_topic, unique_name
from tests.integration.servers import spark
from tests.integration.servers.cache import UnavailableError
from tests.integration.servers.registry import RegistryServer

from vqe_stream import ProducerConfig, VQEKafkaProducer, result_from_json
from vqe_stream.results import StoredResult
from vqe_stream.results.table import results_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.servers.kafka import KafkaCluster

ROOT: Final = Path(__file__).parents[3]
EXAMPLE: Final = ROOT / "examples" / "pyspark" / "results_to_parquet.py"
FILES: Final = sorted((ROOT / "data" / "vqe").glob("*.json"))
RELAYS: Final = ("one", "two", "three")


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    try:
        return spark.environment()
    except UnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = RegistryServer(tmp_path_factory.mktemp("registry"))
    server.start()
    yield f"http://{server.address}"
    server.stop()


def by_name(path: Path) -> list[dict[str, Any]]:
    return sorted(parquet.read_table(path).to_pylist(), key=lambda row: str(row.get("name")))


def test_what_several_relays_wrote_is_read_once_and_typed(
    environment: dict[str, str], kafka: KafkaCluster, registry: str, tmp_path: Path
) -> None:
    topic = create_topic(kafka.servers, unique_name("scaled"), partitions=3)
    sent = []
    for relay in RELAYS:
        config = {"bootstrap_servers": kafka.servers, "topic": topic, "registry": registry}
        state = {"state": tmp_path / relay, "timeout": 60, "allow_memory_file_system": True}
        with VQEKafkaProducer(ProducerConfig.from_dict({**config, **state})) as producer:
            for file in FILES:
                result = result_from_json(file.read_bytes())
                sent.append(StoredResult(f"{file.stem.replace('_', '-')}-{relay}", result))
                producer.send_result(result, run_id=sent[-1].name)
            assert producer.flush(60).pending == 0
    other = KafkaProducer(bootstrap_servers=kafka.servers.split(","))
    other.send(topic, b"garbage", partition=1).get(60)
    other.close(5)
    out = tmp_path / "results.parquet"
    command = [sys.executable, EXAMPLE, "--servers", kafka.servers, "--topic", topic, "--registry", registry]
    done = subprocess.run(
        [*map(str, command), "--out", str(out)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 100, done.stderr[-3000:]
    assert "1 records are no results" in done.stderr
    found = by_name(out)
    assert {row.pop("partition") for row in found} == {0, 1, 2}
    assert all(row.pop("offset") >= 0 for row in found)
    assert found == sorted(results_table(sent).to_pylist(), key=lambda row: row["name"])
    (unreadable,) = by_name(out.with_name("results.parquet.unreadable"))
    assert unreadable["partition"] == 1
    assert "magic byte" in unreadable["error"]
