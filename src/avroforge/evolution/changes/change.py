"""One change between two schemas, and the pairs of types that changes were found in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from avroforge.evolution.modes import Direction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.evolution.changes.kind import ChangeKind, Outcome
    from avroforge.schema.model import AvroType, Position, RecordField

Culprit: TypeAlias = tuple[int, int]
"""The identities of the reader's and the writer's node that a finding of the checker names."""


@dataclass(slots=True, eq=False)
class Change:
    """One change, at one place.

    Attributes:
        kind: its entry in the catalogue.
        path: the place: the full name of the type, then ``.field``, ``[]`` for items, ``{}`` for values.
        words: what the catalogue's texts are filled in with.
        old: what was there, in few words; empty for nothing.
        new: what is there now.
        old_position: where it was, or what enclosed the place of what was added.
        new_position: where it is, or what encloses the place of what was removed.
        outcomes: what each side makes of the other's data, by direction: the checker's verdict, refined by
            the catalogue where the checker says yes.
    """

    kind: ChangeKind
    path: str
    words: Mapping[str, str]
    old: str
    new: str
    old_position: Position
    new_position: Position
    outcomes: dict[Direction, Outcome] = field(default_factory=dict)
    culprits: dict[Direction, set[Culprit]] = field(default_factory=dict, repr=False)

    @property
    def fingerprint(self) -> str:
        """16 hex digits that stay the same when lines move, fields are reordered or others change."""
        parts = (self.kind.id, self.path, self.old, self.new)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def message(self) -> str:
        """What happened, in one line."""
        return self.kind.summary.format_map(self.words)

    @property
    def explanation(self) -> str:
        """Whom it hurts, and how."""
        return self.kind.explanation.format_map(self.words)

    @property
    def fix(self) -> str:
        """The way out, or nothing."""
        return self.kind.fix.format_map(self.words)

    def outcome(self, direction: Direction) -> Outcome:
        """What happens in one direction; the catalogue's word until a checker was asked."""
        known = self.outcomes.get(direction)
        if known is not None:
            return known
        return self.kind.backward if direction is Direction.BACKWARD else self.kind.forward


@dataclass(slots=True, eq=False)
class FieldRow:
    """A field in both schemas, or in one of them, with the changes at it and the named types inside it."""

    old: RecordField | None
    new: RecordField | None
    changes: list[Change] = field(default_factory=list)
    inside: list[TypePair] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class TypePair:
    """A type in the old schemas and what it became.

    A named type, or a root without a name. `rows` are a record's fields in the order of the new schema, each
    removed one behind the field that it stood behind. `met_inside` are the types around it where it is
    used, of both sides: a union there is what the checker names when a name does not fit.
    """

    old: AvroType
    new: AvroType
    changes: list[Change] = field(default_factory=list)
    rows: list[FieldRow] = field(default_factory=list)
    inside: list[TypePair] = field(default_factory=list)
    met_inside: list[tuple[AvroType, AvroType]] = field(default_factory=list)

    def reachable(self) -> list[TypePair]:
        """This pair and every one inside it, once, in the order of the text."""
        found: dict[TypePair, None] = {}
        pending = [self]
        while pending:
            pair = pending.pop()
            if pair in found:
                continue
            found[pair] = None
            inside = [*pair.inside, *(each for row in pair.rows for each in row.inside)]
            pending.extend(reversed(inside))
        return list(found)

    def all_changes(self) -> list[Change]:
        """The changes of this pair and of every one inside it."""
        return [change for pair in self.reachable() for change in pair.own_changes()]

    def own_changes(self) -> list[Change]:
        """The changes of this pair alone: at the type, then field by field."""
        return [*self.changes, *(change for row in self.rows for change in row.changes)]
