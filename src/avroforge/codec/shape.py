"""What the emitters need to know of bound types: recursion, smallest size, cost, need of a loop."""

from __future__ import annotations

from collections import Counter
from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from avroforge.codec import ir
from avroforge.codec.graph import strongly_connected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SHARED_COST: Final = 6
"""The fewest leaves of a nameless type that becomes a function of its own where a module uses it again."""
INLINE_COST: Final = 10
"""The most parts an inlined record may have: code stays linear in the size of the schemas."""
REPEATED_COST: Final = 20
"""The same for the items of an array, where each call saved counts as often as there are items."""
NESTED_LOOPS: Final = 8
"""The deepest loops of one function, two blocks each: Python compiles at most 20 nested blocks."""
FIXED_WIDTH: Final = {"double": ("d", 8), "float": ("f", 4)}
_SMALLEST: Final = {"null": 0, "double": 8, "float": 4}


def children(node: ir.Node) -> Iterator[ir.Node]:
    """The types directly inside a node; a record's fields included."""
    match node:
        case ir.Array():
            yield node.items
        case ir.Map():
            yield node.values
        case ir.Union():
            for branch in node.branches:
                yield branch.node
        case ir.Record():
            for field in node.fields:
                yield field.node
        case ir.Logical():
            yield node.base
        case _:
            return


def _records_in(node: ir.Node) -> Iterator[ir.Record]:
    for child in children(node):
        if isinstance(child, ir.Record):
            yield child
        else:
            yield from _records_in(child)


def _alternatives(node: ir.Node) -> Iterator[str]:
    """The records among which a union under `node` chooses: a message takes one, so none is inlined."""
    for child in (node,) if isinstance(node, ir.Union) else children(node):
        if isinstance(child, ir.Record):
            continue
        if isinstance(child, ir.Union):
            named = [each.node.fullname for each in child.branches if isinstance(each.node, ir.Record)]
            yield from named if len(named) > 1 else ()
            for branch in child.branches:
                if not isinstance(branch.node, ir.Record):
                    yield from _alternatives(branch.node)
        else:
            yield from _alternatives(child)


def structure(node: ir.Node) -> str:
    """A text that two nodes share exactly when the same code serves both."""
    match node:
        case ir.Primitive():
            return node.kind
        case ir.Fixed() | ir.Enum() | ir.Record():
            return node.fullname
        case ir.Array():
            return f"[{structure(node.items)}]{node.storage[0]}"
        case ir.Map():
            return f"{{{structure(node.values)}}}"
        case ir.Union():
            branches = (f"{structure(each.node)}{'!' if each.wrapper else ''}" for each in node.branches)
            return f"({'|'.join(branches)})"
        case ir.Logical():
            return f"{structure(node.base)}:{node.name}:{node.precision}:{node.scale}"


def _is_table(node: ir.Node) -> bool:
    """Whether a node is an array held as columns: its functions stand beside those of its record."""
    return isinstance(node, ir.Array) and node.table is not None


class Shapes:
    """Facts about a set of records, computed once in dependency order.

    Args:
        records: every record, by full name.
        roots: types without a name that get codecs of their own.
    """

    def __init__(self, records: Mapping[str, ir.Record], roots: Iterable[ir.Node] = ()) -> None:
        self.shared: dict[str, ir.Node] = {}
        """The nameless types that are functions of their own in a module, by structure (`sharing`)."""
        uses = {name: [each.fullname for each in _records_in(record)] for name, record in records.items()}
        self.groups = strongly_connected(uses)
        self._recursive = {
            name for group in self.groups for name in group if len(group) > 1 or name in uses[name]
        }
        self._alternatives = {name for each in (*records.values(), *roots) for name in _alternatives(each)}
        self._smallest: dict[str, int] = {}
        self._cost: dict[str, int] = {}
        for group in self.groups:
            for name in group:
                self._smallest[name] = self._record_size(records[name])
                self._cost[name] = sum(self.cost(field.node) for field in records[name].fields)

    def sharing(self, roots: Sequence[ir.Node]) -> Shapes:
        """These shapes for one module: nameless types under `roots` that are functions of their own.

        Those are the costly ones that occur twice, and those whose loops would nest too deep.
        """
        times: Counter[str] = Counter()
        nodes: dict[str, ir.Node] = {}
        pending = [
            child for root in roots for child in (children(root) if isinstance(root, ir.Record) else [root])
        ]
        while pending:
            node = pending.pop()
            if not isinstance(node, ir.Array | ir.Map | ir.Union) or _is_table(node):
                continue
            if self.cost(node) >= SHARED_COST:
                key = structure(node)
                times[key] += 1
                nodes[key] = node
                if times[key] > 1:
                    continue  # what is inside was counted with the first
            pending.extend(children(node))
        result = copy(self)
        result.shared = {key: nodes[key] for key in sorted(nodes) if times[key] > 1}
        result.shared.update(self._deep(roots))
        return result

    def _deep(self, roots: Iterable[ir.Node]) -> dict[str, ir.Node]:
        """The arrays and maps that would loop too deep inside one function, by structure."""
        found: dict[str, ir.Node] = {}
        seen: dict[int, int] = {}
        pending = [
            (child, 0)
            for root in roots
            for child in (children(root) if isinstance(root, ir.Record) else [root])
        ]
        while pending:
            node, depth = pending.pop()
            if _is_table(node) or (isinstance(node, ir.Record) and not self.inlined(node, repeated=True)):
                continue
            if isinstance(node, ir.Array | ir.Map):
                depth += 1
                if depth > NESTED_LOOPS:
                    found[structure(node)] = node
                    depth = 1
            if seen.get(id(node), -1) < depth:
                seen[id(node)] = depth
                pending.extend((child, depth) for child in children(node))
        return found

    def is_shared(self, node: ir.Node) -> bool:
        """Whether a nameless type is a function of its own."""
        nameless = isinstance(node, ir.Array | ir.Map | ir.Union)
        return bool(self.shared) and nameless and structure(node) in self.shared

    def recursive(self, record: ir.Record) -> bool:
        """Whether a value of this record may hold another of the same type."""
        return record.fullname in self._recursive

    def inlined(self, record: ir.Record, *, repeated: bool = False) -> bool:
        """Whether the codec of a parent holds this record's code instead of calling it."""
        return (
            not self.recursive(record)
            and self._cost[record.fullname] <= (REPEATED_COST if repeated else INLINE_COST)
            and record.fullname not in self._alternatives
        )

    def _record_size(self, record: ir.Record) -> int:
        return sum(self.smallest(field.node) for field in record.fields)

    def smallest(self, node: ir.Node) -> int:
        """The fewest bytes a value can take; a lower bound where types are recursive."""
        match node:
            case ir.Primitive():
                return _SMALLEST.get(node.kind, 1)
            case ir.Fixed():
                return node.size
            case ir.Logical():
                return self.smallest(node.base)
            case ir.Record():
                return self._smallest.get(node.fullname, 0)
            case ir.Union():
                return 1 + min((self.smallest(branch.node) for branch in node.branches), default=0)
            case ir.Enum() | ir.Array() | ir.Map():
                return 1

    def cost(self, node: ir.Node) -> int:
        """How many parts the code of a node has: its leaves, and what holds them."""
        match node:
            case ir.Record():
                return 1 + self._cost.get(node.fullname, INLINE_COST)
            case ir.Array(storage="columns"):
                return 1
            case ir.Array() | ir.Map() | ir.Union():
                return 1 + sum(self.cost(child) for child in children(node))
            case _:
                return 1

    def pieces_only(self, node: ir.Node) -> bool:
        """Whether encoding a node takes expressions alone, without a loop, a call or a splat."""
        match node:
            case ir.Array() | ir.Map():
                return False
            case ir.Union() if self.is_shared(node):
                return False
            case ir.Record():
                return self.inlined(node) and all(self.pieces_only(child) for child in children(node))
            case _:
                return all(self.pieces_only(child) for child in children(node))


@lru_cache(maxsize=256)
def shapes_of(root: ir.Node) -> Shapes:
    """The shapes of every record that a type reaches, for the walks; computed once per root."""
    records: dict[str, ir.Record] = {}
    pending: list[ir.Node] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, ir.Record):
            if node.fullname in records:
                continue
            records[node.fullname] = node
        pending.extend(children(node))
    return Shapes(records)
