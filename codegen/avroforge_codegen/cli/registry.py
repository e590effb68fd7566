"""``avroforge registry``: the committed registry file, which is also what `breaking` compares with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from avroforge.evolution import CompatibilityMode
from avroforge.registry import LocalRegistry, RegistryConfig, check_against, compatibility_in_force
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.location import shown
from avroforge.shell.terminal import complain, counted, say
from avroforge_codegen.cli.project import Project, locate
from avroforge_codegen.cli.registry_serve import serve

if TYPE_CHECKING:
    from avroforge.schema import Schema
    from avroforge_codegen.cli import Invocation

_FILE_OPTION = click.option(
    "--file", type=click.Path(path_type=Path), help="Registry file; default: the one of avroforge.toml."
)


@click.group("registry")
def command() -> None:
    """Look at the committed registry file, and add to it."""


command.add_command(serve)


@command.command("status")
@_FILE_OPTION
@click.pass_obj
def status(invocation: Invocation, file: Path | None) -> ExitCode:
    """Show each subject of avroforge.toml: its versions, and whether today's schema is one of them."""
    project = Project.open(invocation)
    registry = _registry(project, file)
    subjects = counted(len(registry.subjects()), "subject")
    say(f"{registry.path}: {compatibility_in_force(registry)}, {subjects}")
    for subject, schema in project.subject_schemas(project.parse()).items():
        say(f"{subject}: {_state(registry, subject, schema)}")
    return ExitCode.CLEAN


@command.command("push")
@_FILE_OPTION
@click.pass_obj
def push(invocation: Invocation, file: Path | None) -> ExitCode:
    """Register the schema of every subject of avroforge.toml, or none if one of them breaks.

    Exits with 100 when a subject's mode forbids its schema.
    """
    project = Project.open(invocation)
    registry = _registry(project, file)
    mode = CompatibilityMode(project.settings.registry.compatibility)
    schemas = project.subject_schemas(project.parse())
    if (current := compatibility_in_force(registry)) is not mode:
        say(f"{registry.path}: mode {current} becomes {mode}, as avroforge.toml says")
    # Said in the file also where it is the default: the file is what reviewers read.
    registry.update_config(RegistryConfig(mode))
    findings = [
        locate(finding.diagnostic, project.sources.locations)
        for subject, schema in schemas.items()
        for finding in check_against(registry, subject, schema)
    ]
    if findings:
        for finding in findings:
            complain(str(finding))
        complain(f"{counted(len(findings), 'breaking change')}, so nothing is registered")
        return ExitCode.FINDINGS
    for subject, schema in schemas.items():
        known = registry.lookup(subject, schema.self_contained)
        registered = registry.register(subject, schema.self_contained)
        word = "already" if known else "registered as"
        say(f"{subject}: {word} version {registered.version}, id {registered.schema_id}")
    return ExitCode.CLEAN


def _registry(project: Project, file: Path | None) -> LocalRegistry:
    return LocalRegistry(file or Path(shown(project.settings.root / project.settings.registry.file)))


def _state(registry: LocalRegistry, subject: str, schema: Schema) -> str:
    if subject not in registry.subjects():
        return "new, no version yet; register it with: avroforge registry push"
    versions = len(registry.versions(subject))
    known = registry.lookup(subject, schema.self_contained)
    if known is not None:
        return f"version {known.version} of {versions}, id {known.schema_id}"
    breaks = len(check_against(registry, subject, schema))
    verdict = f"breaks {compatibility_in_force(registry, subject)}" if breaks else "compatible"
    return f"changed since version {versions}, {verdict}; register it with: avroforge registry push"
