"""Read runs of records of one shape at once: constant-stride speculation.

The records of an array often have the same size in fact, although their type does not promise it: labels of
one length, arrays of one count, optional fields that are all there. The shape of one record is tried on those
behind it: every byte that the shape fixes (lengths, counts, union indexes, continuation bits) is compared,
all rows at a time, and the rows up to the first difference become columns. They are what reading one by one
would give, because each row starts where the row before it ended. After two short runs the rest is read one
by one.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import repeat, starmap
from struct import Struct
from sys import byteorder
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from avroforge.wire.stride_shape import NUMBER_SIZES, Leaf, Shape, Table, UnusualError, build, measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Unpack: TypeAlias = "Callable[[Shape, bytes, int, int], Table]"
"""(shape, data, offset, rows) -> that many rows, which have the shape."""
T = TypeVar("T")

FEWEST: Final = 16
"""Shorter arrays are read one by one: to unpack a run has a price of its own."""
TRIES: Final = 2
"""How many short runs an array may have before the rest is read one by one."""
_MOST_ROWS: Final = 2048
"""How many rows are compared and unpacked at a time, so that little is lost where they differ."""
_LONG_RUN: Final = 8
"""Shorter runs, or those of less than a 32nd of what was looked at, cost a try."""
_REWARDED: Final = 64
"""A run of so many pays for new tries: a record that differs now and then ends no speculation."""
_MOST_SHAPES: Final = 64
_CONTINUED: Final = bytes(byte >> 7 for byte in range(256))


@dataclass(slots=True)
class Plan:
    """The leaves of a record type in order, how to unpack rows, and the shapes met so far."""

    leaves: tuple[Leaf, ...]
    unpack: Unpack
    shapes: dict[tuple[int, ...], Shape] = field(default_factory=dict)
    last: Shape | None = None
    """The shape of the last long run: the next array has it more often than not."""


def blank(cls: type[T], count: int) -> Iterator[T]:
    """So many new objects of a class, with no attribute set: a third faster than one call for each."""
    return starmap(object.__new__, repeat((cls,), count))


def read_columns(
    data: bytes, p: int, count: int, plan: Plan, tries: int
) -> tuple[Sequence[Iterable[Any]], int, int, int]:
    """Read the run of records of one shape that starts at `p`, at most `count` records.

    Returns:
        The values per leaf; how many records they hold; the offset behind those; how many tries are left, of
        which a short run costs one. Not all records of a long run come at once.
    """
    long = max(_LONG_RUN, min(count, _MOST_ROWS) >> 5)
    try:
        shape = plan.last
        rows = 0 if shape is None else _alike(shape, data, p, count)
        if shape is None or rows < long:
            shape = _shape_at(data, p, plan)
            rows = _alike(shape, data, p, count)
        if rows > 1:
            if rows >= long:
                plan.last = shape
            table = plan.unpack(shape, data, p, rows)
            columns = [column(table) for column in shape.columns]
            left = TRIES if rows >= _REWARDED else tries - (rows < long)
            return columns, rows, p + rows * shape.stride, left
    except (UnusualError, IndexError):
        pass  # the caller reads the next record by itself, and says what is wrong with it
    return [()] * len(plan.leaves), 0, p, tries - 1


def _shape_at(data: bytes, p: int, plan: Plan) -> Shape:
    """The shape of the record at `p`."""
    key = measure(plan.leaves, data, p)
    known = plan.shapes.get(key)
    if known is not None:
        return known
    shape = build(plan.leaves, data, p)
    if not shape.stride:
        raise UnusualError
    if len(plan.shapes) >= _MOST_SHAPES:
        plan.shapes.clear()
    plan.shapes[key] = shape
    return shape


def _alike(shape: Shape, data: bytes, p: int, count: int) -> int:
    """How many of the records at `p` have the shape, from the first on."""
    stride = shape.stride
    rows = min(count, _MOST_ROWS, (len(data) - p) // stride)
    for offset, byte in shape.fixed:
        column = data[p + offset : p + rows * stride : stride]
        if column.count(byte) != rows:
            rows -= len(column.lstrip(bytes((byte,))))
    for offset, bit in shape.continued:
        column = data[p + offset : p + rows * stride : stride].translate(_CONTINUED)
        if column.count(bit) != rows:
            rows -= len(column.lstrip(bytes((bit,))))
    return rows


class _StructTable:
    """Rows unpacked by one struct, for records without numpy arrays."""

    __slots__ = ("_columns", "_data", "_offset", "_stride", "rows")

    def __init__(self, shape: Shape, data: bytes, p: int, rows: int) -> None:
        self._data, self._offset, self._stride, self.rows = data, p, shape.stride, rows
        self._columns: dict[int, Sequence[Any]] = {}
        if shape.parts:
            if shape.unpack is None:
                shape.unpack = Struct(_layout(shape)).iter_unpack
            fields = zip(*shape.unpack(memoryview(data)[p : p + rows * shape.stride]), strict=True)
            self._columns = dict(zip((offset for offset, _, _ in shape.parts), fields, strict=True))

    def bytes_at(self, offset: int) -> bytes:
        """The byte so far into the row, of each."""
        start = self._offset
        return self._data[start + offset : start + self.rows * self._stride : self._stride]

    def numbers(self, item: str, offset: int) -> list[float]:
        """The double or float so far into the row, of each."""
        del item
        return list(self._columns[offset])

    def joined(self, offset: int, size: int) -> bytes:
        """So many bytes from `offset` on, of all rows after each other."""
        del size
        return b"".join(self._columns[offset])

    def arrays(self, item: str, offset: int, count: int) -> list[Any]:
        """A list of `count` doubles or floats per row."""
        size = count * NUMBER_SIZES[item]
        result: list[Any] = []
        first = self._offset + offset
        for start in range(first, first + self.rows * self._stride, self._stride):
            numbers: array[float] = array(item[0])
            numbers.frombytes(self._data[start : start + size])
            if byteorder == "big":
                numbers.byteswap()
            result.append(numbers.tolist())
        return result


def _layout(shape: Shape) -> str:
    layout, end = "<", 0
    for offset, kind, size in shape.parts:
        code = f"{size}s" if kind == "bytes" else kind[0]
        layout += f"{offset - end}x{code}"
        end = offset + size
    return f"{layout}{shape.stride - end}x"


def unpack_rows(shape: Shape, data: bytes, p: int, rows: int) -> Table:
    """Unpack with the standard library; arrays of numbers become lists."""
    return _StructTable(shape, data, p, rows)
