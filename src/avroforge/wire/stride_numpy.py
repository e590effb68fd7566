"""Unpack rows of one shape with numpy: columns come out whole, arrays of numbers as rows of one array.

Imported only by generated code that was asked for ``arrays = "numpy"``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from avroforge.wire.stride_shape import split_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from avroforge.wire.stride_shape import Shape, Table

_LINE_FEED: Final = 0x0A
_CODES: Final = {"d": "<f8", "f": "<f4", "B": "u1"}
_BYTES: Final = str.maketrans("scx", "VSV")
_ITEMS: Final[dict[str, np.dtype[Any]]] = {"double": np.dtype("<f8"), "float": np.dtype("<f4")}


class _NumpyTable:
    """Rows as one structured array over the message."""

    __slots__ = ("_array", "_data", "_offset", "_stride", "rows")

    def __init__(self, shape: Shape, data: bytes, p: int, rows: int) -> None:
        if shape.engine is None:
            shape.engine = np.dtype(
                [
                    (str(number), _CODES.get(code, f"{code.translate(_BYTES)}{size}"))
                    for number, (code, size) in enumerate(shape.codes)
                ]
            )
        whole: NDArray[Any] = np.frombuffer(data, shape.engine, rows, p)
        differs = np.zeros(rows, np.bool_)
        for index, value in shape.fixed:
            differs |= whole[str(index)] != value
        for index, mask, value in shape.masked:
            differs |= (whole[str(index)] & mask) != value
        self.rows = int(differs.argmax()) if differs.any() else rows
        self._array = whole if self.rows == rows else whole[: self.rows]
        self._data, self._offset, self._stride = data, p, shape.stride

    def values(self, field: int) -> Sequence[Any]:
        """The values of a field, one per row."""
        found: list[Any] = self._array[str(field)].tolist()
        return found

    def joined(self, field: int) -> bytes:
        """The bytes of a field of bytes, all rows after each other."""
        return self._array[str(field)].tobytes()

    def texts(self, field: int) -> list[str]:
        """The UTF-8 texts of a field of bytes, all of one byte length."""
        column = self._array[str(field)]
        size = column.dtype.itemsize
        lines = np.empty((self.rows, size + 1), np.uint8)
        lines[:, size] = _LINE_FEED
        lines[:, :size] = np.frombuffer(column.tobytes(), np.uint8).reshape(self.rows, size)
        texts = split_texts(lines.tobytes(), self.rows)
        if texts is not None:
            return texts
        joined = column.tobytes()
        return [joined[start : start + size].decode() for start in range(0, len(joined), size)]

    def numbers(self, item: str, offset: int, count: int) -> list[Any]:
        """One array per row: rows of one aligned, writable copy of them all."""
        dtype = _ITEMS[item]
        if not count:
            return [np.empty(0, dtype) for _ in range(self.rows)]
        strides = (self._stride, dtype.itemsize)
        view: NDArray[Any] = np.ndarray((self.rows, count), dtype, self._data, self._offset + offset, strides)
        return list(view.copy())


def unpack_rows_numpy(shape: Shape, data: bytes, p: int, rows: int) -> Table:
    """Unpack with numpy; arrays of numbers become numpy arrays."""
    return _NumpyTable(shape, data, p, rows)
