"""The command line ``avroforge``: only here are options, exit codes and printing.

Commands load when they are called, so that ``--help`` stays quick; each is a module of this package.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from avroforge.shell.exit_code import ExitCode
from avroforge.shell.program import SETTINGS, lazy_group, run_command_line

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: Final = {
    "generate": "Write the typed Python package of a schema folder.",
    "lint": "Check schemas against the specification and the house rules.",
    "fmt": "Lay schemas out in one way: order of attributes, indentation, no namespace twice.",
    "compat": "Say whether one schema can read what another wrote.",
    "breaking": "Check the schemas against what is already in use.",
    "review": "Report what a change of schemas does, to whom, and how to fix it.",
    "baseline": "Write today's schemas into the committed history.",
    "registry": "Bring the schemas of avroforge.toml's subjects into registries, and see what is there.",
    "inspect": "Show what a message or a container file holds, or where it goes wrong.",
}
"""Command -> first line of its help: the same text as in its module, which the list must not import."""
EXTRAS: Final = {"avro": "codegen", "jinja2": "codegen", "rich": "codegen", "numpy": "numpy"}


@dataclass(frozen=True, slots=True)
class Invocation:
    """What every command needs from the options before it."""

    config: Path | None


@click.group(cls=lazy_group(__name__, COMMANDS, EXTRAS), context_settings=SETTINGS)
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
    return run_command_line(avroforge, "avroforge", arguments, lambda _error: ExitCode.FAILED)
