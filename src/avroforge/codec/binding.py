"""Bind a generated interface to its schema at run time, for the slow walks and the resolving reader."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

from avroforge.branches import PRIMITIVE_BRANCHES
from avroforge.codec.closure import derived_text, home_of, sibling
from avroforge.codec.conversion import own_conversions
from avroforge.codec.lower import EnumClass, Lowering, LowerOptions, RecordClass, branch_name
from avroforge.record import AvroFrozenRecordBase
from avroforge.schema import parse_schema
from avroforge.schema.inline import self_contained

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.codec import ir
    from avroforge.codec.lower import LogicalMode
    from avroforge.schema import Schema, model


_schemas: WeakKeyDictionary[Any, Schema] = WeakKeyDictionary()
_bound: WeakKeyDictionary[Any, ir.Node] = WeakKeyDictionary()


def _classes_of(module: str) -> Mapping[str, type]:
    known: Mapping[str, type] = getattr(sys.modules[module], "AVRO_CLASSES", {})
    return known


class ClassBinding:
    """The classes of a generated package, found from module to module as records refer to each other."""

    def __init__(self, module: str) -> None:
        self._known: dict[str, type] = {}
        self.conversions: dict[tuple[str, str], ir.OwnConversion] = {}
        self._modules: set[str] = set()
        self._visit(module)

    def _visit(self, module: str) -> None:
        pending = [module]
        while pending:
            name = pending.pop()
            if name in self._modules:
                continue
            self._modules.add(name)
            own = getattr(sys.modules[name], "AVRO_CONVERSIONS", {})
            self.conversions.update(own_conversions(own))
            for fullname, found in _classes_of(name).items():
                self._known[fullname] = found
                pending.append(found.__module__)

    def record(self, node: model.RecordType) -> RecordClass:
        """The generated class and its attributes."""
        target = cast("Any", self._known[node.fullname])
        frozen = issubclass(target, AvroFrozenRecordBase)
        columns = getattr(target, "__avro_columns_class__", None)
        return RecordClass(target, target.__avro_fields__, frozen, columns)

    def enum(self, node: model.EnumType) -> EnumClass:
        """The generated class and its members."""
        target = cast("Any", self._known[node.fullname])
        return EnumClass(target, tuple(target.__members__), issubclass(target, str))

    def wrapper(self, node: model.AvroType) -> type:
        """The run time's wrapper of a primitive branch, the generated one of a fixed."""
        name = branch_name(node)
        return PRIMITIVE_BRANCHES.get(name) or self._known[name]


def schema_of(interface: type[Any]) -> Schema:
    """The parsed schema of an interface class, parsed once."""
    known = _schemas.get(interface)
    if known is None:
        known = _schemas[interface] = parse_schema(_text(interface), path=f"<{interface.__name__}>")
    return known


def _text(interface: type[Any]) -> str:
    """The self-contained text: embedded, or derived from the interfaces that this one names."""
    if interface.PART_OF:
        file = sibling(interface, interface.PART_OF)
        return self_contained(schema_of(file).names[interface.FULLNAME])
    if interface.CLOSURE_DIGEST:
        return derived_text(interface)
    text: str = interface.SELF_CONTAINED
    return text


def bound_type(interface: type[Any]) -> ir.Node:
    """The root type of an interface class, bound to its generated classes, once."""
    known = _bound.get(interface)
    if known is None:
        known = _bound[interface] = lowering_of(interface).lower(schema_of(interface).type)
    return known


def arrays_of(interface: type[Any]) -> ir.Storage:
    """What the arrays of an interface's types become."""
    return cast("ir.Storage", interface.ARRAYS)


def lowering_of(interface: type[Any]) -> Lowering:
    """A lowering to the classes of an interface, with the choices that it was generated with."""
    binding = ClassBinding(home_of(interface))
    options = LowerOptions(
        arrays=arrays_of(interface),
        logical_types=cast("LogicalMode", interface.LOGICAL_TYPES),
        conversions=binding.conversions,
    )
    return Lowering(binding, options)
