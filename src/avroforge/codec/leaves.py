"""Flatten records whose arrays can be read by constant-stride speculation (`wire.stride`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from avroforge.codec import ir

if TYPE_CHECKING:
    from avroforge.codec.shape import Shapes

MOST_LEAVES: Final = 24
_COLUMNS: Final = frozenset({"double", "float", "string", "boolean"})
_SCALARS: Final = frozenset({"double", "float", "boolean", "int", "long", "string", "bytes"})

Leaf: TypeAlias = (
    "tuple[str] | tuple[str, int] | tuple[str, str] | tuple[str, ir.Enum] | tuple[str, int, Leaf]"
    " | tuple[str, Leaf]"
)
"""As `wire.stride.Leaf`, with the enum itself in place of its members."""


def stride_leaves(record: ir.Record, shapes: Shapes) -> tuple[Leaf, ...] | None:
    """The leaves of a record in order of their bytes, or None where a part has no constant size to bet on."""
    found: list[Leaf] = []
    pending: list[ir.Node] = [record]
    while pending:
        node = pending.pop()
        if isinstance(node, ir.Record):
            if shapes.recursive(node) or not node.fields:
                return None
            pending.extend(field.node for field in reversed(node.fields))
            continue
        leaf = _leaf(node)
        if leaf is None or len(found) == MOST_LEAVES:
            return None
        found.append(leaf)
    return tuple(found)


def column_kinds(record: ir.Record, shapes: Shapes) -> tuple[str, ...] | None:
    """The kinds of a record's leaves where all records may well have one size, or None."""
    leaves = stride_leaves(record, shapes)
    if leaves is None or len(leaves) < 2 or not all(leaf[0] in _COLUMNS for leaf in leaves):  # noqa: PLR2004 - one leaf gains nothing
        return None
    return tuple(leaf[0] for leaf in leaves)


def _leaf(node: ir.Node) -> Leaf | None:
    match node:
        case ir.Primitive() if node.kind in _SCALARS:
            return (node.kind,)
        case ir.Fixed() if node.size:
            return ("fixed", node.size)
        case ir.Enum() if len(node.symbols) <= 64:  # noqa: PLR2004 - what a one-byte index can tell apart
            return ("enum", node)
        case ir.Array(items=ir.Primitive(kind="double" | "float" as kind)):
            return ("array", kind)
        case ir.Union() if node.nullable is not None and node.nullable.wrapper is None:
            inner = _leaf(node.nullable.node)
            return None if inner is None else ("optional", 2 * (1 - node.null_index), inner)
        case _:
            return None
