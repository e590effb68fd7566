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
