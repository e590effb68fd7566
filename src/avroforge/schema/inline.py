"""The self-contained text of a type: everything it means, in one deterministic JSON text.

Each named type is written out where it is first used, depth first, under its full name, and by name after
that. Documentation, aliases, defaults, order, logical types and custom properties are kept; white space and
the order of attributes in the source leave no trace.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from avroforge.schema.model import (
    ArrayType,
    EnumType,
    FixedType,
    MapType,
    PrimitiveType,
    RecordType,
    UnionType,
    namespace_of,
)
from avroforge.schema.names import relative_alias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from avroforge.schema.model import AvroType, JsonValue, LogicalType, NamedType, RecordField

_Json = dict[str, object]


def self_contained(node: AvroType, known: Iterable[str] = ()) -> str:
    """The self-contained text of a type: compact JSON that parses to an equal model.

    Args:
        node: the type.
        known: full names of types that stand in it by name only.
    """
    return json.dumps(_tree(node, "", set(known)), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def own_tree(node: NamedType, others: Iterable[str]) -> dict[str, JsonValue]:
    """One named type as JSON values, with the types called `others` by name only.

    Args:
        node: the type that is written out.
        others: full names that other files define; its own is written out all the same.
    """
    tree = _tree(node, "", {*others} - {node.fullname})
    assert isinstance(tree, dict)  # noqa: S101 - a named type that is not yet seen is an object
    return tree


def _tree(node: AvroType, namespace: str, seen: set[str]) -> object:
    match node:
        case PrimitiveType():
            if node.logical is None and not node.properties:
                return node.name
            return _with_extras({"type": node.name}, node.logical, node.properties)
        case ArrayType():
            array: _Json = {"type": "array", "items": _tree(node.items, namespace, seen)}
            return _with_extras(array, None, node.properties)
        case MapType():
            map_: _Json = {"type": "map", "values": _tree(node.values, namespace, seen)}
            return _with_extras(map_, None, node.properties)
        case UnionType():
            branches = []
            for branch in node.branches:
                branches.append(_tree(branch, namespace, seen))  # noqa: PERF401 -- a stack frame less per level
            return branches
        case _ if node.fullname in seen:
            return node.fullname
        case FixedType():
            fixed = _named(node, "fixed", namespace, seen)
            fixed["size"] = node.size
            return _with_extras(fixed, node.logical, node.properties)
        case EnumType():
            enum = _named(node, "enum", namespace, seen)
            enum["symbols"] = list(node.symbols)
            if node.default is not None:
                enum["default"] = node.default
            return _with_extras(enum, None, node.properties)
        case RecordType():
            record = _named(node, "error" if node.is_error else "record", namespace, seen)
            fields: list[_Json] = []
            inner = namespace_of(node.fullname)
            for field in node.fields:
                tree: _Json = {"name": field.name, "type": _tree(field.type, inner, seen)}
                fields.append(_field_extras(tree, field))
            record["fields"] = fields
            return _with_extras(record, None, node.properties)


def _named(node: NamedType, kind: str, namespace: str, seen: set[str]) -> _Json:
    seen.add(node.fullname)
    tree: _Json = {"type": kind, "name": node.fullname}
    if namespace and not namespace_of(node.fullname):
        # without it the enclosing namespace would apply (Avro 1.12, Names)
        tree["namespace"] = ""
    if node.doc is not None:
        tree["doc"] = node.doc
    if node.aliases:
        inner = namespace_of(node.fullname)
        tree["aliases"] = [relative_alias(alias, inner) for alias in node.aliases]
    return tree


def _field_extras(tree: _Json, field: RecordField) -> _Json:
    if field.doc is not None:
        tree["doc"] = field.doc
    if field.has_default:
        tree["default"] = field.default
    if field.order != "ascending":
        tree["order"] = field.order
    if field.aliases:
        tree["aliases"] = list(field.aliases)
    return _with_extras(tree, None, field.properties)


def _with_extras(tree: _Json, logical: LogicalType | None, properties: Mapping[str, JsonValue]) -> _Json:
    if logical is not None:
        tree["logicalType"] = logical.name
        if logical.name == "decimal":
            tree["precision"] = logical.precision
            if logical.scale:
                tree["scale"] = logical.scale
    for name in sorted(properties):
        tree[name] = _sorted(properties[name])
    return tree


def _sorted(value: JsonValue) -> object:
    """A property's value with its members in order: how it was written leaves no trace."""
    if isinstance(value, dict):
        members = {}
        for key in sorted(value):
            members[key] = _sorted(value[key])
        return members
    if isinstance(value, list | tuple):
        elements = []
        for each in value:
            elements.append(_sorted(each))  # noqa: PERF401 -- a stack frame less per level
        return elements
    return value
