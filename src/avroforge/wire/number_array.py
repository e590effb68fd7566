"""Arrays of double, float, long and int as numpy arrays: the memory of a contiguous array is the Avro body.

Imported only by generated code that was asked for arrays of numpy. Decoded arrays are one-dimensional,
aligned and writable; views are read-only, over the bytes of the message, which they keep alive. Whatever a
sequence of numbers may be is accepted on encode when it converts exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from avroforge.wire.double_list import double_list_pieces, write_double_list, write_float_list
from avroforge.wire.integer_list import read_some, write_int_list, write_long_list
from avroforge.wire.scalar import as_double, as_float, as_list, is_masked
from avroforge.wire.varint import (
    LENGTH,
    MAX_VARINT_BYTES,
    TABLE_SIZE,
    ZIGZAG,
    as_int,
    read_block,
    write_length,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[Any] | Sequence[float]
    Integers = NDArray[Any] | Sequence[int]
    from _typeshed import ReadableBuffer

    Piece = ReadableBuffer | NDArray[Any]

_END: Final = b"\x00"
F8: Final = np.dtype("<f8")
_F4: Final = np.dtype("<f4")
_I8: Final = np.dtype("<i8")
_I4: Final = np.dtype("<i4")
_OF_KIND: Final[dict[str, np.dtype[Any]]] = {"double": F8, "float": _F4, "long": _I8, "int": _I4}
_WINDOW: Final = 1 << 16
"""How many integers are read at a time: the places of their bytes take more memory than they do."""
_FEWEST: Final = 128
"""Fewer integers are read one by one: to make a dozen arrays costs more."""
_LAST: Final = 128
"""A byte below this is the last of its varint."""
_LOW_BITS: Final = np.uint8(0x7F)
_RAW_BITS: Final = 64
_ONE: Final = np.uint64(1)
_ndarray: Final = np.ndarray
frombuffer: Final = np.frombuffer


def _one_dimensional(values: NDArray[Any], kinds: str, expected: str) -> NDArray[Any]:
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"expected {expected}, got a masked array")
    if values.ndim != 1:
        raise TypeError(f"expected {expected} of one dimension, got {values.ndim}")
    if values.dtype.kind not in kinds:
        raise TypeError(f"expected {expected}, got an array of {values.dtype}")
    return values


def _exact(values: NDArray[Any], target: np.dtype[Any]) -> NDArray[Any]:
    """`values` as contiguous `target`, or ValueError where an integer or a long double changes."""
    converted = np.ascontiguousarray(values, dtype=target)
    if values.dtype.kind in "iu" and values.dtype.itemsize > 4:  # noqa: PLR2004 - 32 bits always fit a double
        whole = values.astype(object)
        if any(int(a) != b for a, b in zip(converted.tolist(), whole.tolist(), strict=True)):
            raise ValueError("expected integers that a double holds exactly")
    elif values.dtype.itemsize > target.itemsize and not np.array_equal(
        converted.astype(values.dtype), values, equal_nan=True
    ):
        raise ValueError("expected numbers that a double holds exactly")
    return converted


def write_double_array(values: Numbers) -> tuple[Piece, ...]:
    """Encode an array of double: block count, the array's own memory, end of blocks.

    Args:
        values: one dimension; float64 contiguous without a copy, other real dtypes and sequences converted.

    Raises:
        TypeError: complex, boolean, object, masked or more than one dimension.
        ValueError: an integer that a double cannot hold exactly.
    """
    if type(values) is _ndarray:
        if values.dtype is not F8 or values.ndim != 1 or not values.flags.c_contiguous:
            values = _exact(_one_dimensional(values, "fiu", "an array of double"), F8)
        count = len(values)
        if not count:
            return (_END,)
        return (ZIGZAG[count] if count < TABLE_SIZE else write_length(count), values, _END)
    if isinstance(values, _ndarray):
        plain = _one_dimensional(values, "fiu", "an array of double")
        return write_double_array(np.asarray(plain))
    return write_double_list(values)


def double_pieces(values: Numbers) -> tuple[bytes, Any]:
    """The block count and the items of an array of double, without the end of blocks; both empty for none.

    Raises:
        TypeError, ValueError: as `write_double_array`.
    """
    if values.__class__ is list:
        return double_list_pieces(values)
    head, *rest = write_double_array(values)
    return (bytes(head), rest[0]) if rest else (b"", b"")


def write_float_array(values: Numbers) -> tuple[Piece, ...]:
    """Encode an array of 32-bit float; doubles are rounded to the nearest float, overflow is refused."""
    if not isinstance(values, _ndarray):
        return write_float_list(values)
    plain = _rounded(values)
    count = len(plain)
    return (write_length(count), plain, _END) if count else (_END,)


def _rounded(values: NDArray[Any]) -> NDArray[Any]:
    plain = np.asarray(_one_dimensional(values, "fiu", "an array of float"))
    if plain.dtype != _F4:
        wide = _exact(plain, F8)
        with np.errstate(over="ignore"):
            plain = wide.astype(_F4)
        if np.any(np.isinf(plain) & np.isfinite(wide)):
            raise OverflowError("expected floats of 32 bits")
    return np.ascontiguousarray(plain, dtype=_F4)


def _integers(values: Integers) -> Sequence[int]:
    if isinstance(values, _ndarray):
        plain: list[int] = _one_dimensional(values, "iu", "an array of integers").tolist()
        return plain
    return values


def write_long_array(values: Integers) -> tuple[Piece, ...]:
    """Encode an array of long."""
    return write_long_list(_integers(values))


def write_int_array(values: Integers) -> tuple[Piece, ...]:
    """Encode an array of int."""
    return write_int_list(_integers(values))


def _read_floating(data: bytes, p: int, dtype: np.dtype[Any], width: int) -> tuple[NDArray[Any], int]:
    parts: list[NDArray[Any]] = []
    while True:
        count = LENGTH[data[p]]
        p += 1
        end = -1
        if count < 0:
            count, p, end = read_block(data, p - 1)
        if count == 0:
            break
        stop = p + width * count
        if end >= 0 and end != stop:
            raise ValueError("expected as many items as the block announces")
        # frombuffer refuses to read past the data
        parts.append(frombuffer(data, dtype, count, p))
        p = stop
        if data[p] == 0 and len(parts) == 1:
            return parts[0].copy(), p + 1
    if not parts:
        return np.empty(0, dtype), p
    return np.concatenate(parts), p


def read_double_array(data: bytes, p: int) -> tuple[NDArray[np.float64], int]:
    """Decode an array of double at `p`: float64 of one dimension, and the offset behind it."""
    count = LENGTH[data[p]]
    start = p + 1
    if count < 0 and data[start] < 128 and not data[p] & 1:  # noqa: PLR2004 - a count of two bytes, not negative
        count = (data[p] & 0x7F | data[start] << 7) >> 1
        start += 1
    if count > 0:
        stop = start + 8 * count
        if not data[stop]:  # one block, as nearly every writer makes
            return frombuffer(data, F8, count, start).copy(), stop + 1
    return _read_floating(data, p, F8, 8)


def read_only(values: NDArray[Any]) -> NDArray[Any]:
    """An array of our own that nobody can change any more."""
    values.flags.writeable = False
    return values


def read_double_view(data: bytes, p: int) -> tuple[NDArray[np.float64], int]:
    """Decode an array of double at `p` without a copy: read-only, over the message, aligned or not."""
    return _read_view(data, p, F8, 8)


def read_float_view(data: bytes, p: int) -> tuple[NDArray[np.float32], int]:
    """Decode an array of float at `p` without a copy: read-only, over the message, aligned or not."""
    return _read_view(data, p, _F4, 4)


def _read_view(data: bytes, p: int, dtype: np.dtype[Any], width: int) -> tuple[NDArray[Any], int]:
    count, start = LENGTH[data[p]], p + 1
    if count < 0:
        count, start, end = read_block(data, p)
        if end >= 0:
            count = 0  # what announces its size is read the long way
    if count:
        stop = start + width * count
        if not data[stop]:  # one block, as nearly every writer makes
            return frombuffer(data, dtype, count, start), stop + 1
    values, p = _read_floating(data, p, dtype, width)
    return read_only(values), p


def read_float_array(data: bytes, p: int) -> tuple[NDArray[np.float32], int]:
    """Decode an array of float at `p`: float32 of one dimension, and the offset behind it."""
    return _read_floating(data, p, _F4, 4)


def _read_integers(data: bytes, p: int, bits: int, dtype: np.dtype[Any]) -> tuple[NDArray[Any], int]:
    parts: list[NDArray[Any]] = []
    while True:
        count, p, end = read_block(data, p)
        if count == 0:
            return (np.concatenate(parts) if parts else np.empty(0, dtype)), p
        if count > len(data) - p:
            raise ValueError("expected as many items as the block announces")
        if count < _FEWEST:
            few, p = read_some(data, p, count, bits)
            parts.append(np.array(few, dtype))
            count = 0
        while count:
            window = min(count, _WINDOW)
            raw, p = _read_varints(data, p, window)
            if bits < _RAW_BITS and int(raw.max()) >> bits:
                raise ValueError(f"expected varints that fit {bits} bits")
            parts.append(((raw >> _ONE) ^ -(raw & _ONE)).astype(dtype))
            count -= window
        if end >= 0 and end != p:
            raise ValueError("expected a block of the announced size")


def _read_varints(data: bytes, p: int, count: int) -> tuple[NDArray[np.uint64], int]:
    """The raw values of so many varints, all at once: byte by byte of each."""
    some = frombuffer(data, np.uint8, min(MAX_VARINT_BYTES * count, len(data) - p), p)
    ends = np.flatnonzero(some < _LAST)[:count]
    if len(ends) < count:
        raise ValueError("expected a varint")
    starts = np.empty_like(ends)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    widths = ends - starts
    raw = (some[starts] & _LOW_BITS).astype(np.uint64)
    for byte in range(1, int(widths.max()) + 1):
        if byte == MAX_VARINT_BYTES:
            raise ValueError(f"expected a varint of at most {MAX_VARINT_BYTES} bytes")
        longer = np.flatnonzero(widths >= byte)
        next_bytes = some[starts[longer] + byte] & _LOW_BITS
        if byte == MAX_VARINT_BYTES - 1 and int(next_bytes.max()) > 1:
            raise ValueError("expected a varint that fits 64 bits")
        raw[longer] |= next_bytes.astype(np.uint64) << np.uint64(7 * byte)
    return raw, p + int(ends[-1]) + 1


def read_long_array(data: bytes, p: int) -> tuple[NDArray[np.int64], int]:
    """Decode an array of long at `p`: int64 of one dimension, and the offset behind it."""
    return _read_integers(data, p, _RAW_BITS, _I8)


def read_int_array(data: bytes, p: int) -> tuple[NDArray[np.int32], int]:
    """Decode an array of int at `p`: int32 of one dimension, and the offset behind it."""
    return _read_integers(data, p, 32, _I4)


def number_column(kind: str, values: Numbers) -> NDArray[Any]:
    """Numbers of an Avro `kind` as one contiguous array; an array that is one already is not copied.

    Raises:
        TypeError, ValueError, OverflowError: numbers that the kind does not hold exactly (a float: that it
            cannot round).
    """
    dtype = _OF_KIND[kind]
    if isinstance(values, _ndarray):
        if values.dtype == dtype and values.ndim == 1 and values.flags.c_contiguous and not is_masked(values):
            return np.asarray(values)
        if kind == "double":
            return _exact(np.asarray(_one_dimensional(values, "fiu", "an array of double")), F8)
        if kind == "float":
            return _rounded(values)
        whole = np.asarray(_one_dimensional(values, "iu", "an array of integers"))
        with np.errstate(all="ignore"):
            result = np.ascontiguousarray(whole, dtype)
        if not np.array_equal(result, whole):
            raise OverflowError(f"expected integers that a {kind} holds")
        return result
    items = values if values.__class__ is list else as_list(values)
    if dtype.kind == "i":
        return np.array([n if n.__class__ is int else as_int(n, kind) for n in items], dtype)
    if kind == "float":
        return np.array([as_float(n) for n in items], F8).astype(_F4)
    return np.array([n if n.__class__ is float else as_double(n) for n in items], F8)


def dtype_of(kind: str) -> np.dtype[Any]:
    """How numpy holds numbers of an Avro `kind`."""
    return _OF_KIND[kind]


def array_of(kind: str, values: Sequence[Any]) -> NDArray[Any]:
    """A numpy array as decoding gives it, from Python numbers of an Avro `kind`."""
    return np.array(values, dtype=_OF_KIND[kind])
