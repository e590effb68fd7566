"""Bound types: the Avro types of a schema, each tied to the Python it becomes. A closed union.

A record is one object however often it is used, so the graph of a recursive schema has cycles. The same
nodes feed the emitters (targets are `Symbol`, names in files) and the walks (targets are classes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from avroforge.schema.model import PrimitiveName

Storage: TypeAlias = Literal["list", "numpy", "view", "columns"]
"""What arrays become; `codec.storage` says which array becomes which."""


PYTHON_TYPES: Final[Mapping[PrimitiveName, type]] = {
    "null": type(None),
    "boolean": bool,
    "int": int,
    "long": int,
    "float": float,
    "double": float,
    "bytes": bytes,
    "string": str,
}
"""What a primitive type without a logical type is in Python."""


class Symbol(NamedTuple):
    """A Python name in a module: of the generated package (path without package), or of a library."""

    module: str
    name: str


Target: TypeAlias = "Symbol | type"


@dataclass(frozen=True, slots=True, eq=False)
class Primitive:
    """One of the eight primitive types."""

    kind: PrimitiveName


@dataclass(frozen=True, slots=True, eq=False)
class Fixed:
    """Exactly `size` bytes."""

    fullname: str
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class Enum:
    """An enum; `members` are the attribute names of `target`, in schema order; no target: plain strings.

    `text` says that the members are strings too.
    """

    fullname: str
    symbols: tuple[str, ...]
    members: tuple[str, ...]
    target: Target | None
    text: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Array:
    """An array; `storage` says what a decoded one is."""

    items: Node
    storage: Storage = "list"

    @property
    def numbers(self) -> PrimitiveName | None:
        """What the items are where a decoded array is a numpy array of numbers, else None."""
        if self.storage in {"numpy", "view"} and isinstance(self.items, Primitive):
            return self.items.kind
        return None

    @property
    def table(self) -> Record | None:
        """The record whose columns a decoded array is, else None."""
        return self.items if self.storage == "columns" and isinstance(self.items, Record) else None


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """A map from string to `values`; a dict."""

    values: Node


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """One branch of a union: its Avro name, and the wrapper class where its Python type is shared."""

    name: str
    node: Node
    wrapper: Target | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Union:
    """A union; branches in schema order."""

    branches: tuple[Branch, ...]

    @property
    def null_index(self) -> int:
        """The index of the null branch, or -1."""
        for index, branch in enumerate(self.branches):
            if isinstance(branch.node, Primitive) and branch.node.kind == "null":
                return index
        return -1

    @property
    def nullable(self) -> Branch | None:
        """The other branch of a union of null and one more, else None."""
        if len(self.branches) == 2 and self.null_index >= 0:  # noqa: PLR2004 - null and one more
            return self.branches[1 - self.null_index]
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A field: its Avro name, its Python attribute, its type."""

    name: str
    attribute: str
    node: Node


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A record; no target: a dict keyed by Avro names. The objects of a frozen one cannot be set.

    `columns` is the class of many such records held as columns, where there is one.
    """

    fullname: str
    target: Target | None
    fields: tuple[Field, ...] = ()
    frozen: bool = False
    columns: Target | None = None

    def complete(self, fields: tuple[Field, ...]) -> None:
        """Set the fields, once, while lowering: a recursive record exists before its fields do."""
        object.__setattr__(self, "fields", fields)


@dataclass(frozen=True, slots=True)
class OwnConversion:
    """A conversion of the user's own: names for a generated file, the objects themselves at run time."""

    python: Target
    read: Symbol | Callable[[Any], Any]
    write: Symbol | Callable[[Any], Any]


OwnConversions: TypeAlias = "Mapping[tuple[str, str], OwnConversion]"
"""By logical name and underlying kind (a primitive's name, or ``fixed``)."""


@dataclass(frozen=True, slots=True, eq=False)
class Logical:
    """A logical type over its underlying type; without `own`, `name` selects from `wire.logical`."""

    base: Primitive | Fixed
    name: str
    precision: int = 0
    scale: int = 0
    own: OwnConversion | None = None


Node: TypeAlias = Primitive | Fixed | Enum | Array | Map | Union | Record | Logical
