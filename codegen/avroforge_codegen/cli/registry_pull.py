"""``avroforge registry pull``: bring what a registry holds into schema files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from avroforge.errors import ConfigurationError, SchemaError
from avroforge.registry import LATEST
from avroforge.registry.references import fetch_from, parse_content
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.location import shown
from avroforge.shell.terminal import complain, counted, say
from avroforge_codegen.cli.project import Project
from avroforge_codegen.cli.registry_option import target_option
from avroforge_codegen.registry_target import target_of
from avroforge_codegen.schema_files import FileState, compare_files, elsewhere, schema_files
from avroforge_codegen.settings import load_settings

if TYPE_CHECKING:
    from avroforge.registry.content import RegisteredSchema
    from avroforge.registry.interface import SchemaRegistry
    from avroforge.schema import Schema
    from avroforge_codegen.cli import Invocation
    from avroforge_codegen.settings import FormatSettings, Settings


@click.command("pull")
@click.argument("subjects", nargs=-1)
@target_option
@click.option("--version", type=click.IntRange(1), help="Which version.  [default: the latest]")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder.  [default: the schemas of avroforge.toml]",
)
@click.option("--single", is_flag=True, help="One file with everything, instead of one for each named type.")
@click.option("--force", is_flag=True, help="Replace files that say something else.")
@click.pass_obj
def pull(  # noqa: PLR0913, PLR0917 - one argument for each option
    invocation: Invocation,
    subjects: tuple[str, ...],
    target: str | None,
    version: int | None,
    out: Path | None,
    single: bool,
    force: bool,
) -> ExitCode:
    """Write the schemas of subjects into files: SUBJECTS, or those of avroforge.toml.

    A file that says the same in other words stays as it is, wherever among the schemas it lies. One that says
    something else is not replaced without --force; then nothing is written, and the exit code is 100.
    """
    settings = load_settings(invocation.config)
    folder = out or _folder(settings)
    asked = subjects or tuple(settings.subjects)
    if not asked:
        raise ConfigurationError(
            "SUBJECTS_MISSING name subjects, or set them in avroforge.toml under [subjects]"
        )
    files: dict[str, str] = {}
    with target_of(settings, target).open() as registry:
        for subject in asked:
            held = registry.version(subject, version or LATEST)
            _add(files, _files(registry, held, settings.fmt, split=not single), subject)
    others = {} if out else elsewhere(folder, files, _known(invocation))
    conflicts = [each for found in others.values() for each in found if not each.same]
    if conflicts:
        for each in conflicts:
            complain(
                f"{shown(each.location)}: defines {each.fullname} in another way than the registry; "
                "change it there, or pull with --out FOLDER"
            )
        complain("nothing is written")
        return ExitCode.FINDINGS
    for path, found in others.items():
        if found:
            say(f"{', '.join(sorted({shown(each.location) for each in found}))}: says it already")
            del files[path]
    before = {path: (folder / path).read_text("utf-8") for path in files if (folder / path).exists()}
    states = compare_files(before, files)
    if not force and FileState.OTHER in states.values():
        for path, state in states.items():
            if state is FileState.OTHER:
                complain(f"{folder / path}: says something else than the registry; replace it with --force")
        complain("nothing is written")
        return ExitCode.FINDINGS
    for path, text in files.items():
        if states[path] is not FileState.SAME:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
            say(f"{folder / path}: {'created' if states[path] is FileState.NEW else 'replaced'}")
    unchanged = list(states.values()).count(FileState.SAME)
    say(f"{counted(len(files) - unchanged, 'file')} written, {unchanged} left as they are")
    return ExitCode.CLEAN


def _folder(settings: Settings) -> Path:
    """The first folder of schemas of the settings, or the one around the first file."""
    first = Path(shown(settings.root / settings.generate.schemas[0]))
    return first.parent if first.is_file() else first


def _known(invocation: Invocation) -> dict[Path, Schema]:
    """The schema files that the project has, none where there are none yet, or where they are wrong."""
    try:
        project = Project.open(invocation)
        return {project.sources.locations[name]: schema for name, schema in project.parse().items()}
    except SchemaError:
        return {}


def _add(files: dict[str, str], more: dict[str, str], subject: str) -> None:
    for path, text in more.items():
        if files.setdefault(path, text) != text:
            raise ConfigurationError(
                f"{subject}: {path} would say something else than for a subject before it; "
                "pull the subjects one by one, each with its own --out"
            )


def _files(
    registry: SchemaRegistry, held: RegisteredSchema, layout: FormatSettings, *, split: bool
) -> dict[str, str]:
    place = f"{held.subject} version {held.version}"
    try:
        schema = parse_content(held, fetch_from(registry), held.subject, path=place)
        return schema_files(schema, split=split, layout=layout)
    except ValueError as error:
        if isinstance(error, SchemaError):
            raise
        raise ConfigurationError(f"{place}: {error}") from error
