"""Values beside the obvious ones: what a double, float, boolean, bytes or fixed also accepts, exactly.

Generated code tests for the exact Python type inline and comes here with everything else. Each function
returns a value of that type or raises `TypeError`, `ValueError` or `OverflowError`; the caller adds the path.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from struct import Struct
from typing import Any, Final, SupportsFloat, SupportsIndex

_FLOAT: Final = Struct("<f")
FLOAT_MAX: Final = 3.4028235677973366e38
"""The smallest magnitude that rounds to infinity as a 32-bit float (IEEE 754, round half to even)."""


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool) or (type(value).__module__ == "numpy" and _kind(value) == "b")


def _kind(value: object) -> str:
    """The letter by which numpy knows what an array or a scalar holds, else nothing."""
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    return kind if isinstance(kind, str) else ""


def as_double(value: object) -> float:
    """The double that equals `value`; a number that a double cannot hold exactly is refused."""
    if isinstance(value, float):
        return float(value)
    if _is_boolean(value):
        raise TypeError("expected double")
    if isinstance(value, SupportsIndex) and not hasattr(value, "__len__"):
        whole = value.__index__()
        result = float(whole)
        if int(result) != whole:
            raise ValueError("expected an integer that a double holds exactly")
        return result
    if _kind(value) == "f" and isinstance(value, SupportsFloat) and not hasattr(value, "__len__"):
        result = float(value)
        if result == value or result != result:  # noqa: PLR0124 - NaN is the one value that differs from itself
            return result
    raise TypeError("expected double")


def as_float(value: object) -> float:
    """A double whose magnitude a 32-bit float can hold; the nearest float is what gets written."""
    result = as_double(value)
    if abs(result) >= FLOAT_MAX and result not in (float("inf"), float("-inf")):
        raise OverflowError("expected a float of 32 bits")
    return result


def as_boolean(value: object) -> bool:
    """A bool, or a numpy boolean."""
    if _is_boolean(value) and not hasattr(value, "__len__"):
        return bool(value)
    raise TypeError("expected boolean")


def as_bytes(value: object) -> bytes:
    """Bytes, or a copy of what a bytearray or a contiguous memoryview of bytes holds."""
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    if isinstance(value, memoryview) and value.itemsize == 1 and value.ndim == 1:
        return value.tobytes()
    raise TypeError("expected bytes")


def as_fixed(value: object, size: int) -> bytes:
    """Exactly `size` bytes."""
    expected = f"expected fixed of {size} bytes"
    try:
        result = as_bytes(value)
    except TypeError:
        raise TypeError(expected) from None
    if len(result) == size:
        return result
    raise ValueError(expected)


def read_string(data: bytes, start: int, end: int) -> str:
    """The text between two offsets, UTF-8, strict; the end must not lie past the data."""
    if end > len(data):
        raise ValueError("the data ends inside a string")
    return data[start:end].decode()


def write_boolean(value: object) -> bytes:
    """Encode what is no plain True or False."""
    return b"\x01" if as_boolean(value) else b"\x00"


def as_list(value: Any, *, objects: bool = False) -> list[Any]:  # noqa: ANN401 - any sequence
    """The items of a sequence that is no text and no bytes; of a one-dimensional array, as Python values.

    Args:
        value: a sequence, or an array of booleans, integers, reals, texts or bytes, without mask.
        objects: take an array of objects too.
    """
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, str | bytes | bytearray | memoryview):
        raise TypeError("expected array")
    if isinstance(value, Sequence | array):  # before all else: the columns of records may be named dtype
        return list(value)
    if hasattr(value, "dtype"):
        return _array_items(value, "biufSU" + "O" * objects)
    raise TypeError("expected array")


def _array_items(value: Any, kinds: str) -> list[Any]:  # noqa: ANN401 - an array of numpy or of what looks like it
    if not hasattr(value, "tolist") or getattr(value, "ndim", 1) != 1 or is_masked(value):
        raise TypeError("expected array of one dimension without mask")
    if _kind(value) not in tuple(kinds):
        raise TypeError(f"expected array of plain values, not of {value.dtype}")
    return list(value.tolist())


def is_masked(value: object) -> bool:
    """Whether an array hides some of its items, which have then no value."""
    return any(base.__name__ == "MaskedArray" for base in type(value).__mro__)


def as_dict(value: object) -> dict[Any, Any]:
    """The entries of a mapping."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError("expected map")


def unfit(value: object) -> TypeError:
    """The error of compiled code that does not know a value; the walk that follows names the place."""
    return TypeError(f"no place for a {type(value).__name__}")


def unusual(offset: int) -> ValueError:
    """The error of compiled code that does not know some bytes; the walk that follows decides on them."""
    return ValueError(f"unusual bytes at {offset}")
