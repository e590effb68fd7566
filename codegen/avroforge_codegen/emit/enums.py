"""Emit an enum class and the tables its codecs use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.codec.leaf_reads import ONE_BYTE_INDEXES
from avroforge.wire.varint import write_length
from avroforge_codegen.emit import literal
from avroforge_codegen.emit.metadata import deprecated_decorator, marked

if TYPE_CHECKING:
    from avroforge.codec import ir
    from avroforge.schema import model
    from avroforge_codegen.emit.source import SourceFile


def emit_enum(source: SourceFile, node: model.EnumType, bound: ir.Enum, name: str) -> list[str]:
    """The class: one member per symbol, in schema order, whose value is the symbol."""
    base = source.ref("enum", "StrEnum" if bound.text else "Enum")
    lines = [*deprecated_decorator(source, node), f"class {name}({base}):"]
    lines.extend(literal.docstring(marked(node.doc or f"Avro enum `{node.fullname}`.", node.properties)))
    lines.append("")
    for member, symbol in zip(bound.members, bound.symbols, strict=True):
        lines.append(f"    {member} = {literal.string(symbol)}")
    if not bound.text:
        # members are singletons, so the identity hash is right, and no Python code
        lines.extend(["", "    __hash__ = object.__hash__"])
    return lines


def emit_enum_tables(source: SourceFile, bound: ir.Enum, name: str) -> list[str]:
    """Member -> bytes of its index, and back from the first byte (from the index past 64 symbols)."""
    final = source.runtime("Final")
    wide = len(bound.symbols) > ONE_BYTE_INDEXES
    lines = [f"_bytes_{name}: {final} = {{"]
    for index, member in enumerate(bound.members):
        lines.append(f"    {name}.{member}: {literal.data(write_length(index))},")
    lines.extend(["}", f"_members_{name}: {final} = {{"])
    for index, member in enumerate(bound.members):
        lines.append(f"    {index if wide else index * 2}: {name}.{member},")
    lines.append("}")
    return lines
