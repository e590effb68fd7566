"""Rules about logical types: readers that do not take one for what it is see the type below it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from avroforge.schema.logical import digits_of_fixed
from avroforge.schema.model import FixedType, PrimitiveType, UnionType, kind_of
from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge.schema.model import AvroType, JsonValue
    from avroforge_codegen.rules.schema_file import SchemaFile

_UNDERLYING: Final = {
    "decimal": "bytes or fixed",
    "big-decimal": "bytes",
    "uuid": "string, or a fixed of 16 bytes",
    "date": "int",
    "time-millis": "int",
    "time-micros": "long",
    "timestamp-millis": "long",
    "timestamp-micros": "long",
    "timestamp-nanos": "long",
    "local-timestamp-millis": "long",
    "local-timestamp-micros": "long",
    "local-timestamp-nanos": "long",
    "duration": "a fixed of 12 bytes",
}
_RECENT: Final = {"timestamp-nanos": "1.12", "local-timestamp-nanos": "1.12", "big-decimal": "1.12"}
_WIDEST: Final = 38
# On 979 schemas from the wild, the lowest that leaves people's own logical types alone.
CLOSENESS: Final = 0.83


def _near(name: str) -> list[str]:
    return difflib.get_close_matches(name, _UNDERLYING, n=1, cutoff=CLOSENESS)


def _without_effect(file: SchemaFile) -> Iterator[tuple[AvroType, str, Mapping[str, JsonValue]]]:
    """Types with a ``logicalType`` that the parser did not take for one, and that is not the user's own."""
    for node in file.nodes:
        if isinstance(node, UnionType) or "logicalType" not in node.properties:
            continue
        if isinstance(node, PrimitiveType | FixedType) and node.logical is not None:
            continue
        name = str(node.properties["logicalType"])
        if (name, kind_of(node)) not in file.folder.own_logical_types:
            yield node, name, node.properties


def ignored(file: SchemaFile) -> Iterator[Complaint]:
    """A logical type of the specification, or almost one, on a type that cannot have it."""
    for node, name, _ in _without_effect(file):
        if name in _UNDERLYING:
            if name == "decimal" and kind_of(node) in {"bytes", "fixed"}:
                continue
            hint = f"{name!r} stands on {_UNDERLYING[name]}"
        elif near := _near(name):
            hint = f"did you mean {near[0]!r}?"
        else:
            continue
        message = f"logical type {name!r} is ignored: readers see plain {kind_of(node)}; {hint}"
        yield Complaint(file.place(node.position, "logicalType"), message)


def decimals(file: SchemaFile) -> Iterator[Complaint]:
    """A decimal whose precision and scale make it none."""
    for node, name, properties in _without_effect(file):
        if name == "decimal" and kind_of(node) in {"bytes", "fixed"}:
            attribute, reason = _decimal_fault(node, properties)
            message = f"the decimal is ignored: readers see plain {kind_of(node)}; {reason}"
            yield Complaint(file.place(node.position, attribute), message)


def _decimal_fault(node: AvroType, properties: Mapping[str, JsonValue]) -> tuple[str, str]:
    """The attribute that is wrong, and why."""
    precision, scale = properties.get("precision"), properties.get("scale", 0)
    if type(precision) is not int or precision < 1:
        return "precision", f"expected a precision of 1 or more, got {_shown(precision)}"
    if type(scale) is not int or scale < 0:
        return "scale", f"expected a scale of 0 or more, got {_shown(scale)}"
    if scale > precision:
        return "scale", f"expected a scale of at most the precision {precision}, got {scale}"
    size = node.size if isinstance(node, FixedType) else 0
    return "precision", f"{size} bytes hold {digits_of_fixed(size)} digits, got a precision of {precision}"


def _shown(value: JsonValue) -> str:
    return "none" if value is None else repr(value)


def unknown(file: SchemaFile) -> Iterator[Complaint]:
    """A logical type of somebody's own."""
    for node, name, _ in _without_effect(file):
        if name not in _UNDERLYING and not _near(name):
            message = f"the specification has no logical type {name!r}: readers see plain {kind_of(node)}"
            hint = f"set a conversion under [logical_types.{name}], or leave it out"
            yield Complaint(file.place(node.position, "logicalType"), f"{message}; {hint}")


def on_field(file: SchemaFile) -> Iterator[Complaint]:
    """A logical type beside the type of a field, where no reader looks for it."""
    for record, field in file.fields:
        if "logicalType" in field.properties:
            name = field.properties["logicalType"]
            kind = kind_of(field.type)
            message = f"field {field.name!r} of {record.fullname!r} is a plain {kind} to readers"
            hint = f'write it inside the type: {{"type": "{kind}", "logicalType": "{name}"}}'
            yield Complaint(file.place(field.position, "logicalType"), f"{message}; {hint}")


def wide_decimals(file: SchemaFile) -> Iterator[Complaint]:
    """A decimal with more digits than databases take."""
    for node in file.leaves:
        if node.logical is not None and node.logical.precision > _WIDEST:
            message = f"expected a decimal of at most {_WIDEST} digits, got {node.logical.precision}"
            hint = "Spark, Hive, Snowflake and most databases refuse it or store a text"
            yield Complaint(file.place(node.position, "precision"), f"{message}; {hint}")


def recent(file: SchemaFile) -> Iterator[Complaint]:
    """A logical type that libraries of earlier versions do not know."""
    for node in file.leaves:
        if node.logical is not None and (since := _RECENT.get(node.logical.name)):
            message = (
                f"{node.logical.name!r} is new in Avro {since}: earlier readers see plain {kind_of(node)}"
            )
            yield Complaint(file.place(node.position, "logicalType"), message)
