"""Read runs of records of one shape at once: constant-stride speculation.

The records of an array often have the same size in fact, although their type does not promise it: labels of
one length, arrays of one count, optional fields that are all there. Where the first two records have one
shape, the run that follows is unpacked whole, and every byte that the shape fixes (lengths, counts, union
indexes, continuation bits) is compared. Rows up to the first difference are what reading one by one would
give, because each row starts where the row before it ended. After two short runs the rest is read one by one.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from struct import Struct
from sys import byteorder
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from avroforge.wire.stride_shape import Leaf, Shape, Table, UnusualError, build, measure, split_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Unpack: TypeAlias = "Callable[[Shape, bytes, int, int], Table]"
"""(shape, data, offset, rows) -> the rows that have the shape, from the first on."""

FEWEST: Final = 32
"""Shorter arrays are read one by one: to unpack a run has a price of its own."""
TRIES: Final = 2
"""How many short runs an array may have before the rest is read one by one."""
_CODES: Final = {"s": "{}s", "c": "{}s", "x": "{}x"}
_FIRST_CHUNK: Final = 64
_LARGEST_CHUNK: Final = 4096
_SHORT_RUN: Final = 6
_MOST_SHAPES: Final = 64


@dataclass(slots=True)
class Plan:
    """The leaves of a record type in order, how to unpack rows, and the shapes met so far."""

    leaves: tuple[Leaf, ...]
    unpack: Unpack
    shapes: dict[tuple[int, ...], Shape] = field(default_factory=dict)


def read_columns(
    data: bytes, p: int, count: int, plan: Plan, tries: int
) -> tuple[list[list[Any]], int, int, int]:
    """Read the run of records of one shape that starts at `p`, at most `count` records.

    Returns:
        One list of values per leaf; how many records they hold (none where the first two differ in shape);
        the offset behind those; how many tries are left, of which a short run costs one.
    """
    result: list[list[Any]] = [[] for _ in plan.leaves]
    left, chunk = count, _FIRST_CHUNK
    try:
        shape = _shape_at(data, p, plan)
        while left:
            rows = min(left, chunk, (len(data) - p) // shape.stride)
            if not rows:
                break
            table = plan.unpack(shape, data, p, rows)
            for values, column in zip(result, shape.columns, strict=True):
                values.extend(column(table))
            p += table.rows * shape.stride
            left -= table.rows
            if table.rows < rows:
                break
            chunk = min(chunk * 8, _LARGEST_CHUNK)
    except (UnusualError, IndexError):
        pass  # the caller reads the next record by itself, and says what is wrong with it
    return result, count - left, p, tries - (count - left < _SHORT_RUN)


def _shape_at(data: bytes, p: int, plan: Plan) -> Shape:
    """The shape that the two records at `p` share."""
    first: list[int] = []
    second: list[int] = []
    end = p
    for leaf in plan.leaves:
        end = measure(leaf, data, end, first)
    stride, start = end - p, end
    for leaf in plan.leaves:
        end = measure(leaf, data, end, second)
    if first != second or end - start != stride or not stride:
        raise UnusualError
    key = tuple(first)
    known = plan.shapes.get(key)
    if known is None:
        if len(plan.shapes) >= _MOST_SHAPES:
            plan.shapes.clear()
        known = plan.shapes[key] = build(plan.leaves, data, p)
    return known


class _StructTable:
    """Rows unpacked by one struct, for records without numpy arrays."""

    __slots__ = ("_columns", "_data", "_offset", "_stride", "rows")

    def __init__(self, shape: Shape, data: bytes, p: int, rows: int) -> None:
        if shape.engine is None:
            layout = "".join(_CODES.get(code, code).format(size) for code, size in shape.codes)
            shape.engine = Struct(f"<{layout}").iter_unpack
        fields = list(zip(*shape.engine(memoryview(data)[p : p + rows * shape.stride]), strict=True))
        shown = [number for number, (code, _) in enumerate(shape.codes) if code != "x"]
        columns: dict[int, Sequence[Any]] = dict(zip(shown, fields, strict=True))
        good = rows
        for index, value in shape.fixed:
            column = columns[index]
            if column.count(value) != rows:
                good = min(good, next(row for row in range(rows) if column[row] != value))
        for index, mask, value in shape.masked:
            column = columns[index]
            good = next((row for row in range(good) if column[row] & mask != value), good)
        self._columns = columns
        self._data, self._offset, self._stride = data, p, shape.stride
        self.rows = good

    def values(self, field: int) -> Sequence[Any]:
        """The values of a field, one per row."""
        column = self._columns[field]
        return column if len(column) == self.rows else column[: self.rows]

    def joined(self, field: int) -> bytes:
        """The bytes of a field of bytes, all rows after each other."""
        return b"".join(self.values(field))

    def texts(self, field: int) -> list[str]:
        """The UTF-8 texts of a field of bytes, all of one byte length."""
        values = self.values(field)
        texts = split_texts(b"\n".join([*values, b""]), self.rows)
        return [value.decode() for value in values] if texts is None else texts

    def numbers(self, item: str, offset: int, count: int) -> list[Any]:
        """One list of numbers per row."""
        code, size = ("d", 8 * count) if item == "double" else ("f", 4 * count)
        start = self._offset + offset
        result: list[Any] = []
        for row in range(self.rows):
            first = start + row * self._stride
            numbers: array[float] = array(code)
            numbers.frombytes(self._data[first : first + size])
            if byteorder == "big":
                numbers.byteswap()
            result.append(numbers.tolist())
        return result


def unpack_rows(shape: Shape, data: bytes, p: int, rows: int) -> Table:
    """Unpack with the standard library; arrays of numbers become lists."""
    return _StructTable(shape, data, p, rows)
