"""The schema model: one class per Avro kind, with the position of every node in its source.

A named type is referred to by the object itself, so the graph of a recursive schema has cycles: nodes
compare and hash by identity. Walks that may meet a cycle keep a set of visited full names.
Source: Avro 1.12, Schema Declaration.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 -- part of the nodes' public annotations at run time
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

JsonValue: TypeAlias = (
    "bool | int | float | str | tuple[JsonValue, ...] | list[JsonValue] | Mapping[str, JsonValue] | None"
)
PrimitiveName: TypeAlias = Literal["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
PRIMITIVE_NAMES: Final[tuple[PrimitiveName, ...]] = (
    "null",
    "boolean",
    "int",
    "long",
    "float",
    "double",
    "bytes",
    "string",
)
Order: TypeAlias = Literal["ascending", "descending", "ignore"]


class Position(NamedTuple):
    """A place in a source text: 1-based line and column (code points)."""

    line: int
    column: int
    path: str = "<schema>"


NOWHERE: Final = Position(0, 0)


class Missing:
    """The type of `MISSING`: a field without a default (whose default may well be ``None``)."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class LogicalType:
    """A logical type that the specification defines and whose attributes are valid here.

    An unknown or invalid one is no `LogicalType`: the node's ``logical`` is then ``None`` and the
    attributes stay in ``properties`` (Avro 1.12, Logical Types: implementations ignore those).
    ``precision`` and ``scale`` are those of a decimal, 0 otherwise.
    """

    name: str
    precision: int = 0
    scale: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class PrimitiveType:
    """One of the eight primitive types; ``properties`` are attributes the specification does not define."""

    name: PrimitiveName
    logical: LogicalType | None = None
    properties: Mapping[str, JsonValue] = field(default_factory=dict)
    position: Position = NOWHERE


@dataclass(frozen=True, slots=True, eq=False)
class ArrayType:
    """An array; ``items`` is the type of its elements."""

    items: AvroType
    properties: Mapping[str, JsonValue] = field(default_factory=dict)
    position: Position = NOWHERE


@dataclass(frozen=True, slots=True, eq=False)
class MapType:
    """A map from string to ``values``."""

    values: AvroType
    properties: Mapping[str, JsonValue] = field(default_factory=dict)
    position: Position = NOWHERE


@dataclass(frozen=True, slots=True, eq=False)
class UnionType:
    """A union; ``branches`` in schema order, which is what the bytes count."""

    branches: tuple[AvroType, ...]
    position: Position = NOWHERE


@dataclass(frozen=True, slots=True, eq=False)
class FixedType:
    """A named type of exactly ``size`` bytes."""

    fullname: str
    size: int
    aliases: tuple[str, ...] = ()
    doc: str | None = None
    logical: LogicalType | None = None
    properties: Mapping[str, JsonValue] = field(default_factory=dict)
    position: Position = NOWHERE


@dataclass(frozen=True, slots=True, eq=False)
class EnumType:
    """A named type of one of ``symbols``; ``default`` is what a reader takes for an unknown symbol."""

    fullname: str
    symbols: tuple[str, ...]
    default: str | None = None
    aliases: tuple[str, ...] = ()
    doc: str | None = None
    properties: Mapping[str, JsonValue] = field(default_factory=dict)
    position: Position = NOWHERE


@dataclass(frozen=True, slots=True, eq=False)
class RecordField:
    """A field of a record. ``default`` is the JSON value in the schema, or `MISSING`.

    JSON objects of a default are dicts, arrays are lists, numbers int or float as written.
    """

    name: str
    type: AvroType
    default: JsonValue | Missing = MISSING
    doc: str | None = None
    aliases: tuple[str, ...] = ()
    order: Order = "ascending"
    properties: Mapping[str, JsonValue] = field(default_factory=dict)
    position: Position = NOWHERE

    @property
    def has_default(self) -> bool:
        """Whether the schema gives a default (which may be null)."""
        return not isinstance(self.default, Missing)


@dataclass(frozen=True, slots=True, eq=False)
class RecordType:
    """A record, or an ``error`` type (``is_error``). Aliases are full names."""

    fullname: str
    fields: tuple[RecordField, ...] = ()
    aliases: tuple[str, ...] = ()
    doc: str | None = None
    is_error: bool = False
    properties: Mapping[str, JsonValue] = field(default_factory=dict)
    position: Position = NOWHERE

    def complete(self, fields: tuple[RecordField, ...]) -> None:
        """Set the fields, once, by the parser: a recursive record exists before its fields do."""
        object.__setattr__(self, "fields", fields)


NamedType: TypeAlias = RecordType | EnumType | FixedType
AvroType: TypeAlias = PrimitiveType | ArrayType | MapType | UnionType | FixedType | EnumType | RecordType


def simple_name(fullname: str) -> str:
    """The part of a full name after its last dot."""
    return fullname.rpartition(".")[2]


def namespace_of(fullname: str) -> str:
    """The part of a full name before its last dot; empty for the null namespace."""
    return fullname.rpartition(".")[0]


def kind_of(node: AvroType) -> str:
    """The specification's word for a node: a primitive's name, ``array`` and so on; an error is a record."""
    match node:
        case PrimitiveType():
            return node.name
        case ArrayType():
            return "array"
        case MapType():
            return "map"
        case UnionType():
            return "union"
        case FixedType():
            return "fixed"
        case EnumType():
            return "enum"
        case RecordType():
            return "record"
