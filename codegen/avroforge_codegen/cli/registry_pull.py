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
from avroforge_codegen.cli.registry_option import target_option
from avroforge_codegen.registry_target import target_of
from avroforge_codegen.schema_files import FileState, compare_files, schema_files
from avroforge_codegen.settings import load_settings

if TYPE_CHECKING:
    from avroforge.registry.interface import SchemaRegistry
    from avroforge_codegen.cli import Invocation


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

    A file that says the same in other words stays as it is. One that says something else is not replaced
    without --force; then nothing is written, and the exit code is 100.
    """
    settings = load_settings(invocation.config)
    folder = out or Path(shown(settings.root / settings.generate.schemas[0]))
    asked = subjects or tuple(settings.subjects)
    if not asked:
        raise ConfigurationError(
            "SUBJECTS_MISSING name subjects, or set them in avroforge.toml under [subjects]"
        )
    files: dict[str, str] = {}
    with target_of(settings, target).open() as registry:
        for subject in asked:
            files |= _files(registry, subject, version, split=not single)
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


def _files(registry: SchemaRegistry, subject: str, version: int | None, *, split: bool) -> dict[str, str]:
    found = registry.version(subject, version or LATEST)
    place = f"{subject} version {found.version}"
    try:
        schema = parse_content(found, fetch_from(registry), found.subject, path=place)
        return schema_files(schema, split=split)
    except ValueError as error:
        if isinstance(error, SchemaError):
            raise
        raise ConfigurationError(f"{place}: {error}") from error
