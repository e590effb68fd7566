"""``avroforge review``: the report that a reviewer reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from avroforge.errors import ConfigurationError
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.location import shown
from avroforge.shell.terminal import say
from avroforge_codegen.cli.against_option import against_of, against_options
from avroforge_codegen.cli.project import Project
from avroforge_codegen.review.render import FORMATS, render
from avroforge_codegen.review.run import review_project

if TYPE_CHECKING:
    from avroforge_codegen.cli import Invocation


@click.command("review")
@click.argument("schemas", nargs=-1, type=click.Path(path_type=Path))
@against_options
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path), help="File that gets the report; default: the terminal."
)
@click.option("--artifact", metavar="URL", default="", help="Where the whole report is, for markdown.")
@click.pass_obj
def command(  # noqa: PLR0913 - one per option
    invocation: Invocation,
    schemas: tuple[Path, ...],
    *,
    against: str,
    form: str,
    out: Path | None,
    artifact: str,
    waivers: Path | None,
    exact: bool,
) -> ExitCode:
    """Report what a change of schemas does, to whom, and how to fix it.

    Exits with 100 when something breaks, or passes every checker and gives wrong values; the report is
    written all the same.
    """
    other = against_of(against, exact=exact)
    project = Project.open(invocation, schemas)
    report = review_project(project, other, waivers=waivers)
    text = render(report, form, artifact=artifact)
    if out is None:
        # a document for programs goes out as it is; its own escapes keep a terminal safe
        click.echo(text, nl=False) if form in {"json", "sarif", "html"} else say(text.rstrip("\n"))
    else:
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise ConfigurationError(f"{shown(out)}: REPORT_WRITE cannot be written: {reason}") from error
        say(f"{shown(out)}: {report.title}: {report.label}")
    return ExitCode.FINDINGS if report.findings else ExitCode.CLEAN
