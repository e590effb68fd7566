"""What compose files, pipelines and code say of the same thing."""

from __future__ import annotations

import re
import runpy
import stat
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pytest
import yaml
from tests.unit.compose.test_compose import COMPOSE, MAIN, SECURE, merged

from avroforge.kafka.topic_description import PartitionState, TopicDescription
from vqe_stream import ProducerConfig
from vqe_stream.topics.comparison import changes
from vqe_stream.topics.wanted import wanted_topics

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Settings: TypeAlias = dict[str, str]
THREE: Final = "docker-compose.three-brokers.yaml"
FILES: Final = (MAIN, THREE, SECURE)
# Of a topic for which nothing is set.
KAFKAS_OWN: Final = {
    "max.message.bytes": "1048588",
    "message.timestamp.type": "CreateTime",
    "retention.ms": "604800000",
}
ENVIRONMENT: Final = runpy.run_path(str(COMPOSE / "environment.py"))
WRITE: Final[Callable[[Path], list[str]]] = ENVIRONMENT["write"]


def script(file: str) -> str:
    """What makes the topics."""
    if file == SECURE:
        return (COMPOSE / "secure" / "prepare.sh").read_text()
    command: list[str] = merged((file,))["services"]["topics"]["command"]
    return command[0]


def topics(script: str) -> dict[str, Settings]:
    """The settings of each topic that a script makes."""
    lines = script.replace("\\\n", " ").splitlines()
    found = {}
    for line in lines:
        if name := re.match(r"\s*(?:create --topic|topic) (?P<name>[\w.-]+) ", line):
            found[name["name"]] = dict(re.findall(r"--config ([\w.]+)=(\S+)", line))
    return found


@pytest.mark.parametrize("file", FILES)
def test_the_topics_are_made_as_the_code_wants_them(file: str) -> None:
    made = topics(script(file))
    wanted = {each.name: each for each in wanted_topics(ProducerConfig())}
    assert set(made) == set(wanted)
    for name, each in wanted.items():
        described = TopicDescription(name, (PartitionState(0, 1, (1,), (1,)),), {**KAFKAS_OWN, **made[name]})
        assert changes(each, described) == {}


@pytest.mark.parametrize("file", FILES)
def test_a_broker_takes_and_copies_what_the_topics_take(file: str) -> None:
    services = merged((file,))["services"]
    broker = next(each for name, each in services.items() if name.startswith("kafka"))["environment"]
    assert int(broker["KAFKA_MESSAGE_MAX_BYTES"]) == ProducerConfig().max_request_size
    assert int(broker["KAFKA_REPLICA_FETCH_MAX_BYTES"]) > int(broker["KAFKA_MESSAGE_MAX_BYTES"])
    assert broker["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


@pytest.mark.parametrize("file", FILES)
def test_copies_fit_the_number_of_brokers(file: str) -> None:
    services = merged((file,))["services"]
    brokers = [each for name, each in services.items() if name.startswith("kafka")]
    replicas = re.findall(r"--replication-factor (\d+)", script(file))
    assert set(replicas) == {str(len(brokers))}


def test_the_sink_reads_the_topic_of_the_code() -> None:
    config = ProducerConfig()
    for name in ("redpanda-connect.yaml", "redpanda-connect.resilient.yaml", "redpanda-connect.secure.yaml"):
        read = yaml.safe_load((COMPOSE / name).read_text())["input"]
        source = read.get("kafka") or read["redpanda"]
        assert source["topics"] == [config.topic]


def _without_security(node: Any) -> Any:  # noqa: ANN401 - YAML
    if isinstance(node, dict):
        return {name: _without_security(each) for name, each in node.items() if name not in {"tls", "sasl"}}
    if isinstance(node, list):
        return [_without_security(each) for each in node]
    return node.replace("https://", "http://") if isinstance(node, str) else node


def test_the_secured_pipeline_is_the_resilient_one_with_security() -> None:
    resilient = yaml.safe_load((COMPOSE / "redpanda-connect.resilient.yaml").read_text())
    secured = yaml.safe_load((COMPOSE / "redpanda-connect.secure.yaml").read_text())
    assert _without_security(secured) == resilient
    text = (COMPOSE / "redpanda-connect.secure.yaml").read_text()
    assert text.count("tls:") == 1 + text.count("sasl:") == 3


def test_nothing_of_the_secured_file_is_in_the_clear() -> None:
    document = merged((SECURE,))
    protocols = document["services"]["kafka"]["environment"]["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"]
    assert {each.split(":")[1] for each in protocols.split(",")} == {"SSL", "SASL_SSL"}
    assert "http://" not in str(document["services"]["schema-registry"])


def test_what_the_files_want_of_the_environment_is_made(tmp_path: Path) -> None:
    wanted = {
        name
        for path in COMPOSE.glob("docker-compose*.yaml")
        for name in re.findall(r"\$\{(\w+):\?", path.read_text())
    }
    path = tmp_path / ".env"
    assert set(WRITE(path)) == wanted
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert all(re.fullmatch(r"[A-Z0-9_]+=[A-Za-z0-9]{26,64}", line) for line in path.read_text().splitlines())


def test_an_environment_file_is_completed_and_never_changed(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("S3_ACCESS_KEY=GKkept")
    missing = WRITE(path)
    assert "S3_ACCESS_KEY" not in missing
    text = path.read_text()
    assert text.startswith("S3_ACCESS_KEY=GKkept\nS3_SECRET_KEY=")
    assert WRITE(path) == []
    assert path.read_text() == text


def test_every_document_says_which_address_belongs_where() -> None:
    for name in FILES:
        head = (COMPOSE / name).read_text().split("\nname:")[0].lower()
        assert "from the host" in head
        assert "from a container" in head
