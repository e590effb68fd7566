"""One unit looked at: its changes, the checker's verdicts, and every registered version."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from avroforge.evolution import Direction
from avroforge.evolution.changes import CATALOGUE, Change, Differ, Outcome, judge
from avroforge.evolution.changes.wording import type_words
from avroforge.schema.model import Position
from avroforge_codegen.review.ladder import worse
from avroforge_codegen.review.report import Level, VersionReport

if TYPE_CHECKING:
    from avroforge.evolution.changes import Judgement, TypePair
    from avroforge.schema import Schema
    from avroforge_codegen.review.side import Side, Version
    from avroforge_codegen.review.units import Unit


@dataclass(slots=True)
class Found:
    """A unit with what was found about it.

    Attributes:
        unit: the unit.
        pair: its roots and everything inside them.
        changes: its changes, those that only older versions see included.
        levels: what they mean under its mode, by fingerprint; a note where it is not there.
        versions: every registered version.
        judged: the verdicts on what it is compared with.
        broken: the versions that a change breaks, by fingerprint.
    """

    unit: Unit
    pair: TypePair | None = None
    changes: list[Change] = field(default_factory=list)
    levels: dict[str, Level] = field(default_factory=dict)
    versions: list[VersionReport] = field(default_factory=list)
    judged: dict[Direction, Judgement] = field(default_factory=dict)
    broken: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def raise_to(self, change: Change, level: Level) -> None:
        """Give a change at least a level."""
        self.levels[change.fingerprint] = worse(self.levels.get(change.fingerprint, Level.NOTE), level)

    def weigh(self, judged: Judgement) -> None:
        """Give the changes behind a verdict that counts their levels."""
        for change in judged.failing:
            self.raise_to(change, Level.BREAKING)
        for change in judged.risky:
            self.raise_to(change, Level.RISK)


def examine(differ: Differ, unit: Unit, old: Side, new: Side) -> Found:
    """Look at a unit.

    Args:
        differ: what compares types; shared by all units.
        unit: the unit.
        old: the other side.
        new: today's side.
    """
    found = Found(unit)
    if unit.new is None and unit.old is not None:
        found.changes = [_schema_change("SCHEMA_REMOVED", unit, unit.old)]
        if unit.mode.directions:
            found.raise_to(found.changes[0], Level.BREAKING)
    elif unit.old is None and unit.new is not None:
        if not unit.unchecked:
            found.changes = [_schema_change("SCHEMA_ADDED", unit, unit.new)]
    elif unit.old is not None and unit.new is not None:
        _compare(differ, found, unit.old, unit.new)
        places = old.below_root.get(unit.old.path), new.below_root.get(unit.new.path)
        _note_move(found, unit.old, unit.new, *places)
        for version in unit.history:
            last = old.is_registry and version is unit.history[-1]
            _version(differ, found, version, unit.new, last=last)
    return found


def _compare(differ: Differ, found: Found, old: Schema, new: Schema) -> None:
    found.pair = differ.compare(old.type, new.type)
    found.changes = found.pair.all_changes()
    if found.changes:
        found.judged = {direction: judge(old, new, found.changes, direction) for direction in Direction}
        for direction in found.unit.mode.directions:
            found.weigh(found.judged[direction])
    _note_readded(found)


def _note_move(found: Found, old: Schema, new: Schema, before: str | None, after: str | None) -> None:
    if before is not None and after is not None and before != after and old.fullname == new.fullname:
        change = _schema_change("SCHEMA_FILE_MOVED", found.unit, new)
        change.old, change.new = before, after
        change.words = {**change.words, "old": before, "new": after}
        found.changes.append(change)


def _version(differ: Differ, found: Found, version: Version, new: Schema, *, last: bool) -> None:
    """Look at a registered version; `last`: it is what the unit is compared with."""
    unit = found.unit
    demanded = bool(unit.mode.directions) and (unit.mode.transitive or last)
    changes = differ.compare(version.schema.type, new.type).all_changes()
    judged = {each: judge(version.schema, new, changes, each) for each in Direction if changes}
    backward, forward = (judged[each].outcome if judged else Outcome.READS for each in Direction)
    found.versions.append(VersionReport(version.number, version.schema_id, backward, forward, demanded))
    if not demanded or not judged:
        return
    known = {change.fingerprint for change in found.changes}
    for direction in unit.mode.directions:
        found.weigh(judged[direction])
        for change in judged[direction].failing:
            found.broken[change.fingerprint].add(f"{unit.name} version {version.number}")
            if change.fingerprint not in known:
                known.add(change.fingerprint)
                found.changes.append(change)


def _note_readded(found: Found) -> None:
    """Fields that an older version had and the last one did not: their old values come back."""
    added = [change for change in found.changes if change.kind.id.startswith("FIELD_ADDED")]
    for change in added:
        owner, _, name = change.path.rpartition(".")
        for version in reversed(found.unit.history):
            node = version.schema.names.get(owner)
            field_ = next((each for each in getattr(node, "fields", ()) if each.name == name), None)
            if field_ is None:
                continue
            was = type_words(field_.type)
            words = {**change.words, "old": f"{was} (version {version.number})", "new": change.new}
            kind = CATALOGUE["FIELD_READDED"]
            new = Change(kind, change.path, words, was, change.new, field_.position, change.new_position)
            found.changes.append(new)
            if found.unit.mode.directions:
                found.raise_to(new, Level.RISK)
            break


def _schema_change(kind: str, unit: Unit, schema: Schema) -> Change:
    """A change of a schema as a whole."""
    name = schema.fullname or unit.name
    here, nowhere = schema.type.position, Position(0, 0, "")
    removed, added = kind == "SCHEMA_REMOVED", kind == "SCHEMA_ADDED"
    words = {"type": name, "name": name, "old": name, "new": name}
    old, new = ("" if added else name), ("" if removed else name)
    places = (here if removed else nowhere), (nowhere if removed else here)
    return Change(CATALOGUE[kind], name, words, old, new, *places)
