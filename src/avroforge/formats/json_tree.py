"""From a plain datum to the JSON values of Avro's JSON encoding.

Source: Avro 1.12, JSON Encoding.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from avroforge.codec import ir

if TYPE_CHECKING:
    from collections.abc import Mapping

    JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

_PYTHON_TYPES: Final[Mapping[str, type]] = {
    "boolean": bool,
    "int": int,
    "long": int,
    "float": float,
    "double": float,
    "bytes": bytes,
    "string": str,
}


class TreeBuilder:
    """Builds the trees of one schema's datums; remembers how each union's branches are told apart.

    Args:
        node: the root type, lowered without classes and with raw logical types.
    """

    def __init__(self, node: ir.Node) -> None:
        self._root = node
        self._branches: dict[ir.Union, dict[type | str, ir.Branch]] = {}

    def build(self, datum: object) -> JsonValue:
        """The tree of one datum, as the walk over `node` reads it."""
        return self._build(datum, self._root)

    def _build(self, datum: Any, node: ir.Node) -> JsonValue:  # noqa: ANN401 - the node says what it is
        match node:
            case ir.Primitive(kind="float" | "double"):
                return datum if math.isfinite(datum) else non_finite(datum)
            case ir.Primitive(kind="bytes") | ir.Fixed():
                return str(datum, "latin-1")
            case ir.Array():
                return [self._build(item, node.items) for item in datum]
            case ir.Map():
                return {key: self._build(item, node.values) for key, item in datum.items()}
            case ir.Record():
                return {field.name: self._build(datum[field.name], field.node) for field in node.fields}
            case ir.Union():
                return self._union(datum, node)
            case ir.Primitive() | ir.Enum():
                plain: JsonValue = datum
                return plain
            case ir.Logical():
                return self._build(datum, node.base)

    def _union(self, datum: Any, node: ir.Union) -> JsonValue:  # noqa: ANN401 - as above
        if datum is None:
            return None
        known = self._branches.get(node)
        if known is None:
            known = self._branches[node] = _told_apart(node)
        if type(datum) is tuple:
            name, value = datum
            return {name: self._build(value, known[name].node)}
        branch = known[type(datum)]
        return {branch.name: self._build(datum, branch.node)}


def _told_apart(node: ir.Union) -> dict[type | str, ir.Branch]:
    """The branches by name where a datum carries it, else by Python type."""
    return {
        branch.name if branch.wrapper is not None else _python_type(branch.node): branch
        for branch in node.branches
    }


def _python_type(node: ir.Node) -> type:
    match node:
        case ir.Primitive():
            return _PYTHON_TYPES.get(node.kind, type(None))
        case ir.Fixed():
            return bytes
        case ir.Enum():
            return str
        case ir.Array():
            return list
        case ir.Logical():
            return _python_type(node.base)
        case _:
            return dict


def non_finite(number: float) -> str:
    """What stands for a number that JSON lacks, as Java writes it."""
    if math.isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"
