"""Lower a schema model to bound types: decide storage, conversions, attributes and branch wrappers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol, TypeAlias

from avroforge.codec import ir
from avroforge.codec.conversion import python_symbol
from avroforge.codec.storage import storage_of
from avroforge.schema import model

if TYPE_CHECKING:
    from collections.abc import Mapping

LogicalMode: TypeAlias = Literal["typed", "raw"]
_BUILTIN_KEYS: Final = {
    "builtins.bool": "boolean",
    "builtins.str": "string",
    "builtins.list": "array",
    "builtins.dict": "map",
    **{f"builtins.{name}": name for name in ("int", "float", "bytes")},
}
"""Keys of Python types that types without a conversion have too."""


class RecordClass(NamedTuple):
    """What a record becomes: a class (or a dict), the attribute of each field, the class of its columns."""

    target: ir.Target | None
    attributes: tuple[str, ...]
    frozen: bool = False
    columns: ir.Target | None = None


class EnumClass(NamedTuple):
    """What an enum becomes: a class (or strings), and the member of each symbol in schema order."""

    target: ir.Target | None
    members: tuple[str, ...]
    text: bool = False


class Binding(Protocol):
    """Which Python the named types become."""

    def record(self, node: model.RecordType) -> RecordClass:
        """The class of a record."""
        ...

    def enum(self, node: model.EnumType) -> EnumClass:
        """The class of an enum."""
        ...

    def wrapper(self, node: model.AvroType) -> ir.Target:
        """The wrapper class of a union branch that shares its Python type with another."""
        ...


@dataclass(frozen=True, slots=True)
class LowerOptions:
    """Choices that change the Python side and never the bytes."""

    arrays: ir.Storage = "list"
    logical_types: LogicalMode = "typed"
    conversions: ir.OwnConversions = field(default_factory=dict)


def branch_name(node: model.AvroType) -> str:
    """What the specification calls a union's branch: full name of a named type, else the type's name."""
    match node:
        case model.RecordType() | model.EnumType() | model.FixedType():
            return node.fullname
        case _:
            return model.kind_of(node)


def python_type(node: ir.Node) -> str:
    """A key that two branches share exactly when a Python value alone cannot tell them apart."""
    match node:
        case ir.Primitive():
            return {"int": "int", "long": "int", "float": "float", "double": "float"}.get(
                node.kind, node.kind
            )
        case ir.Fixed():
            return "bytes"
        case ir.Enum():
            return f"enum {node.fullname}" if node.target is not None else "string"
        case ir.Record():
            return f"record {node.fullname}" if node.target is not None else "map"
        case ir.Array():
            return "array"
        case ir.Map():
            return "map"
        case ir.Logical():
            key = ".".join(python_symbol(node))
            return _BUILTIN_KEYS.get(key, key)
        case ir.Union():
            raise AssertionError("a union holds no union (Avro 1.12, Unions)")


class Lowering:
    """One pass over one or more schemas that share named types and a binding."""

    def __init__(self, binding: Binding, options: LowerOptions) -> None:
        self._binding = binding
        self._options = options
        self._records: dict[str, ir.Record] = {}
        self._enums: dict[str, ir.Enum] = {}
        self._queue: list[tuple[model.RecordType, ir.Record, tuple[str, ...]]] = []

    @property
    def has_own_conversions(self) -> bool:
        """Whether the user has conversions of his own for some logical types."""
        return bool(self._options.conversions)

    @property
    def records(self) -> Mapping[str, ir.Record]:
        """Every record lowered so far, by full name."""
        return self._records

    @property
    def enums(self) -> Mapping[str, ir.Enum]:
        """Every enum lowered so far, by full name."""
        return self._enums

    def lower(self, node: model.AvroType) -> ir.Node:
        """The bound type of a schema node. Records are completed from a queue, so no chain is too long."""
        result = self._node(node)
        while self._queue:
            source, record, attributes = self._queue.pop()
            pairs = zip(source.fields, attributes, strict=True)
            record.complete(
                tuple(ir.Field(field.name, attribute, self._node(field.type)) for field, attribute in pairs)
            )
        return result

    def _node(self, node: model.AvroType) -> ir.Node:
        match node:
            case model.PrimitiveType():
                return self._logical(ir.Primitive(node.name), node)
            case model.FixedType():
                return self._logical(ir.Fixed(node.fullname, node.size), node)
            case model.EnumType():
                return self._enum(node)
            case model.ArrayType():
                items = self._node(node.items)
                return ir.Array(items, storage_of(items, self._options.arrays))
            case model.MapType():
                return ir.Map(self._node(node.values))
            case model.UnionType():
                return self._union(node)
            case model.RecordType():
                return self._record(node)

    def _logical(self, base: ir.Primitive | ir.Fixed, node: model.PrimitiveType | model.FixedType) -> ir.Node:
        logical = node.logical
        if self._options.conversions:
            name = node.properties.get("logicalType") if logical is None else logical.name
            kind = base.kind if isinstance(base, ir.Primitive) else "fixed"
            own = self._options.conversions.get((str(name), kind))
            if own is not None:
                return ir.Logical(base, str(name), own=own)
        if logical is None or self._options.logical_types == "raw":
            return base
        return ir.Logical(base, logical.name, logical.precision, logical.scale)

    def _enum(self, node: model.EnumType) -> ir.Enum:
        known = self._enums.get(node.fullname)
        if known is None:
            found = self._binding.enum(node)
            known = ir.Enum(node.fullname, node.symbols, found.members, found.target, found.text)
            self._enums[node.fullname] = known
        return known

    def _record(self, node: model.RecordType) -> ir.Record:
        known = self._records.get(node.fullname)
        if known is None:
            found = self._binding.record(node)
            known = ir.Record(node.fullname, found.target, frozen=found.frozen, columns=found.columns)
            self._records[node.fullname] = known
            self._queue.append((node, known, found.attributes))
        return known

    def _union(self, node: model.UnionType) -> ir.Union:
        lowered = [self._node(branch) for branch in node.branches]
        keys = [python_type(each) for each in lowered]
        times = Counter(keys)
        branches: list[ir.Branch] = []
        for source, bound, key in zip(node.branches, lowered, keys, strict=True):
            wrapper = self._binding.wrapper(source) if times[key] > 1 else None
            branches.append(ir.Branch(branch_name(source), bound, wrapper))
        return ir.Union(tuple(branches))


class DatumBinding:
    """Plain datums: records are dicts, enums strings; shared branches come as runtime wrappers."""

    def record(self, node: model.RecordType) -> RecordClass:
        """No class; the Avro names."""
        return RecordClass(None, tuple(field.name for field in node.fields))

    def enum(self, node: model.EnumType) -> EnumClass:
        """No class; the symbols."""
        return EnumClass(None, node.symbols)

    def wrapper(self, node: model.AvroType) -> type:
        """A named wrapper, as fastavro's tuple notation has it: (branch name, value)."""
        del node
        return tuple
