"""Which class each named type becomes: names of generated files, decided before anything is lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.codec import ir
from avroforge.codec.lower import EnumClass, RecordClass, branch_name
from avroforge_codegen import naming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.schema import model
    from avroforge_codegen.layout import Layout
    from avroforge_codegen.options import Options

RUNTIME_WRAPPERS: Final = {
    "int": "Int",
    "long": "Long",
    "float": "Float",
    "double": "Double",
    "bytes": "Bytes",
    "string": "String",
}


class FileBinding:
    """Names of the generated classes, decided before anything is lowered."""

    def __init__(
        self, layout: Layout, names: Mapping[str, str], options: Options, flat: frozenset[str]
    ) -> None:
        self._layout = layout
        self._names = names
        self._options = options
        self._flat = flat
        self._rename = options.rename
        self.wrapped: set[str] = set()
        """The fixed types that some union wraps."""

    def symbol(self, fullname: str) -> ir.Symbol:
        """The class of a type of this package."""
        return ir.Symbol(f".{self._layout.module_of[fullname]}", self._names[fullname])

    def record(self, node: model.RecordType) -> RecordClass:
        """The class of a record, of this package or another, and the attribute of each field."""
        foreign = self._options.foreign(node.fullname)
        if foreign is not None:
            return RecordClass(foreign.symbol, foreign.members, foreign.special, foreign.columns)
        pairs = [
            (
                f"{node.fullname}.{each.name}",
                self._rename.get(f"{node.fullname}.{each.name}", naming.attribute(each.name)),
                each.position,
            )
            for each in node.fields
        ]
        naming.distinct(pairs, f"record {node.fullname}")
        attributes = tuple(python for _, python, _ in pairs)
        symbol = self.symbol(node.fullname)
        columns = None
        if node.fullname in self._flat:
            columns = ir.Symbol(symbol.module, naming.columns_name(symbol.name))
        return RecordClass(symbol, attributes, self._options.frozen, columns)

    def enum(self, node: model.EnumType) -> EnumClass:
        """The class of an enum, of this package or another, and the member of each symbol."""
        foreign = self._options.foreign(node.fullname)
        if foreign is not None:
            return EnumClass(foreign.symbol, foreign.members, foreign.special)
        text = self._options.enums == "str"
        pairs = [
            (
                f"{node.fullname}.{each}",
                self._rename.get(f"{node.fullname}.{each}", naming.member(each, text=text)),
                node.position,
            )
            for each in node.symbols
        ]
        naming.distinct(pairs, f"enum {node.fullname}")
        return EnumClass(self.symbol(node.fullname), tuple(python for _, python, _ in pairs), text)

    def wrapper(self, node: model.AvroType) -> ir.Target:
        """The wrapper of a branch: the run time's of a primitive, a generated one of a fixed."""
        name = branch_name(node)
        foreign = self._options.foreign(name)
        if foreign is not None:
            return foreign.symbol
        if name in RUNTIME_WRAPPERS:
            return ir.Symbol("avroforge.runtime", RUNTIME_WRAPPERS[name])
        self.wrapped.add(name)
        return self.symbol(name)
