"""What changed between two schemas: pairs of named types, each compared once, with the changes at them.

The walk is the checker's: pairs of nodes that resolution would bring together. So every finding of the
checker names two nodes that some change remembers as its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.evolution.changes.change import TypePair
from avroforge.evolution.changes.named import compare_named
from avroforge.evolution.changes.place import Place, label
from avroforge.evolution.changes.types import compare_types, union_members
from avroforge.evolution.modes import Direction
from avroforge.schema.model import NamedType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avroforge.schema.model import AvroType


class Differ:
    """Compares types of two sets of schemas; what is compared once is not compared again.

    Args:
        roots: the roots of both sets, for what depends on where a type is used.
    """

    def __init__(self, roots: Iterable[AvroType]) -> None:
        self._pairs: dict[tuple[AvroType, AvroType], TypePair] = {}
        self._pending: list[TypePair] = []
        self.in_unions = union_members(roots)

    def compare(self, old: AvroType, new: AvroType) -> TypePair:
        """The pair of two roots, with everything inside it compared."""
        known = self._pairs.get((old, new))
        if known is not None:
            return known
        if old is new:
            root = self._pairs[old, new] = TypePair(old, new)
        elif isinstance(old, NamedType) and isinstance(new, NamedType) and type(old) is type(new):
            root = self.pair(old, new)
        else:
            root = self._pairs[old, new] = TypePair(old, new)
            place = Place(root, None, label(new), "the root", (old, new), old.position, new.position)
            compare_types(self, old, new, place)
        while self._pending:
            compare_named(self, self._pending.pop())
        for pair in self._pairs.values():
            _blame_unions(pair)
        return root

    def pair(self, old: NamedType, new: NamedType) -> TypePair:
        """The pair of two named types of one kind; a new one waits to be compared."""
        known = self._pairs.get((old, new))
        if known is None:
            known = self._pairs[old, new] = TypePair(old, new)
            self._pending.append(known)
        return known

    def meet(self, old: NamedType, new: NamedType, place: Place) -> TypePair:
        """Note that a named pair is used at a place."""
        found = self.pair(old, new)
        inside = place.row.inside if place.row is not None else place.pair.inside
        if found not in inside:
            inside.append(found)
        return found


def _blame_unions(pair: TypePair) -> None:
    """A renamed type that is a branch somewhere: the checker names the union around it."""
    for change in pair.changes if pair.met_inside else ():
        if change.kind.id.startswith("TYPE_RENAMED"):
            change.culprits[Direction.BACKWARD] |= {(id(new), id(pair.old)) for _, new in pair.met_inside}
            change.culprits[Direction.FORWARD] |= {(id(old), id(pair.new)) for old, _ in pair.met_inside}
