"""The options that the commands share, and the one configuration they lead to."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from avroforge.errors import ConfigurationError
from avroforge.registry.location import URL_VARIABLE, is_address, options_of_environment
from vqe_stream.config import SERVERS_VARIABLE, ProducerConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

F = TypeVar("F", bound="Callable[..., object]")

_FOLDER: Final = "$XDG_STATE_HOME/vqe-stream, or ~/.local/state/vqe-stream"
_HELP: Final = {
    "bootstrap_servers": "embedded:DIR for a topic log in files (embedded: alone keeps it in the state "
    "folder), or host:port of brokers, several separated by commas.",
    "topic": "Topic of every result.",
    "state": f"Folder of outbox, registry file and embedded topic log.  [default: {_FOLDER}]",
    "outbox": "Folder of the outbox.  [default: outbox in the state folder]",
    "spill": "Folder for results that the outbox cannot take.  [default: none]",
    "claims": "Folder of results that are too large for the topic.  [default: claims in the state folder]",
    "registry": "Registry file, or http(s) addresses of a registry server, separated by commas.  "
    f"[env var: {URL_VARIABLE}; default: registry.json in the state folder]",
    "timeout": "Seconds to wait for delivery; what is not delivered then stays stored.",
    "retries": "Immediate attempts after a definite failure; 0 makes one attempt.",
    "retry_delay": "Seconds before the first of them; doubled for each further one.",
    "max_request_size": "Largest record, in bytes.",
    "kafka_retries": "How often the Kafka client itself asks again.",
    "delivery_timeout_ms": "Milliseconds after which the Kafka client gives up on a record.",
    "buffer_memory": "Bytes of results that are handed to the Kafka client at a time.",
    "group": "Consumers of one group share the records and go on where it stopped.  [default: none]",
}
_NAMES: Final = {"bootstrap_servers": ("--servers", "--bootstrap-servers")}
_PLACE: Final = ("bootstrap_servers", "topic", "state", "outbox", "registry")
_SENDING: Final = ("spill", "claims", "timeout", "retries", "retry_delay", "max_request_size")
_CLIENT: Final = ("kafka_retries", "delivery_timeout_ms", "buffer_memory")


def reading(command: F) -> F:
    """Options of a command that only looks: where everything is."""
    return _with_options(command, _PLACE)


def consuming(command: F) -> F:
    """Options of a command that reads the topic."""
    command = click.option(
        "--dead-letters",
        is_flag=True,
        default=None,
        help="Keep the group's unreadable records in TOPIC.dlq before they are passed over.",
    )(command)
    return _with_options(command, (*_PLACE, "group", "max_request_size"))


def sending(command: F) -> F:
    """Options of a command that delivers."""
    return _with_options(command, (*_PLACE, *_SENDING, *_CLIENT))


def configuration(config: Path | None, given: Mapping[str, str | bool | None]) -> ProducerConfig:
    """One configuration of command line, environment, file and defaults, in this order.

    Args:
        config: the TOML file, if one is named.
        given: settings of the command line; None where it says nothing.

    Raises:
        ConfigurationError: the file is no TOML, or any setting is unknown or wrong.
    """
    settings = _file_settings(config) if config else {}
    servers = os.environ.get(SERVERS_VARIABLE, "").strip()
    if servers or given.get("bootstrap_servers"):
        settings.pop("servers", None)
    if servers:
        settings["bootstrap_servers"] = servers
    if url := os.environ.get(URL_VARIABLE, "").strip():
        settings["registry"] = url
    settings.update({name: value for name, value in given.items() if value is not None})
    if is_address(str(settings.get("registry", ""))):
        # Passwords come by the environment or the file, never by the command line.
        settings["registry_options"] = {
            **settings.get("registry_options", {}),
            **options_of_environment(os.environ),
        }
    return ProducerConfig.from_dict(settings)


def _file_settings(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            settings = tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: expected TOML: {error}") from error
    try:
        ProducerConfig.from_dict(settings)
    except ConfigurationError as error:
        # Checked alone first, so that the message can name the file.
        raise ConfigurationError(f"{path}: {error}") from error
    return settings


def _with_options(command: F, names: tuple[str, ...]) -> F:
    for name in reversed(names):
        command = _option(name)(command)
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="TOML file of settings, by their names in ProducerConfig.  [default: none]",
    )(command)


def _option(name: str) -> Callable[[F], F]:
    default = ProducerConfig.__dataclass_fields__[name].default
    shown = "" if default is None else f"  [default: {default}]"
    if name == "bootstrap_servers":
        shown = f"  [env var: {SERVERS_VARIABLE}; default: {default}]"
    # Every value is read by ProducerConfig, so that a file, the environment and this say the same.
    return click.option(
        *_NAMES.get(name, (f"--{name.replace('_', '-')}",)),
        name,
        metavar=type(default).__name__.upper() if isinstance(default, int | float) else "TEXT",
        help=_HELP[name] + shown,
    )
