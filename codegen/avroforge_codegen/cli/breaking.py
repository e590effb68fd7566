"""``avroforge breaking``: the schemas of this project against what is already in use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from avroforge.errors import ConfigurationError, Diagnostic
from avroforge.evolution import CompatibilityMode, Direction, check_evolution, explain
from avroforge.registry import LocalRegistry, check_against, compatibility_in_force
from avroforge.schema import parse_schemas
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.location import shown
from avroforge.shell.terminal import counted, say
from avroforge_codegen.cli.project import Project, locate
from avroforge_codegen.sources import read_sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge.evolution import Verdict
    from avroforge.schema import Schema
    from avroforge_codegen.cli import Invocation

_CONSEQUENCES = {
    Direction.BACKWARD: "the new schema cannot read the data of the old one",
    Direction.FORWARD: "the old schema cannot read the data of the new one",
}


@click.command("breaking")
@click.argument("schemas", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--against",
    metavar="KIND:PATH",
    help="baseline:FILE, a registry file (default: the one of avroforge.toml), or dir:FOLDER, old schemas.",
)
@click.pass_obj
def command(invocation: Invocation, schemas: tuple[Path, ...], against: str | None) -> ExitCode:
    """Check the schemas against what is already in use.

    Against a registry file, every subject of avroforge.toml is checked under that subject's mode. Against
    a folder, every type of the subjects (without subjects: every file's type) is checked under the
    mode of avroforge.toml.

    Exits with 100 when something breaks.
    """
    project = Project.open(invocation, schemas)
    candidates = project.parse()
    kind, separator, path = (against or "baseline:").partition(":")
    if kind == "baseline" and separator:
        findings = _against_baseline(project, candidates, Path(path) if path else None)
    elif kind == "dir" and path:
        findings = _against_folder(project, candidates, Path(path))
    else:
        raise click.UsageError(f"--against: expected baseline:FILE or dir:FOLDER, got {against!r}")
    found = [locate(each, project.sources.locations) for each in findings]
    for each in found:
        say(str(each))
    say(counted(len(found), "breaking change") if found else "nothing breaks")
    return ExitCode.FINDINGS if found else ExitCode.CLEAN


def _against_baseline(
    project: Project, candidates: Mapping[str, Schema], path: Path | None
) -> Iterator[Diagnostic]:
    schemas = project.subject_schemas(candidates)
    file = path or Path(shown(project.settings.root / project.settings.registry.file))
    if not file.is_file():
        # an absent baseline would pass everything: not checked is not clean
        message = f"{file}: BASELINE_MISSING no registry file there, so nothing can be checked"
        raise ConfigurationError(f"{message}; write it with: avroforge registry push")
    registry = LocalRegistry(file)
    wanted = project.settings.registry.compatibility
    if path is None and compatibility_in_force(registry) != wanted:
        message = f"MODE_DIFFERS mode is {compatibility_in_force(registry)} here, {wanted} in the settings"
        raise ConfigurationError(f"{file}: {message}; bring it over with: avroforge registry push")
    for subject, schema in schemas.items():
        if subject not in registry.subjects():
            say(f"{subject}: not in {file} yet, so there is nothing to break")
            continue
        versions = counted(len(registry.versions(subject)), "version")
        say(f"{subject}: {versions} in {file}, {compatibility_in_force(registry, subject)}")
        yield from (finding.diagnostic for finding in check_against(registry, subject, schema))


def _against_folder(project: Project, candidates: Mapping[str, Schema], folder: Path) -> Iterator[Diagnostic]:
    sources = read_sources([folder])
    old = _by_fullname(parse_schemas(sources.texts, file_cycles=True))
    new = _by_fullname(candidates)
    mode = CompatibilityMode(project.settings.registry.compatibility)
    subjects = project.settings.subjects
    names = sorted(set(subjects.values()) if subjects else old)
    say(f"{folder}: {mode} for {', '.join(names) or 'no named type'}")
    for name in names:
        if name not in old:
            say(f"{name}: not in {folder}, so there is nothing to break")
        elif name not in new:
            place = old[name].type.position
            message = (
                f"{name!r} is defined here and nowhere in the new schemas; keep it while anybody uses it"
            )
            gone = Diagnostic("TYPE_REMOVED", message, place.path, place.line, place.column)
            yield locate(gone, sources.locations)
        else:
            for verdict in check_evolution(new[name], [old[name]], mode).broken:
                yield from _explained(verdict, new[name])


def _explained(verdict: Verdict, candidate: Schema) -> Iterator[Diagnostic]:
    prefix = f"{verdict.direction}: {_CONSEQUENCES[verdict.direction]}"
    if verdict.refusal is not None:
        refusal = verdict.refusal
        yield Diagnostic(
            refusal.code, f"{prefix}; {refusal.message}", refusal.path, refusal.line, refusal.column
        )
    for each in verdict.compatibility.incompatibilities:
        backward = verdict.direction is Direction.BACKWARD
        place = each.position if backward else each.writer_position
        where = place.path or candidate.path
        yield Diagnostic(each.kind, f"{prefix}; {explain(each)}", where, place.line, place.column)


def _by_fullname(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    named = ((schema.fullname, schema) for schema in schemas.values())
    return {name: schema for name, schema in named if name is not None}
