"""Rules about attributes that the specification lets every tool ignore: mostly they are typing errors."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from avroforge.schema.model import FixedType, PrimitiveType, RecordType, UnionType, kind_of
from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge.schema.model import AvroType, JsonValue, Position
    from avroforge_codegen.rules.rule import SchemaFile

_LOGICAL_TYPES: Final = (
    "decimal",
    "big-decimal",
    "uuid",
    "date",
    "time-millis",
    "time-micros",
    "timestamp-millis",
    "timestamp-micros",
    "timestamp-nanos",
    "local-timestamp-millis",
    "local-timestamp-micros",
    "local-timestamp-nanos",
    "duration",
)
_TYPE_ATTRIBUTES: Final = (
    "type",
    "name",
    "namespace",
    "doc",
    "aliases",
    "fields",
    "symbols",
    "default",
    "items",
    "values",
    "size",
    "logicalType",
    "precision",
    "scale",
)
_FIELD_ATTRIBUTES: Final = ("name", "type", "doc", "default", "order", "aliases")
_CLOSENESS: Final = 0.8


def ignored_logical_types(file: SchemaFile) -> Iterator[Complaint]:
    """A ``logicalType`` that is unknown or invalid where it stands: readers see the underlying type."""
    for node in file.nodes():
        if isinstance(node, UnionType):
            continue
        if not isinstance(node, PrimitiveType | FixedType) or node.logical is None:
            yield from _ignored(node, node.properties.get("logicalType"))


def _ignored(node: AvroType, name: JsonValue) -> Iterator[Complaint]:
    if name is None:
        return
    what = f"logical type {name!r} is ignored: readers see plain {kind_of(node)}"
    if name in _LOGICAL_TYPES:
        hint = "its attributes, or its underlying type, are not what the specification asks for"
    else:
        near = difflib.get_close_matches(str(name), _LOGICAL_TYPES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "the specification does not define it"
    yield Complaint(node.position, f"{what}; {hint}")


def misspelled_attributes(file: SchemaFile) -> Iterator[Complaint]:
    """An attribute whose name is almost one of the specification's."""
    for node in file.nodes():
        if isinstance(node, UnionType):
            continue
        yield from _misspelled(node.properties, _TYPE_ATTRIBUTES, node.position)
        if isinstance(node, RecordType):
            for field in node.fields:
                yield from _misspelled(field.properties, _FIELD_ATTRIBUTES, field.position)


def _misspelled(
    properties: Mapping[str, JsonValue], known: tuple[str, ...], position: Position
) -> Iterator[Complaint]:
    for name in properties:
        near = difflib.get_close_matches(name, known, n=1, cutoff=_CLOSENESS)
        if near and near[0] != name:
            message = f"attribute {name!r} has no meaning here and is ignored; did you mean {near[0]!r}?"
            yield Complaint(position, message)
