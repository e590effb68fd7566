"""Where a comparison of two schemas stands, and how a change is noted there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from avroforge.evolution.changes.catalogue import CATALOGUE
from avroforge.evolution.changes.change import Change, FieldRow, TypePair
from avroforge.evolution.changes.wording import same_json, type_words, value_words
from avroforge.evolution.modes import Direction
from avroforge.schema.model import MISSING, AvroType, NamedType, RecordField

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from avroforge.schema.model import JsonValue, Position

Node: TypeAlias = AvroType | RecordField
Reads: TypeAlias = "tuple[Iterable[tuple[Node, Node]], Iterable[tuple[Node, Node]]]"
"""Pairs of reader and writer that the checker names for a change, backward and forward."""
NOBODY: Reads = ((), ())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comparison stands.

    Attributes:
        pair: the pair of types whose text this is.
        row: the field, None at the type itself.
        path: as in `Change.path`.
        what: the same in words, for messages: ``field 'qty' of shop.Line``.
        around: the union, or the type itself, that each side has here.
        old: position of the old side, or of what encloses it.
        new: position of the new side, or of what encloses it.
    """

    pair: TypePair
    row: FieldRow | None
    path: str
    what: str
    around: tuple[AvroType, AvroType]
    old: Position
    new: Position

    def inner(self, suffix: str, what: str, old: AvroType, new: AvroType) -> Place:
        """One step into a type."""
        return replace(
            self,
            path=self.path + suffix,
            what=f"{what} {self.what}",
            around=(old, new),
            old=_near(old, self.old),
            new=_near(new, self.new),
        )

    def at_type(self, old: AvroType, new: AvroType) -> Place:
        """The same place, pointing at the types in it."""
        return replace(self, old=_near(old, self.old), new=_near(new, self.new))

    def branch(self, old: AvroType, new: AvroType, *, named: bool) -> Place:
        """A branch of the union here; the union stays what is around it."""
        return replace(
            self,
            path=f"{self.path}|{label(new)}" if named and not isinstance(new, NamedType) else self.path,
            old=_near(old, self.old),
            new=_near(new, self.new),
        )

    def owner(self) -> str:
        """The full name of the type whose text this is."""
        return label(self.pair.new)


def _near(node: AvroType, here: Position) -> Position:
    """The position of a type written at this place; a named one is written elsewhere."""
    return here if isinstance(node, NamedType) or not node.position.line else node.position


def label(node: AvroType) -> str:
    """What to call a type: its full name, else its kind."""
    return node.fullname if isinstance(node, NamedType) else type_words(node)


def note(  # noqa: PLR0913 - a change has that many parts, most of them optional
    place: Place,
    kind: str,
    *,
    old: str = "",
    new: str = "",
    name: str | None = None,
    suffix: str = "",
    reads: Reads = NOBODY,
) -> Change:
    """Add a change at a place.

    Args:
        place: where.
        kind: the catalogue's id.
        old: what was there.
        new: what is there now.
        name: the field, symbol, alias or property; the place in words by default.
        suffix: what tells it from others of its kind at the place.
        reads: pairs of reader and writer that the checker names for it, backward and forward.
    """
    words = {
        "type": place.owner(),
        "name": place.what if name is None else name,
        "old": old or "nothing",
        "new": new or "nothing",
    }
    change = Change(CATALOGUE[kind], place.path + suffix, words, old, new, place.old, place.new)
    for direction, pairs in zip((Direction.BACKWARD, Direction.FORWARD), reads, strict=True):
        change.culprits[direction] = {(id(reader), id(writer)) for reader, writer in pairs}
    (place.row.changes if place.row is not None else place.pair.changes).append(change)
    return change


def both_ways(place: Place, old: AvroType, new: AvroType) -> Reads:
    """The pairs that the checker names when a type or a union's branch does not fit its counterpart."""
    old_around, new_around = place.around
    return [(new, old), (new_around, old)], [(old, new), (old_around, new)]


def note_properties(
    place: Place, kind: str, before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]
) -> None:
    """Changes of attributes that Avro does not define."""
    for key in dict.fromkeys([*before, *after]):
        was, becomes = before.get(key, MISSING), after.get(key, MISSING)
        if not same_json(was, becomes):
            words = value_words(was), value_words(becomes)
            note(place, kind, old=words[0], new=words[1], name=key, suffix=f"@{key}")
