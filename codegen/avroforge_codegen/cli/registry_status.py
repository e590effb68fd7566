"""``avroforge registry status``: what each registry has against the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from avroforge.errors import ConfigurationError, RegistryError
from avroforge.registry.plan import Step, StepKind, make_plan
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import complain, say
from avroforge_codegen.cli.project import Project
from avroforge_codegen.cli.registry_option import target_option
from avroforge_codegen.registry_target import all_targets, target_of, wanted_of

if TYPE_CHECKING:
    from avroforge_codegen.cli import Invocation
    from avroforge_codegen.registry_target import Target


@click.command("status")
@target_option
@click.pass_obj
def status(invocation: Invocation, target: str | None) -> ExitCode:
    """Show each subject of avroforge.toml in the committed file and in every environment, or in one of them.

    Exits with 1 when one of them cannot be reached: what it has is not known.
    """
    project = Project.open(invocation)
    targets = [target_of(project.settings, target)] if target else all_targets(project.settings)
    reached = [_show(project, each) for each in targets]
    return ExitCode.CLEAN if all(reached) else ExitCode.FAILED


def _show(project: Project, target: Target) -> bool:
    wanted = wanted_of(project, target)
    try:
        with target.open() as registry:
            plan = make_plan(registry, wanted)
    except RegistryError as error:
        complain(f"{target.name}: not reached: {error}")
        return False
    except ConfigurationError as error:
        complain(str(error))
        return False
    say(target.name)
    for step in plan.steps:
        say(f"  {_state(step)}")
    return True


def _state(step: Step) -> str:
    match step.kind:
        case StepKind.KEEP:
            return f"{step.subject}: version {step.version} of {step.latest}, id {step.schema_id}"
        case StepKind.DRIFT:
            return f"{step.subject}: version {step.version} of {step.latest}, id {step.schema_id}: drifted"
        case StepKind.LEVEL:
            return f"{step.subject}: level {step.before}, and the files want {step.after}"
        case StepKind.REGISTER if step.latest is None:
            return f"{step.subject}: not registered"
        case StepKind.REGISTER:
            return f"{step.subject}: changed since version {step.latest}, compatible"
        case StepKind.REFUSED:
            since = f"changed since version {step.latest}" if step.latest else "new"
            return f"{step.subject}: {since}, refused; see: avroforge registry plan"
