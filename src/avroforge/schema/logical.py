"""Recognise the logical types of the specification on the types that can carry them.

Source: Avro 1.12, Logical Types. An unknown or invalid logical type is not an error: it is ignored, and its
attributes stay ordinary properties of the node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.schema.model import LogicalType

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIMPLE: Final[dict[str, dict[str, LogicalType]]] = {
    "int": {name: LogicalType(name) for name in ("date", "time-millis")},
    "long": {
        name: LogicalType(name)
        for name in (
            "time-micros",
            "timestamp-millis",
            "timestamp-micros",
            "timestamp-nanos",
            "local-timestamp-millis",
            "local-timestamp-micros",
            "local-timestamp-nanos",
        )
    },
    "bytes": {"big-decimal": LogicalType("big-decimal")},
    "string": {"uuid": LogicalType("uuid")},
}
_FIXED: Final[dict[str, tuple[int, LogicalType]]] = {
    "uuid": (16, LogicalType("uuid")),
    "duration": (12, LogicalType("duration")),
}
MAX_PRECISION: Final = (1 << 31) - 1
DECIMAL_ATTRIBUTES: Final = frozenset({"logicalType", "precision", "scale"})
PLAIN_ATTRIBUTES: Final = frozenset({"logicalType"})
# log10(2); a fixed of n bytes holds floor((8n - 1) * log10(2)) decimal digits, exact far beyond any real size
_DIGITS_PER_BIT_NUMERATOR: Final = 30102999566398119521
_DIGITS_PER_BIT_DENOMINATOR: Final = 10**20


def logical_type(kind: str, attributes: Mapping[str, object], size: int | None = None) -> LogicalType | None:
    """The logical type that the attributes of a node of this kind give it, or `None`.

    Args:
        kind: the primitive's name, or ``fixed``.
        attributes: the node's JSON object.
        size: the size of a fixed.
    """
    name = attributes.get("logicalType")
    if not isinstance(name, str):
        return None
    if name == "decimal":
        return _decimal(attributes, size) if kind in ("bytes", "fixed") else None
    if kind == "fixed":
        wanted, logical = _FIXED.get(name, (-1, None))
        return logical if wanted == size else None
    return _SIMPLE.get(kind, {}).get(name)


def consumed(logical: LogicalType | None) -> frozenset[str]:
    """The attributes that a recognised logical type takes out of the properties."""
    if logical is None:
        return frozenset()
    return DECIMAL_ATTRIBUTES if logical.name == "decimal" else PLAIN_ATTRIBUTES


def digits_of_fixed(size: int) -> int:
    """The most decimal digits that every unscaled value fits in two's complement of `size` bytes."""
    if size <= 0:
        return 0
    return (8 * size - 1) * _DIGITS_PER_BIT_NUMERATOR // _DIGITS_PER_BIT_DENOMINATOR


def _decimal(attributes: Mapping[str, object], size: int | None) -> LogicalType | None:
    precision, scale = attributes.get("precision"), attributes.get("scale", 0)
    if type(precision) is not int or type(scale) is not int:
        return None
    if not 1 <= precision <= MAX_PRECISION or not 0 <= scale <= precision:
        return None
    if size is not None and precision > digits_of_fixed(size):
        return None
    return LogicalType("decimal", precision, scale)
