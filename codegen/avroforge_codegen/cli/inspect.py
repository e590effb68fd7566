"""``avroforge inspect``: what a message or a container file holds, or where it goes wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import say
from avroforge.wire.limits import budget_of
from avroforge_codegen.cli.inspection import JsonReport, TextReport
from avroforge_codegen.cli.inspection_container import Container
from avroforge_codegen.cli.inspection_message import Message
from avroforge_codegen.cli.inspection_schema import KnownSchemas
from avroforge_codegen.cli.inspection_source import CONTAINER, ENCODINGS, FRAMED, Source, assumed
from avroforge_codegen.cli.registry_option import target_option
from avroforge_codegen.limit_setting import LIMIT_NAMES
from avroforge_codegen.settings import load_settings

if TYPE_CHECKING:
    from avroforge_codegen.cli import Invocation
    from avroforge_codegen.cli.inspection import Report
from avroforge_codegen.limit_setting import LimitSettings


@click.command("inspect")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--schema", metavar="FILE", help="Schema that wrote the message; FILE#my_namespace.Order too.")
@target_option
@click.option(
    "--as", "encoding", type=click.Choice(list(ENCODINGS)), help="What FILE is; else its start decides."
)
@click.option("--framed", is_flag=True, help="The same as --as framed.")
@click.option("--limit", type=click.IntRange(min=0), default=10, show_default=True, help="Values to show.")
@click.option("--print-schema", is_flag=True, help="Print the schema that wrote FILE, and nothing else.")
@click.option("--full", is_flag=True, help="Show long values whole.")
@click.option(
    "--allow",
    "allowed",
    multiple=True,
    metavar="LIMIT=NUMBER",
    help="What input may cost, as in [limits].",
)
@click.option("--json", "machine", is_flag=True, help="One JSON object per line.")
@click.pass_obj
def command(invocation: Invocation, /, file: Path, **options: Any) -> ExitCode:  # noqa: ANN401 - one per option above
    """Show what a message or a container file holds, or where it goes wrong.

    FILE is a file, or - for standard input. A container file has its schema. Single-object encoding and
    Confluent framing name one that --schema, --registry or the registry file of avroforge.toml has; bare
    Avro says nothing, so it needs --schema.

    Values are in Avro's JSON encoding. Exits with 100 when something is broken.
    """
    encoding = FRAMED if options["framed"] else options["encoding"]
    if options["framed"] and options["encoding"] not in (None, FRAMED):
        raise click.UsageError(f"--framed and --as {options['encoding']} contradict each other")
    source = Source.of(file)
    wanted, because = (encoding, "as asked") if encoding else assumed(source, options["schema"])
    if wanted == CONTAINER and options["schema"]:
        raise click.UsageError(
            f"{source.name} is a container file, which has its own schema (--print-schema shows it); "
            "leave out --schema"
        )
    heading = f"{source.name}: {ENCODINGS[wanted]} ({because})"
    report: Report = JsonReport() if options["machine"] else TextReport(full=options["full"])
    limits = _limits(invocation, options["allowed"])
    known = KnownSchemas(invocation, options["schema"], options["target"])
    looked = (
        Container(source.open, limits.container)
        if wanted == CONTAINER
        else Message(source.read(), wanted, known, budget_of(limits.message)())
    )
    if options["print_schema"]:
        say(looked.schema_text())
        return ExitCode.CLEAN
    good = looked.inspect(heading, report, options["limit"])
    return ExitCode.CLEAN if good else ExitCode.FINDINGS


def _limits(invocation: Invocation, allowed: tuple[str, ...]) -> LimitSettings:
    """The limits of the settings, and over them those of the command line."""
    given: dict[str, int] = {}
    for each in allowed:
        name, _, number = each.partition("=")
        if name not in LIMIT_NAMES or not (number.isascii() and number.isdigit()):
            raise click.UsageError(
                f"--allow: expected a number for one of {', '.join(LIMIT_NAMES)}, as depth=200, got {each!r}"
            )
        given[name] = int(number)
    return replace(load_settings(invocation.config).limits, **given)
