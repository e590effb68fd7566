"""What generated code imports beside `avroforge.runtime` when it was asked for numpy arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from numpy import bool_, float32, float64, frombuffer, int32, int64, ndarray
from numpy.typing import NDArray

from avroforge.record_columns import (
    RecordColumns,
    columns_of,
    leaf_values,
    take_columns,
    write_record_columns,
)
from avroforge.wire.array_column import ArrayColumn
from avroforge.wire.column_read import ColumnReader, ColumnsPlan
from avroforge.wire.number_array import (
    F8,
    array_of,
    double_pieces,
    read_double_array,
    read_double_view,
    read_float_array,
    read_float_view,
    read_int_array,
    read_long_array,
    write_double_array,
    write_float_array,
    write_int_array,
    write_long_array,
)
from avroforge.wire.stride_numpy import unpack_rows_numpy, unpack_rows_view
from avroforge.wire.stride_write_numpy import assemble_rows_numpy

DoubleArray: TypeAlias = NDArray[float64]
FloatArray: TypeAlias = NDArray[float32]
LongArray: TypeAlias = NDArray[int64]
IntArray: TypeAlias = NDArray[int32]
BooleanArray: TypeAlias = NDArray[bool_]
Numbers: TypeAlias = NDArray[Any] | Sequence[float]
"""What a column of numbers is made from."""
Booleans: TypeAlias = NDArray[bool_] | Sequence[bool]
"""What a column of booleans is made from."""
Arrays: TypeAlias = ArrayColumn[Any] | NDArray[Any] | Sequence[Numbers]
"""What a column of arrays is made from: another, an array of two dimensions, or an array per row."""

__all__ = [
    "F8",
    "ArrayColumn",
    "Arrays",
    "BooleanArray",
    "Booleans",
    "ColumnReader",
    "ColumnsPlan",
    "DoubleArray",
    "FloatArray",
    "IntArray",
    "LongArray",
    "Numbers",
    "RecordColumns",
    "Sequence",
    "array_of",
    "assemble_rows_numpy",
    "columns_of",
    "double_pieces",
    "frombuffer",
    "leaf_values",
    "ndarray",
    "read_double_array",
    "read_double_view",
    "read_float_array",
    "read_float_view",
    "read_int_array",
    "read_long_array",
    "take_columns",
    "unpack_rows_numpy",
    "unpack_rows_view",
    "write_double_array",
    "write_float_array",
    "write_int_array",
    "write_long_array",
    "write_record_columns",
]
