"""Settings out of a TOML or YAML file."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

from avroforge.errors import ConfigurationError, MissingExtraError
from vqe_stream.config import ProducerConfig

if TYPE_CHECKING:
    from pathlib import Path

_YAML_SUFFIXES: Final = frozenset({".yaml", ".yml"})


def read_settings(path: Path) -> dict[str, Any]:
    """The settings of a file, by their names in `ProducerConfig`: YAML where its name says so, else TOML.

    Raises:
        ConfigurationError: it is neither, or a setting in it is unknown or wrong; the message names the file.
        MissingExtraError: YAML, and PyYAML is not installed.
        OSError: it cannot be read.
    """
    settings = _read_yaml(path) if path.suffix.lower() in _YAML_SUFFIXES else _read_toml(path)
    try:
        ProducerConfig.from_dict(settings)
    except ConfigurationError as error:
        # Checked alone first, so that the message can name the file.
        raise ConfigurationError(f"{path}: {error}") from error
    return settings


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: expected TOML: {error}") from error


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        import yaml  # noqa: PLC0415 - an extra, and only some files are YAML
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{path}: PyYAML is not installed; run 'pip install avroforge[yaml]'"
        ) from error
    try:
        found = yaml.safe_load(path.read_bytes())
    except yaml.MarkedYAMLError as error:
        # Not the whole message: it quotes lines, and a password may stand in one.
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise ConfigurationError(f"{where}: expected YAML: {error.problem}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: expected YAML: {type(error).__name__}") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ConfigurationError(f"{path}: expected a table of settings, got {type(found).__name__}")
    return found
