"""The options that the commands share, and the one configuration they lead to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click

from avroforge.registry.location import URL_VARIABLE, is_address, options_of_environment
from vqe_stream.config import SERVERS_VARIABLE, ProducerConfig
from vqe_stream.settings_file import read_settings

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
    "outbox_max_bytes": "Bytes that the outbox may take on its disk.  [default: as far as it goes]",
    "spill": "Folder for results that the outbox cannot take.  [default: none]",
    "claims": "Folder, or s3://BUCKET/PREFIX, of results that are too large for the topic.  "
    "[default: claims in the state folder]",
    "claims_endpoint": "S3 server of that bucket, if it is not Amazon's.  [env var: AWS_ENDPOINT_URL_S3; "
    "default: Amazon's]",
    "registry": "Registry file, or http(s) addresses of a registry server, separated by commas.  "
    f"[env var: {URL_VARIABLE}; default: registry.json in the state folder]",
    "timeout": "Seconds to wait for delivery; what is not delivered then stays stored.",
    "retries": "Immediate attempts after a definite failure; 0 makes one attempt.",
    "retry_delay": "Seconds before the first of them; doubled for each further one.",
    "max_request_size": "Largest record, in bytes.",
    "kafka_retries": "How often the Kafka client itself asks again.",
    "acks": "Confirmations to wait for; only all (or -1) keeps what it confirms.",
    "delivery_timeout_ms": "Milliseconds after which the Kafka client gives up on a record.",
    "buffer_memory": "Bytes of results that are handed to the Kafka client at a time.",
    "group": "Consumers of one group share the records and go on where it stopped.  [default: none]",
}
_NAMES: Final = {
    "bootstrap_servers": ("--servers", "--bootstrap-servers"),
    "kafka_retries": ("--kafka-retries", "--internal-retries"),
}
_PLACE: Final = ("bootstrap_servers", "topic", "state", "outbox", "registry")
_SENDING: Final = (
    "outbox_max_bytes",
    "spill",
    "claims",
    "claims_endpoint",
    "timeout",
    "retries",
    "retry_delay",
    "max_request_size",
)
_CLIENT: Final = ("kafka_retries", "acks", "delivery_timeout_ms", "buffer_memory")


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
    return _with_options(command, (*_PLACE, "group", "claims_endpoint", "max_request_size"))


def topics(command: F) -> F:
    """Options of a command that makes or compares topics."""
    return _with_options(command, (*_PLACE, "max_request_size", "timeout"))


def sending(command: F) -> F:
    """Options of a command that delivers."""
    return _with_options(command, (*_PLACE, *_SENDING, *_CLIENT))


def configuration(config: Path | None, given: Mapping[str, str | bool | None]) -> ProducerConfig:
    """One configuration of command line, environment, file and defaults, in this order.

    Args:
        config: the file, if one is named.
        given: settings of the command line; None where it says nothing.

    Raises:
        ConfigurationError: the file is none of settings, or any setting is unknown or wrong.
    """
    return configuration_with_sources(config, given)[0]


def configuration_with_sources(
    config: Path | None, given: Mapping[str, str | bool | None]
) -> tuple[ProducerConfig, dict[str, str]]:
    """As `configuration`, with where each setting that is no default was read.

    Raises:
        ConfigurationError: as `configuration`.
    """
    settings = read_settings(config) if config else {}
    sources = dict.fromkeys(settings, str(config))
    line = {name: value for name, value in given.items() if value is not None}
    servers = os.environ.get(SERVERS_VARIABLE, "").strip()
    if servers or "bootstrap_servers" in line:
        settings.pop("servers", None)
        sources.pop("servers", None)
    url = os.environ.get(URL_VARIABLE, "").strip()
    environment = {"bootstrap_servers": (servers, SERVERS_VARIABLE), "registry": (url, URL_VARIABLE)}
    for name, (value, variable) in environment.items():
        if value:
            settings[name], sources[name] = value, variable
    settings |= line
    sources |= dict.fromkeys(line, "command line")
    if is_address(str(settings.get("registry", ""))):
        # Passwords come by the environment or the file, never by the command line.
        options = options_of_environment(os.environ)
        settings["registry_options"] = {**settings.get("registry_options", {}), **options}
        if options:
            sources["registry_options"] = f"{URL_VARIABLE.removesuffix('URL')}..."
    return ProducerConfig.from_dict(settings), sources


def _with_options(command: F, names: tuple[str, ...]) -> F:
    for name in reversed(names):
        command = _option(name)(command)
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="TOML or YAML file of settings, by their names in ProducerConfig.  [default: none]",
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
