"""Unpack rows of one shape with numpy: columns come out whole, arrays of numbers as rows of one array.

Imported only by generated code that was asked for arrays of numpy.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from avroforge.wire.number_array import dtype_of, read_only

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from avroforge.wire.stride_shape import Shape, Table

_MANY: Final = 128
"""From so many rows on, a look for numbers that are all the same, as imaginary parts are, costs nothing."""
_BYTE: Final = np.dtype(np.uint8)
_ITEMS: Final[dict[str, np.dtype[Any]]] = {"double": np.dtype("<f8"), "float": np.dtype("<f4")}


@lru_cache(maxsize=256)
def _opaque(size: int) -> np.dtype[Any]:
    return np.dtype((np.void, size))


class _NumpyTable:
    """Rows as strided arrays over the message."""

    __slots__ = ("_data", "_offset", "_stride", "rows")

    def __init__(self, shape: Shape, data: bytes, p: int, rows: int) -> None:
        self._data, self._offset, self._stride, self.rows = data, p, shape.stride, rows

    def _column(self, dtype: np.dtype[Any], offset: int) -> NDArray[Any]:
        return np.ndarray((self.rows,), dtype, self._data, self._offset + offset, (self._stride,))

    def bytes_at(self, offset: int) -> bytes:
        """The byte so far into the row, of each."""
        start = self._offset
        return self._data[start + offset : start + self.rows * self._stride : self._stride]

    def numbers(self, item: str, offset: int) -> Iterable[float]:
        """The double or float so far into the row, of each."""
        column = self._column(_ITEMS[item], offset)
        if self.rows >= _MANY and column[0] == column[-1]:
            data = column.tobytes()
            if data == data[: column.itemsize] * self.rows:
                return repeat(column[0].item(), self.rows)
        found: list[float] = column.tolist()
        return found

    def joined(self, offset: int, size: int) -> bytes:
        """So many bytes from `offset` on, of all rows after each other."""
        return self._column(_opaque(size), offset).tobytes()

    def arrays(self, item: str, offset: int, count: int) -> list[Any]:
        """An array per row: rows of one aligned, writable copy of them all."""
        return list(self.matrix(item, offset, count).copy())

    def matrix(self, item: str, offset: int, count: int) -> NDArray[Any]:
        """Arrays of all rows: two dimensions, over the message."""
        dtype = _ITEMS[item]
        if not count:
            return np.empty((self.rows, 0), dtype)
        strides = (self._stride, dtype.itemsize)
        return np.ndarray((self.rows, count), dtype, self._data, self._offset + offset, strides)

    def column(self, kind: str, offset: int) -> NDArray[Any]:
        """The double, float or boolean so far into the row, of each; numbers over the message."""
        if kind != "boolean":
            return self._column(_ITEMS[kind], offset)
        raw = self._column(_BYTE, offset)
        if raw.max() > 1:
            raise IndexError
        return raw.astype(np.bool_)

    def varints(self, kind: str, offset: int, width: int) -> NDArray[Any]:
        """The zig-zag varints of at most four bytes so far into the row, of each; the first byte lowest."""
        dtype = dtype_of(kind)
        raw = (self._column(_BYTE, offset) & 0x7F).astype(dtype)
        for number in range(1, width):
            raw |= (self._column(_BYTE, offset + number) & 0x7F).astype(dtype) << 7 * number
        return (raw >> 1) ^ -(raw & 1)


class _ViewTable(_NumpyTable):
    """As its base, but arrays of numbers stay in the message."""

    __slots__ = ()

    def arrays(self, item: str, offset: int, count: int) -> list[Any]:
        """A read-only array per row, over the message."""
        return list(read_only(self.matrix(item, offset, count)))


def unpack_rows_numpy(shape: Shape, data: bytes, p: int, rows: int) -> Table:
    """Unpack with numpy; arrays of numbers become numpy arrays."""
    return _NumpyTable(shape, data, p, rows)


def unpack_rows_view(shape: Shape, data: bytes, p: int, rows: int) -> Table:
    """Unpack with numpy; arrays of numbers become read-only views over the message."""
    return _ViewTable(shape, data, p, rows)
