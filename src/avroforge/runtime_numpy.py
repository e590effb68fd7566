"""What generated code imports beside `avroforge.runtime` when it was asked for numpy arrays."""

from __future__ import annotations

from typing import TypeAlias

from numpy import float32, float64, frombuffer, int32, int64, ndarray
from numpy.typing import NDArray

from avroforge.wire.number_array import (
    F8,
    array_of,
    double_pieces,
    read_double_array,
    read_float_array,
    read_int_array,
    read_long_array,
    write_double_array,
    write_float_array,
    write_int_array,
    write_long_array,
)
from avroforge.wire.stride_numpy import unpack_rows_numpy
from avroforge.wire.stride_write_numpy import assemble_rows_numpy

DoubleArray: TypeAlias = NDArray[float64]
FloatArray: TypeAlias = NDArray[float32]
LongArray: TypeAlias = NDArray[int64]
IntArray: TypeAlias = NDArray[int32]

__all__ = [
    "F8",
    "DoubleArray",
    "FloatArray",
    "IntArray",
    "LongArray",
    "array_of",
    "assemble_rows_numpy",
    "double_pieces",
    "frombuffer",
    "ndarray",
    "read_double_array",
    "read_float_array",
    "read_int_array",
    "read_long_array",
    "unpack_rows_numpy",
    "write_double_array",
    "write_float_array",
    "write_int_array",
    "write_long_array",
]
