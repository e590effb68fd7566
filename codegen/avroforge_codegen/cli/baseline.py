"""``avroforge baseline``: the committed history that makes checks against every version possible offline."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avroforge.errors import ConfigurationError
from avroforge.evolution import CompatibilityMode
from avroforge.registry import LocalRegistry, RegistryConfig, compatibility_in_force
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.location import shown
from avroforge.shell.terminal import complain, say
from avroforge_codegen.cli.project import Project
from avroforge_codegen.review.against import Against
from avroforge_codegen.review.render_text import render_findings
from avroforge_codegen.review.run import other_side, review_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge.schema import Schema
    from avroforge_codegen.cli import Invocation
    from avroforge_codegen.settings import Settings


@click.command("baseline")
@click.option(
    "--file", type=click.Path(path_type=Path), help="Registry file; default: the one of avroforge.toml."
)
@click.option(
    "--from",
    "refs",
    metavar="REF",
    multiple=True,
    help="First record the schemas as they were at a git ref; repeat it, oldest first, to build a history.",
)
@click.option("--accept", is_flag=True, help="Record the schemas although they break what is recorded.")
@click.pass_obj
def command(invocation: Invocation, file: Path | None, refs: tuple[str, ...], *, accept: bool) -> ExitCode:
    """Write today's schemas into the committed history.

    Every subject's schema is recorded, with an id, and so are the modes of the settings. What is recorded
    already is left as it is. Nothing is written when a schema breaks what is recorded, unless --accept is
    given or every break is waived.

    Exits with 100 when something breaks.
    """
    project = Project.open(invocation)
    settings = project.settings
    path = file or Path(shown(settings.root / settings.registry.file))
    today = project.subject_schemas(project.parse())
    if path.is_file() and not accept and not refs:
        report = review_project(project, Against("baseline", str(path)), detail=False)
        if report.findings:
            complain(render_findings(report).rstrip("\n"))
            complain("nothing is written; waive what is intended, or record it with --accept")
            return ExitCode.FINDINGS
    recorded = []
    for ref in refs:
        then = other_side(project, Against("git", ref, exact=True))
        recorded.append((ref, _at(then.by_fullname, then.subjects or settings.subjects, ref)))
    with _replaced(path) as beside:
        registry = LocalRegistry(beside)
        own = _without_modes(registry)
        for when, schemas in [*recorded, ("today", today)]:
            _record(registry, schemas, when)
        _set_modes(registry, settings, own)
    return ExitCode.CLEAN


@contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    """A copy of the file to work on, which takes its place in the end if it differs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        beside = Path(folder) / path.name
        if path.is_file():
            shutil.copyfile(path, beside)
        yield beside
        if not path.is_file() or path.read_bytes() != beside.read_bytes():
            beside.replace(path)


def _at(schemas: Mapping[str, Schema], subjects: Mapping[str, str], ref: str) -> dict[str, Schema]:
    found = {subject: schemas[name] for subject, name in subjects.items() if name in schemas}
    if not found:
        raise ConfigurationError(f"git {ref}: BASELINE_EMPTY no schema of a subject was there at that commit")
    return found


def _without_modes(registry: LocalRegistry) -> dict[str, CompatibilityMode]:
    """Switch every check off, and return the modes that subjects had of their own."""
    everybody = compatibility_in_force(registry)
    modes = {subject: compatibility_in_force(registry, subject) for subject in registry.subjects()}
    own = {subject: mode for subject, mode in modes.items() if mode is not everybody}
    for subject in (None, *own):
        registry.update_config(RegistryConfig(CompatibilityMode.NONE), subject)
    return own


def _record(registry: LocalRegistry, schemas: Mapping[str, Schema], when: str) -> None:
    for subject, schema in schemas.items():
        word = "is" if registry.lookup(subject, schema.self_contained) else "becomes"
        found = registry.register(subject, schema.self_contained)
        say(f"{subject}: {when} {word} version {found.version}, id {found.schema_id}")


def _set_modes(registry: LocalRegistry, settings: Settings, own: Mapping[str, CompatibilityMode]) -> None:
    """The modes of the settings, and for subjects that they do not name those from before."""
    registry.update_config(RegistryConfig(CompatibilityMode(settings.registry.compatibility)))
    named = {subject: CompatibilityMode(mode) for subject, mode in settings.registry.modes.items()}
    for subject, mode in {**own, **named}.items():
        registry.update_config(RegistryConfig(mode), subject)
