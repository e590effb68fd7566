from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from avroforge.errors import ConfigurationError, MissingExtraError
from vqe_stream import ProducerConfig
from vqe_stream.settings_file import read_settings

if TYPE_CHECKING:
    from pathlib import Path

TOML = """
servers = "kafka-1:9092,kafka-2:9092"
topic = "mine"
retries = 0
timeout = 2.5
dead_letters = true
group = "plots"
[security]
ssl = true
cert_config.ssl_dir = "certificates"
"""
YAML = """
servers: [kafka-1:9092, kafka-2:9092]
topic: mine
retries: 0
timeout: 2.5
dead_letters: yes
group: plots
security:
  ssl: on
  cert_config:
    ssl_dir: certificates
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["stream.yaml", "stream.yml", "stream.YAML"])
def test_yaml_and_toml_say_the_same(tmp_path: Path, name: str) -> None:
    toml = ProducerConfig.from_dict(read_settings(written(tmp_path, "stream.toml", TOML)))
    yaml = ProducerConfig.from_dict(read_settings(written(tmp_path, name, YAML)))
    assert yaml == toml
    assert yaml.bootstrap_servers == "kafka-1:9092,kafka-2:9092"
    assert yaml.security.ssl is True


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, "stream.yaml", "# nothing\n")) == {}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.yaml", "servers: [", "a.yaml:1:11: expected YAML: "),
        ("a.yaml", "- servers", "a.yaml: expected a table of settings, got list"),
        ("a.yaml", "sevrers: x", "a.yaml: sevrers: no such setting; did you mean 'servers'?"),
        ("a.yaml", "a: !!python/object/apply:os.system [ls]", "a.yaml:1:4: expected YAML: "),
        ("a.yaml", "\x00", "a.yaml: expected YAML: "),
        ("a.toml", "servers = [", "a.toml: expected TOML: "),
        ("a.toml", "acks = 1", "a.toml: acks: expected 'all', got 1"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_settings(written(tmp_path, name, text))
    assert message in str(error.value)


def test_a_password_in_a_broken_line_is_not_shown(tmp_path: Path) -> None:
    path = written(tmp_path, "a.yaml", "security:\n  password: canary-9137: x\n")
    with pytest.raises(ConfigurationError) as error:
        read_settings(path)
    assert "canary" not in str(error.value)
    assert error.value.__cause__ is None


def test_yaml_without_its_library_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(MissingExtraError, match=r"avroforge\[yaml\]"):
        read_settings(written(tmp_path, "a.yaml", YAML))
