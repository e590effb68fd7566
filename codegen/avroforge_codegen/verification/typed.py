"""Make the typed Python value of drawn data, and tell two typed values apart."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from avroforge.branches import Branch
from avroforge.codec import conversion, ir
from avroforge.codec.storage import stored
from avroforge.record import AvroRecordBase
from avroforge_codegen.verification.datum import Converted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avroforge_codegen.verification.datum import Datum


class UnheldError(Exception):
    """A conversion of the user's own does not take a drawn value, or does not give it back."""


def build(node: ir.Node, datum: Datum) -> Any:  # noqa: ANN401 - whatever Python type the node becomes
    """The Python value of a datum, in the classes that `node` is bound to.

    Raises:
        UnheldError: a conversion of the user's own is in the way.
    """
    match node:
        case ir.Logical() if node.own is None:
            return datum.value
        case ir.Logical():
            return _own(node, datum.raw if isinstance(datum, Converted) else datum)
        case ir.Enum():
            return getattr(node.target, node.members[node.symbols.index(datum)])
        case ir.Array():
            return stored(node, [build(node.items, item) for item in datum])
        case ir.Map():
            return {key: build(node.values, item) for key, item in datum.items()}
        case ir.Union():
            branch = node.branches[datum.index]
            value = build(branch.node, datum.value)
            return value if branch.wrapper is None else _class(branch.wrapper)(value)
        case ir.Record():
            fields = {each.attribute: build(each.node, datum[each.name]) for each in node.fields}
            return _class(node.target)(**fields)
        case _:
            return datum.raw if isinstance(datum, Converted) else datum


def _class(target: ir.Target | None) -> type[Any]:
    if not isinstance(target, type):
        raise TypeError(f"expected a type bound to classes, got {target!r}")
    return target


def _own(node: ir.Logical, raw: object) -> object:
    try:
        value = conversion.read(node, raw)
        again = conversion.write(node, value)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise UnheldError(f"the conversion of {node.name} refuses {raw!r}: {error}") from error
    if difference(raw, again) is not None:
        raise UnheldError(f"the conversion of {node.name} reads {raw!r} and writes {again!r}")
    return value


class Difference(NamedTuple):
    """The first place where two values differ."""

    path: str
    expected: object
    got: object


def difference(expected: Any, got: Any, path: str = "") -> Difference | None:  # noqa: ANN401 - any two values
    """Where two values differ in type or content, to a float's last bit and a decimal's exponent."""
    if type(expected) is not type(got):
        return Difference(path, expected, got)
    if isinstance(expected, AvroRecordBase):
        names = expected.__avro_fields__
        return _first((f"{path}.{name}", getattr(expected, name), getattr(got, name)) for name in names)
    if isinstance(expected, Branch):
        return difference(expected.value, got.value, path)
    if isinstance(expected, dict):
        if list(expected) != list(got):
            return Difference(path, list(expected), list(got))
        return _first((f"{path}[{key!r}]", item, got[key]) for key, item in expected.items())
    if isinstance(expected, Sequence) and not isinstance(expected, str | bytes | list):
        expected, got = list(expected), list(got)  # the columns of records
    if hasattr(expected, "dtype"):
        if expected.dtype != got.dtype:
            return Difference(path, expected.dtype, got.dtype)
        expected, got = expected.tolist(), got.tolist()
    if isinstance(expected, list):
        if len(expected) != len(got):
            return Difference(path, expected, got)
        pairs = zip(expected, got, strict=True)
        return _first((f"{path}[{number}]", *pair) for number, pair in enumerate(pairs))
    return None if _same(expected, got) else Difference(path, expected, got)


def _first(parts: Iterable[tuple[str, Any, Any]]) -> Difference | None:
    found = (difference(expected, got, path) for path, expected, got in parts)
    return next((each for each in found if each is not None), None)


def _same(expected: Any, got: Any) -> bool:  # noqa: ANN401 - leaves of one type
    if isinstance(expected, float):
        return struct.pack("<d", expected) == struct.pack("<d", got)
    if isinstance(expected, Decimal):
        return bool(expected.as_tuple() == got.as_tuple())
    if hasattr(expected, "tzinfo"):
        return bool(expected == got and expected.tzinfo == got.tzinfo)
    return bool(expected == got)
