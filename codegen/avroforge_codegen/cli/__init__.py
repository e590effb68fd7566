"""The command line ``avroforge``: only here are options, exit codes and printing.

Commands load when they are called, so that ``--help`` stays quick; each is a module of this package.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from avroforge_codegen.cli.exit_code import ExitCode
from avroforge_codegen.cli.terminal import complain, prepare_streams

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: Final = {
    "generate": "Write the typed Python package of a schema folder.",
    "lint": "Check schemas against the specification and the house rules.",
    "compat": "Say whether one schema can read what another wrote.",
    "breaking": "Check the schemas against what is already in use.",
    "registry": "Look at the committed registry file, and add to it.",
    "inspect": "Show what a message or a container file holds, or where it goes wrong.",
}
"""Command -> first line of its help: the same text as in its module, which the list must not import."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """What every command needs from the options before it."""

    config: Path | None


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of their use."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command from its module ``avroforge_codegen.cli.<name>``."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"{__name__}.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Settings file; default: the nearest avroforge.toml in this folder or above.",
)
@click.version_option(package_name="avroforge", prog_name="avroforge")
@click.pass_context
def avroforge(ctx: click.Context, config: Path | None) -> None:
    """Schema-first Avro: typed Python classes, safe evolution.

    A setting comes from the command line, else from avroforge.toml, else from its default.

    Exit codes: 0 clean, 100 findings, 1 the tool could not do its work, 2 wrong usage.
    """
    ctx.obj = Invocation(config)


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; every failure becomes a message."""
    prepare_streams()
    try:
        return int(avroforge.main(list(arguments), prog_name="avroforge", standalone_mode=False) or 0)
    except click.Abort:
        complain("avroforge: interrupted")
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except Exception as error:  # noqa: BLE001 the last line of defence: no traceback on a user's terminal
        from avroforge_codegen.cli.failure import explain  # noqa: PLC0415 the help must not wait for it

        explain(error)
        return ExitCode.FAILED
