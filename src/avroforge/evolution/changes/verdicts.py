"""The checker's verdict on a pair of schemas, brought down to the changes that cause it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from avroforge.errors import SchemaError
from avroforge.evolution.changes.catalogue import CATALOGUE
from avroforge.evolution.changes.change import Change
from avroforge.evolution.changes.kind import Outcome
from avroforge.evolution.compatibility import check_compatibility
from avroforge.evolution.explanation import explain
from avroforge.evolution.incompatibility import IncompatibilityKind
from avroforge.evolution.modes import Direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from avroforge.errors import Diagnostic
    from avroforge.evolution.incompatibility import Incompatibility
    from avroforge.schema import Schema


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one side makes of the other's data.

    Attributes:
        direction: who reads.
        outcome: the checker's word, refined to `Outcome.RISK` where a change says so.
        failing: the changes that cause a refusal.
        risky: the changes that a checker accepts and that may go wrong nevertheless.
    """

    direction: Direction
    outcome: Outcome
    failing: tuple[Change, ...] = ()
    risky: tuple[Change, ...] = ()


def judge(old: Schema, new: Schema, changes: list[Change], direction: Direction) -> Judgement:
    """Ask the checker, and set the outcome of every change in this direction.

    A finding that no change explains becomes a change of its own, appended to `changes`: no verdict of the
    checker is lost.
    """
    reader, writer = (new, old) if direction is Direction.BACKWARD else (old, new)
    found: tuple[Incompatibility, ...] | None
    try:
        found = check_compatibility(reader, writer).incompatibilities
    except SchemaError as refused:
        failing = [_ambiguous(refused.diagnostics[0], reader, direction)]
        changes.extend(failing)
        found = None
    else:
        failing = _attribute(found, changes, direction)
    blamed = {id(change) for change in failing}
    for change in changes:
        if id(change) in blamed or change.outcomes.get(direction) is Outcome.FAILS:
            change.outcomes[direction] = Outcome.FAILS
        else:
            change.outcomes[direction] = Outcome.UNKNOWN if found is None else _beyond(change, direction)
    risky = tuple(each for each in changes if each.outcomes[direction] is Outcome.RISK)
    outcome = Outcome.FAILS if failing else Outcome.RISK if risky else Outcome.READS
    return Judgement(direction, outcome, tuple(failing), risky)


def _beyond(change: Change, direction: Direction) -> Outcome:
    """Where the checker says yes: what the catalogue knows beyond it."""
    expected = change.kind.backward if direction is Direction.BACKWARD else change.kind.forward
    return Outcome.READS if expected is Outcome.FAILS else expected


def _attribute(found: Iterable[Incompatibility], changes: list[Change], direction: Direction) -> list[Change]:
    """The changes behind the checker's findings."""
    owners = _Owners(changes, direction)
    failing: dict[int, Change] = {}
    strangers: list[str] = []
    for finding in found:
        leaves = list(_leaves(finding))
        causes = [owner for leaf in leaves for owner in owners.exactly(leaf)]
        causes = causes or owners.exactly(finding)
        causes = causes or [owner for leaf in (*leaves, finding) for owner in owners.nearly(leaf)]
        if not causes and any(finding.path.startswith(path) for path in strangers):
            # the checker goes on inside two records of other names: what it finds there says nothing more
            continue
        if causes and finding.kind is IncompatibilityKind.NAME_MISMATCH:
            strangers.append(f"{finding.path}.")
        if not causes:
            unexplained = _unexplained(finding, direction)
            owners.add(unexplained, _culprit(finding))
            changes.append(unexplained)
            causes = [unexplained]
        failing.update((id(change), change) for change in causes)
    return [change for change in changes if id(change) in failing]


class _Owners:
    """Which change a finding of the checker belongs to."""

    def __init__(self, changes: Iterable[Change], direction: Direction) -> None:
        self._pairs: dict[tuple[int, int], list[Change]] = {}
        self._writers: dict[int, list[Change]] = {}
        for change in changes:
            for culprit in change.culprits.get(direction, ()):
                self.add(change, culprit)

    def add(self, change: Change, culprit: tuple[int, int]) -> None:
        """Remember that findings about a pair of nodes are about a change."""
        self._pairs.setdefault(culprit, []).append(change)
        self._writers.setdefault(culprit[1], []).append(change)

    def exactly(self, finding: Incompatibility) -> list[Change]:
        """The changes at both nodes that a finding names, of a kind that fits."""
        found = self._pairs.get(_culprit(finding), ())
        return [change for change in found if _fits(change, finding)]

    def nearly(self, finding: Incompatibility) -> list[Change]:
        """The changes at the writer's node: it met a reader's that is not its counterpart."""
        return self._writers.get(id(finding.writer), [])


_ONLY: Final = {
    "ENUM_": frozenset({IncompatibilityKind.MISSING_ENUM_SYMBOLS}),
    "FIXED_": frozenset({IncompatibilityKind.FIXED_SIZE_MISMATCH}),
    "TYPE_RENAMED": frozenset({IncompatibilityKind.NAME_MISMATCH, IncompatibilityKind.MISSING_UNION_BRANCH}),
}
"""How kinds begin that share their pair of nodes with others, and the findings that are theirs."""


def _fits(change: Change, finding: Incompatibility) -> bool:
    return all(finding.kind in kinds for prefix, kinds in _ONLY.items() if change.kind.id.startswith(prefix))


def _leaves(finding: Incompatibility) -> Iterator[Incompatibility]:
    if not finding.causes:
        yield finding
    for cause in finding.causes:
        yield from _leaves(cause)


def _culprit(finding: Incompatibility) -> tuple[int, int]:
    return id(finding.reader), id(finding.writer)


def _unexplained(finding: Incompatibility, direction: Direction) -> Change:
    backward = direction is Direction.BACKWARD
    kind = CATALOGUE["TYPE_UNREADABLE" if backward else "TYPE_UNREADABLE_BEFORE"]
    places = (finding.writer_position, finding.position)
    old, new = places if backward else places[::-1]
    reason = explain(finding, direction)
    words = {"type": finding.path, "name": finding.path, "old": "", "new": reason}
    return Change(kind, finding.path, words, "", reason, old, new)


def _ambiguous(refusal: Diagnostic, reader: Schema, direction: Direction) -> Change:
    from avroforge.schema.model import Position  # noqa: PLC0415 - rarely needed

    place = Position(refusal.line, refusal.column, refusal.path)
    nowhere = Position(0, 0, "")
    backward = direction is Direction.BACKWARD
    kind = CATALOGUE["FIELD_ALIAS_AMBIGUOUS" if backward else "FIELD_ALIAS_AMBIGUOUS_BEFORE"]
    name = reader.fullname or "the root"
    reason = refusal.message
    words = {"type": name, "name": reason.split("'")[1], "old": reason, "new": reason}
    old, new = (nowhere, place) if backward else (place, nowhere)
    return Change(kind, f"{name}~", words, "", reason, old, new)
