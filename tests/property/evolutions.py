"""Hypothesis strategies: what a schema becomes in later versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st
from tests.property.strategies import PRIMITIVES

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
def single_changes(draw: DrawFn, text: str) -> str:
    """A schema with one change in one place, as likely to break readers as not; never an invalid one."""
    for _ in range(4):
        holder = [json.loads(text)]
        parent, key = draw(st.sampled_from(_places(holder)))
        parent[key] = _broken(draw, parent[key])
        changed = json.dumps(holder[0])
        try:
            parse_schema(changed)
        except SchemaError:
            continue
        return changed
    return text


def _places(holder: list[Any]) -> list[tuple[Any, Any]]:
    """Every type inside a type, as the container that holds it and its key there."""
    found: list[tuple[Any, Any]] = []
    pending: list[tuple[Any, Any]] = [(holder, 0)]
    while pending:
        parent, key = pending.pop()
        found.append((parent, key))
        match parent[key]:
            case list() as branches:
                pending += [(branches, index) for index in range(len(branches))]
            case {"type": "array"} as node:
                pending.append((node, "items"))
            case {"type": "map"} as node:
                pending.append((node, "values"))
            case {"type": "record", "fields": fields}:
                pending += [(field, "type") for field in fields]
            case _:
                pass
    return found


def _broken(draw: DrawFn, node: Any) -> Any:  # noqa: ANN401 - JSON; a kind of change each
    kind = draw(st.sampled_from(["another", "wrapped", "own", "own", "own"]))
    if kind == "another":
        return draw(st.sampled_from([*PRIMITIVES, {"type": "array", "items": "int"}]))
    if kind == "wrapped":
        return draw(st.sampled_from([["null", node], [node, "null"], {"type": "array", "items": node}]))
    match node:
        case str() if node in WIDER:
            return draw(st.sampled_from(WIDER[node]))
        case list():
            branches = draw(st.permutations(node))
            return branches[draw(st.integers(0, min(1, len(branches) - 1))) :]
        case {"type": "enum", "symbols": symbols}:
            changed = draw(st.permutations(symbols))[draw(st.integers(0, min(1, len(symbols) - 1))) :]
            default = draw(st.sampled_from([{}, {"default": changed[0]}]))
            return {**_name_changed(draw, node), "symbols": changed, **default}
        case {"type": "fixed"}:
            size = draw(st.sampled_from([node["size"], node["size"] + 1]))
            plain = {key: each for key, each in node.items() if key != "logicalType"}
            return {**_name_changed(draw, plain), "size": size}
        case {"type": "record"}:
            return _fields_changed(draw, _name_changed(draw, node))
        case _:
            return node


def _name_changed(draw: DrawFn, node: dict[str, Any]) -> dict[str, Any]:
    """A named type under its own name, in another namespace, or under another name with or without alias."""
    match draw(st.sampled_from(["same", "same", "moved", "renamed", "aliased"])):
        case "moved":
            return {**node, "namespace": "moved"}
        case "renamed":
            return {**node, "name": f"{node['name']}Renamed"}
        case "aliased":
            old = f"{node['namespace']}.{node['name']}".lstrip(".")
            return {**node, "name": f"{node['name']}Renamed", "aliases": [old]}
        case _:
            return node


def _fields_changed(draw: DrawFn, node: dict[str, Any]) -> dict[str, Any]:
    fields = list(node["fields"])
    match draw(
        st.sampled_from(["remove", "add", "add with default", "rename", "rename with alias", "order"])
    ):
        case "remove" if fields:
            fields.pop(draw(st.integers(0, len(fields) - 1)))
        case "add":
            fields.append({"name": "added_0", "type": draw(st.sampled_from(ADDED))[0]})
        case "add with default":
            kind, default = draw(st.sampled_from(ADDED))
            fields.append({"name": "added_0", "type": kind, "default": default})
        case ("rename" | "rename with alias") as how if fields:
            index = draw(st.integers(0, len(fields) - 1))
            old = fields[index]["name"]
            alias = {"aliases": [old]} if how == "rename with alias" else {}
            fields[index] = {**fields[index], "name": f"{old}_new", **alias}
        case _:
            fields = draw(st.permutations(fields)) if fields else fields
    return {**node, "fields": fields}


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
