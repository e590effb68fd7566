"""The Python annotation of a bound type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.codec import ir
from avroforge.codec.conversion import python_symbol

if TYPE_CHECKING:
    from avroforge_codegen.emit.source import SourceFile

_LONG = 64
"""The most alternatives written with ``|``: each nests one deeper in Python's syntax tree."""
_ARRAYS = {"double": "DoubleArray", "float": "FloatArray", "long": "LongArray", "int": "IntArray"}


def annotation(node: ir.Node, source: SourceFile, hidden: frozenset[str] = frozenset()) -> str:
    """The type that a value of `node` has in Python.

    Args:
        node: the bound type.
        source: the module the annotation stands in.
        hidden: names that mean something else there, because a class body defines them.
    """
    match node:
        case ir.Primitive(kind="null"):
            return "None"
        case ir.Primitive():
            return source.builtin(ir.PYTHON_TYPES[node.kind].__name__, hidden)
        case ir.Fixed():
            return source.builtin("bytes", hidden)
        case ir.Enum() | ir.Record():
            if not isinstance(node.target, ir.Symbol):
                raise TypeError("a generated file names its classes by symbol")
            return source.avoiding(source.symbol(node.target), hidden)
        case ir.Array():
            if node.table is not None and isinstance(node.table.columns, ir.Symbol):
                return source.avoiding(source.symbol(node.table.columns), hidden)
            if node.numbers is not None:
                return source.numeric(_ARRAYS[node.numbers])
            return f"{source.builtin('list', hidden)}[{annotation(node.items, source, hidden)}]"
        case ir.Map():
            text = source.builtin("str", hidden)
            return f"{source.builtin('dict', hidden)}[{text}, {annotation(node.values, source, hidden)}]"
        case ir.Logical():
            return source.symbol(python_symbol(node))
        case ir.Union():
            return _union(node, source, hidden)


def _union(node: ir.Union, source: SourceFile, hidden: frozenset[str]) -> str:
    parts: list[str] = []
    for branch in node.branches:
        text = annotation(branch.node, source, hidden)
        if isinstance(branch.wrapper, ir.Symbol):
            wrapper = source.avoiding(source.symbol(branch.wrapper), hidden)
            text = f"{wrapper}[{text}]" if branch.wrapper.module == "avroforge.runtime" else wrapper
        parts.append(text)
    if not parts:
        return source.ref("typing", "Never")
    ordered = [part for part in parts if part != "None"] + [part for part in parts if part == "None"]
    distinct = list(dict.fromkeys(ordered))
    if len(distinct) > _LONG:
        return f"{source.ref('typing', 'Union')}[{', '.join(distinct)}]"
    return " | ".join(distinct)
