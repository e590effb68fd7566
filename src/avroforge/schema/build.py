"""Build the model from scanned JSON: one `Builder` per text, all of a run sharing one `Scope`.

An error is reported and building goes on: what cannot be built becomes `BROKEN`, which fits everywhere.
Source: Avro 1.12, Schema Declaration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.schema import attributes, diagnostics, names
from avroforge.schema.defaults import BROKEN
from avroforge.schema.logical import consumed, logical_type
from avroforge.schema.model import (
    ArrayType,
    EnumType,
    FixedType,
    MapType,
    PrimitiveType,
    RecordField,
    RecordType,
    UnionType,
    kind_of,
    namespace_of,
    simple_name,
)
from avroforge.schema.scan import JsonArray, JsonObject
from avroforge.schema.scope import PendingDefault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from avroforge.errors import Diagnostic
    from avroforge.schema.declarations import Declaration
    from avroforge.schema.model import AvroType, NamedType, Position, PrimitiveName
    from avroforge.schema.scan import JsonNode, Source
    from avroforge.schema.scope import Scope

MAX_TYPE_DEPTH: Final = 100
"""Records, unions, arrays and maps inside each other, references followed at first use.

Low enough that a walk with several stack frames per level stays within the interpreter's limit.
"""
MAX_FIXED_SIZE: Final = (1 << 31) - 1
_SCHEMA: Final = "a schema (a type name, an object or an array)"


class Builder:
    """Builds the types of one text.

    Args:
        source: the text.
        scope: what is shared with the other texts of the run.
        declarations: this text's own definitions by full name, filled on demand by `own_declarations`.
    """

    def __init__(self, source: Source, scope: Scope, *, lenient: bool) -> None:
        self.source = source
        self.scope = scope
        self.own: Callable[[], Mapping[str, Declaration]] = dict
        self.lenient = lenient
        self.defined: dict[str, NamedType] = {}
        self.starts: dict[str, int] = {}
        self.names_at: dict[str, int] = {}
        self.built: dict[int, NamedType] = {}

    def at(self, offset: int) -> Position:
        """The position of an offset in this text."""
        return self.source.position(offset)

    def report(self, finding: Diagnostic) -> None:
        """Note a finding and go on."""
        self.scope.findings.append(finding)

    def build(self, node: JsonNode, offset: int, namespace: str) -> AvroType:
        """The type that a JSON value describes inside a namespace."""
        if isinstance(node, str):
            if node in attributes.PRIMITIVES:
                return PrimitiveType(attributes.PRIMITIVES[node], None, {}, self.at(offset))
            return self.reference(node, offset, namespace)
        if isinstance(node, JsonArray):
            return self.union(node, namespace)
        if not isinstance(node, JsonObject):
            self.report(diagnostics.type_unknown(self.at(offset), _SCHEMA, node))
            return BROKEN
        kind = node.get("type")
        match kind:
            case "record" | "error" | "enum" | "fixed":
                return self.named(node, kind, namespace)
            case "array" | "map":
                return self.collection(node, kind, namespace)
            case str() if kind in attributes.PRIMITIVES:
                return self.primitive(node, attributes.PRIMITIVES[kind])
            case str():
                return self.reference(kind, node.places["type"], namespace)
            case _:
                self.no_kind(node)
                return BROKEN

    def primitive(self, node: JsonObject, kind: PrimitiveName) -> PrimitiveType:
        """A primitive written as an object, perhaps with a logical type."""
        logical = logical_type(kind, node)
        properties = attributes.properties(self, node, attributes.PRIMITIVE, consumed(logical))
        return PrimitiveType(kind, logical, properties, self.at(node.at))

    def enter(self, offset: int) -> bool:
        """Step into a type that contains others, unless that is too deep (reported)."""
        if self.scope.depth >= MAX_TYPE_DEPTH:
            self.report(diagnostics.type_depth(self.at(offset), MAX_TYPE_DEPTH))
            return False
        self.scope.depth += 1
        return True

    def leave(self) -> None:
        """Step out of a type that `enter` stepped into."""
        self.scope.depth -= 1

    def no_kind(self, node: JsonObject) -> None:
        """Say why an object without a usable ``type`` is no schema."""
        if "type" not in node:
            hint = f"; it has {', '.join(repr(key)[:40] for key in list(node)[:5])}" if node else ""
            self.report(diagnostics.attribute_missing(self.at(node.at), "type", f"a schema object{hint}"))
            return
        hint = (
            "; write the inner schema itself here" if isinstance(node["type"], JsonObject | JsonArray) else ""
        )
        self.report(diagnostics.type_unknown(self.at(node.places["type"]), "a type name", node["type"], hint))

    def collection(self, node: JsonObject, kind: str, namespace: str) -> AvroType:
        """An array or a map."""
        inner = "items" if kind == "array" else "values"
        if inner not in node:
            self.report(diagnostics.attribute_missing(self.at(node.at), inner, f"{kind} schema"))
            return BROKEN
        if not self.enter(node.at):
            return BROKEN
        content = self.build(node[inner], node.places[inner], namespace)
        self.leave()
        reserved = attributes.ARRAY if kind == "array" else attributes.MAP
        properties = attributes.properties(self, node, reserved)
        if kind == "array":
            return ArrayType(content, properties, self.at(node.at))
        return MapType(content, properties, self.at(node.at))

    def union(self, node: JsonArray, namespace: str) -> AvroType:
        """A union; each kind of unnamed type, and each full name, at most once."""
        if not self.enter(node.at):
            return BROKEN
        branches: list[AvroType] = []
        first: dict[str, int] = {}
        for branch, offset in zip(node, node.places, strict=True):
            if isinstance(branch, JsonArray):
                self.report(diagnostics.union_nested(self.at(offset)))
                continue
            built = self.build(branch, offset, namespace)
            branches.append(built)
            if built is BROKEN:
                continue
            identity = kind_of(built)
            if isinstance(built, RecordType | EnumType | FixedType):
                identity = built.fullname
            if identity in first:
                self.report(diagnostics.union_duplicate(self.at(offset), identity, self.at(first[identity])))
            first.setdefault(identity, offset)
        self.leave()
        return UnionType(tuple(branches), self.at(node.at))

    def reference(self, name: str, offset: int, namespace: str) -> AvroType:
        """The type that a name stands for: defined before in this text, known, or in another text."""
        fullname = names.qualify(name, namespace)
        if self.starts.get(fullname, offset) < offset:
            return self.defined[fullname]
        found = self.scope.known.get(fullname)
        if found is not None:
            return found
        mine = self.own().get(fullname)
        if mine is not None:
            # a name is defined before it is used (Avro 1.12, Names)
            if not self.lenient:
                self.report(diagnostics.reference_forward(self.at(offset), fullname, self.at(mine.node.at)))
            return mine.build()
        declared = self.scope.declared.get(fullname)
        if declared is not None:
            return declared.build()
        if not self.excused(fullname):
            hint = self.hint(name, fullname)
            self.report(diagnostics.reference_unknown(self.at(offset), name, fullname, hint))
        return BROKEN

    def excused(self, fullname: str) -> bool:
        """Whether a text that could not be read may be the one that defines the name."""
        quoted = f'"{simple_name(fullname)}"'
        return any(quoted in text or f".{quoted[1:]}" in text for text in self.scope.incomplete)

    def hint(self, name: str, fullname: str) -> str:
        """What the user may have meant by an unknown name."""
        if name in attributes.COMPLEX:
            needs = attributes.COMPLEX[name]
            return f'; write it as an object: {{"type": "{name}", {needs}}}'
        scope = self.scope
        known = {*self.defined, *scope.known, *scope.declared, *self.own()}
        if "." not in name and name != fullname and name in known:
            return "; a type without namespace cannot be referenced from inside a namespace"
        if scope.guesses_left <= 0:
            return ""
        scope.guesses_left -= 1
        return diagnostics.did_you_mean(names.guesses(name, fullname, {*known, *attributes.COMPLEX}))

    def named(self, node: JsonObject, kind: str, namespace: str) -> NamedType:
        """A record, an error, an enum or a fixed."""
        ready = self.built.get(node.at)
        if ready is not None:
            return ready
        fullname = attributes.fullname(self, node, kind, namespace)
        match kind:
            case "enum":
                built: NamedType = self.enum(node, fullname)
            case "fixed":
                built = self.fixed(node, fullname)
            case _:
                built = self.record(node, fullname, is_error=kind == "error")
        return built

    def define(self, node: JsonObject, built: NamedType) -> None:
        """Make a definition known under its name."""
        self.built[node.at] = built
        fullname = built.fullname
        if fullname in self.defined:
            at = self.at(node.places.get("name", node.at))
            self.report(diagnostics.name_duplicate(at, fullname, self.place_of_name(fullname)))
            return
        self.defined[fullname] = built
        self.starts[fullname] = node.at
        self.names_at[fullname] = node.places.get("name", node.at)

    def defined_in_order(self) -> tuple[str, ...]:
        """The full names that this text defines, in text order, whatever order they were built in."""
        return tuple(sorted(self.defined, key=self.starts.__getitem__))

    def place_of_name(self, fullname: str) -> Position:
        """Where this text gives a name that it defines."""
        return self.at(self.names_at[fullname])

    def enum(self, node: JsonObject, fullname: str) -> EnumType:
        """An enum, with its symbols and its own default."""
        symbols = attributes.symbols(self, node, fullname)
        default = attributes.enum_default(self, node, fullname, symbols)
        built = EnumType(
            fullname,
            symbols,
            default,
            attributes.type_aliases(self, node, fullname),
            attributes.doc(node),
            attributes.properties(self, node, attributes.ENUM),
            self.at(node.at),
        )
        self.define(node, built)
        return built

    def fixed(self, node: JsonObject, fullname: str) -> FixedType:
        """A fixed, with its size."""
        size = attributes.fixed_size(self, node, fullname, MAX_FIXED_SIZE)
        logical = logical_type("fixed", node, size)
        built = FixedType(
            fullname,
            size,
            attributes.type_aliases(self, node, fullname),
            attributes.doc(node),
            logical,
            attributes.properties(self, node, attributes.FIXED, consumed(logical)),
            self.at(node.at),
        )
        self.define(node, built)
        return built

    def record(self, node: JsonObject, fullname: str, *, is_error: bool) -> RecordType:
        """A record; it is known by name before its fields are built, so that they can refer to it."""
        built = RecordType(
            fullname,
            (),
            attributes.type_aliases(self, node, fullname),
            attributes.doc(node),
            is_error,
            attributes.properties(self, node, attributes.RECORD),
            self.at(node.at),
        )
        self.define(node, built)
        listed = attributes.required(self, node, "fields", f"record '{fullname}'")
        if listed is None:
            return built
        if not isinstance(listed, JsonArray):
            at = self.at(node.places["fields"])
            owner = f"record '{fullname}'"
            self.report(diagnostics.attribute_type(at, "fields", owner, "an array of fields", listed))
            return built
        if self.enter(node.at):
            built.complete(self.fields(listed, fullname))
            self.leave()
        return built

    def fields(self, listed: JsonArray, record: str) -> tuple[RecordField, ...]:
        """The fields of a record."""
        fields: list[RecordField] = []
        first: dict[str, int] = {}
        for each, offset in zip(listed, listed.places, strict=True):
            if not isinstance(each, JsonObject):
                self.report(diagnostics.type_unknown(self.at(offset), "a field (an object)", each))
                continue
            made = self.field(each, record, first)
            if made is not None:
                fields.append(made)
        return tuple(fields)

    def field(self, node: JsonObject, record: str, first: dict[str, int]) -> RecordField | None:
        """A field of a record; `first` holds where each name of the record came first."""
        name = attributes.field_name(self, node, record, first)
        owner = f"field '{name}' of record '{record}'"
        if "type" not in node:
            self.report(diagnostics.attribute_missing(self.at(node.at), "type", owner))
            return None
        type_ = self.build(node["type"], node.places["type"], namespace_of(record))
        built = RecordField(
            name,
            type_,
            attributes.default(self, node, owner),
            attributes.doc(node),
            attributes.field_aliases(self, node, owner),
            attributes.order(self, node, owner),
            attributes.properties(self, node, attributes.FIELD),
            self.at(node.at),
        )
        if built.has_default and not self.lenient:
            pending = PendingDefault(record, built, self.at(node.places["default"]))
            self.scope.pending.append(pending)
        return built
