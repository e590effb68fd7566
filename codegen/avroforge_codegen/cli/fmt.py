"""``avroforge fmt``: one layout for the schemas, which changes nothing that they say."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avroforge.schema import parse_schemas
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.location import shown
from avroforge.shell.terminal import counted, say
from avroforge_codegen.cli.project import Project
from avroforge_codegen.cli.rewriting import rewrite
from avroforge_codegen.collection import uncollected
from avroforge_codegen.formatting import format_text
from avroforge_codegen.rules.fixing import meaning

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge_codegen.cli import Invocation


@click.command("fmt")
@click.argument("schemas", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; say which files are laid out otherwise.")
@click.option("--diff", "show_diff", is_flag=True, help="Write nothing; show what would change.")
@click.pass_obj
def command(invocation: Invocation, schemas: tuple[Path, ...], *, check: bool, show_diff: bool) -> ExitCode:
    """Lay schemas out in one way: order of attributes, indentation, no namespace twice.

    SCHEMAS are files and folders; without them, those of avroforge.toml, whose [fmt] has indent and width.
    What stands on one line stays there while it fits, and aligned rows stay as they are. Before anything
    is written, the new texts are parsed and have to mean the same.

    With --check or --diff, exits with 100 when a file is laid out otherwise.
    """
    with uncollected():
        project = Project.open_around(invocation, schemas) if schemas else Project.open(invocation)
        before = project.parse()
        texts = {name: project.sources.texts[name] for name in sorted(project.asked)}
        formatted = {name: format_text(text, project.settings.fmt) for name, text in texts.items()}
        changed = {name: text for name, text in formatted.items() if text != texts[name]}
        after = parse_schemas(
            project.foreign_texts() | dict(project.sources.texts) | changed,
            file_cycles=project.settings.generate.file_cycles,
        )
    for name in changed:
        if meaning(before[name]) != meaning(after[name]):
            raise AssertionError(f"{name}: the layout would change what the schema means; nothing is written")
    if show_diff:
        _show_diff(project, changed)
    elif check:
        for name in changed:
            say(f"{shown(project.sources.locations[name])}: would be formatted")
    else:
        rewrite(project.sources, changed)
        for name in changed:
            say(f"{shown(project.sources.locations[name])}: formatted")
    only_shown = check or show_diff
    verb = "would be formatted" if only_shown else "formatted"
    if not show_diff:
        say(f"{counted(len(changed), 'file')} {verb}, {len(texts) - len(changed)} unchanged")
    return ExitCode.FINDINGS if changed and only_shown else ExitCode.CLEAN


def _show_diff(project: Project, changed: Mapping[str, str]) -> None:
    for name, text in changed.items():
        path = shown(project.sources.locations[name])
        old, new = project.sources.texts[name].splitlines(), text.splitlines()
        say("\n".join(difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm="")))
