"""Emit the class of many flat records held as columns, and its two codec functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.codec import ir
from avroforge.codec.column_program import column_kind, read_columns_function, write_columns_function
from avroforge.codec.source import tuple_text
from avroforge_codegen import naming
from avroforge_codegen.annotations import annotation
from avroforge_codegen.emit import literal

if TYPE_CHECKING:
    from avroforge.codec.shape import Shapes
    from avroforge.schema import model
    from avroforge_codegen.emit.source import SourceFile


def column_names(bound: ir.Record) -> list[str]:
    """The attribute of each field's column; a name that the columns themselves have gets an underscore."""
    taken: set[str] = {field.attribute for field in bound.fields}
    found: list[str] = []
    for field in bound.fields:
        name = naming.column(field.attribute)
        while name != field.attribute and name in taken:
            name += "_"
        taken.add(name)
        found.append(name)
    return found


def emit_columns(source: SourceFile, node: model.RecordType, bound: ir.Record, name: str) -> list[str]:
    """The class: an attribute per field, and the constructor from columns."""
    names = column_names(bound)
    hidden = frozenset(names)
    row = source.avoiding(name, hidden)
    lines = [f"class {naming.columns_name(name)}({source.numeric('RecordColumns')}[{name}]):"]
    lines.extend(literal.docstring(f"Many `{node.fullname}` as columns: an array or a tuple per field."))
    kinds = tuple_text(_kind(source, field.node, hidden) for field in bound.fields)
    lines.extend(
        [
            "",
            "    __slots__ = ()",
            "",
            f"    __avro_row__ = {row}",
            f"    __avro_kinds__ = {kinds}",
            "",
            *_constructor(source, bound, names, hidden),
        ]
    )
    decorator = source.builtin("property", hidden)
    for number, (each, field) in enumerate(zip(names, bound.fields, strict=True)):
        text = _column_type(source, field.node, hidden)
        lines.extend(["", f"    @{decorator}", f"    def {each}(self) -> {text}:"])
        doc = " ".join((node.fields[number].doc or "").split())
        if doc:
            lines.extend(literal.docstring(doc, "        "))
        lines.append(f"        column: {text} = self.__avro_columns__[{number}]")
        lines.append("        return column")
    return lines


def _kind(source: SourceFile, node: ir.Node, hidden: frozenset[str]) -> str:
    if isinstance(node, ir.Record):
        return annotation(node, source, hidden)
    return f'"{column_kind(node)}"'


def _column_type(source: SourceFile, node: ir.Node, hidden: frozenset[str]) -> str:
    """The annotation of a column."""
    match node:
        case ir.Record(columns=ir.Symbol() as symbol):
            return source.avoiding(source.symbol(symbol), hidden)
        case ir.Array():
            return f"{source.numeric('ArrayColumn')}[{annotation(node, source, hidden)}]"
        case ir.Primitive() if column_kind(node) == "boolean":
            return source.numeric("BooleanArray")
        case ir.Primitive() if column_kind(node):
            return annotation(ir.Array(node, "numpy"), source, hidden)
        case _:
            return f"{source.builtin('tuple', hidden)}[{annotation(node, source, hidden)}, ...]"


def _given_type(source: SourceFile, node: ir.Node, hidden: frozenset[str]) -> str:
    """The annotation of what a column is made from."""
    match node:
        case ir.Array():
            return source.numeric("Arrays")
        case ir.Primitive() if column_kind(node) == "boolean":
            return source.numeric("Booleans")
        case ir.Primitive() if column_kind(node):
            return source.numeric("Numbers")
        case _:
            return f"{source.numeric('Sequence')}[{annotation(node, source, hidden)}]"


def _constructor(source: SourceFile, bound: ir.Record, names: list[str], hidden: frozenset[str]) -> list[str]:
    cls = "cls"
    while cls in hidden:
        cls += "_"
    given = ", ".join(
        f"{name}: {_given_type(source, field.node, hidden)}"
        for name, field in zip(names, bound.fields, strict=True)
    )
    return [
        f"    @{source.builtin('classmethod', hidden)}",
        f"    def from_columns({cls}, *, {given}) -> {source.ref('typing', 'Self')}:",
        '        """The rows that these columns make up; arrays of the right type are not copied."""',
        f"        return {source.numeric('columns_of')}({cls}, {tuple_text(names)})",
    ]


def emit_columns_codec(source: SourceFile, bound: ir.Record, name: str, shapes: Shapes) -> list[str]:
    """The functions that write and read an array of the record."""
    return [
        *write_columns_function(bound, f"_write_{name}", source, shapes),
        "",
        "",
        *read_columns_function(bound, f"_read_{name}", name, source, shapes),
    ]
