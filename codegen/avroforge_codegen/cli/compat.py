"""``avroforge compat``: one reader schema against one writer schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from avroforge.errors import ConfigurationError, Diagnostic
from avroforge.evolution import check_compatibility, explain
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import say
from avroforge_codegen.cli.project import Project, locate

if TYPE_CHECKING:
    from avroforge.schema import Schema
    from avroforge_codegen.cli import Invocation


@click.command("compat")
@click.argument("reader", metavar="READER")
@click.argument("writer", metavar="WRITER")
@click.pass_obj
def command(invocation: Invocation, reader: str, writer: str) -> ExitCode:
    """Say whether one schema can read what another wrote.

    READER and WRITER are schema files. A file inside a schema folder of avroforge.toml may refer to the
    others there; elsewhere, name the folder and the type: `old/schemas#my_namespace.Order`.

    Exits with 100 when the reader cannot read what the writer wrote.
    """
    project, reader_schema = _load(invocation, reader)
    _, writer_schema = _load(invocation, writer)
    result = check_compatibility(reader_schema, writer_schema)
    if result.compatible:
        say(f"compatible: {reader} reads what {writer} wrote")
        return ExitCode.CLEAN
    for each in result.incompatibilities:
        found = Diagnostic(each.kind, explain(each), each.position.path, each.line, each.column)
        say(str(locate(found, project.sources.locations)))
    say(f"incompatible: {reader} cannot read what {writer} wrote")
    return ExitCode.FINDINGS


def _load(invocation: Invocation, argument: str) -> tuple[Project, Schema]:
    path, separator, fullname = argument.partition("#")
    project = Project.open_around(invocation, [Path(path)])
    asked = [schema for name, schema in project.parse().items() if name in project.asked]
    found = [schema for schema in asked if schema.fullname == fullname] if separator else asked
    if len(found) == 1:
        return project, found[0]
    if separator:
        raise ConfigurationError(f"{argument}: no file under {path!r} has the root type {fullname!r}")
    example = next((schema.fullname for schema in found if schema.fullname), "my_namespace.Order")
    raise ConfigurationError(f"{argument}: {len(found)} schemas here; name the type, as in {path}#{example}")
