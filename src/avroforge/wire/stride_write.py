"""Write the records of an array at once where all have one size: the counterpart of `wire.stride`.

The caller gathers each leaf of the records into a column. Columns of doubles are packed whole; texts of one
byte length are joined. Where the lengths differ there is no result, and the caller writes one by one, as it
always does without numpy: to put columns together with the standard library takes longer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from avroforge.wire.scalar import as_boolean, as_double, as_float
from avroforge.wire.varint import write_length

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Column: TypeAlias = tuple[bytes, str, int, "Sequence[Any] | bytes"]
"""(bytes before each value, struct code, size of a value, the values or all their bytes)"""
Assemble: TypeAlias = "Callable[[list[Column], int, dict[Any, Any]], bytes]"

FEWEST: Final = 192
"""Shorter arrays are written one by one: to gather and assemble has a price of its own."""
_MOST_LAYOUTS: Final = 64


@dataclass(slots=True)
class WritePlan:
    """The kinds of a record's leaves in order, how to put columns together, and the layouts met so far."""

    kinds: tuple[str, ...]
    assemble: Assemble
    layouts: dict[Any, Any] = field(default_factory=dict)


def alike(*texts: str) -> bool:
    """Whether a few texts of an array have one length: whether gathering all is worth a try."""
    size = len(texts[0])
    return all(len(text) == size for text in texts)


def write_columns(plan: WritePlan, columns: Sequence[list[Any]]) -> bytes | None:
    """The bytes of all records, or None where their texts differ in length.

    Raises:
        TypeError, ValueError, OverflowError: a value that does not fit; the caller's walk names its place.
    """
    laid: list[Column] = []
    for kind, values in zip(plan.kinds, columns, strict=True):
        if kind == "string":
            column = _texts(values)
            if column is None:
                return None
            laid.append(column)
        elif kind == "boolean":
            laid.append((b"", "B", 1, bytes([value is True or as_boolean(value) for value in values])))
        else:
            laid.append(_numbers(kind, values))
    if len(plan.layouts) >= _MOST_LAYOUTS:
        plan.layouts.clear()
    return plan.assemble(laid, len(columns[0]), plan.layouts)


def _texts(values: list[Any]) -> Column | None:
    joined = "".join(values)
    size = len(values[0])
    if joined.isascii():
        if len(joined) != size * len(values) or [text for text in values if len(text) != size]:
            return None
        data = joined.encode("ascii")
    else:
        encoded = [text.encode() for text in values]
        size = len(encoded[0])
        if [text for text in encoded if len(text) != size]:
            return None
        data = b"".join(encoded)
    return write_length(size), "s", size, data


def _numbers(kind: str, values: list[Any]) -> Column:
    exact = float
    if [value for value in values if value.__class__ is not exact]:
        convert = as_double if kind == "double" else as_float
        values = [convert(value) for value in values]
    return (b"", "d", 8, values) if kind == "double" else (b"", "f", 4, values)


@lru_cache(maxsize=256)
def packer(count: int, code: str) -> Callable[..., bytes]:
    """What packs `count` numbers."""
    return Struct(f"<{count}{code}").pack
