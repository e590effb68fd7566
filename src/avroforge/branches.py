"""Wrappers for branches of a union whose Python type another branch shares, named after the Avro type.

A union of int and long holds Python ints in both branches; which one is meant is part of the data. Such a
union reads as ``Int(5)`` or ``Long(5)``; named types (a fixed beside bytes) get a generated wrapper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Branch(Generic[T_co]):
    """A value together with the branch it belongs to; ``value`` is the plain Python value."""

    value: T_co


@dataclass(frozen=True, slots=True)
class Int(Branch[T_co]):
    """The ``int`` branch."""


@dataclass(frozen=True, slots=True)
class Long(Branch[T_co]):
    """The ``long`` branch."""


class _Floating(Branch[T_co]):
    """What is the same data is equal: every NaN is."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(self.value == other.value or (_is_nan(self.value) and _is_nan(other.value)))

    def __hash__(self) -> int:
        return hash((type(self), None if _is_nan(self.value) else self.value))


def _is_nan(value: object) -> bool:
    return value != value  # noqa: PLR0124 - NaN is what differs from itself


@dataclass(frozen=True, slots=True, eq=False)
class Float(_Floating[T_co]):
    """The ``float`` branch."""


@dataclass(frozen=True, slots=True, eq=False)
class Double(_Floating[T_co]):
    """The ``double`` branch."""


@dataclass(frozen=True, slots=True)
class Bytes(Branch[T_co]):
    """The ``bytes`` branch."""


@dataclass(frozen=True, slots=True)
class String(Branch[T_co]):
    """The ``string`` branch."""


PRIMITIVE_BRANCHES: dict[str, type[Branch[object]]] = {
    "int": Int,
    "long": Long,
    "float": Float,
    "double": Double,
    "bytes": Bytes,
    "string": String,
}
