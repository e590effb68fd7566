"""What would change in a registry, as data: nothing is done, and other subjects are not looked at."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from avroforge.errors import InvalidSchemaError, NotConfiguredError, SchemaError, SubjectNotFoundError
from avroforge.registry.content import SchemaReference
from avroforge.registry.findings import compatibility_in_force, find_breaks
from avroforge.registry.references import fetch_from, parse_content
from avroforge.registry.setting import RegistryMode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from avroforge.errors import Diagnostic
    from avroforge.evolution import CompatibilityMode
    from avroforge.registry.content import RegisteredSchema
    from avroforge.registry.interface import SchemaRegistry
    from avroforge.registry.wanted import Wanted

PLAN_FORMAT: Final = 1


class StepKind(StrEnum):
    """What a step is about.

    Attributes:
        KEEP: the subject's latest version is the wanted schema.
        LEVEL: the compatibility level in force becomes another.
        REGISTER: a new version.
        DRIFT: the wanted schema is registered, and another one after it; pushing does nothing about it.
        REFUSED: the subject's level or mode forbids the wanted schema.
    """

    KEEP = "keep"
    LEVEL = "level"
    REGISTER = "register"
    DRIFT = "drift"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a plan.

    Attributes:
        kind: what it is about.
        subject: whose; None for the level of the whole registry.
        version: the version that is there (`KEEP`, `DRIFT`), or that will be (`REGISTER`).
        schema_id: of the version that is there; None for what is to come.
        latest: the latest version that is there; None where there is none.
        before: the level in force (`LEVEL`).
        after: the level that is wanted (`LEVEL`).
        schema_key: identity of the wanted schema.
        references: what it will reference (`REGISTER`), in order.
        same_meaning: the latest version means the same in another form, so that all that is new is an id.
        reasons: why not (`REFUSED`), with places in the files where they are known.
    """

    kind: StepKind
    subject: str | None
    version: int | None = None
    schema_id: int | None = None
    latest: int | None = None
    before: str | None = None
    after: str | None = None
    schema_key: str | None = None
    references: tuple[SchemaReference, ...] = ()
    same_meaning: bool = False
    reasons: tuple[Diagnostic | str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps against one registry, in the order in which they are to be done."""

    registry: str
    steps: tuple[Step, ...]

    @property
    def changes(self) -> tuple[Step, ...]:
        """The steps that write."""
        return tuple(each for each in self.steps if each.kind in {StepKind.LEVEL, StepKind.REGISTER})

    @property
    def findings(self) -> tuple[Step, ...]:
        """The steps that somebody has to look at."""
        return tuple(each for each in self.steps if each.kind in {StepKind.DRIFT, StepKind.REFUSED})

    def document(self) -> dict[str, Any]:
        """The plan as JSON values, the same for the same plan."""
        steps = [
            {
                name: [str(each) for each in value] if name == "reasons" else value
                for name, value in asdict(step).items()
                if value not in (None, (), False)
            }
            for step in self.steps
        ]
        return {"format": PLAN_FORMAT, "registry": self.registry, "steps": steps}


def make_plan(
    registry: SchemaRegistry, wanted: Iterable[Wanted], *, level: CompatibilityMode | None = None
) -> Plan:
    """What has to be done so that a registry holds what is wanted.

    Args:
        registry: asked about the wanted subjects only.
        wanted: what is needed by others before them.
        level: of the whole registry, for one that belongs to these files alone; None leaves it.

    Raises:
        RegistryError: no answer, or none of use.
    """
    planner = _Planner(registry, level)
    for each in wanted:
        planner.add(each)
    return Plan(registry.name, (*planner.levels, *planner.steps))


class _Planner:
    def __init__(self, registry: SchemaRegistry, level: CompatibilityMode | None) -> None:
        self._registry = registry
        self._level = level
        self._versions: dict[str, int] = {}
        self._new: set[str] = set()
        self.levels: list[Step] = []
        self.steps: list[Step] = []
        if level is not None and (before := compatibility_in_force(registry)) is not level:
            self.levels.append(Step(StepKind.LEVEL, None, before=before, after=level))

    def add(self, wanted: Wanted) -> None:
        level = self._levelled(wanted)
        numbers, known = self._found(wanted)
        latest = numbers[-1] if numbers else None
        key = wanted.schema.key
        if known is not None:
            kind = StepKind.KEEP if known.version == latest else StepKind.DRIFT
            self._versions[wanted.subject] = known.version
            self.steps.append(
                Step(kind, wanted.subject, known.version, known.schema_id, latest, schema_key=key)
            )
            return
        references = self._references(wanted)
        history = [self._registry.version(wanted.subject, each) for each in numbers]
        if reasons := self._reasons(wanted, history, level, references):
            self.steps.append(
                Step(StepKind.REFUSED, wanted.subject, latest=latest, schema_key=key, reasons=reasons)
            )
            return
        version = self._next(wanted.subject, numbers)
        self._versions[wanted.subject] = version
        self._new.add(wanted.subject)
        self.steps.append(
            Step(
                StepKind.REGISTER,
                wanted.subject,
                version,
                latest=latest,
                schema_key=key,
                references=references,
                same_meaning=bool(history) and self._means(history[-1]) == wanted.schema.self_contained,
            )
        )

    def _levelled(self, wanted: Wanted) -> CompatibilityMode:
        """The level that will be in force, with the step that brings it about."""
        before = compatibility_in_force(self._registry, wanted.subject)
        if wanted.level is None or wanted.level is before:
            return before
        follows = self._level is wanted.level and self._own_level(wanted.subject) is None
        if not follows:
            self.levels.append(Step(StepKind.LEVEL, wanted.subject, before=before, after=wanted.level))
        return wanted.level

    def _own_level(self, subject: str) -> CompatibilityMode | None:
        """What is set for the subject itself."""
        try:
            return self._registry.config(subject).compatibility
        except NotConfiguredError:
            return None

    def _found(self, wanted: Wanted) -> tuple[Sequence[int], RegisteredSchema | None]:
        try:
            numbers = self._registry.versions(wanted.subject)
        except SubjectNotFoundError:
            return (), None
        if any(need.subject in self._new for need in wanted.needs):
            # What it references is not there yet, so it is not there with these references.
            return numbers, None
        found = self._registry.lookup(wanted.subject, wanted.text, self._references(wanted))
        if found is None or bool(found.references) != bool(wanted.needs):
            return numbers, None
        return numbers, found

    def _references(self, wanted: Wanted) -> tuple[SchemaReference, ...]:
        return tuple(
            SchemaReference(need.name, need.subject, self._versions.get(need.subject, 0))
            for need in wanted.needs
        )

    def _reasons(
        self,
        wanted: Wanted,
        history: Sequence[RegisteredSchema],
        level: CompatibilityMode,
        references: Sequence[SchemaReference],
    ) -> tuple[Diagnostic | str, ...]:
        missing = [each.subject for each in references if not each.version]
        if missing:
            return tuple(f"it references '{each}', which is refused" for each in missing)
        mode = self._registry.mode(wanted.subject, default_to_global=True)
        if mode is not RegistryMode.READWRITE:
            return (f"the registry's mode for it is {mode}: nothing can be registered",)
        breaks = find_breaks(wanted.schema, history, level, fetch_from(self._registry))
        if breaks or not history:
            return tuple(each.diagnostic for each in breaks)
        return self._foreign_reasons(wanted, level, references)

    def _foreign_reasons(
        self, wanted: Wanted, level: CompatibilityMode, references: Sequence[SchemaReference]
    ) -> tuple[str, ...]:
        """The registry's own objections, where it can be asked: it has the last word, not this library."""
        if level is not compatibility_in_force(self._registry, wanted.subject):
            return ()
        if any(each.subject in self._new for each in references):
            return ()
        found = self._registry.check(wanted.subject, wanted.text, references)
        if found.compatible:
            return ()
        words = tuple(map(str, found.reasons)) or found.messages
        return words or ("the registry calls it incompatible and gives no reason",)

    def _next(self, subject: str, numbers: Sequence[int]) -> int:
        try:
            return max(self._registry.versions(subject, deleted=True)) + 1
        except SubjectNotFoundError:
            return (numbers[-1] if numbers else 0) + 1

    def _means(self, registered: RegisteredSchema) -> str | None:
        try:
            schema = parse_content(registered, fetch_from(self._registry), registered.subject, lenient=True)
        except (SchemaError, InvalidSchemaError):
            return None
        return schema.self_contained


def same_plan(plan: Plan, document: Mapping[str, Any]) -> bool:
    """Whether a plan that was written down is still what would be done."""
    return plan.document() == document
