"""A column whose values are arrays of numbers: all numbers in one array, and where each row's begin.

Imported only by generated code that was asked for ``arrays = "columns"``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, repeat
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

import numpy as np

from avroforge.wire.number_array import dtype_of, number_column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

A = TypeVar("A", bound="NDArray[Any]")


class ArrayColumn(Sequence[A]):
    """One array of numbers per row; rows may differ in length.

    `column[i]` is an array over `values`, without a copy.

    Args:
        values: the numbers of all rows, one dimension.
        offsets: where each row begins in `values`, and where the last one ends: rows + 1 integers that never
            get smaller.

    Raises:
        ValueError: offsets that do not lie in `values`.
    """

    __slots__ = ("_offsets", "_values")

    def __init__(self, values: A, offsets: NDArray[np.int64]) -> None:
        where = np.asarray(offsets, np.int64)
        if not len(where) or where[0] < 0 or where[-1] > len(values) or np.any(np.diff(where) < 0):
            raise ValueError(f"expected offsets that grow from 0 to {len(values)}")
        self._values = values
        self._offsets = where

    @property
    def values(self) -> A:
        """The numbers of all rows, one after the other: one dimension, no copy."""
        return cast("A", self._values[self._offsets[0] : self._offsets[-1]])

    @property
    def offsets(self) -> NDArray[np.int64]:
        """Where each row begins in `values`, and where the last one ends: rows + 1 integers."""
        first = self._offsets[0]
        return self._offsets - first if first else self._offsets

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many numbers each row has."""
        return np.diff(self._offsets)

    @property
    def matrix(self) -> A:
        """All rows as one array of two dimensions (rows, numbers of a row), without a copy.

        Raises:
            ValueError: the rows differ in length.
        """
        lengths = self.lengths
        if not len(lengths):
            return cast("A", self.values.reshape(0, 0))
        if np.any(lengths != lengths[0]):
            raise ValueError(f"expected rows of one length, got {lengths.min()} to {lengths.max()} numbers")
        return cast("A", self.values.reshape(len(lengths), lengths[0]))

    @overload
    def __getitem__(self, index: int) -> A: ...
    @overload
    def __getitem__(self, index: slice) -> ArrayColumn[A]: ...
    def __getitem__(self, index: int | slice) -> A | ArrayColumn[A]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                return _made(self._values, self._offsets[start : max(start, stop) + 1])
            rows = [self[row] for row in range(start, stop, step)]
            return cast("ArrayColumn[A]", of_arrays(rows, self._values.dtype))
        row = range(len(self))[index]
        return cast("A", self._values[self._offsets[row] : self._offsets[row + 1]])

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __iter__(self) -> Iterator[A]:
        values, ends = self._values, self._offsets.tolist()
        return (cast("A", values[ends[row] : ends[row + 1]]) for row in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ArrayColumn):
            return NotImplemented
        same = np.array_equal(self.lengths, other.lengths)
        return bool(
            same and np.array_equal(self.values, other.values, equal_nan=self.values.dtype.kind == "f")
        )

    __hash__ = None  # type: ignore[assignment]  # arrays are mutable, so not hashable

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: ANN401 - numpy's protocol
        return np.array(self.matrix, dtype, copy=bool(copy) or dtype not in (None, self.values.dtype))

    def __repr__(self) -> str:
        return f"<ArrayColumn of {len(self)} rows, {len(self.values)} numbers of {self._values.dtype}>"


def _made(values: A, offsets: NDArray[np.int64]) -> ArrayColumn[A]:
    """A column of what is known to be right."""
    result: ArrayColumn[A] = object.__new__(ArrayColumn)
    result._values, result._offsets = values, offsets  # noqa: SLF001 - the class's own room
    return result


def of_matrix(matrix: NDArray[Any]) -> ArrayColumn[NDArray[Any]]:
    """The column whose rows are those of a contiguous array of two dimensions, without a copy."""
    rows, count = matrix.shape
    return _made(matrix.reshape(-1), np.arange(rows + 1, dtype=np.int64) * count)


def of_arrays(arrays: list[Any], dtype: np.dtype[Any]) -> ArrayColumn[NDArray[Any]]:
    """The column of some arrays of one dimension and one dtype."""
    offsets = np.array([0, *accumulate(map(len, arrays))], np.int64)
    return _made(np.concatenate(arrays) if arrays else np.empty(0, dtype), offsets)


def of_parts(parts: list[Any], dtype: np.dtype[Any]) -> ArrayColumn[NDArray[Any]]:
    """The column of lists of arrays and of arrays of two dimensions, one after the other; a copy of all."""
    counts = [
        count
        for part in parts
        for count in (map(len, part) if isinstance(part, list) else repeat(part.shape[1], len(part)))
    ]
    offsets = np.array([0, *accumulate(counts)], np.int64)
    values = np.empty(offsets[-1], dtype)
    start = row = 0
    for part in parts:
        row += len(part)
        target, start = values[start : offsets[row]], int(offsets[row])
        if isinstance(part, list):
            np.concatenate(part, out=target)
        else:
            target.reshape(part.shape)[...] = part
    return _made(values, offsets)


def array_column(kind: str, values: object) -> ArrayColumn[Any]:
    """A column of arrays of an Avro `kind`, from another, from an array of two dimensions, or from arrays.

    Raises:
        TypeError, ValueError: numbers that the kind does not hold exactly (a float: that it cannot round).
    """
    dtype = dtype_of(kind)
    if isinstance(values, ArrayColumn):
        before = values.values
        numbers = number_column(kind, before)
        return values if numbers is before else _made(numbers, values.offsets)
    if type(values) is np.ndarray and values.ndim == 2:  # noqa: PLR2004 - rows and numbers
        return of_matrix(number_column(kind, values.reshape(-1)).reshape(values.shape))
    if not isinstance(values, Sequence) or isinstance(values, str | bytes):
        raise TypeError(f"expected arrays of {kind}")
    return of_arrays([number_column(kind, each) for each in values], dtype)
