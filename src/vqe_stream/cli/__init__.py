"""The command line ``vqe-stream``: only here are options, exit codes and printing.

Commands load when they are called, so that ``--help`` stays quick; each is a module of this package.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from importlib import import_module
from typing import TYPE_CHECKING, Final

import click

from vqe_stream.cli.exit_code import ExitCode
from vqe_stream.cli.terminal import complain, forget_output, prepare_streams

if TYPE_CHECKING:
    from collections.abc import Sequence

TRACEBACK_VARIABLE: Final = "AVROFORGE_TRACEBACK"

COMMANDS: Final = {
    "demo": "Three real results: stored, delivered, read back, compared.",
    "publish": "Store results and deliver them to the topic.",
    "consume": "Print the topic's results.",
    "relay": "Deliver what waits in the outbox.",
    "status": "Say where the results of the outbox stand.",
}
"""Command -> first line of its help: the same text as in its module, which the list must not import."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of their use."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command from its module ``vqe_stream.cli.<name>``."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        try:
            command = import_module(f"{__name__}.{cmd_name}").command
        except ModuleNotFoundError as error:
            raise _missing_extra(error) from error
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="avroforge", prog_name="vqe-stream")
def vqe_stream() -> None:
    """VQE results: on disk first, then in the topic, each exactly once.

    A setting comes from the command line, else from the environment (KAFKA_SERVERS for --servers), else from
    the TOML file of --config, else from its default, which every command's --help shows.

    Exit codes: 0 clean, 100 findings, 1 the tool could not do its work, 2 wrong usage.
    """


def main() -> None:
    """The console script."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    # What delivery warns of, the commands say in their own words.
    logging.getLogger("avroforge").setLevel(logging.ERROR)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; every failure becomes a message."""
    prepare_streams()
    try:
        return int(vqe_stream.main(list(arguments), prog_name="vqe-stream", standalone_mode=False) or 0)
    except click.Abort:
        complain("vqe-stream: interrupted")
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        forget_output()
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001 the last line of defence: no traceback on a user's terminal
        return _failed(error)


def _failed(error: Exception) -> int:
    from avroforge.errors import AvroforgeError, ConfigurationError  # noqa: PLC0415 the help must not wait for it

    if os.environ.get(TRACEBACK_VARIABLE):
        complain("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, AvroforgeError):
        complain(str(error))
        return ExitCode.USAGE if isinstance(error, ConfigurationError) else ExitCode.FAILED
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        complain(f"vqe-stream: {error.filename}: {reason}" if error.filename else f"vqe-stream: {reason}")
    else:
        name = type(error).__name__
        hint = f"please report it with the output of the same command under {TRACEBACK_VARIABLE}=1"
        complain(f"vqe-stream: internal error: {name}: {' '.join(str(error).split())}; {hint}")
    return ExitCode.FAILED


def _missing_extra(error: ModuleNotFoundError) -> Exception:
    from avroforge.errors import MissingExtraError  # noqa: PLC0415 as above

    package = (error.name or "").partition(".")[0]
    if package not in ("numpy", "rich"):
        return error
    return MissingExtraError(f"vqe-stream: {package} is not installed: pip install 'avroforge[vqe]'")
