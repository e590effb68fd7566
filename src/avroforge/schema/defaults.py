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
    MISSING,
    ArrayType,
    EnumType,
    FixedType,
    MapType,
    PrimitiveType,
    RecordType,
    UnionType,
    kind_of,
)

if TYPE_CHECKING:
    from avroforge.schema.model import AvroType, JsonValue, Missing, RecordField

BROKEN: Final = PrimitiveType("null")
"""Stands for a type that could not be parsed; every default fits it, so that one fault gives one diagnostic."""
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


def default_mismatch(node: AvroType, value: JsonValue | Missing) -> Mismatch | None:
    """What is wrong with `value` as a default for `node`, or `None` if it fits."""
    return _Check().mismatch(node, value)


def default_branch(union: UnionType, value: JsonValue) -> int:
    """The index of the branch that a union's default belongs to: the first that it matches.

    Raises:
        ValueError: no branch matches; a parsed schema (not a lenient one) has no such default.
    """
    for index, branch in enumerate(union.branches):
        if default_mismatch(branch, value) is None:
            return index
    raise ValueError(f"default {shown(value)} matches no branch of the union")


def field_value(field: RecordField, value: Mapping[str, JsonValue]) -> JsonValue | Missing:
    """The part of a record's default that belongs to a field; a field it leaves out has its own default."""
    return value.get(field.name, field.default)


class _Check:
    """One walk through a default; `busy` are the fields whose own defaults it stands in for right now."""

    def __init__(self) -> None:
        self.busy: set[int] = set()

    def mismatch(self, node: AvroType, value: JsonValue | Missing) -> Mismatch | None:
        if node is BROKEN:
            return None
        if value is MISSING:
            return Mismatch("", f"a value of {kind_of(node)}", "nothing, and the field has no default")
        match node:
            case PrimitiveType():
                return _primitive_mismatch(node.name, value)
            case EnumType():
                if isinstance(value, str) and value in node.symbols:
                    return None
                return Mismatch("", f"a symbol of enum '{node.fullname}'", shown(value))
            case FixedType():
                return _fixed_mismatch(node, value)
            case ArrayType():
                return self.array(node, value)
            case MapType():
                return self.map(node, value)
            case UnionType():
                return self.union(node, value)
            case RecordType():
                return self.record(node, value)

    def array(self, node: ArrayType, value: JsonValue | Missing) -> Mismatch | None:
        if not isinstance(value, list | tuple):
            return Mismatch("", "an array", shown(value))
        for index, item in enumerate(value):
            wrong = self.mismatch(node.items, item)
            if wrong is not None:
                return _inside(f"[{index}]", wrong)
        return None

    def map(self, node: MapType, value: JsonValue | Missing) -> Mismatch | None:
        if not isinstance(value, Mapping):
            return Mismatch("", "an object (map)", shown(value))
        for key, item in value.items():
            wrong = self.mismatch(node.values, item)
            if wrong is not None:
                return _inside(f"[{key!r}]", wrong)
        return None

    def union(self, node: UnionType, value: JsonValue | Missing) -> Mismatch | None:
        for branch in node.branches:
            if self.mismatch(branch, value) is None:
                return None
        names = ", ".join(getattr(branch, "fullname", kind_of(branch)) for branch in node.branches)
        hint = _union_hint(node, value)
        return Mismatch("", f"a value of one branch of the union [{names}]", shown(value) + hint)

    def record(self, node: RecordType, value: JsonValue | Missing) -> Mismatch | None:
        if not isinstance(value, Mapping):
            return Mismatch("", f"an object (record '{node.fullname}')", shown(value))
        for field in node.fields:
            given = field.name in value
            if not given:
                if id(field) in self.busy:
                    return Mismatch(field.name, "a default that ends", "one that contains itself for ever")
                self.busy.add(id(field))
            wrong = self.mismatch(field.type, field_value(field, value))
            if not given:
                self.busy.discard(id(field))
            if wrong is not None:
                return _inside(f".{field.name}", wrong)
        return None


def _inside(step: str, wrong: Mismatch) -> Mismatch:
    between = "" if not wrong.path or wrong.path.startswith(("[", ".")) else "."
    return replace(wrong, path=f"{step}{between}{wrong.path}")


def _primitive_mismatch(kind: str, value: JsonValue | Missing) -> Mismatch | None:
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


def _integer_mismatch(value: JsonValue | Missing, low: int, high: int, expected: str) -> Mismatch | None:
    if type(value) is int and low <= value <= high:
        return None
    return Mismatch("", expected, shown(value))


def _float_mismatch(kind: str, value: JsonValue | Missing) -> Mismatch | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Mismatch("", f"a number ({kind})", shown(value))
    try:
        struct.pack("<f" if kind == "float" else "<d", value)
    except (OverflowError, struct.error):
        return Mismatch("", f"a number that a {kind} can hold", shown(value))
    return None


def _bytes_mismatch(value: JsonValue | Missing, what: str) -> Mismatch | None:
    if not isinstance(value, str):
        return Mismatch("", f"a string (one character per byte, {what})", shown(value))
    if value and max(value) > _LAST_BYTE:
        return Mismatch("", f"characters up to '\\xff' (one per byte, {what})", shown(value))
    return None


def _fixed_mismatch(node: FixedType, value: JsonValue | Missing) -> Mismatch | None:
    wrong = _bytes_mismatch(value, f"fixed '{node.fullname}'")
    if wrong is not None or not isinstance(value, str):
        return wrong
    if len(value) != node.size:
        return Mismatch("", f"{node.size} bytes (fixed '{node.fullname}')", f"{len(value)} bytes")
    return None


def _union_hint(node: UnionType, value: JsonValue | Missing) -> str:
    kinds = {kind_of(branch) for branch in node.branches}
    if value == "null" and "null" in kinds:
        return "; did you mean null without quotes?"
    if isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in kinds:
        return "; a default is the bare value, without its branch's name"
    return ""
