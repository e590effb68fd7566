"""Emit a record's dataclass and its two codec functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.codec.program import read_function, write_function
from avroforge_codegen.annotations import annotation
from avroforge_codegen.defaults import Default, Unheld, default
from avroforge_codegen.emit import literal

if TYPE_CHECKING:
    from avroforge.codec import ir
    from avroforge.codec.shape import Shapes
    from avroforge.schema import model
    from avroforge_codegen.emit.source import SourceFile


def _docstring(node: model.RecordType, bound: ir.Record) -> list[str]:
    text = node.doc or f"Avro {'error' if node.is_error else 'record'} `{node.fullname}`."
    described = [
        (each.attribute, field.doc)
        for each, field in zip(bound.fields, node.fields, strict=True)
        if field.doc is not None and field.doc.strip()
    ]
    if described:
        entries = [f"    {name}: {' '.join(doc.split())}" for name, doc in described]
        text = "\n".join([text.rstrip(), "", "Attributes:", *entries])
    return literal.docstring(text)


def emit_record(source: SourceFile, node: model.RecordType, bound: ir.Record, name: str) -> list[str]:
    """The dataclass: a keyword-only attribute per field, with the schema's default."""
    hidden = frozenset(field.attribute for field in bound.fields)
    dataclass, base = source.ref("dataclasses", "dataclass"), source.runtime("AvroRecordBase")
    class_var = source.ref("typing", "ClassVar")
    lines = [f"@{dataclass}(slots=True, kw_only=True, eq=False)", f"class {name}({base}):"]
    lines.extend(_docstring(node, bound))
    text, sequence = source.builtin("str", hidden), source.builtin("tuple", hidden)
    lines.extend(["", f"    __avro_fullname__: {class_var}[{text}] = {literal.string(node.fullname)}"])
    listed = ", ".join(f'"{field.attribute}"' for field in bound.fields)
    comma = "," if len(bound.fields) == 1 else ""
    lines.append(f"    __avro_fields__: {class_var}[{sequence}[{text}, ...]] = ({listed}{comma})")
    if bound.fields:
        lines.append("")
    for each, field in zip(bound.fields, node.fields, strict=True):
        head = f"    {each.attribute}: {annotation(each.node, source, hidden)}"
        lines.append(head + _default_clause(source, each, field))
    return lines


def _default_clause(source: SourceFile, bound: ir.Field, field: model.RecordField) -> str:
    if not field.has_default:
        return ""
    try:
        found: Default = default(bound.node, field.type, field.default, source)  # type: ignore[arg-type]  # has_default excludes MISSING
    except Unheld:
        return ""
    simple = found.expression.startswith(('"', 'b"', "-")) or found.expression[:1].isdigit()
    if not found.mutable and (simple or found.expression in {"None", "True", "False"}):
        return f" = {found.expression}"
    factory = {"[]": "list", "{}": "dict"}.get(found.expression, f"lambda: {found.expression}")
    if factory in {"list", "dict"}:
        factory = source.builtin(factory, frozenset({factory}))
    return f" = {source.ref('dataclasses', 'field')}(default_factory={factory})"


def emit_record_codec(source: SourceFile, bound: ir.Record, name: str, shapes: Shapes) -> list[str]:
    """The functions that write and read one record."""
    return [
        *write_function(bound, f"_write_{name}", name, source, shapes),
        "",
        "",
        *read_function(bound, f"_read_{name}", name, source, shapes),
    ]
