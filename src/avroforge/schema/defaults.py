"""Whether a JSON default is a value of its type, and which union branch it belongs to.

Source: Avro 1.12, Complex Types, Records (the table of permitted defaults). Since 1.12 the default of a union
corresponds to the first branch that it matches, not only to the first branch.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from avroforge.schema.diagnostics import shown
from avroforge.schema.model import (
    ArrayType,
    EnumType,
    FixedType,
    MapType,
    Missing,
    PrimitiveType,
    RecordType,
    UnionType,
    kind_of,
)

if TYPE_CHECKING:
    from avroforge.schema.model import AvroType, JsonValue, RecordField

BROKEN: Final = PrimitiveType("null")
"""Stands for a type that could not be parsed; every default fits it: one fault gives one diagnostic."""
MAX_DEFAULT_DEPTH: Final = 64
"""Arrays, maps and records inside a default, with the defaults of the fields it leaves out."""
MAX_DEFAULT_VALUES: Final = 100_000
"""Values inside a default, counted the same way."""
_INT_MIN, _INT_MAX = -(1 << 31), (1 << 31) - 1
_LONG_MIN, _LONG_MAX = -(1 << 63), (1 << 63) - 1
_LAST_BYTE: Final = "\xff"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a default is no value of its type.

    Attributes:
        path: where inside the default, for example ``items[3].price``; empty for the default itself.
        expected: what the type asks for.
        got: what is there instead.
    """

    path: str
    expected: str
    got: str


_TOO_BIG: Final = Mismatch(
    "",
    f"a default of at most {MAX_DEFAULT_DEPTH} levels and {MAX_DEFAULT_VALUES} values",
    "more, counting the defaults of fields it leaves out",
)


def default_mismatch(node: AvroType, value: JsonValue | Missing) -> Mismatch | None:
    """What is wrong with `value` as a default for `node`, or `None` if it fits."""
    return DefaultCheck().mismatch(node, value)


def default_branch(union: UnionType, value: JsonValue) -> int:
    """The index of the branch that a union's default belongs to: the first that it matches.

    Raises:
        ValueError: no branch matches; a parsed schema (not a lenient one) has no such default.
    """
    for index, branch in enumerate(union.branches):
        if default_mismatch(branch, value) is None:
            return index
    raise ValueError(f"default {shown(value)} matches no branch of the union")


class DefaultCheck:
    """Checks defaults; what it learns about one field's default serves every later check of the same run."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, int]] = {}
        self._busy: set[int] = set()
        self._tried: dict[tuple[int, int], Mismatch | None] = {}
        self._depth = self._deepest = self._size = 0

    def mismatch(self, node: AvroType, value: JsonValue | Missing) -> Mismatch | None:
        """What is wrong with a default, or `None`.

        A default counts with the defaults of the fields that it leaves out: a small text can stand for one
        without end, or beyond any memory.
        """
        self._tried.clear()
        self._depth = self._deepest = self._size = 0
        wrong = self._any(node, value)
        return None if wrong is None else replace(wrong, path=wrong.path.removeprefix("."))

    def _any(self, node: AvroType, value: JsonValue | Missing) -> Mismatch | None:
        if node is BROKEN:
            return None
        if isinstance(value, Missing):
            return Mismatch("", f"a value of {kind_of(node)}", "nothing, and the field has no default")
        self._size += 1
        if self._depth > MAX_DEFAULT_DEPTH or self._size > MAX_DEFAULT_VALUES:
            return _TOO_BIG
        match node:
            case PrimitiveType():
                return _primitive_mismatch(node.name, value)
            case EnumType():
                if isinstance(value, str) and value in node.symbols:
                    return None
                return Mismatch("", f"a symbol of enum '{node.fullname}'", shown(value))
            case FixedType():
                return _fixed_mismatch(node, value)
            case UnionType():
                return self._union(node, value)
        self._depth += 1
        self._deepest = max(self._deepest, self._depth)
        try:
            return self._container(node, value)
        finally:
            self._depth -= 1

    def _container(self, node: ArrayType | MapType | RecordType, value: JsonValue) -> Mismatch | None:
        match node:
            case ArrayType():
                if not isinstance(value, list | tuple):
                    return Mismatch("", "an array", shown(value))
                for index, item in enumerate(value):
                    wrong = self._any(node.items, item)
                    if wrong is not None:
                        return _inside(f"[{index}]", wrong)
            case MapType():
                if not isinstance(value, Mapping):
                    return Mismatch("", "an object (map)", shown(value))
                for key, item in value.items():
                    wrong = self._any(node.values, item)
                    if wrong is not None:
                        return _inside(f"[{key!a}]", wrong)
            case RecordType():
                if not isinstance(value, Mapping):
                    return Mismatch("", f"an object (record '{node.fullname}')", shown(value))
                for field in node.fields:
                    given = field.name in value
                    wrong = self._any(field.type, value[field.name]) if given else self._left_out(field)
                    if wrong is not None:
                        return _inside(f".{field.name}", wrong)
        return None

    def _union(self, node: UnionType, value: JsonValue) -> Mismatch | None:
        for branch in node.branches:
            # branches that share their insides would be tried again and again, at every level twice as often
            tried = (id(branch), id(value))
            if tried not in self._tried:
                self._tried[tried] = self._any(branch, value)
            if self._tried[tried] is None:
                return None
        names = ", ".join(getattr(branch, "fullname", kind_of(branch)) for branch in node.branches)
        return Mismatch("", f"a value of a branch of [{names}]", shown(value) + _union_hint(node, value))

    def _left_out(self, field: RecordField) -> Mismatch | None:
        """The default of a field that a record's default leaves out; its height and size are remembered."""
        key = id(field)
        if key in self._busy:
            return Mismatch("", "a default that ends", "one that contains itself")
        known = self._known.get(key)
        if known is not None:
            self._deepest = max(self._deepest, self._depth + known[0])
            self._size += known[1]
            return _TOO_BIG if self._too_big() else None
        deepest, size = self._deepest, self._size
        self._deepest = self._depth
        self._busy.add(key)
        wrong = self._any(field.type, field.default)
        self._busy.discard(key)
        if wrong is None:
            self._known[key] = (self._deepest - self._depth, self._size - size)
        self._deepest = max(self._deepest, deepest)
        return wrong

    def _too_big(self) -> bool:
        return self._deepest > MAX_DEFAULT_DEPTH or self._size > MAX_DEFAULT_VALUES


def _inside(step: str, wrong: Mismatch) -> Mismatch:
    between = "" if not wrong.path or wrong.path.startswith(("[", ".")) else "."
    return replace(wrong, path=f"{step}{between}{wrong.path}")


def _primitive_mismatch(kind: str, value: JsonValue) -> Mismatch | None:
    match kind:
        case "null":
            return None if value is None else Mismatch("", "null", shown(value))
        case "boolean":
            return None if isinstance(value, bool) else Mismatch("", "a boolean", shown(value))
        case "string":
            return None if isinstance(value, str) else Mismatch("", "a string", shown(value))
        case "int":
            return _integer_mismatch(value, _INT_MIN, _INT_MAX, "an integer of 32 bits")
        case "long":
            return _integer_mismatch(value, _LONG_MIN, _LONG_MAX, "an integer of 64 bits")
        case "bytes":
            return _bytes_mismatch(value, "bytes")
        case _:
            return _float_mismatch(kind, value)


def _integer_mismatch(value: JsonValue, low: int, high: int, expected: str) -> Mismatch | None:
    if type(value) is int and low <= value <= high:
        return None
    return Mismatch("", expected, shown(value))


def _float_mismatch(kind: str, value: JsonValue) -> Mismatch | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Mismatch("", f"a number ({kind})", shown(value))
    try:
        struct.pack("<f" if kind == "float" else "<d", value)
    except (OverflowError, struct.error):
        return Mismatch("", f"a number that a {kind} can hold", shown(value))
    return None


def _bytes_mismatch(value: JsonValue, what: str) -> Mismatch | None:
    if not isinstance(value, str):
        return Mismatch("", f"a string (one character per byte, {what})", shown(value))
    if value and max(value) > _LAST_BYTE:
        return Mismatch("", f"characters up to '\\xff' (one per byte, {what})", shown(value))
    return None


def _fixed_mismatch(node: FixedType, value: JsonValue) -> Mismatch | None:
    wrong = _bytes_mismatch(value, f"fixed '{node.fullname}'")
    if wrong is not None or not isinstance(value, str):
        return wrong
    if len(value) != node.size:
        return Mismatch("", f"{node.size} bytes (fixed '{node.fullname}')", f"{len(value)} bytes")
    return None


def _union_hint(node: UnionType, value: JsonValue) -> str:
    kinds = {kind_of(branch) for branch in node.branches}
    if value == "null" and "null" in kinds:
        return "; did you mean null without quotes?"
    if isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in kinds:
        return "; a default is the bare value, without its branch's name"
    return ""
