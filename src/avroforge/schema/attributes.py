"""Read the attributes of a schema object.

Each function takes one, reports what is wrong with it, and returns a value that building can go on with.
Source: Avro 1.12, Schema Declaration; which attributes are reserved for each kind decides what is a property.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.schema import diagnostics, names
from avroforge.schema.model import MISSING, PRIMITIVE_NAMES
from avroforge.schema.scan import JsonArray, JsonObject, plain
from avroforge.schema.tool_attributes import TOOL_ATTRIBUTES

if TYPE_CHECKING:
    from avroforge.schema.build import Builder
    from avroforge.schema.model import JsonValue, Missing, Order, PrimitiveName
    from avroforge.schema.scan import JsonNode

PRIMITIVES: Final[dict[str, PrimitiveName]] = {name: name for name in PRIMITIVE_NAMES}
NOTHING: Final[frozenset[str]] = frozenset()
PRIMITIVE: Final = frozenset({"type"})
ARRAY: Final = frozenset({"type", "items"})
MAP: Final = frozenset({"type", "values"})
_NAMED: Final = frozenset({"type", "name", "namespace", "doc", "aliases"})
RECORD: Final = _NAMED | {"fields"}
ENUM: Final = _NAMED | {"symbols", "default"}
FIXED: Final = _NAMED | {"size"}
FIELD: Final = frozenset({"name", "type", "doc", "default", "order", "aliases"})
COMPLEX: Final = {
    "record": '"name": ..., "fields": [...]',
    "error": '"name": ..., "fields": [...]',
    "enum": '"name": ..., "symbols": [...]',
    "fixed": '"name": ..., "size": ...',
    "array": '"items": ...',
    "map": '"values": ...',
}
"""The kinds that need attributes, and which."""
MAX_VALUE_DEPTH: Final = 64
"""Arrays and objects inside a default or a property."""
_ORDERS: Final[dict[str, Order]] = {
    "ascending": "ascending",
    "descending": "descending",
    "ignore": "ignore",
}


def required(builder: Builder, node: JsonObject, name: str, owner: str) -> JsonNode:
    """An attribute that must be there; `None` (reported) if it is not."""
    if name not in node:
        builder.report(diagnostics.attribute_missing(builder.at(node.at), name, owner))
        return None
    value = node[name]
    if value is None:
        at = builder.at(node.places[name])
        builder.report(diagnostics.attribute_type(at, name, owner, "a value", value))
    return value


def properties(
    builder: Builder, node: JsonObject, reserved: frozenset[str], taken: frozenset[str] = NOTHING
) -> dict[str, JsonValue]:
    """The attributes that the specification does not define for this kind of node; not those of tools."""
    found: dict[str, JsonValue] = {}
    for name, value in node.items():
        if name in reserved or name in taken or name in TOOL_ATTRIBUTES:
            continue
        if not _too_deep(builder, value, node.places[name], f"attribute '{name}'"):
            found[name] = plain(value)
    return found


def fullname(builder: Builder, node: JsonObject, kind: str, enclosing: str) -> str:
    """The full name of a definition (Avro 1.12, Names); an invalid one is reported and used as it stands."""
    given = required(builder, node, "name", f"{kind} schema")
    if given is None:
        return f"<{kind} without name at {node.at}>"
    at = builder.at(node.places["name"])
    if not isinstance(given, str):
        builder.report(diagnostics.attribute_type(at, "name", f"{kind} schema", "a string", given))
        return f"<{kind} without name at {node.at}>"
    namespace = _namespace(builder, node, kind, enclosing, applies="." not in given)
    if not names.is_fullname(given):
        builder.report(diagnostics.name_invalid(at, f"a {kind} name", given))
    elif names.is_primitive(given.rpartition(".")[2]):
        builder.report(diagnostics.name_reserved(at, given))
    return names.qualify(given, namespace)


def _namespace(builder: Builder, node: JsonObject, kind: str, enclosing: str, *, applies: bool) -> str:
    given = node.get("namespace")
    if given is None:
        return enclosing
    at = builder.at(node.places["namespace"])
    if not isinstance(given, str):
        builder.report(diagnostics.attribute_type(at, "namespace", f"{kind} schema", "a string", given))
        return enclosing
    if applies and given and not names.is_fullname(given):
        builder.report(diagnostics.namespace_invalid(at, given))
    return given


def doc(node: JsonObject) -> str | None:
    """The documentation; anything but a string is no documentation and does no harm, as in Java."""
    text = node.get("doc")
    return text if isinstance(text, str) else None


def _strings(builder: Builder, node: JsonObject, owner: str) -> list[str]:
    name = "aliases"
    given = node[name]
    if not isinstance(given, JsonArray):
        at = builder.at(node.places[name])
        builder.report(diagnostics.attribute_type(at, name, owner, "an array of strings", given))
        return []
    found: list[str] = []
    for each, offset in zip(given, given.places, strict=True):
        if isinstance(each, str):
            found.append(each)
        else:
            at = builder.at(offset)
            builder.report(diagnostics.attribute_type(at, name, owner, "an array of strings", each))
    return found


def type_aliases(builder: Builder, node: JsonObject, name: str) -> tuple[str, ...]:
    """The aliases of a named type as full names, resolved in the type's own namespace.

    Any string is accepted as an alias (Avro 1.12, Aliases); a dot and a name is one in the null namespace.
    """
    if "aliases" not in node:
        return ()
    namespace = name.rpartition(".")[0]
    return tuple(names.qualify_alias(alias, namespace) for alias in _strings(builder, node, name))


def field_aliases(builder: Builder, node: JsonObject, owner: str) -> tuple[str, ...]:
    """The aliases of a field."""
    return tuple(_strings(builder, node, owner)) if "aliases" in node else ()


def field_name(builder: Builder, node: JsonObject, record: str, first: dict[str, int]) -> str:
    """The name of a field, unique in its record."""
    given = required(builder, node, "name", f"a field of record '{record}'")
    if given is None:
        return "<field without name>"
    offset = node.places["name"]
    at = builder.at(offset)
    if not isinstance(given, str):
        owner = f"a field of record '{record}'"
        builder.report(diagnostics.attribute_type(at, "name", owner, "a string", given))
        return "<field without name>"
    if not names.is_name(given):
        builder.report(diagnostics.name_invalid(at, "a field name", given))
    elif given in first:
        builder.report(diagnostics.field_unique(at, given, record, builder.at(first[given])))
    first.setdefault(given, offset)
    return given


def default(builder: Builder, node: JsonObject, owner: str) -> JsonValue | Missing:
    """The default of a field as a plain value, not yet checked."""
    if "default" not in node:
        return MISSING
    value = node["default"]
    if _too_deep(builder, value, node.places["default"], f"the default of {owner}"):
        return MISSING
    return plain(value)


def order(builder: Builder, node: JsonObject, owner: str) -> Order:
    """The sort order of a field."""
    given = node.get("order", "ascending")
    found = _ORDERS.get(given) if isinstance(given, str) else None
    if found is None:
        at = builder.at(node.places["order"])
        expected = "'ascending', 'descending' or 'ignore'"
        builder.report(diagnostics.attribute_type(at, "order", owner, expected, given))
        return "ascending"
    return found


def symbols(builder: Builder, node: JsonObject, enum: str) -> tuple[str, ...]:
    """The symbols of an enum: names, each once."""
    given = required(builder, node, "symbols", f"enum '{enum}'")
    if given is None:
        return ()
    if not isinstance(given, JsonArray):
        at = builder.at(node.places["symbols"])
        owner = f"enum '{enum}'"
        builder.report(diagnostics.attribute_type(at, "symbols", owner, "an array of strings", given))
        return ()
    first: dict[str, int] = {}
    for symbol, offset in zip(given, given.places, strict=True):
        if not isinstance(symbol, str) or not names.is_name(symbol):
            builder.report(diagnostics.enum_symbol(builder.at(offset), symbol, enum))
        elif symbol in first:
            first_at = builder.at(first[symbol])
            builder.report(diagnostics.enum_symbol_unique(builder.at(offset), symbol, enum, first_at))
        if isinstance(symbol, str):
            first.setdefault(symbol, offset)
    return tuple(first)


def enum_default(builder: Builder, node: JsonObject, enum: str, allowed: tuple[str, ...]) -> str | None:
    """The default symbol of an enum."""
    if "default" not in node:
        return None
    given = node["default"]
    if isinstance(given, str) and given in allowed:
        return given
    if not builder.lenient:
        hint = diagnostics.did_you_mean(names.close(given, allowed)) if isinstance(given, str) else ""
        builder.report(diagnostics.enum_default(builder.at(node.places["default"]), given, enum, hint))
    return given if isinstance(given, str) else None


def fixed_size(builder: Builder, node: JsonObject, fixed: str, limit: int) -> int:
    """The size of a fixed in bytes."""
    given = required(builder, node, "size", f"fixed '{fixed}'")
    if given is None:
        return 0
    if type(given) is not int or not 0 <= given <= limit:
        at = builder.at(node.places["size"])
        builder.report(diagnostics.fixed_size(at, given, fixed, limit))
        return 0
    return given


def _too_deep(builder: Builder, value: JsonNode, offset: int, what: str) -> bool:
    if not isinstance(value, JsonObject | JsonArray) or _depth(value) <= MAX_VALUE_DEPTH:
        return False
    builder.report(diagnostics.value_depth(builder.at(offset), what, MAX_VALUE_DEPTH))
    return True


def _depth(value: JsonObject | JsonArray) -> int:
    """How deep containers nest, counted level by level so that depth costs no stack."""
    depth = 0
    level: list[JsonObject | JsonArray] = [value]
    while level:
        depth += 1
        inner: list[JsonObject | JsonArray] = []
        for each in level:
            members = each.values() if isinstance(each, JsonObject) else each
            inner.extend(member for member in members if isinstance(member, JsonObject | JsonArray))
        level = inner
    return depth
