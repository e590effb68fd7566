"""``avroforge registry plan`` and ``push``: say what would change, and do exactly that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avroforge.errors import ConfigurationError, Diagnostic
from avroforge.evolution import CompatibilityMode
from avroforge.registry import RegistryConfig
from avroforge.registry.plan import Plan, Step, StepKind, make_plan
from avroforge.registry.push import push as push_plan
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import complain, counted, say
from avroforge_codegen.cli.project import Project, locate
from avroforge_codegen.cli.registry_option import target_option
from avroforge_codegen.registry_target import target_of, wanted_of

if TYPE_CHECKING:
    from avroforge.registry.interface import SchemaRegistry
    from avroforge.registry.push import Done
    from avroforge.registry.wanted import Wanted
    from avroforge_codegen.cli import Invocation
    from avroforge_codegen.registry_target import Target


@click.command("plan")
@target_option
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the plan to a file, for `push`."
)
@click.option("--check", is_flag=True, help="Exit with 100 also when there is something to do.")
@click.pass_obj
def plan(invocation: Invocation, target: str | None, out: Path | None, *, check: bool) -> ExitCode:
    """Show what `push` would do, and do nothing.

    Exits with 100 when a level or mode forbids a schema, or a registry has drifted: another schema was
    registered after the one in the files.
    """
    project = Project.open(invocation)
    chosen = target_of(project.settings, target)
    wanted = wanted_of(project, chosen)
    with chosen.open() as registry:
        found = _planned(project, chosen, registry, wanted)
    _show(found, project)
    if out is not None:
        out.write_text(json.dumps(found.document(), indent=2) + "\n", encoding="utf-8")
        say(f"{out}: written")
    return ExitCode.FINDINGS if found.findings or (check and found.changes) else ExitCode.CLEAN


@click.command("push")
@click.argument("plan_file", metavar="[PLAN]", required=False, type=click.Path(path_type=Path, exists=True))
@target_option
@click.pass_obj
def push(invocation: Invocation, plan_file: Path | None, target: str | None) -> ExitCode:
    """Register what the plan says; nothing when one of the schemas is refused.

    PLAN is a file written by `plan --out`: then nothing is done unless it is still what would be planned.

    Doing it again changes nothing. Exits with 100 when a schema is refused or the registry has drifted.
    """
    project = Project.open(invocation)
    chosen = target_of(project.settings, target)
    wanted = wanted_of(project, chosen)
    with chosen.open() as registry:
        found = _planned(project, chosen, registry, wanted)
        if plan_file is not None:
            _hold_to(plan_file, found)
        refused = [each for each in found.findings if each.kind is StepKind.REFUSED]
        for step in found.steps:
            if step.kind not in {StepKind.LEVEL, StepKind.REGISTER}:
                _say_step(step, project)
        if refused:
            complain(f"{counted(len(refused), 'subject')} refused, so nothing is registered")
            return ExitCode.FINDINGS
        if chosen.file is not None and found.changes:
            # Said in the file also where it is the default: the file is what reviewers read.
            registry.update_config(RegistryConfig(CompatibilityMode(project.settings.registry.compatibility)))
        for done in push_plan(registry, found, wanted):
            say(_done(done))
    return ExitCode.FINDINGS if found.findings else ExitCode.CLEAN


def _planned(project: Project, target: Target, registry: SchemaRegistry, wanted: list[Wanted]) -> Plan:
    level = CompatibilityMode(project.settings.registry.compatibility) if target.level else None
    return make_plan(registry, wanted, level=level)


def _hold_to(path: Path, plan: Plan) -> None:
    try:
        document = json.loads(path.read_bytes())
    except ValueError as error:
        raise ConfigurationError(f"{path}: expected a plan written by `plan --out`: {error}") from error
    if document != json.loads(json.dumps(plan.document())):
        raise ConfigurationError(
            f"{path}: PLAN_OUTDATED the registry or the files have changed since it was made; plan again"
        )


def _show(plan: Plan, project: Project) -> None:
    say(f"registry {plan.registry}")
    for step in plan.steps:
        _say_step(step, project)
    say(f"{counted(len(plan.changes), 'change')}, {counted(len(plan.findings), 'finding')}")


def _say_step(step: Step, project: Project) -> None:
    if step.kind in {StepKind.REFUSED, StepKind.DRIFT}:
        for reason in step.reasons:
            located = locate(reason, project.sources.locations) if isinstance(reason, Diagnostic) else reason
            complain(str(located))
        complain(describe(step))
    else:
        say(describe(step))


def describe(step: Step) -> str:
    """One line about a step."""
    subject = step.subject or "the whole registry"
    match step.kind:
        case StepKind.KEEP:
            return f"= {subject}: version {step.version}, id {step.schema_id}"
        case StepKind.LEVEL:
            return f"~ {subject}: {step.before} becomes {step.after}"
        case StepKind.DRIFT:
            return (
                f"! {subject}: the files have version {step.version} (id {step.schema_id}), and version "
                f"{step.latest} was registered after it; pull it into the files, or delete it"
            )
        case StepKind.REFUSED:
            return f"! {subject}: refused"
        case StepKind.REGISTER:
            what = "a new subject" if step.latest is None else f"version {step.version} after {step.latest}"
            form = ""
            if step.references:
                named = ", ".join(f"{each.subject} version {each.version}" for each in step.references)
                form = f", references {named}"
            if step.same_meaning:
                form += "; it means the same as the latest one in another form: the id will be another"
            return f"+ {subject}: {what}{form}"


def _done(done: Done) -> str:
    if done.registered is None:
        return describe(done.step)
    found = done.registered
    return f"+ {found.subject}: registered as version {found.version}, id {found.schema_id}"
