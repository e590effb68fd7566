"""One generated module under construction: it hands out names, and its imports fall out at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.codec import ir
from avroforge.codec.conversion import function_name, underlying
from avroforge.codec.shape import structure
from avroforge.codec.source import tuple_text
from avroforge.codec.storage import reader_target, unpacker_name
from avroforge_codegen.emit import literal
from avroforge_codegen.naming import EMITTED_LOCAL
from avroforge_codegen.reserved import BUILTINS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from avroforge.codec.conversion import Verb
    from avroforge.codec.ir import Symbol, Target
    from avroforge.codec.leaves import Leaf

RUNTIME: Final = "avroforge.runtime"
NUMERIC: Final = "avroforge.runtime_numpy"
_WIDTH: Final = 100


class SourceFile:
    """A module: reserved names, imports, constants. Implements `avroforge.codec.source.Names`.

    Args:
        path: a dot and the dotted path inside the package; a lone dot for a module that stands alone.
        own: the names this module defines, which no import may take.
        attributes: the attributes that class bodies define, which would hide an import of that name.
        is_package: whether the module is a package's ``__init__``, which changes its relative imports.
        arrays: what arrays become.
    """

    def __init__(
        self,
        path: str,
        own: Iterable[str],
        attributes: Iterable[str] = (),
        *,
        is_package: bool = False,
        arrays: ir.Storage = "list",
    ) -> None:
        self.path = path
        self._is_package = is_package
        self._arrays = arrays
        self._own = frozenset(own)
        self._used = {*self._own, *attributes}
        self._tries: dict[str, int] = {}
        self._imports: dict[tuple[str, str], str] = {}
        self._constants: dict[str, tuple[str, str]] = {}
        self._aliases: dict[str, str] = {}
        self._late: dict[str, str] = {}
        self._builtins = ""
        self._shared: dict[str, str] = {}
        self.conversions: dict[tuple[str, str], ir.OwnConversion] = {}
        self._plans: dict[str, str] = {}

    def _free(self, name: str) -> str:
        candidate = name
        while candidate in self._used or candidate in BUILTINS:
            self._tries[name] = self._tries.get(name, 0) + 1
            candidate = f"_{name.lstrip('_')}_{self._tries[name]}" if self._tries[name] > 1 else f"_{name}"
        self._used.add(candidate)
        return candidate

    def ref(self, module: str, name: str) -> str:
        """The local name of something in another module (or in this one)."""
        if module == self.path and name in self._own:
            return name
        head, dot, rest = name.partition(".")
        if dot:
            return f"{self.ref(module, head)}.{rest}"
        known = self._imports.get((module, name))
        if known is None:
            known = self._imports[module, name] = self._free(name)
        return known

    def runtime(self, name: str) -> str:
        """A name of the run time."""
        return self.ref(RUNTIME, name)

    def numeric(self, name: str) -> str:
        """A name of the run time's numpy side."""
        return self.ref(NUMERIC, name)

    def symbol(self, symbol: Symbol) -> str:
        """The local name of a symbol."""
        return self.ref(symbol.module, symbol.name)

    def target(self, target: Target) -> str:
        """The local name of a class inside a function, where short names are local variables."""
        if isinstance(target, type):
            raise TypeError("a generated file names its classes by symbol")
        return self.safe(self.symbol(target))

    def opened(self, target: Target) -> str:
        """The class behind which the objects of a frozen class are made, in that class's module."""
        if isinstance(target, type):
            raise TypeError("a generated file names its classes by symbol")
        return self.ref(target.module, f"_opened_{target.name}")

    def conversion(self, node: ir.Logical, verb: Verb, *, in_function: bool = True) -> str:
        """The run time's function of a logical type, or the user's own, where short names may be locals."""
        if node.own is None:
            return self.runtime(function_name(node, verb))
        self.conversions[node.name, underlying(node)] = node.own
        head, dot, rest = self.symbol(getattr(node.own, verb)).partition(".")
        return f"{self.safe(head) if in_function else head}{dot}{rest}"

    def conversion_lines(self) -> list[str]:
        """The table of the user's own conversions, by which the slow walks find them; empty without any."""
        if not self.conversions:
            return []
        anything = self.runtime("Any")
        kind = f"{self.runtime('Final')}[dict[tuple[str, str], tuple[type, {anything}, {anything}]]]"
        lines = [f"AVRO_CONVERSIONS: {kind} = {{"]
        for (name, base), own in sorted(self.conversions.items(), key=lambda each: each[0]):
            found = (own.python, own.read, own.write)
            symbols = ", ".join(self.symbol(each) for each in found if isinstance(each, tuple))
            lines.append(f"    ({literal.string(name)}, {literal.string(base)}): ({symbols}),")
        return [*lines, "}"]

    def safe(self, name: str) -> str:
        """`name`, or an alias of it where emitted functions use it for a local variable."""
        if EMITTED_LOCAL.fullmatch(name) is None:
            return name
        if name not in self._aliases:
            self._aliases[name] = self._free(f"_class_{name}")
        return self._aliases[name]

    def builtin(self, name: str, hidden: frozenset[str] = frozenset()) -> str:
        """A builtin type, qualified where a class body defines an attribute of that name."""
        if name not in hidden:
            return name
        number = 1
        while not self._builtins:
            candidate = f"_builtins_{number}" if number > 1 else "_builtins"
            if candidate not in self._used:
                self._used.add(candidate)
                self._builtins = candidate
            number += 1
        return f"{self._builtins}.{name}"

    def avoiding(self, name: str, hidden: frozenset[str]) -> str:
        """A class of this module, or an alias where a class body defines an attribute of that name."""
        if name not in hidden:
            return name
        if name not in self._late:
            self._late[name] = self._free(f"_type_{name}")
        return self._late[name]

    def _constant(self, key: str, name: str, expression: str) -> str:
        if key not in self._constants:
            self._constants[key] = (self._free(name), expression)
        return self._constants[key][0]

    def packer(self, layout: str) -> str:
        """A struct's bound ``pack``."""
        struct = self.runtime("Struct")
        return self._constant(f"pack {layout}", f"_pack_{layout}", f'{struct}("<{layout}").pack')

    def unpacker(self, layout: str) -> str:
        """A struct's bound ``unpack_from``."""
        struct = self.runtime("Struct")
        return self._constant(f"unpack {layout}", f"_unpack_{layout}", f'{struct}("<{layout}").unpack_from')

    def enum_bytes(self, node: ir.Enum) -> str:
        """The table that the enum's own module defines."""
        return self._enum_table(node, "bytes")

    def enum_members(self, node: ir.Enum) -> str:
        """The table that the enum's own module defines."""
        return self._enum_table(node, "members")

    def _enum_table(self, node: ir.Enum, what: str) -> str:
        if node.target is None or isinstance(node.target, type):
            raise TypeError("a generated file names its classes by symbol")
        return self.ref(node.target.module, f"_{what}_{node.target.name}")

    def plan(self, leaves: tuple[Leaf, ...]) -> str:
        """A speculation plan, as a constant behind the tables of the enums it may hold."""
        name = unpacker_name(self._arrays)
        unpack = self.runtime(name) if self._arrays == "list" else self.numeric(name)
        return self.named(f"{self.runtime('Plan')}({tuple_text(map(self._leaf, leaves))}, {unpack})")

    def write_plan(self, kinds: tuple[str, ...]) -> str:
        """A plan to write records of one size at once; nothing where numpy does not do it."""
        if self._arrays == "list":
            return ""
        rendered = ", ".join(f'"{kind}"' for kind in kinds)
        return self.named(f"{self.runtime('WritePlan')}(({rendered}), {self.numeric('assemble_rows_numpy')})")

    def columns_plan(self, kinds: tuple[str, ...], leaves: tuple[Leaf, ...] | None) -> str:
        """How an array of flat records is read as columns."""
        known = tuple_text(f'"{kind}"' for kind in kinds)
        run = ""
        if leaves is not None:
            rendered = tuple_text(map(self._leaf, leaves))
            run = f", {self.runtime('Plan')}({rendered}, {self.numeric('unpack_rows_numpy')})"
        return self.named(f"{self.numeric('ColumnsPlan')}({known}{run})")

    def named(self, expression: str) -> str:
        """A constant behind the tables of the enums."""
        if expression not in self._plans:
            self._plans[expression] = self._free(f"_plan_{len(self._plans) + 1}")
        return self._plans[expression]

    def _leaf(self, leaf: Leaf) -> str:
        rendered = [f'"{leaf[0]}"']
        for part in leaf[1:]:
            match part:
                case str():
                    rendered.append(f'"{part}"')
                case int():
                    rendered.append(str(part))
                case ir.Enum():
                    rendered.append(self.enum_members(part))
                case tuple():
                    rendered.append(self._leaf(part))
        return tuple_text(rendered)

    def plan_lines(self) -> list[str]:
        """The speculation plans, to be placed behind the tables of the enums."""
        final = self.runtime("Final") if self._plans else ""
        return [f"{name}: {final} = {expression}" for expression, name in self._plans.items()]

    def share(self, structures: Iterable[str]) -> None:
        """Name the functions of nameless types that this module uses more than once."""
        number = 0
        for key in structures:
            number += 1
            while {f"_write_type_{number}", f"_read_type_{number}"} & self._used:
                number += 1
            self._shared[key] = f"type_{number}"

    def writer(self, node: ir.Node) -> str:
        """The function in the record's own module, or in this one."""
        return self._function(node, "write")

    def reader(self, node: ir.Node) -> str:
        """The function in the record's own module, or in this one."""
        return self._function(node, "read")

    def _function(self, node: ir.Node, verb: str) -> str:
        target = reader_target(node)
        if target is None:
            return f"_{verb}_{self._shared[structure(node)]}"
        if isinstance(target, type):
            raise TypeError("a generated file names its classes by symbol")
        return self.ref(target.module, f"_{verb}_{target.name}")

    def relative(self, module: str) -> str:
        """How an import statement names a module: libraries absolute, the package relative."""
        if not module.startswith("."):
            return module
        here = self.path[1:].split(".") if self.path != "." else []
        if not self._is_package and here:
            here = here[:-1]
        there = module[1:].split(".") if module != "." else []
        common = 0
        while common < min(len(here), len(there)) and here[common] == there[common]:
            common += 1
        return "." * (len(here) - common + 1) + ".".join(there[common:])

    def import_lines(self) -> list[str]:
        """The import statements, sorted: standard library, avroforge, the package itself."""
        grouped: dict[str, list[tuple[str, str]]] = {}
        for (module, name), local in self._imports.items():
            grouped.setdefault(self.relative(module), []).append((name, local))
        order = sorted(grouped, key=lambda each: (each.startswith("."), each.startswith("avroforge"), each))
        lines: list[str] = [f"import builtins as {self._builtins}"] if self._builtins else []
        previous = 0 if lines else -1
        for module in order:
            section = 2 if module.startswith(".") else int(module.startswith("avroforge"))
            if section != previous and lines:
                lines.append("")
            previous = section
            lines.extend(_import(module, grouped[module]))
        return lines

    def constant_lines(self) -> list[str]:
        """Module constants that functions use, by name."""
        final = self.runtime("Final")
        return [f"{name}: {final} = {expression}" for name, expression in sorted(self._constants.values())]

    def alias_lines(self) -> list[str]:
        """Aliases that functions use, to be placed behind the classes."""
        final = self.runtime("Final") if self._aliases else ""
        return [f"{alias}: {final} = {name}" for name, alias in sorted(self._aliases.items())]

    def type_alias_lines(self) -> list[str]:
        """Aliases that annotations in class bodies use, to be placed behind the classes."""
        alias_type = self.ref("typing", "TypeAlias") if self._late else ""
        return [f"{alias}: {alias_type} = {name}" for name, alias in sorted(self._late.items())]


def _import(module: str, names: list[tuple[str, str]]) -> list[str]:
    rendered = [name if name == local else f"{name} as {local}" for name, local in sorted(names)]
    line = f"from {module} import {', '.join(rendered)}"
    if len(line) <= _WIDTH:
        return [line]
    return [f"from {module} import (", *(f"    {each}," for each in rendered), ")"]


def text_constant(name: str, text: str) -> list[str]:
    """``name = literal`` with the text's own lines, as class attribute."""
    return f"    {name} = {literal.block(text)}".split("\n")


def mapping_lines(name: str, entries: Mapping[str, str], annotation: str) -> list[str]:
    """A dict constant, one entry per line."""
    if not entries:
        return [f"{name}: {annotation} = {{}}"]
    return [
        f"{name}: {annotation} = {{",
        *(f"    {literal.string(key)}: {value}," for key, value in entries.items()),
        "}",
    ]
