from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import yaml
from tests.unit.compose.rules import Document, breaches

if TYPE_CHECKING:
    from collections.abc import Callable

COMPOSE: Final = Path(__file__).parents[3] / "compose"
MAIN: Final = "docker-compose.ml.yaml"
SECURE: Final = "docker-compose.secure.yaml"
PROJECTS: Final = (
    (MAIN,),
    (MAIN, "docker-compose.ml.kafka-connect.yaml"),
    ("docker-compose.three-brokers.yaml",),
    (SECURE,),
)


def merged(project: tuple[str, ...]) -> Document:
    """One project's files, the later laid over the earlier, two levels deep as they are here."""
    document: Document = {}
    for name in project:
        for key, value in yaml.safe_load((COMPOSE / name).read_text()).items():
            if key in {"services", "volumes"}:
                for each, body in value.items():
                    document.setdefault(key, {}).setdefault(each, {}).update(body or {})
            else:
                document[key] = value
    return document


@pytest.mark.parametrize("project", PROJECTS, ids="+".join)
def test_files_keep_the_rules(project: tuple[str, ...]) -> None:
    assert breaches(merged(project)) == []


def test_every_file_is_checked() -> None:
    assert {path.name for path in COMPOSE.glob("docker-compose*.yaml")} == {
        name for project in PROJECTS for name in project
    }


def _service(name: str, **settings: object) -> Callable[[Document], None]:
    def plant(document: Document) -> None:
        document["services"][name].update(settings)

    return plant


def _environment(name: str, variable: str, value: str) -> Callable[[Document], None]:
    def plant(document: Document) -> None:
        document["services"][name]["environment"][variable] = value

    return plant


def _secret(name: str, **body: str) -> Callable[[Document], None]:
    def plant(document: Document) -> None:
        document["secrets"][name] = body

    return plant


def _without(name: str, setting: str) -> Callable[[Document], None]:
    def plant(document: Document) -> None:
        del document["services"][name][setting]

    return plant


MISTAKES: Final[tuple[tuple[Callable[[Document], None], str], ...]] = (
    (_service("kafka", image="apache/kafka"), "kafka: the image 'apache/kafka' has no version"),
    (
        _service("kafka", image="apache/kafka:latest"),
        "kafka: the image 'apache/kafka:latest' has no version",
    ),
    (_without("garage", "healthcheck"), "garage: no healthcheck"),
    (
        _service("garage", healthcheck={"disable": True}),
        "garage: others wait for its health, and it has none",
    ),
    (
        _service("topics", restart="unless-stopped"),
        "topics: it ends, and is started again and again",
    ),
    (
        _service("garage", healthcheck={"test": ["CMD", "true"]}),
        "garage: a healthcheck needs test, interval, timeout and retries",
    ),
    (
        _service("redpanda-connect", depends_on={"kafak": {"condition": "service_healthy"}}),
        "redpanda-connect: depends on kafak, which is not there",
    ),
    (
        _service("redpanda-connect", depends_on=["kafka"]),
        "redpanda-connect: depends_on waits for a condition, not for a mere start",
    ),
    (_service("kafka", ports=["9094:9094"]), "kafka: the port 9094:9094 is published beyond loopback"),
    (
        _service("garage", ports=["${PUBLISH_ON:-127.0.0.1}:8081:3901"]),
        "garage: the host's port 8081 is taken by schema-registry",
    ),
    (
        _environment("garage", "GARAGE_DEFAULT_SECRET_KEY", "s3cr3t"),
        "garage: GARAGE_DEFAULT_SECRET_KEY holds a value",
    ),
    (
        _service("garage", environment=["A=b"]),
        "garage: environment is a mapping, so that files can be laid over each other",
    ),
    (_without("kafka", "deploy"), "kafka: no limit of processors and memory"),
    (_service("kafka", volumes=["kafka-dta:/data"]), "kafka: the volume kafka-dta is not declared"),
    (_service("kafka", volumes=[]), "the volume kafka-data is declared and not used"),
    (
        _environment("schema-registry", "SASL_JAAS_CONFIG", 'LoginModule required password="hunter2";'),
        "schema-registry: SASL_JAAS_CONFIG holds a password",
    ),
    (_service("kafka", secrets=["ca.cert"]), "kafka: the secret ca.cert is not declared"),
    (_service("schema-registry", secrets=[]), "the secret registry.pem is declared and not used"),
    (
        _service("redpanda-connect", user="root"),
        "redpanda-connect: it may not read its secrets: they belong to the user 1000:1000",
    ),
    (
        _secret("sink.key", file="./sink.key"),
        "the secret sink.key is not a file of ${SECRETS_DIR:-./secrets}/",
    ),
)


@pytest.mark.parametrize(("plant", "breach"), MISTAKES, ids=[text for _, text in MISTAKES])
def test_a_planted_mistake_is_found(plant: Callable[[Document], None], breach: str) -> None:
    document = copy.deepcopy(merged((SECURE,)))
    plant(document)
    assert breach in breaches(document)
