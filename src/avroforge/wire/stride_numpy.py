"""Unpack rows of one shape with numpy: columns come out whole, arrays of numbers as rows of one array.

Imported only by generated code that was asked for ``arrays = "numpy"``.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from avroforge.wire.stride_shape import Shape, Table

_MANY: Final = 128
"""From so many rows on, a look for numbers that are all the same, as imaginary parts are, costs nothing."""
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
        dtype = _ITEMS[item]
        if not count:
            return [np.empty(0, dtype) for _ in range(self.rows)]
        strides = (self._stride, dtype.itemsize)
        view: NDArray[Any] = np.ndarray((self.rows, count), dtype, self._data, self._offset + offset, strides)
        return list(view.copy())


def unpack_rows_numpy(shape: Shape, data: bytes, p: int, rows: int) -> Table:
    """Unpack with numpy; arrays of numbers become numpy arrays."""
    return _NumpyTable(shape, data, p, rows)
