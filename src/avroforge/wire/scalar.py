"""Values beside the obvious ones: what a double, float, boolean, bytes or fixed also accepts, exactly.

Generated code tests for the exact Python type inline and comes here with everything else. Each function
returns a value of that type or raises `TypeError`, `ValueError` or `OverflowError`; the caller adds the path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from struct import Struct
from typing import Any, Final, SupportsFloat, SupportsIndex

_FLOAT: Final = Struct("<f")
FLOAT_MAX: Final = 3.4028235677973366e38
"""The smallest magnitude that rounds to infinity as a 32-bit float (IEEE 754, round half to even)."""


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool) or type(value).__name__ in {"bool", "bool_"}


def as_double(value: object) -> float:
    """The double that equals `value`; a number that a double cannot hold exactly is refused."""
    if isinstance(value, float):
        return float(value)
    if _is_boolean(value):
        raise TypeError("expected double")
    if isinstance(value, SupportsIndex):
        whole = value.__index__()
        result = float(whole)
        if int(result) != whole:
            raise ValueError("expected an integer that a double holds exactly")
        return result
    if (
        type(value).__module__ == "numpy"
        and isinstance(value, SupportsFloat)
        and not hasattr(value, "__len__")
    ):
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
    if isinstance(value, memoryview):
        return value.tobytes()
    raise TypeError("expected bytes")


def as_fixed(value: object, size: int) -> bytes:
    """Exactly `size` bytes."""
    result = as_bytes(value)
    if len(result) == size:
        return result
    raise ValueError(f"expected {size} bytes")


def read_string(data: bytes, start: int, end: int) -> str:
    """The text between two offsets, UTF-8, strict; the end must not lie past the data."""
    if end > len(data):
        raise ValueError("the data ends inside a string")
    return data[start:end].decode()


def write_boolean(value: object) -> bytes:
    """Encode what is no plain True or False."""
    return b"\x01" if as_boolean(value) else b"\x00"


def as_list(value: Any) -> list[Any]:  # noqa: ANN401 - any sequence
    """The items of a sequence that is no text and no bytes; of a one-dimensional array, as Python values."""
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, str | bytes | bytearray | memoryview):
        raise TypeError("expected array")
    if hasattr(value, "tolist") and type(value).__name__ != "MaskedArray" and getattr(value, "ndim", 1) == 1:
        return list(value.tolist())
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError("expected array")


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
