"""Command line, environment, file, code: one configuration, in the order that docs/streaming.md states."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from vqe_stream import ProducerConfig, SecurityConfig
from vqe_stream.cli.options import configuration_with_sources, sending

DOCUMENT = Path(__file__).parents[3] / "docs" / "streaming.md"
# The fields of quantum_pipeline's class, each with its option, and a value for the file and for the option.
FIELDS: dict[str, tuple[str, object, object]] = {
    "bootstrap_servers": ("--servers", "file:1", "line:1"),
    "topic": ("--topic", "from-file", "from-line"),
    "retries": ("--retries", 7, 8),
    "retry_delay": ("--retry-delay", 7.5, 8.5),
    "kafka_retries": ("--kafka-retries", 7, 8),
    "acks": ("--acks", "-1", "all"),
    "timeout": ("--timeout", 7.5, 8.5),
    "max_request_size": ("--max-request-size", 70_000, 80_000),
    "buffer_memory": ("--buffer-memory", 70_000_000, 80_000_000),
}


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KAFKA_SERVERS", "SCHEMA_REGISTRY_URL"):
        monkeypatch.delenv(name, raising=False)


def configured(*arguments: str) -> tuple[ProducerConfig, dict[str, str]]:
    """What a command that delivers makes of its command line."""
    found: list[tuple[ProducerConfig, dict[str, str]]] = []

    @click.command()
    @sending
    def probe(*, config: Path | None, **given: str | None) -> None:
        found.append(configuration_with_sources(config, given))

    CliRunner().invoke(probe, list(arguments), catch_exceptions=False, standalone_mode=False)
    return found[0]


def written(folder: Path, name: str, value: object) -> str:
    file = folder / "stream.toml"
    file.write_text(f"{name} = {value!r}\n")
    return str(file)


@pytest.mark.parametrize("name", FIELDS)
def test_the_line_is_over_the_file_and_that_over_the_default(tmp_path: Path, name: str) -> None:
    option, in_file, in_line = FIELDS[name]
    file = written(tmp_path, name, in_file)
    default = getattr(ProducerConfig(), name)
    config, sources = configured()
    assert (getattr(config, name), sources.get(name)) == (default, None)
    config, sources = configured("--config", file)
    expected = getattr(ProducerConfig.from_dict({name: in_file}), name)
    assert (getattr(config, name), sources[name]) == (expected, file)
    config, sources = configured("--config", file, option, str(in_line))
    assert (getattr(config, name), sources[name]) == (in_line, "command line")


def test_the_environment_stands_between_line_and_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("bootstrap_servers", "servers"):
        file = written(tmp_path, name, "file:1")
        monkeypatch.setenv("KAFKA_SERVERS", "environment:1")
        config, sources = configured("--config", file)
        assert config.bootstrap_servers == "environment:1"
        assert sources == {"bootstrap_servers": "KAFKA_SERVERS"}
        assert configured("--config", file, "--servers", "line:1")[0].bootstrap_servers == "line:1"
        monkeypatch.setenv("KAFKA_SERVERS", " ")
        assert configured("--config", file)[0].bootstrap_servers == "file:1"


def test_code_hears_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_SERVERS", "environment:1")
    assert ProducerConfig().bootstrap_servers == "localhost:9092"


def test_names_of_the_older_command_line_are_taken() -> None:
    assert configured("--bootstrap-servers", "line:1")[0].bootstrap_servers == "line:1"
    assert configured("--internal-retries", "9")[0].kafka_retries == 9


def test_the_document_states_it_for_every_field_of_the_older_class() -> None:
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]
    stated = {line.split("`")[1]: line for line in rows}
    assert {"security", "servers", *FIELDS} <= set(stated)
    for name, (option, *_) in FIELDS.items():
        assert f"`{option}`" in stated[name]
        default = getattr(ProducerConfig(), name)
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        assert f"`{shown}`" in stated[name]
    assert [each.name for each in fields(ProducerConfig)][:10] == [
        "bootstrap_servers",
        "topic",
        "security",
        *list(FIELDS)[2:],
    ]
    assert ProducerConfig().security == SecurityConfig()
