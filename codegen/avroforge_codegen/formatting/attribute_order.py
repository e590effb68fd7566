"""The order of attributes, and the namespaces that say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.schema.syntax import ArraySyntax, ObjectSyntax, text_value
from avroforge_codegen.definitions import definitions

if TYPE_CHECKING:
    from avroforge.schema.syntax import MemberSyntax, Syntax

_TYPE: Final = (
    "type",
    "name",
    "namespace",
    "doc",
    "aliases",
    "size",
    "symbols",
    "default",
    "items",
    "values",
    "logicalType",
    "precision",
    "scale",
)
_FIELD: Final = ("name", "type", "default", "doc", "order", "aliases")
_LAST: Final = "fields"
Members = dict[int, list["MemberSyntax"]]
"""Start of an object -> its members as they are to be written."""


def ordered_members(root: Syntax, text: str) -> Members:
    """The members of every type and field of a schema; objects that are not listed stay as they are.

    The attributes that the specification knows come first, in its order, then all others in theirs, and at
    last the fields of a record.
    """
    found: Members = {}
    pending: list[tuple[Syntax, bool]] = [(root, False)]
    while pending:
        node, is_field = pending.pop()
        if isinstance(node, ArraySyntax):
            pending.extend((each, False) for each in node.items)
        elif isinstance(node, ObjectSyntax):
            found[node.start] = _in_order(node.members, _FIELD if is_field else _TYPE)
            for member in node.members:
                if is_field:
                    pending.extend([(member.value, False)] if member.key == "type" else [])
                elif member.key == _LAST and isinstance(member.value, ArraySyntax):
                    pending.extend((each, True) for each in member.value.items)
                elif member.key in {"items", "values"}:
                    pending.append((member.value, False))
    for holder, around in definitions(root, text):
        if around and "." not in (text_value(holder.value("name"), text) or ""):
            found[holder.start] = [
                each
                for each in found[holder.start]
                if each.key != "namespace" or text_value(each.value, text) != around
            ]
    return found


def _in_order(members: list[MemberSyntax], order: tuple[str, ...]) -> list[MemberSyntax]:
    rank = {key: number for number, key in enumerate(order)}
    rank[_LAST] = len(order) + 1
    return sorted(members, key=lambda each: rank.get(each.key, len(order)))
