"""``avroforge breaking``: the gate that a change of schemas passes, or not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import say
from avroforge_codegen.cli.against_option import against_of, against_options
from avroforge_codegen.cli.project import Project
from avroforge_codegen.review.catalogue_page import catalogue_list
from avroforge_codegen.review.render_text import render_findings
from avroforge_codegen.review.run import review_project

if TYPE_CHECKING:
    from avroforge_codegen.cli import Invocation


@click.command("breaking")
@click.argument("schemas", nargs=-1, type=click.Path(path_type=Path))
@against_options
@click.option("--list", "list_kinds", is_flag=True, help="List the kinds of change, and exit.")
@click.pass_obj
def command(  # noqa: PLR0913 - one per option
    invocation: Invocation,
    schemas: tuple[Path, ...],
    against: str,
    waivers: Path | None,
    *,
    exact: bool,
    list_kinds: bool,
) -> ExitCode:
    """Check the schemas against what is already in use.

    Against a registry, every subject of avroforge.toml is checked under its mode, against every version
    that the mode makes count. Against a commit, a folder or an archive, so are the types that no
    subject reaches, under the mode of avroforge.toml.

    Exits with 100 when something breaks, or passes every checker and gives wrong values.
    """
    if list_kinds:
        for line in catalogue_list():
            say(line)
        return ExitCode.CLEAN
    other = against_of(against, exact=exact)
    project = Project.open(invocation, schemas)
    report = review_project(project, other, waivers=waivers, detail=False)
    say(render_findings(report).rstrip("\n"))
    return ExitCode.FINDINGS if report.findings else ExitCode.CLEAN
