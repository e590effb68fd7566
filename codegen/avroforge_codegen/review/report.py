"""The report of a review, as data: what renderers turn into text, and nothing they have to work out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from avroforge.evolution.changes import ChangeClass, Outcome

if TYPE_CHECKING:
    import datetime as dt

    from avroforge.evolution import CompatibilityMode
    from avroforge.evolution.changes import ChangeKind


class Verdict(StrEnum):
    """The ladder, from the best to the worst; ``NOT_CHECKED`` stands beside it and is never green."""

    COMPATIBLE = "compatible"
    CONSUMERS_FIRST = "compatible, upgrade consumers first"
    PRODUCERS_FIRST = "compatible, upgrade producers first"
    SEMANTIC_RISK = "semantic risk"
    BREAKING = "breaking"
    NOT_CHECKED = "not checked"


class Level(StrEnum):
    """What a change means under the mode of the subjects that it concerns."""

    BREAKING = "breaking"
    RISK = "risk"
    GOVERNANCE = "governance"
    NOTE = "note"
    WAIVED = "waived"


CLOSING: Final = frozenset({Level.BREAKING, Level.RISK, Level.GOVERNANCE})
"""The levels that close the gate."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file: 1-based line and column, 0 where the whole file is meant."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Consecutive lines of a schema's text, the first of them number `first`."""

    first: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiver:
    """An intended change, approved by its fingerprint until a day."""

    fingerprint: str
    reason: str
    expires: dt.date
    spot: Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReport:
    """One change, with everything that a reader of the report needs.

    Attributes:
        fingerprint: what a waiver names.
        kind: the catalogue's entry.
        level: the worst over the subjects.
        path: the place in words.
        message: what happened.
        explanation: whom it hurts, and how.
        fix: the way out, or nothing.
        old: what was there, in few words.
        new: what is there.
        old_spot: where it was.
        new_spot: where it is, or what encloses its place.
        backward: what the new schema makes of old data.
        forward: what the old schema makes of new data.
        subjects: whom it concerns, sorted.
        versions: the registered versions that it breaks, as ``subject version 3``.
        waiver: the approval, if there is one that is valid.
        old_excerpt: the old lines.
        new_excerpt: the new lines.
    """

    fingerprint: str
    kind: ChangeKind
    level: Level
    path: str
    message: str
    explanation: str
    fix: str
    old: str
    new: str
    old_spot: Spot
    new_spot: Spot
    backward: Outcome = Outcome.READS
    forward: Outcome = Outcome.READS
    subjects: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    waiver: Waiver | None = None
    old_excerpt: Excerpt | None = None
    new_excerpt: Excerpt | None = None

    @property
    def is_about_data(self) -> bool:
        """Whether both sides have data, so that both directions say something."""
        elsewhere = self.kind.classes[0] in {ChangeClass.CODEGEN, ChangeClass.GOVERNANCE}
        return not elsewhere and not self.kind.id.startswith("SCHEMA_")

    @property
    def spot(self) -> Spot:
        """The place to point at: in the new text, else in the old one."""
        return self.new_spot if self.new_spot.file else self.old_spot


@dataclass(frozen=True, slots=True)
class VersionReport:
    """The candidate against one registered version.

    Attributes:
        version: its number.
        schema_id: its id.
        backward: what the candidate makes of this version's data.
        forward: what this version makes of the candidate's data.
        demanded: whether the mode makes it count.
    """

    version: int
    schema_id: int
    backward: Outcome
    forward: Outcome
    demanded: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who reads whom: ``cells[reader][writer]``; the last label is the new schema."""

    labels: tuple[str, ...]
    cells: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A field of a schema in the report: its name and type, what became of it, and the record inside it.

    `status` is ``same``, ``added``, ``removed`` or ``changed``; `fingerprints` are those of its changes;
    `hidden` counts the unchanged rows left out of `rows`.
    """

    name: str
    type: str
    status: str
    fingerprints: tuple[str, ...] = ()
    old_name: str = ""
    old_type: str = ""
    rows: tuple[TreeRow, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectReport:
    """One subject, or one type without a subject.

    Attributes:
        name: the subject, else the full name.
        type: the full name of its schema, or its kind.
        mode: what its next schema must be able to do.
        mode_source: where the mode is set.
        verdict: the step of the ladder.
        reason: why it is not checked, where it is not.
        backward: what the new schema makes of old data.
        forward: what the old schema makes of new data.
        fingerprints: its changes, in the order of the report.
        versions: every registered version, oldest first.
        matrix: who reads whom, over all versions.
        tree: its fields.
        waived: how many of its changes are waived.
    """

    name: str
    type: str
    mode: CompatibilityMode
    mode_source: str
    verdict: Verdict
    reason: str = ""
    backward: Outcome = Outcome.READS
    forward: Outcome = Outcome.READS
    fingerprints: tuple[str, ...] = ()
    versions: tuple[VersionReport, ...] = ()
    matrix: Matrix | None = None
    tree: TreeRow | None = None
    waived: int = 0

    @property
    def label(self) -> str:
        """The verdict with its reason."""
        return f"{self.verdict} ({self.reason})" if self.reason else str(self.verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole review.

    Attributes:
        title: what was compared, for people: ``schemas against git main (1a2b3c4d5e6f)``.
        against: the other side as it was asked for.
        base: what that was in the end: a commit, a file.
        subjects: those with changes or findings first, by the ladder, then by name.
        changes: by level, then by place.
        notes: what a reader should know about how it was compared.
    """

    title: str
    against: str
    base: str
    subjects: tuple[SubjectReport, ...]
    changes: tuple[ChangeReport, ...]
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of all subjects; not checked only where nothing else is to be said."""
        order = list(Verdict)
        checked = [each.verdict for each in self.subjects if each.verdict is not Verdict.NOT_CHECKED]
        worst = max(checked, key=order.index, default=Verdict.NOT_CHECKED)
        if worst in {Verdict.BREAKING, Verdict.SEMANTIC_RISK}:
            return worst
        unchecked = any(each.verdict is Verdict.NOT_CHECKED for each in self.subjects)
        return Verdict.NOT_CHECKED if unchecked else worst

    def of(self, level: Level) -> list[ChangeReport]:
        """The changes of one level."""
        return [change for change in self.changes if change.level is level]

    @property
    def findings(self) -> list[ChangeReport]:
        """What makes a gate close: breaking changes, risks and weaker checks that nobody approved."""
        return [change for change in self.changes if change.level in CLOSING]

    @property
    def label(self) -> str:
        """The verdict, never alone where the gate closes for another reason."""
        governance = len(self.of(Level.GOVERNANCE))
        plural = "" if governance == 1 else "s"
        return f"{self.verdict}, {governance} governance finding{plural}" if governance else str(self.verdict)
