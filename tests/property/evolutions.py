"""Hypothesis strategies: what a schema becomes in later versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from avroforge.errors import SchemaError
from avroforge.schema import parse_schema

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

WIDER: Final[dict[str, list[str]]] = {
    "int": ["long", "float", "double"],
    "long": ["float", "double", "int"],
    "float": ["double"],
    "string": ["bytes"],
    "bytes": ["string"],
}
ADDED: Final[list[tuple[Any, Any]]] = [
    ("int", -1),
    ("string", "added"),
    (["null", "long"], None),
    (["double", "string"], "later"),
    ({"type": "array", "items": "double"}, [1, 2.5]),
    ({"type": "map", "values": {"type": "array", "items": "int"}}, {"k": [1]}),
]


@st.composite
def evolutions(draw: DrawFn, text: str) -> str:
    """A schema made from another by some of the usual changes; the other itself where they are not valid."""
    changed = json.dumps(_changed(draw, json.loads(text)))
    try:
        parse_schema(changed)
    except SchemaError:
        return text
    return changed


def _changed(draw: DrawFn, node: Any) -> Any:  # noqa: ANN401 - JSON
    match node:
        case str() if node in WIDER and draw(st.integers(0, 2)) == 0:
            wider = draw(st.sampled_from(WIDER[node]))
            return draw(st.sampled_from([wider, ["null", wider], [wider, node], [node]]))
        case list():
            branches = [_changed(draw, branch) for branch in node]
            kept = [each for each in branches if not isinstance(each, list)]
            added = draw(st.sampled_from([[], ["null"], ["double"], ["string"]]))
            extra = [each for each in added if each not in kept]
            return draw(st.permutations(kept + extra)) if len(kept) == len(branches) else node
        case {"type": "array"}:
            return {**node, "items": _changed(draw, node["items"])}
        case {"type": "map"}:
            return {**node, "values": _changed(draw, node["values"])}
        case {"type": "enum"}:
            symbols = [*draw(st.permutations(node["symbols"])), "Added"]
            kept = symbols[draw(st.integers(0, 1)) :]
            return {**node, "symbols": kept, **draw(st.sampled_from([{}, {"default": "Added"}]))}
        case {"type": "record"}:
            return _record(draw, node)
        case _:
            return node


def _record(draw: DrawFn, node: dict[str, Any]) -> dict[str, Any]:
    fields = []
    for each in node["fields"]:
        field = {**each, "type": _changed(draw, each["type"])}
        field.pop("default", None)
        match draw(st.sampled_from(["keep", "keep", "keep", "remove", "rename"])):
            case "remove":
                continue
            case "rename":
                field |= {"name": f"{each['name']}_new", "aliases": [each["name"]]}
        fields.append(field)
    for number in range(draw(st.integers(0, 2))):
        kind, default = draw(st.sampled_from(ADDED))
        fields.append({"name": f"added_{number}", "type": kind, "default": default})
    return {**node, "fields": draw(st.permutations(fields)) if fields else fields}


LOGICAL: Final[dict[str, list[Any]]] = {
    "int": [{"type": "int", "logicalType": "date"}, {"type": "int", "logicalType": "time-millis"}],
    "long": [
        {"type": "long", "logicalType": "timestamp-millis"},
        {"type": "long", "logicalType": "timestamp-micros"},
        {"type": "long", "logicalType": "local-timestamp-micros"},
    ],
    "bytes": [
        {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
        {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 4},
        {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2},
    ],
}


@st.composite
def rewordings(draw: DrawFn, text: str) -> str:
    """A schema made from another by changes of names, aliases, docs, sizes, orders and logical types."""
    changed = json.dumps(_reworded(draw, json.loads(text)))
    try:
        parse_schema(changed)
    except SchemaError:
        return text
    return changed


def _reworded(draw: DrawFn, node: Any) -> Any:  # noqa: ANN401 - JSON
    match node:
        case str() if node in LOGICAL and draw(st.booleans()):
            return draw(st.sampled_from(LOGICAL[node]))
        case {"type": str() as kind, "logicalType": _} if kind in LOGICAL and draw(st.booleans()):
            return draw(st.sampled_from([kind, *LOGICAL[kind]]))
        case list():
            return [_reworded(draw, branch) for branch in node]
        case {"type": "array"}:
            return {**node, "items": _reworded(draw, node["items"])}
        case {"type": "map"}:
            return {**node, "values": _reworded(draw, node["values"])}
        case {"type": "record"}:
            fields = [_reworded_field(draw, each) for each in node["fields"]]
            return {**node, **_renamed(draw, node), "fields": fields}
        case {"type": "enum"}:
            default = draw(st.sampled_from([{}, {"default": node["symbols"][0]}]))
            return {**node, **_renamed(draw, node), **default}
        case {"type": "fixed"}:
            size = draw(st.sampled_from([node["size"], node["size"] + 1]))
            return {**node, **_renamed(draw, node), "size": size}
        case _:
            return node


def _reworded_field(draw: DrawFn, field: dict[str, Any]) -> dict[str, Any]:
    extras: list[dict[str, Any]] = [
        {},
        {},
        {"doc": "d"},
        {"order": "ignore"},
        {"aliases": ["once"]},
        {"x": 1},
    ]
    extra = draw(st.sampled_from(extras))
    return {**field, "type": _reworded(draw, field["type"]), **extra}


def _renamed(draw: DrawFn, node: dict[str, Any]) -> dict[str, Any]:
    namespace = node.get("namespace", "")
    fullname = f"{namespace}.{node['name']}" if namespace else node["name"]
    match draw(st.sampled_from(["keep", "keep", "move", "move with alias", "rename", "rename with alias"])):
        case "move":
            return {"namespace": "moved"}
        case "move with alias":
            return {"namespace": "moved", "aliases": [fullname]}
        case "rename":
            return {"name": f"{node['name']}New"}
        case "rename with alias":
            return {"name": f"{node['name']}New", "aliases": [fullname]}
        case _:
            return {}
