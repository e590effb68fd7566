"""Types and values in few words, as a review shows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from avroforge.schema.model import (
    ArrayType,
    EnumType,
    FixedType,
    LogicalType,
    MapType,
    Missing,
    PrimitiveType,
    RecordType,
    UnionType,
    kind_of,
)

if TYPE_CHECKING:
    from avroforge.schema.model import AvroType, JsonValue

_LONGEST: Final = 80


def type_words(node: AvroType) -> str:
    """A type on one line: ``[null, double]``, ``array of shop.Line``, ``decimal(9, 2) over bytes``."""
    match node:
        case PrimitiveType():
            return node.name if node.logical is None else f"{logical_words(node.logical)} over {node.name}"
        case ArrayType():
            return f"array of {type_words(node.items)}"
        case MapType():
            return f"map of {type_words(node.values)}"
        case UnionType():
            return f"[{', '.join(map(type_words, node.branches))}]"
        case FixedType() if node.logical is not None:
            return f"{logical_words(node.logical)} over fixed {node.fullname}"
        case FixedType() | EnumType() | RecordType():
            return f"{kind_of(node)} {node.fullname}"


def logical_words(logical: LogicalType) -> str:
    """A logical type with its attributes."""
    if logical.name == "decimal":
        return f"decimal({logical.precision}, {logical.scale})"
    return logical.name


def value_words(value: JsonValue | Missing) -> str:
    """A JSON value on one line, shortened."""
    if isinstance(value, Missing):
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def same_json(one: JsonValue | Missing, other: JsonValue | Missing) -> bool:
    """Whether two values are the same JSON: 1, 1.0 and true are three."""
    if isinstance(one, Missing) or isinstance(other, Missing):
        return one is other
    return one is other or json.dumps(one) == json.dumps(other)
