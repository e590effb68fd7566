"""Write columns as the records of an Avro array, without making records.

The sizes of all values are known before anything is written. Rows between which no size changes are put
together by numpy, one strided copy per column. Where sizes change all the time the caller goes row by row.
Imported only by generated code that was asked for ``arrays = "columns"``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from avroforge.wire.array_column import ArrayColumn, array_column
from avroforge.wire.number_array import number_column, write_int_array, write_long_array
from avroforge.wire.scalar import as_boolean, as_bytes, as_fixed
from avroforge.wire.varint import write_length

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Leaf: TypeAlias = tuple[Any, ...]
"""``(kind,)``, ``("fixed", size)``, ``("enum", member -> bytes)``, ``("array", kind)``,
``("optional", bytes of the null branch, bytes of the other, leaf)`` or
``("logical", function, its arguments behind the value, leaf)``."""
Part: TypeAlias = "bytes | NDArray[Any]"
"""Bytes that every row has, or an array with the bytes of each row."""
FEWEST: Final = 28
"""Fewer rows for each leaf are written one by one: to lay a column out has a price of its own."""
_FEW: Final = 8
_ROWS_PER_STRETCH: Final = 24
"""Shorter stretches of one size are not worth a call of numpy."""
_VARINT_WIDTHS: Final = np.array([1 << 7 * each for each in range(1, 10)], np.uint64)


class _Laid:
    """A column, ready to be written."""

    def sizes(self) -> NDArray[Any] | None:
        """Per row, equal where rows may be put together; None where all may. Comes before `parts`."""
        return None

    def parts(self, start: int, stop: int) -> list[Part]:
        """The bytes of some rows of one size."""
        raise NotImplementedError


class _Fixed(_Laid):
    """Values of one width, the memory of an array."""

    def __init__(self, values: NDArray[Any]) -> None:
        self._values = values

    def parts(self, start: int, stop: int) -> list[Part]:
        return [self._values[start:stop]]


class _Varints(_Laid):
    """Zig-zag varints."""

    def __init__(self, values: NDArray[Any]) -> None:
        self._values = values
        self._raw = self._widths = values

    def sizes(self) -> NDArray[Any]:
        wide = self._values.astype(np.int64)
        self._raw = ((wide << 1) ^ (wide >> 63)).view(np.uint64)
        self._widths = np.searchsorted(_VARINT_WIDTHS, self._raw, "right") + 1
        return self._widths

    def parts(self, start: int, stop: int) -> list[Part]:
        width = int(self._widths[start])
        raw = self._raw[start:stop]
        if width == 1:
            return [raw.astype(np.uint8)]
        result = np.empty((stop - start, width), np.uint8)
        for number in range(width):
            result[:, number] = (raw >> np.uint64(7 * number)).astype(np.uint8) | 0x80
        result[:, -1] &= 0x7F
        return [result.view(f"V{width}").reshape(-1)]


class _Blobs(_Laid):
    """Bytes, behind their length or without it."""

    def __init__(self, values: Sequence[bytes], *, prefixed: bool) -> None:
        self._values = values
        self._prefixed = prefixed

    def sizes(self) -> NDArray[Any]:
        return np.array(list(map(len, self._values)), np.int64)

    def parts(self, start: int, stop: int) -> list[Part]:
        size = len(self._values[start])
        head: list[Part] = [write_length(size)] if self._prefixed else []
        return [*head, _void(self._joined(start, stop), size)] if size else head

    def _joined(self, start: int, stop: int) -> bytes:
        return b"".join(self._values[start:stop])


class _Ascii(_Blobs):
    """Texts of ASCII, behind their length: bytes only at the very end."""

    _values: Sequence[Any]

    def __init__(self, values: Sequence[Any]) -> None:
        super().__init__(values, prefixed=True)

    def _joined(self, start: int, stop: int) -> bytes:
        return "".join(self._values[start:stop]).encode("ascii")


class _Arrays(_Laid):
    """Arrays of double or float: a count, the memory of the numbers, the end of blocks."""

    def __init__(self, column: ArrayColumn[Any]) -> None:
        self._values, self._ends = column.values, column.offsets

    def sizes(self) -> NDArray[Any]:
        return np.diff(self._ends)

    def parts(self, start: int, stop: int) -> list[Part]:
        count = int(self._ends[start + 1] - self._ends[start])
        if not count:
            return [b"\x00"]
        numbers = self._values[self._ends[start] : self._ends[stop]]
        return [write_length(count), numbers.view(f"V{count * numbers.dtype.itemsize}"), b"\x00"]


class _Optional(_Laid):
    """Null, or a value of the other branch."""

    def __init__(self, null: bytes, other: bytes, leaf: Leaf, values: Sequence[Any]) -> None:
        self._null, self._other = null, other
        self._there = [value is not None for value in values]
        self._inner = _laid(leaf, [value for value in values if value is not None])

    def sizes(self) -> NDArray[Any]:
        there = np.array(self._there, np.bool_)
        inner = self._inner.sizes()
        result = np.full(len(there), -1)
        result[there] = 0 if inner is None else inner
        self._before = np.concatenate(([0], np.cumsum(there)))
        return result

    def parts(self, start: int, stop: int) -> list[Part]:
        first, last = int(self._before[start]), int(self._before[stop])
        return [self._other, *self._inner.parts(first, last)] if last > first else [self._null]


def _void(data: bytes, size: int) -> NDArray[Any]:
    return np.frombuffer(data, f"V{size}")


def _laid(leaf: Leaf, values: Any) -> _Laid:  # noqa: ANN401 - a column as its leaf says
    kind = leaf[0]
    match kind:
        case "double" | "float":
            return _Fixed(number_column(kind, values))
        case "int" | "long":
            return _Varints(number_column(kind, values))
        case "boolean":
            return _Fixed(_booleans(values))
        case "string":
            texts = "".join(values).isascii()  # refuses what is no text
            return _Ascii(values) if texts else _Blobs([str.encode(each) for each in values], prefixed=True)
        case "bytes":
            return _Blobs([as_bytes(each) for each in values], prefixed=True)
        case "fixed":
            return _Blobs([as_fixed(each, leaf[1]) for each in values], prefixed=False)
        case "enum":
            return _Blobs(_members(leaf[1], values), prefixed=False)
        case "optional":
            return _Optional(leaf[1], leaf[2], leaf[3], values)
        case "logical":
            function, arguments = leaf[1], leaf[2]
            return _laid(leaf[3], [function(each, *arguments) for each in values])
        case _:
            return _laid_arrays(leaf[1], values)


def _laid_arrays(kind: str, values: Any) -> _Laid:  # noqa: ANN401 - arrays
    column = array_column(kind, values)
    if kind in {"double", "float"}:
        return _Arrays(column)
    write = write_int_array if kind == "int" else write_long_array
    pieces = [b"".join(bytes(each) for each in write(row)) for row in column]
    return _Blobs(pieces, prefixed=False)


def _members(table: Mapping[Any, bytes], values: Any) -> list[bytes]:  # noqa: ANN401 - a sequence
    kind = type(next(iter(table)))
    if any(each.__class__ is not kind for each in values):  # a text may equal a member that is one too
        raise TypeError(f"expected members of {kind.__name__}")
    return [table[each] for each in values]


def _booleans(values: Any) -> NDArray[Any]:  # noqa: ANN401 - an array or a sequence
    if type(values) is np.ndarray and values.dtype == np.bool_ and values.ndim == 1:
        return np.not_equal(values, 0).view(np.uint8)
    return np.array([as_boolean(each) for each in values], np.uint8)


def write_leaves(leaves: Sequence[Leaf], columns: Sequence[Any], rows: int) -> tuple[Part, ...] | None:
    """The array of all rows: block count, rows, end of blocks; None where row by row would be faster.

    Args:
        leaves: the leaves of the record type, in order of their bytes.
        columns: a column for each: an array of numpy, an `ArrayColumn` or a sequence of values.
        rows: how many values each column has.

    Raises:
        TypeError, ValueError, KeyError, OverflowError, AttributeError: a value that does not fit, or columns
            that differ in length; the caller's walk names its place.
    """
    if any(len(column) != rows for column in columns):
        raise ValueError(f"expected columns of {rows} values")
    if rows < FEWEST * len(leaves):
        return None if rows else (b"\x00",)
    laid = [_laid(leaf, column) for leaf, column in zip(leaves, columns, strict=True)]
    ends = _stretches(laid, rows)
    if len(ends) > _FEW + rows // _ROWS_PER_STRETCH:
        return None
    body = [
        _assembled([part for each in laid for part in each.parts(start, stop)], stop - start)
        for start, stop in zip([0, *ends], [*ends, rows], strict=True)
    ]
    return (write_length(rows), *body, b"\x00")


def _stretches(laid: list[_Laid], rows: int) -> list[int]:
    """The rows from which on a size differs from the row before."""
    changes = np.zeros(rows, np.bool_)
    for each in laid:
        sizes = each.sizes()
        if sizes is not None:
            changes[1:] |= sizes[1:] != sizes[:-1]
    found: list[int] = np.flatnonzero(changes).tolist()
    return found


def _assembled(parts: list[Part], rows: int) -> Part:
    """Rows of one size, from the parts of each."""
    key = tuple(f"V{len(part)}" if isinstance(part, bytes) else part.dtype.str for part in parts)
    result: NDArray[Any] = np.empty(rows, _layout(key))
    for number, part in enumerate(parts):
        result[str(number)] = np.void(part) if isinstance(part, bytes) else part
    return result


@lru_cache(maxsize=256)
def _layout(key: tuple[str, ...]) -> np.dtype[Any]:
    return np.dtype([(str(number), code) for number, code in enumerate(key)])
