"""Walk a type graph in first-use order: depth first, left to right, each named type once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.schema.file_graph import dependency_order
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
    from collections.abc import Iterable, Iterator, Mapping

    from avroforge.schema.model import AvroType, NamedType


_LEAVES = (PrimitiveType, EnumType, FixedType)


def inner_types(node: AvroType) -> tuple[AvroType, ...]:
    """The types that a type is made of, as they are written; none for those that hold no others."""
    match node:
        case ArrayType():
            return (node.items,)
        case MapType():
            return (node.values,)
        case UnionType():
            return tuple(node.branches)
        case RecordType():
            return tuple(field.type for field in node.fields)
        case PrimitiveType() | EnumType() | FixedType():
            return ()


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
        stack.extend((each, depth + 1) for each in reversed(inner_types(node)))


def named_types_of(roots: Iterable[AvroType]) -> dict[str, NamedType]:
    """The named types reachable from several roots by full name, in first-use order."""
    found: dict[str, NamedType] = {}
    for root in roots:
        stack: list[AvroType] = [root]
        while stack:
            node = stack.pop()
            if isinstance(node, RecordType | EnumType | FixedType):
                if node.fullname in found:
                    continue
                found[node.fullname] = node
            stack.extend(reversed(inner_types(node)))
    return found


def named_types(root: AvroType) -> dict[str, NamedType]:
    """The named types reachable from `root` by full name, in first-use order."""
    return named_types_of([root])


def direct_references(root: AvroType, own: Iterable[str]) -> Iterator[str]:
    """The full names that `root` and the named types of `own` inside it mention; not those of `own`.

    Depth first, left to right, each mention; what other named types mention is not followed.
    """
    within, entered = frozenset(own), set[str]()
    stack: list[AvroType] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, RecordType | EnumType | FixedType):
            if node.fullname not in within:
                yield node.fullname
                continue
            if node.fullname in entered:
                continue
            entered.add(node.fullname)
        stack.extend(reversed(inner_types(node)))


def _parts(root: AvroType) -> Iterator[tuple[AvroType, int]]:
    """Every node of `root` itself with its depth; named types other than the root are not entered."""
    stack: list[tuple[AvroType, int]] = [(root, 1)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        if depth == 1 or not isinstance(node, RecordType):
            stack.extend((each, depth + 1) for each in inner_types(node))


def height(root: AvroType, heights: Mapping[str, float]) -> float:
    """An upper bound of the depths that `nodes` gives, from those of other records; infinite without one."""
    return max(
        depth + heights.get(node.fullname, float("inf")) - 1
        if isinstance(node, RecordType) and node is not root
        else depth
        for node, depth in _parts(root)
    )


def heights_of(records: Mapping[str, RecordType]) -> dict[str, float]:
    """The heights of records, each looked into once; infinite where they are recursive through others."""
    graph = {
        name: [node.fullname for node, _ in _parts(record) if isinstance(node, RecordType)]
        for name, record in records.items()
    }
    result: dict[str, float] = {}
    for name in dependency_order(graph):
        if name in records:
            result[name] = height(records[name], result)
    return result


def is_deeper(root: AvroType, limit: int) -> bool:
    """Whether records, unions, arrays and maps nest deeper, every reference followed at its first use."""
    return any(depth > limit and not isinstance(node, _LEAVES) for node, depth in nodes(root))
