"""Find what a text defines and refers to, without building it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from avroforge.schema import names
from avroforge.schema.model import namespace_of
from avroforge.schema.scan import JsonArray, JsonObject

if TYPE_CHECKING:
    from avroforge.schema.build import Builder
    from avroforge.schema.model import NamedType
    from avroforge.schema.scan import JsonNode

_DEFINITIONS: Final = frozenset({"record", "error", "enum", "fixed"})


@dataclass(frozen=True, slots=True)
class Declaration:
    """A definition that some text holds, and how to build it.

    Attributes:
        fullname: the name it defines.
        node: its JSON object.
        namespace: the namespace around it.
        builder: the builder of its text.
    """

    fullname: str
    node: JsonObject
    namespace: str
    builder: Builder

    def build(self) -> NamedType:
        """The type, built now if it is not yet."""
        return self.builder.named(self.node, str(self.node["type"]), self.namespace)


@dataclass(slots=True)
class Declarations:
    """What one text defines and refers to, in text order; the first definition of a name counts."""

    defined: dict[str, Declaration] = field(default_factory=dict)
    references: list[tuple[str, int]] = field(default_factory=list)


def declarations(root: JsonNode, offset: int, builder: Builder) -> Declarations:
    """Walk a text's JSON depth first and left to right; whatever is no schema is passed over."""
    found = Declarations()
    stack: list[tuple[JsonNode, int, str]] = [(root, offset, "")]
    while stack:
        node, at, namespace = stack.pop()
        if isinstance(node, str):
            if not names.is_primitive(node):
                found.references.append((names.qualify(node, namespace), at))
        elif isinstance(node, JsonArray):
            stack.extend((each, place, namespace) for each, place in _backwards(node))
        elif isinstance(node, JsonObject):
            stack.extend(_parts(node, namespace, found, builder))
    return found


def _backwards(node: JsonArray) -> list[tuple[JsonNode, int]]:
    return list(zip(node, node.places, strict=True))[::-1]


def _parts(
    node: JsonObject, namespace: str, found: Declarations, builder: Builder
) -> list[tuple[JsonNode, int, str]]:
    """Note what an object defines; return the schemas inside it, last one first."""
    kind = node.get("type")
    if kind in ("array", "map"):
        inner = "items" if kind == "array" else "values"
        return [(node[inner], node.places[inner], namespace)] if inner in node else []
    if not isinstance(kind, str):
        return []
    if kind not in _DEFINITIONS:
        return [(kind, node.places["type"], namespace)]
    fullname = _fullname(node, namespace)
    if fullname is not None:
        found.defined.setdefault(fullname, Declaration(fullname, node, namespace, builder))
    fields = node.get("fields")
    if kind not in ("record", "error") or not isinstance(fields, JsonArray):
        return []
    # without a name there is no namespace either, as in the builder
    inside = "" if fullname is None else namespace_of(fullname)
    return [
        (each["type"], each.places["type"], inside)
        for each, _ in _backwards(fields)
        if isinstance(each, JsonObject) and "type" in each
    ]


def _fullname(node: JsonObject, enclosing: str) -> str | None:
    name, namespace = node.get("name"), node.get("namespace")
    if not isinstance(name, str):
        return None
    return names.qualify(name, namespace if isinstance(namespace, str) else enclosing)
