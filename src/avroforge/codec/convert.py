"""Turn a number, bytes or text of the writer into the reader's value: promotions, and logical types.

Every conversion is exact or an error, but for the roundings that the promotions to float and double are.
Source: Avro 1.12, Schema Resolution; Logical Types.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from avroforge.schema.model import FixedType, PrimitiveType
from avroforge.wire import logical
from avroforge.wire.varint import INT_MAX, INT_MIN, LONG_MAX, LONG_MIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from avroforge.evolution.plan import Cast
    from avroforge.schema.model import LogicalType

    Convert: TypeAlias = Callable[[Any], Any]

_FLOAT: Final = Struct("<f")
_FLOAT_DIGITS: Final = 24
"""The bits of a 32-bit float's significand (IEEE 754)."""
_DOUBLE_DIGITS: Final = 53
_PER_SECOND: Final[Mapping[str, int]] = {"millis": 10**3, "micros": 10**6, "nanos": 10**9}
_RANGE: Final[Mapping[str, tuple[int, int]]] = {"int": (INT_MIN, INT_MAX), "long": (LONG_MIN, LONG_MAX)}


def nearest_float(number: int) -> float:
    """The 32-bit float nearest to an integer, ties to even; through a double it might be rounded twice."""
    surplus = abs(number).bit_length() - _FLOAT_DIGITS
    if surplus > _DOUBLE_DIGITS - _FLOAT_DIGITS:
        # keep what a double holds exactly; a one below stands for all that is cut off
        cut = surplus - 2
        number = (number >> cut | bool(number & ((1 << cut) - 1))) << cut
    value: float = _FLOAT.unpack(_FLOAT.pack(number))[0]
    return value


def _text(raw: bytes) -> str:
    return raw.decode()


PROMOTE: Final[Mapping[tuple[str, str], Convert]] = {
    ("int", "float"): nearest_float,
    ("long", "float"): nearest_float,
    ("int", "double"): float,
    ("long", "double"): float,
    ("string", "bytes"): str.encode,
    ("bytes", "string"): _text,
}
"""Promotions that change the Python value; the others keep it."""


def conversion_of(plan: Cast, *, typed: bool) -> Convert | None:
    """What turns the writer's underlying value into the reader's value; None where that is the same.

    Args:
        plan: the pair of types.
        typed: whether the reader wants logical types.

    Returns:
        A function that raises `ValueError` or `ArithmeticError` for what the reader cannot hold.
    """
    theirs, ours = (plan.writer.logical, plan.reader.logical) if typed else (None, None)
    promote = PROMOTE.get((_kind(plan.writer), _kind(plan.reader)))
    if ours is None:
        return promote
    read = _read(plan.reader, ours)
    if theirs is None:
        return read if promote is None else lambda raw: read(promote(raw))
    change = _change(plan, theirs, ours)
    return read if change is None else lambda raw: read(change(raw))


def _kind(node: PrimitiveType | FixedType) -> str:
    return "fixed" if isinstance(node, FixedType) else node.name


def _read(node: PrimitiveType | FixedType, named: LogicalType) -> Convert:
    conversion = logical.CONVERSIONS[named.name, _kind(node)]
    function = getattr(logical, conversion.read)
    known = {"precision": named.precision, "scale": named.scale}
    arguments = [known[name] for name in conversion.arguments if name in known]
    return lambda raw: function(raw, *arguments)


def _write(node: PrimitiveType | FixedType, named: LogicalType) -> Convert:
    conversion = logical.CONVERSIONS[named.name, _kind(node)]
    function = getattr(logical, conversion.write)
    size = node.size if isinstance(node, FixedType) else 0
    known = {"precision": named.precision, "scale": named.scale, "size": size}
    arguments = [known[name] for name in conversion.arguments]
    return lambda value: function(value, *arguments)


def _change(plan: Cast, theirs: LogicalType, ours: LogicalType) -> Convert | None:
    """What turns the writer's underlying value into the one the reader's logical type would have."""
    if theirs == ours:
        return None
    if theirs.name in {"decimal", "big-decimal"}:
        read, write = _read(plan.writer, theirs), _write(plan.reader, ours)
        return lambda raw: write(read(raw))
    finer, coarser = (_PER_SECOND[each.name.rpartition("-")[2]] for each in (ours, theirs))
    return _rescale(finer, coarser, ours.name, _RANGE[_kind(plan.reader)])


def _rescale(multiply: int, divide: int, name: str, limits: tuple[int, int]) -> Convert:
    low, high = limits

    def change(raw: int) -> int:
        number, rest = divmod(raw * multiply, divide)
        if rest:
            raise ValueError(f"expected a whole number of units of {name}, got {raw} at {divide} per second")
        if not low <= number <= high:
            raise OverflowError(f"expected {low} to {high}, got {number}")
        return number

    return change
