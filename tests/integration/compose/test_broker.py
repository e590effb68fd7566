"""The brokers' settings of the compose files, taken by a real broker: none misspelt, topics made, healthy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from tests.integration.servers.cache import UnavailableError
from tests.integration.servers.composed import ComposedKafka, properties
from tests.unit.compose.test_compose import MAIN, SECURE, merged

if TYPE_CHECKING:
    from collections.abc import Iterator

THREE: Final = "docker-compose.three-brokers.yaml"
# The authorizer reads these itself.
_AUTHORIZER_S: Final = {"super.users"}
_SETTING: Final = re.compile(r"^\s+([\w.-]+)=(.*?) sensitive=", re.MULTILINE)


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposedKafka]:
    try:
        broker = ComposedKafka(tmp_path_factory.mktemp("composed") / "kafka", merged((MAIN,)), {})
    except UnavailableError as error:
        pytest.skip(str(error))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def known(kafka: ComposedKafka) -> dict[str, str]:
    """Every setting that this version of Kafka has, with its value here."""
    describe = "/opt/kafka/bin/kafka-configs.sh --bootstrap-server kafka:9092 --entity-type brokers"
    text = kafka.run([*describe.split(), "--entity-name", "1", "--describe", "--all"])
    return dict(_SETTING.findall(text))


def test_the_broker_has_the_settings_of_the_file(kafka: ComposedKafka, known: dict[str, str]) -> None:
    wanted = properties(kafka.environment("kafka"))
    assert {name: known.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("file", [THREE, SECURE])
def test_no_setting_of_the_other_files_is_misspelt(file: str, known: dict[str, str]) -> None:
    for name, service in merged((file,))["services"].items():
        if name.startswith("kafka"):
            used = {
                each for each in properties(service["environment"]) if not each.startswith("listener.name.")
            }
            assert used - set(known) - _AUTHORIZER_S == set()


def test_topics_are_made_once_and_the_health_check_passes(kafka: ComposedKafka) -> None:
    services = merged((MAIN,))["services"]
    command = [*services["topics"]["entrypoint"], *services["topics"]["command"]]
    assert kafka.run(command).count("Created topic") == 3
    assert "Created topic" not in kafka.run(command)
    assert "Produce(0)" in kafka.run(services["kafka"]["healthcheck"]["test"][1:])
