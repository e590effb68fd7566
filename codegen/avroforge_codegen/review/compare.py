"""Compare two sides: units, changes, verdicts, levels; the report comes out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from avroforge.errors import ConfigurationError, SchemaError
from avroforge.evolution import Direction
from avroforge.evolution.changes import Change, ChangeClass, Differ, Outcome
from avroforge.schema.model import NamedType, Position
from avroforge_codegen.review.examine import Found, examine
from avroforge_codegen.review.excerpt import excerpt
from avroforge_codegen.review.governance import governance_changes, waiver_changes
from avroforge_codegen.review.ladder import LADDER, LEVELS, level_elsewhere, verdict_of, worse
from avroforge_codegen.review.matrix import matrix_of
from avroforge_codegen.review.report import (
    CLOSING,
    ChangeReport,
    Level,
    Report,
    Spot,
    SubjectReport,
)
from avroforge_codegen.review.tree import tree_of
from avroforge_codegen.review.units import units_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping

    from avroforge.evolution.changes import TypePair
    from avroforge.schema import Schema
    from avroforge_codegen.review.report import Excerpt, Waiver
    from avroforge_codegen.review.side import Side
    from avroforge_codegen.review.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line wants.

    Attributes:
        against: the other side as it was named.
        today: the day that waivers are held against.
        waivers: the approvals.
        detail: whether the report is to be read: excerpts, trees, matrices and the effect on Python.
        settings_file: how messages name the settings.
        show: how to name a new source: its path as seen from the current directory.
        python: finds the changes of the generated Python, given pairs of types.
    """

    against: str
    today: dt.date
    waivers: tuple[Waiver, ...] = ()
    detail: bool = True
    settings_file: str = "avroforge.toml"
    show: Callable[[str], str] = str
    python: Callable[[Iterable[TypePair]], list[Change]] | None = None


def compare_sides(new: Side, old: Side, subjects: Mapping[str, Schema], asked: Asked) -> Report:
    """Compare today's schemas with the other side.

    Args:
        new: today's side.
        old: the other side.
        subjects: subject -> today's schema.
        asked: what is wanted.
    """
    return _Comparison(new, old, asked).report(units_of(new, old, subjects))


class _Comparison:
    """One run; each method is one step."""

    def __init__(self, new: Side, old: Side, asked: Asked) -> None:
        self._new = new
        self._old = old
        self._asked = asked
        self._waivers = {each.fingerprint: each for each in asked.waivers if each.expires >= asked.today}
        self._notes = [*old.notes, *new.notes]
        self._old_texts = {schema.path: schema.text for schema in old.schemas.values()}
        self._new_texts = {schema.path: schema.text for schema in new.schemas.values()}

    def report(self, units: list[Unit]) -> Report:
        schemas = [each for unit in units for each in (unit.old, unit.new) if each is not None]
        schemas += [version.schema for unit in units for version in unit.history]
        self._old_texts.update(
            (version.schema.path, version.schema.text) for unit in units for version in unit.history
        )
        differ = Differ(schema.type for schema in schemas)
        found = [examine(differ, unit, self._old, self._new) for unit in units]
        others = list(governance_changes(self._new, self._old, self._asked.settings_file))
        python = self._python(found)
        others += python
        changes = self._changes(found, others, _users(found, python))
        order = LADDER.index
        subjects = sorted((self._subject(each) for each in found), key=lambda each: order(each.verdict))
        title = f"{_what(units)} against {self._old.title}"
        return Report(
            title=title,
            against=self._asked.against,
            base=self._old.base,
            subjects=tuple(subjects),
            changes=tuple(changes),
            notes=tuple(self._notes),
        )

    def _python(self, found: Iterable[Found]) -> list[Change]:
        """The effect on the generated Python, or a note why it is not known."""
        if self._asked.python is None:
            return []
        pairs = chain.from_iterable(each.pair.reachable() for each in found if each.pair is not None)
        try:
            return self._asked.python(dict.fromkeys(pairs))
        except (ConfigurationError, SchemaError) as error:
            self._notes.append(
                f"the effect on the generated Python is not known: {str(error).splitlines()[0]}"
            )
            return []

    def _changes(
        self, found: Iterable[Found], others: Iterable[Change], users: Mapping[str, set[str]]
    ) -> list[ChangeReport]:
        changes: dict[str, Change] = {}
        versions: dict[str, set[str]] = defaultdict(set)
        subjects: dict[str, set[str]] = defaultdict(set)
        levels: dict[str, Level] = {}
        for each in found:
            for change in each.changes:
                fingerprint = change.fingerprint
                known = changes.setdefault(fingerprint, change)
                for direction, outcome in change.outcomes.items():
                    known.outcomes[direction] = max(
                        known.outcome(direction), outcome, key=list(Outcome).index
                    )
                subjects[fingerprint].add(each.unit.name)
                versions[fingerprint] |= each.broken.get(fingerprint, set())
                level = each.levels.get(fingerprint, Level.NOTE)
                levels[fingerprint] = worse(levels.get(fingerprint, Level.NOTE), level)
        for change in others:
            changes.setdefault(change.fingerprint, change)
            levels[change.fingerprint] = level_elsewhere(change)
            subjects[change.fingerprint] |= users.get(change.words["type"], set())
        used = {each for each, level in levels.items() if level in CLOSING}
        for change in waiver_changes(self._asked.waivers, used, self._asked.today):
            changes[change.fingerprint] = change
            levels[change.fingerprint] = Level.GOVERNANCE
        reports = [
            self._change(each, levels[fingerprint], subjects[fingerprint], versions[fingerprint])
            for fingerprint, each in changes.items()
        ]
        return sorted(reports, key=_order)

    def _change(self, change: Change, level: Level, subjects: set[str], versions: set[str]) -> ChangeReport:
        fingerprint = change.fingerprint
        waiver = self._waivers.get(fingerprint) if level in CLOSING else None
        detail = self._asked.detail and ChangeClass.CODEGEN not in change.kind.classes
        new = change.new_position
        return ChangeReport(
            fingerprint=fingerprint,
            kind=change.kind,
            level=Level.WAIVED if waiver is not None else level,
            path=change.path,
            message=change.message,
            explanation=change.explanation,
            fix=change.fix,
            old=change.old,
            new=change.new,
            old_spot=_spot(change.old_position),
            new_spot=_spot(new._replace(path=self._asked.show(new.path))),
            backward=change.outcome(Direction.BACKWARD),
            forward=change.outcome(Direction.FORWARD),
            subjects=tuple(sorted(subjects)),
            versions=tuple(sorted(versions)),
            waiver=waiver,
            old_excerpt=_excerpt(self._old_texts, change.old_position, change.old) if detail else None,
            new_excerpt=_excerpt(self._new_texts, new, change.new) if detail else None,
        )

    def _subject(self, found: Found) -> SubjectReport:
        unit = found.unit
        schema = unit.new or unit.old
        fingerprints = tuple(dict.fromkeys(change.fingerprint for change in found.changes))
        open_levels = {found.levels.get(each) for each in fingerprints if each not in self._waivers}
        waived = [each for each in fingerprints if each in self._waivers and each in found.levels]
        backward, forward = (self._outcome(found, direction) for direction in Direction)
        verdict, reason = verdict_of(unit, open_levels, backward, forward)
        detail = self._asked.detail and found.pair is not None and bool(fingerprints)
        return SubjectReport(
            name=unit.name,
            type=(schema.fullname or unit.name) if schema is not None else unit.name,
            mode=unit.mode,
            mode_source=unit.mode_source,
            verdict=verdict,
            reason=reason,
            backward=backward,
            forward=forward,
            fingerprints=fingerprints,
            versions=tuple(found.versions),
            matrix=matrix_of(unit) if detail else None,
            tree=tree_of(found.pair, fingerprints) if detail and found.pair is not None else None,
            waived=len(waived),
        )

    def _outcome(self, found: Found, direction: Direction) -> Outcome:
        """One direction, without what is waived."""
        judged = found.judged.get(direction)
        if judged is None:
            return Outcome.READS
        if any(change.fingerprint not in self._waivers for change in judged.failing):
            return Outcome.FAILS
        risky = any(change.fingerprint not in self._waivers for change in judged.risky)
        return Outcome.RISK if risky else Outcome.READS


def _users(found: Iterable[Found], changes: Iterable[Change]) -> dict[str, set[str]]:
    """For each type whose class changed, the units that reach it."""
    types = {change.words["type"] for change in changes}
    users: dict[str, set[str]] = defaultdict(set)
    for each in found if types else ():
        for pair in each.pair.reachable() if each.pair is not None else ():
            if isinstance(pair.new, NamedType) and pair.new.fullname in types:
                users[pair.new.fullname].add(each.unit.name)
    return users


def _what(units: list[Unit]) -> str:
    return f"{len(units)} schema{'' if len(units) == 1 else 's'}"


def _excerpt(texts: Mapping[str, str], position: Position, words: str) -> Excerpt | None:
    """The lines at a position; what is nothing here is inside them, so the first of them is enough."""
    text = texts.get(position.path)
    return None if text is None else excerpt(text, position, whole=bool(words))


def _spot(position: Position) -> Spot:
    return Spot(position.path, position.line, position.column)


def _order(change: ChangeReport) -> tuple[int, str, int, int, str, str]:
    spot = change.spot
    level = LEVELS.index(change.level)
    return level, spot.file, spot.line, spot.column, change.kind.id, change.fingerprint
