"""The command line ``vqe-stream``: only here are options, exit codes and printing.

Commands load when they are called, so that ``--help`` stays quick; each is a module of this package.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Final

import click

from avroforge.shell.exit_code import ExitCode
from avroforge.shell.program import SETTINGS, lazy_group, run_command_line

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: Final = {
    "demo": "Three real results: stored, delivered, read back, compared.",
    "publish": "Store results and deliver them to the topic.",
    "consume": "Print the topic's results.",
    "relay": "Deliver what waits in the outbox.",
    "status": "Say where the results of the outbox stand.",
    "outbox": "Look at single results of the outbox, and help those that are stuck.",
    "doctor": "Look at everything that a run relies on, before it begins.",
    "topic": "Make, compare and fill the topics that results need.",
    "results": "Look at stored results.",
    "secrets": "Make certificates for development.",
}
"""Command -> first line of its help: the same text as in its module, which the list must not import."""
EXTRAS: Final = {
    "numpy": "vqe",
    "rich": "vqe",
    "boto3": "results",
    "cryptography": "secrets",
    "matplotlib": "results",
    "pyarrow": "results",
}


@click.group(cls=lazy_group(__name__, COMMANDS, EXTRAS), context_settings=SETTINGS)
@click.version_option(package_name="avroforge", prog_name="vqe-stream")
@click.option(
    "--log-format",
    type=click.Choice(["text", "logfmt", "json"]),
    help="Write log records on standard error, one event per line.  [default: errors only, as text]",
)
@click.option(
    "--log-level",
    type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"], case_sensitive=False),
    help="From which level on.  [default: INFO with --log-format]",
)
def vqe_stream(*, log_format: str | None, log_level: str | None) -> None:
    """VQE results: on disk first, then in the topic, each exactly once.

    A setting comes from the command line, else from the environment (KAFKA_SERVERS for --servers), else from
    the TOML or YAML file of --config, else from its default, which every command's --help shows.

    Exit codes: 0 clean, 100 findings, 1 the tool could not do its work, 2 wrong usage.
    """
    if log_format is not None or log_level is not None:
        from vqe_stream.logs import log_to  # noqa: PLC0415 - the help must not wait for it

        log_to(sys.stderr, log_format or "text", log_level or "INFO")


def main() -> None:
    """The console script."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    # What delivery warns of, the commands say in their own words.
    logging.getLogger("avroforge").setLevel(logging.ERROR)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; every failure becomes a message."""
    return run_command_line(vqe_stream, "vqe-stream", arguments, _exit_code)


def _exit_code(error: Exception) -> ExitCode:
    from avroforge.errors import ConfigurationError  # noqa: PLC0415 - the help must not wait for it

    return ExitCode.USAGE if isinstance(error, ConfigurationError) else ExitCode.FAILED
