"""The default of a field as the bytes that a writer would have written for it.

Source: Avro 1.12, Complex Types, Records; since 1.12 the default of a union belongs to its first branch that
it matches.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import pack
from typing import TYPE_CHECKING

from avroforge.schema.defaults import default_branch
from avroforge.schema.model import (
    ArrayType,
    EnumType,
    FixedType,
    MapType,
    Missing,
    PrimitiveType,
    RecordType,
    UnionType,
)
from avroforge.wire.varint import write_length, write_long

if TYPE_CHECKING:
    from avroforge.schema.model import AvroType, JsonValue


def default_bytes(node: AvroType, value: JsonValue | Missing) -> bytes:
    """Encode a default that fits its type.

    Raises:
        ValueError: it does not fit after all, or is text that UTF-8 cannot hold.
    """
    match node, value:
        case PrimitiveType(), _:
            return _primitive(node.name, value)
        case FixedType(), str():
            return value.encode("latin-1")
        case EnumType(), str():
            return write_length(node.symbols.index(value))
        case UnionType(), _ if not isinstance(value, Missing):
            index = default_branch(node, value)
            return write_length(index) + default_bytes(node.branches[index], value)
        case ArrayType(), list() | tuple():
            return _block([default_bytes(node.items, item) for item in value])
        case MapType(), Mapping():
            return _block(
                [_primitive("string", key) + default_bytes(node.values, item) for key, item in value.items()]
            )
        case RecordType(), Mapping():
            return b"".join(
                default_bytes(field.type, value.get(field.name, field.default)) for field in node.fields
            )
        case _:
            raise ValueError(f"expected a default, got {type(value).__name__}")


def _block(items: list[bytes]) -> bytes:
    return write_length(len(items)) + b"".join(items) + b"\x00" if items else b"\x00"


def _primitive(kind: str, value: JsonValue | Missing) -> bytes:
    match kind, value:
        case "null", None:
            return b""
        case "boolean", bool():
            return b"\x01" if value else b"\x00"
        case "int" | "long", int():
            return write_long(value)
        case "float", int() | float():
            return pack("<f", value)
        case "double", int() | float():
            return pack("<d", value)
        case "bytes", str():
            raw = value.encode("latin-1")
        case "string", str():
            raw = value.encode()
        case _:
            raise ValueError(f"expected a default of {kind}, got {type(value).__name__}")
    return write_length(len(raw)) + raw


def is_immutable(node: AvroType, value: JsonValue | Missing) -> bool:
    """Whether Python objects can share one value of this default."""
    match node:
        case UnionType() if not isinstance(value, Missing):
            return is_immutable(node.branches[default_branch(node, value)], value)
        case PrimitiveType() | FixedType() | EnumType():
            return True
        case _:
            return False
