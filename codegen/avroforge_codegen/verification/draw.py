"""Draw data for a type from a seed: every branch and symbol in turn, limits first, always finite."""

from __future__ import annotations

import math
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any, Final

from avroforge.schema import model
from avroforge_codegen.verification.datum import Chosen
from avroforge_codegen.verification.leaf import Leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from avroforge_codegen.verification.datum import Datum

VALUES: Final = 8
"""How many values are drawn for a type that has no wider union or enum."""
_MOST_VALUES: Final = 64
"""A wider choice is not seen to its end in a record, so that time stays linear in the schemas."""
_PARTS: Final = 40
"""How many parts a value may have beyond those it must have, before it is brought to an end."""
_FEW_PARTS: Final = 12
"""As `_PARTS`, for the values that are there to reach every branch and symbol."""
_DEPTH: Final = 8
_RUN: Final = 3
"""The number of the value whose arrays hold runs of equal items."""
_RUN_LENGTH: Final = 20
_RUN_PARTS: Final = 120
_LEAF: Final = 2


class Sizes:
    """The fewest parts that a value of a type has: infinite where no finite value exists."""

    def __init__(self, records: Iterable[model.RecordType]) -> None:
        self._known: dict[str, float] = {}
        pending = list(records)[::-1]
        before = -1
        while len(self._known) != before:
            before = len(self._known)
            waiting = []
            for record in pending:
                size = 1 + sum(self.of(field.type) for field in record.fields)
                if size < math.inf:
                    self._known[record.fullname] = size
                else:
                    waiting.append(record)
            pending = waiting

    def of(self, node: model.AvroType) -> float:
        """The fewest parts of a value of `node`."""
        match node:
            case model.RecordType():
                return self._known.get(node.fullname, math.inf)
            case model.UnionType():
                return 1 + min(map(self.of, node.branches), default=math.inf)
            case _:
                return 1


class Drawing:
    """The values of one type; the same seed gives the same values."""

    def __init__(self, node: model.AvroType, sizes: Sizes, seed: str) -> None:
        self._node = node
        self._sizes = sizes
        self._random = Random(seed)  # noqa: S311 - data for a test, no secret
        self._leaves = Leaves(self._random)
        self._turns: Counter[int] = Counter()
        self._left = 0.0

    def values(self) -> Iterator[Datum]:
        """As many values as the widest union or enum of the type needs, and some always."""
        for turn in range(max(VALUES, min(_widest(self._node), _MOST_VALUES))):
            self._leaves.turn = turn
            self._left = self._sizes.of(self._node) + (_PARTS if turn < VALUES else _FEW_PARTS)
            yield self._draw(self._node, 0)

    def _draw(self, node: model.AvroType, depth: int) -> Any:  # noqa: ANN401 - as its node says
        self._left -= 1
        match node:
            case model.PrimitiveType() if node.logical is None:
                return self._leaves.primitive(node.name)
            case model.FixedType() if node.logical is None:
                return self._leaves.blob(node.size)
            case model.PrimitiveType() | model.FixedType():
                assert node.logical is not None  # noqa: S101 - the cases above
                return self._leaves.logical(node.logical, node)
            case model.EnumType():
                return node.symbols[self._turn(node, len(node.symbols))]
            case model.ArrayType():
                return self._array(node, depth)
            case model.MapType():
                keys = [
                    self._leaves.text() + str(number) * bool(number) for number in range(self._length(depth))
                ]
                return (
                    {key: self._draw(node.values, depth + 1) for key in keys}
                    if self._exists(node.values)
                    else {}
                )
            case model.UnionType():
                index = self._branch(node, depth)
                return Chosen(index, self._draw(node.branches[index], depth))
            case model.RecordType():
                return {field.name: self._draw(field.type, depth + 1) for field in node.fields}

    def _turn(self, node: model.AvroType, count: int) -> int:
        turn = self._turns[id(node)]
        self._turns[id(node)] += 1
        return turn % count

    def _exists(self, node: model.AvroType) -> bool:
        return self._sizes.of(node) < math.inf

    def _ends(self, depth: int) -> bool:
        return depth > _DEPTH or self._left < 0

    def _length(self, depth: int) -> int:
        if self._leaves.turn == 0 or self._ends(depth):
            return 0
        return self._random.randint(1, 3)

    def _array(self, node: model.ArrayType, depth: int) -> list[Datum]:
        length = self._length(depth) if self._exists(node.items) else 0
        before = self._left
        items = [self._draw(node.items, depth + 1) for _ in range(length)]
        if items and self._leaves.turn == _RUN and not self._ends(depth):
            size = max(1, int(before - self._left) // length)
            times = min(_RUN_LENGTH, _RUN_PARTS // size)
            items = items[:1] * times + items
            self._left -= times * size
        return items

    def _branch(self, node: model.UnionType, depth: int) -> int:
        sizes = [self._sizes.of(each) for each in node.branches]
        possible = [index for index, size in enumerate(sizes) if size < math.inf]
        if self._ends(depth):
            leaves = [index for index in possible if sizes[index] < _LEAF]
            possible = leaves or [min(possible, key=sizes.__getitem__)]
        return possible[self._turn(node, len(possible))]


def _widest(node: model.AvroType) -> int:
    """The most branches or symbols of a choice in a type, without other records: they have their turn."""
    match node:
        case model.EnumType():
            return len(node.symbols)
        case model.UnionType():
            return max(len(node.branches), *(_inner(each) for each in node.branches)) if node.branches else 0
        case model.RecordType():
            return max((_inner(field.type) for field in node.fields), default=0)
        case model.ArrayType():
            return _inner(node.items)
        case model.MapType():
            return _inner(node.values)
        case _:
            return 0


def _inner(node: model.AvroType) -> int:
    return 0 if isinstance(node, model.RecordType) else _widest(node)
