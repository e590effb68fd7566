"""Do what a plan says, step by step, and stop where the registry is no longer what the plan saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from avroforge.errors import RegistryError
from avroforge.evolution import CompatibilityMode
from avroforge.registry.plan import Plan, Step, StepKind
from avroforge.registry.setting import RegistryConfig

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from avroforge.registry.content import RegisteredSchema
    from avroforge.registry.interface import SchemaRegistry
    from avroforge.registry.wanted import Wanted


class PlanOutdatedError(RegistryError):
    """Somebody else registered a version in between; what was done so far stays."""


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was done, with what came of it.

    Attributes:
        step: the step.
        registered: the new version; None for a level.
    """

    step: Step
    registered: RegisteredSchema | None = None


def push(registry: SchemaRegistry, plan: Plan, wanted: Iterable[Wanted]) -> Iterator[Done]:
    """Do each step that writes, in order; yields each once it is done.

    Args:
        registry: the one that the plan was made against.
        plan: the steps; those that write nothing are passed over.
        wanted: what the plan was made from.

    Raises:
        PlanOutdatedError: a version got another number than the plan says.
        IncompatibleSchemaError: the registry refuses what the plan found compatible.
        RegistryError: no answer, or none of use; what is not known to be done is done by pushing again.
    """
    texts = {each.subject: each.text for each in wanted}
    for step in plan.changes:
        if step.kind is StepKind.LEVEL:
            registry.update_config(RegistryConfig(CompatibilityMode(step.after or "")), step.subject)
            yield Done(step)
            continue
        subject = step.subject or ""
        registered = registry.register(subject, texts[subject], step.references)
        if registered.version != step.version:
            raise PlanOutdatedError(
                f"{subject}: registered as version {registered.version}, and the plan says {step.version}: "
                "somebody else registered in between; plan again"
            )
        yield Done(step, registered)
