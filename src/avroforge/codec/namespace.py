"""Names of code compiled at run time: numbers, behind which stand the objects that the code uses.

Nothing of a schema's text is in the code: its names and constants are in the namespace, and the attributes
that it sets are those of the generated classes.
"""

from __future__ import annotations

import sys
from struct import Struct
from typing import TYPE_CHECKING, Any, Final

from avroforge.codec import ir
from avroforge.codec.conversion import function_name
from avroforge.codec.leaf_reads import ONE_BYTE_INDEXES
from avroforge.codec.storage import reader_target, unpacker_name
from avroforge.wire import double_list, integer_list, integer_map, limits, logical, scalar, stride, varint

if TYPE_CHECKING:
    from types import ModuleType

    from avroforge.codec.conversion import Verb
    from avroforge.codec.ir import Target
    from avroforge.codec.leaves import Leaf
    from avroforge.evolution.plan import Plan
    from avroforge.wire.stride_shape import Leaf as StrideLeaf

_RUNTIME: Final[tuple[ModuleType, ...]] = (
    varint,
    scalar,
    double_list,
    integer_list,
    integer_map,
    logical,
    limits,
    stride,
)
_DEFINED: Final = {"BOOLEAN": (False, True), "new": object.__new__, "Any": Any, "Struct": Struct}


class Namespace:
    """The globals of compiled functions; implements `avroforge.codec.source.ReadNames`.

    Args:
        arrays: what arrays become.

    Attributes:
        variables: what the code sees.
        plans: plans that became functions, by name, in the order they were asked for.
        plain: types of the reader that became functions.
        skipped: types of the writer that became functions.
    """

    def __init__(self, arrays: ir.Storage) -> None:
        self._arrays = arrays
        self.variables: dict[str, Any] = {}
        self.plans: dict[str, Plan] = {}
        self.plain: dict[str, ir.Node] = {}
        self.skipped: dict[str, ir.Node] = {}
        self._known: dict[tuple[str, object], str] = {}
        self._kept: list[object] = []

    def _name(self, prefix: str, key: object) -> str:
        known = self._known.get((prefix, key))
        if known is None:
            known = self._known[prefix, key] = f"_{prefix}{len(self._known)}"
        return known

    def constant(self, value: object) -> str:
        """A name for any object."""
        self._kept.append(value)  # an id stays its own only while the object lives
        name = self._name("k", id(value))
        self.variables[name] = value
        return name

    def runtime(self, name: str) -> str:
        """A function or table of `avroforge.wire`, under its own name."""
        if name not in self.variables:
            self.variables[name] = _DEFINED[name] if name in _DEFINED else _found(name)
        return name

    def numeric(self, name: str) -> str:
        """A function over numpy arrays, under its own name."""
        from avroforge.wire import number_array  # noqa: PLC0415 - numpy only when asked for

        self.variables[name] = getattr(number_array, name)
        return name

    def target(self, target: Target) -> str:
        """A class, passed in."""
        return self.constant(target)

    def opened(self, target: Target) -> str:
        """The class whose objects are set and then become those of a frozen class, passed in."""
        return self.constant(getattr(target, "__avro_opened__"))  # noqa: B009 - frozen classes have it

    def conversion(self, node: ir.Logical, verb: Verb) -> str:
        """The function that reads or writes a logical type."""
        if node.own is not None:
            return self.constant(getattr(node.own, verb))
        return self.runtime(function_name(node, verb))

    def unpacker(self, layout: str) -> str:
        """``Struct("<" + layout).unpack_from``."""
        return self._struct("unpack_from", layout)

    def _struct(self, method: str, layout: str) -> str:
        name = self._name(method, layout)
        if name not in self.variables:
            self.variables[name] = getattr(Struct(f"<{layout}"), method)
        return name

    def enum_members(self, node: ir.Enum) -> str:
        """A dict to the member: from the first byte of an index, from the index for more than 64 symbols."""
        return self.constant(_members(node))

    def plan(self, leaves: tuple[Leaf, ...]) -> str:
        """A speculation plan."""
        bound = tuple(_with_members(leaf) for leaf in leaves)
        if self._arrays == "list":
            return self.constant(stride.Plan(bound, stride.unpack_rows))
        from avroforge.wire import stride_numpy  # noqa: PLC0415 - only when asked for

        return self.constant(stride.Plan(bound, getattr(stride_numpy, unpacker_name(self._arrays))))

    def reader(self, node: ir.Node) -> str:
        """The generated function of a record or of its columns, or one of our own for a nameless type."""
        target = reader_target(node)
        if isinstance(target, type):
            module = sys.modules[target.__module__]
            generated = vars(module).get(f"_read_{target.__name__}")
            if generated is not None:
                return self.constant(generated)
        return self.plain_reader(node)

    def plain_reader(self, node: ir.Node) -> str:
        """A function that reads a type of the reader from its own bytes."""
        name = self._name("f", node)
        self.plain[name] = node
        return name

    def plan_reader(self, plan: Plan) -> str:
        """A function that reads by a plan."""
        name = self._name("f", plan)
        self.plans[name] = plan
        return name

    def skipper(self, node: ir.Node) -> str:
        """A function that passes over a type of the writer."""
        name = self._name("f", node)
        self.skipped[name] = node
        return name


def _members(node: ir.Enum) -> dict[int, Any]:
    step = 2 if len(node.symbols) <= ONE_BYTE_INDEXES else 1
    if node.target is None:
        return {index * step: symbol for index, symbol in enumerate(node.symbols)}
    return {index * step: getattr(node.target, member) for index, member in enumerate(node.members)}


def _with_members(leaf: Leaf) -> StrideLeaf:
    parts: list[object] = []
    for part in leaf:
        match part:
            case ir.Enum():
                parts.append(_members(part))
            case tuple():
                parts.append(_with_members(part))
            case _:
                parts.append(part)
    return tuple(parts)


def _found(name: str) -> object:
    for module in _RUNTIME:
        if name in vars(module):
            return vars(module)[name]
    raise LookupError(f"no module of avroforge.wire defines {name}")
