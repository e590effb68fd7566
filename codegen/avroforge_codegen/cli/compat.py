"""``avroforge compat``: one reader schema against one writer schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from avroforge.errors import ConfigurationError
from avroforge.evolution import check_compatibility
from avroforge_codegen.cli.exit_code import ExitCode
from avroforge_codegen.cli.project import Project
from avroforge_codegen.cli.terminal import say

if TYPE_CHECKING:
    from avroforge.schema import Schema
    from avroforge_codegen.cli import Invocation


@click.command("compat")
@click.argument("reader", metavar="READER")
@click.argument("writer", metavar="WRITER")
@click.pass_obj
def command(invocation: Invocation, reader: str, writer: str) -> ExitCode:
    """Say whether one schema can read what another wrote.

    READER and WRITER are schema files. Where types stand in several files, name the folder and the
    type: `schemas#my_namespace.Order`.

    Exits with 100 when the reader cannot read what the writer wrote.
    """
    reader_schema = _load(invocation, reader)
    result = check_compatibility(reader_schema, _load(invocation, writer))
    if result.compatible:
        say(f"compatible: {reader} reads what {writer} wrote")
        return ExitCode.CLEAN
    for each in result.incompatibilities:
        place = f"{each.line}:{each.column}: " if each.line else ""
        say(f"{reader}:{place}{each.kind} {each.path}: {each.message}")
    say(f"incompatible: {reader} cannot read what {writer} wrote")
    return ExitCode.FINDINGS


def _load(invocation: Invocation, argument: str) -> Schema:
    path, separator, fullname = argument.partition("#")
    schemas = Project.open(invocation, [Path(path)]).parse()
    if separator:
        found = [schema for schema in schemas.values() if getattr(schema.type, "fullname", None) == fullname]
    else:
        found = list(schemas.values())
    if len(found) == 1:
        return found[0]
    if separator:
        raise ConfigurationError(f"{argument}: no file under {path!r} has the root type {fullname!r}")
    raise ConfigurationError(
        f"{argument}: {len(found)} schemas here; name the type, as in {path}#{_example(found)}"
    )


def _example(schemas: list[Schema]) -> str:
    return next(
        (name for each in schemas if (name := getattr(each.type, "fullname", ""))), "my_namespace.Order"
    )
