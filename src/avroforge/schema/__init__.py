"""The schema model: parsing with positions, canonical form, self-contained text and fingerprints.

Pure and standard library only: texts go in, models and diagnostics come out.
"""

from avroforge.schema.model import (
    MISSING,
    ArrayType,
    AvroType,
    EnumType,
    FixedType,
    JsonValue,
    LogicalType,
    MapType,
    Missing,
    NamedType,
    Position,
    PrimitiveType,
    RecordField,
    RecordType,
    UnionType,
    kind_of,
    namespace_of,
    simple_name,
)
from avroforge.schema.parse import parse_schema, parse_schemas
from avroforge.schema.schema import Schema

__all__ = [
    "MISSING",
    "ArrayType",
    "AvroType",
    "EnumType",
    "FixedType",
    "JsonValue",
    "LogicalType",
    "MapType",
    "Missing",
    "NamedType",
    "Position",
    "PrimitiveType",
    "RecordField",
    "RecordType",
    "Schema",
    "UnionType",
    "kind_of",
    "namespace_of",
    "parse_schema",
    "parse_schemas",
    "simple_name",
]
