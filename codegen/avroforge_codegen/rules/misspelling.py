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
# On 979 schemas from the wild, the highest cutoff that still takes "alias" for "aliases" and the lowest that
# leaves people's own attributes and logical types alone.
_CLOSENESS: Final = 0.83


def ignored_logical_types(file: SchemaFile) -> Iterator[Complaint]:
    """A logical type of the specification, or almost one, without effect: readers see the underlying type."""
    for node, name in _without_effect(file):
        near = difflib.get_close_matches(name, _LOGICAL_TYPES, n=1, cutoff=_CLOSENESS)
        if name in _LOGICAL_TYPES:
            hint = "its attributes, or its underlying type, are not what the specification asks for"
        elif near:
            hint = f"did you mean {near[0]!r}?"
        else:
            continue
        what = f"logical type {name!r} is ignored: readers see plain {kind_of(node)}"
        yield Complaint(node.position, f"{what}; {hint}")


def unknown_logical_types(file: SchemaFile) -> Iterator[Complaint]:
    """A logical type of somebody's own."""
    for node, name in _without_effect(file):
        if not difflib.get_close_matches(name, _LOGICAL_TYPES, n=1, cutoff=_CLOSENESS):
            message = f"the specification has no logical type {name!r}: readers see plain {kind_of(node)}"
            yield Complaint(node.position, message)


def _without_effect(file: SchemaFile) -> Iterator[tuple[AvroType, str]]:
    """Types with a ``logicalType`` that the parser did not take for one."""
    for node in file.nodes():
        if isinstance(node, UnionType):
            continue
        name = node.properties.get("logicalType")
        understood = isinstance(node, PrimitiveType | FixedType) and node.logical is not None
        own = (str(name), kind_of(node)) in file.own_logical_types
        if name is not None and not understood and not own:
            yield node, str(name)


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
