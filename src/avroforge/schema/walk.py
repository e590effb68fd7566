"""Walk a type graph in first-use order: depth first, left to right, each named type once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.schema.model import (
    ArrayType,
    EnumType,
    FixedType,
    MapType,
    PrimitiveType,
    RecordType,
    UnionType,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.schema.model import AvroType, NamedType


_LEAVES = (PrimitiveType, EnumType, FixedType)


def nodes(root: AvroType) -> Iterator[tuple[AvroType, int]]:
    """Every node reachable from `root` with its depth (the root has 1), a named type at its first use."""
    seen: set[str] = set()
    stack: list[tuple[AvroType, int]] = [(root, 1)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, RecordType | EnumType | FixedType):
            if node.fullname in seen:
                continue
            seen.add(node.fullname)
        yield node, depth
        match node:
            case ArrayType():
                stack.append((node.items, depth + 1))
            case MapType():
                stack.append((node.values, depth + 1))
            case UnionType():
                stack.extend((branch, depth + 1) for branch in reversed(node.branches))
            case RecordType():
                stack.extend((field.type, depth + 1) for field in reversed(node.fields))
            case PrimitiveType() | EnumType() | FixedType():
                pass


def named_types(root: AvroType) -> dict[str, NamedType]:
    """The named types reachable from `root` by full name, in first-use order."""
    return {
        node.fullname: node for node, _ in nodes(root) if isinstance(node, RecordType | EnumType | FixedType)
    }


def is_deeper(root: AvroType, limit: int) -> bool:
    """Whether records, unions, arrays and maps nest deeper, every reference followed at its first use."""
    return any(depth > limit and not isinstance(node, _LEAVES) for node, depth in nodes(root))
