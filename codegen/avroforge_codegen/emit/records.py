"""Emit a record's dataclass and its two codec functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.codec.program import read_function, write_function
from avroforge_codegen.annotations import annotation
from avroforge_codegen.defaults import Default, Unheld, default
from avroforge_codegen.emit import literal
from avroforge_codegen.emit.metadata import deprecated_decorator, field_metadata, marked

if TYPE_CHECKING:
    from avroforge.codec import ir
    from avroforge.codec.shape import Shapes
    from avroforge.schema import model
    from avroforge_codegen.emit.source import SourceFile

_WIDTH: Final = 100


def _docstring(node: model.RecordType, bound: ir.Record) -> list[str]:
    text = node.doc or f"Avro {'error' if node.is_error else 'record'} `{node.fullname}`."
    text = marked(text, node.properties)
    pairs = zip(bound.fields, node.fields, strict=True)
    described = [(each.attribute, _field_doc(field)) for each, field in pairs]
    entries = [f"    {name}: {doc}" for name, doc in described if doc]
    if entries:
        text = "\n".join([text.rstrip(), "", "Attributes:", *entries])
    return literal.docstring(text)


def _field_doc(field: model.RecordField) -> str:
    return marked(" ".join((field.doc or "").split()), field.properties, " ")


def emit_record(
    source: SourceFile, node: model.RecordType, bound: ir.Record, name: str, *, positional: bool = False
) -> list[str]:
    """The dataclass: an attribute per field, keyword-only unless `positional`, with the schema's default."""
    hidden = frozenset(field.attribute for field in bound.fields)
    base = source.runtime("AvroFrozenRecordBase" if bound.frozen else "AvroRecordBase")
    arguments = ["slots=True", "eq=False"]
    arguments[1:1] = [] if positional else ["kw_only=True"]
    arguments[1:1] = ["frozen=True"] if bound.frozen else []
    class_var = source.ref("typing", "ClassVar")
    lines = [
        *deprecated_decorator(source, node),
        f"@{source.ref('dataclasses', 'dataclass')}({', '.join(arguments)})",
        f"class {name}({base}):",
    ]
    lines.extend(_docstring(node, bound))
    text, sequence = source.builtin("str", hidden), source.builtin("tuple", hidden)
    lines.extend(["", f"    __avro_fullname__: {class_var}[{text}] = {literal.string(node.fullname)}"])
    listed = ", ".join(f'"{field.attribute}"' for field in bound.fields)
    comma = "," if len(bound.fields) == 1 else ""
    lines.append(f"    __avro_fields__: {class_var}[{sequence}[{text}, ...]] = ({listed}{comma})")
    if bound.fields:
        lines.append("")
    seen_default = False
    for each, field in zip(bound.fields, node.fields, strict=True):
        head = f"    {each.attribute}: {annotation(each.node, source, hidden)}"
        clause = _default_clause(source, each, field)
        if positional and not clause and seen_default:
            # a field without default cannot follow one with: it and all behind it are keyword-only
            lines.append(f"    {_separator(hidden)}: {source.ref('dataclasses', 'KW_ONLY')}")
            positional = False
        seen_default = seen_default or bool(clause)
        lines.append(head + clause)
    return lines


def _separator(hidden: frozenset[str]) -> str:
    name = "_"
    while name in hidden:
        name += "_"
    return name


def emit_record_metadata(
    source: SourceFile, node: model.RecordType, bound: ir.Record, name: str
) -> list[str]:
    """The call that gives the fields their metadata, apart from the class so that it stays easy to read."""
    described = {
        each.attribute: entries
        for each, field in zip(bound.fields, node.fields, strict=True)
        if (entries := field_metadata(field, each.attribute))
    }
    if not described:
        return []
    lines = [f"{source.runtime('describe')}({name}, {{"]
    for attribute, entries in described.items():
        listed = [f"{literal.string(key)}: {value}" for key, value in entries.items()]
        line = f"    {literal.string(attribute)}: {{{', '.join(listed)}}},"
        if len(line) <= _WIDTH or len(listed) == 1:
            lines.append(line)
            continue
        lines.append(f"    {literal.string(attribute)}: {{")
        lines.extend(f"        {each}," for each in listed)
        lines.append("    },")
    return [*lines, "})"]


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
