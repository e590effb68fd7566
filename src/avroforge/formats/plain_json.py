"""Plain JSON, as people and web services write it, exactly there and back.

Records are objects by Avro's field names, enums their symbols, bytes text of U+0000 to U+00FF (as in Avro's
JSON encoding), dates, times and UUIDs ISO text, decimals text, and numbers that JSON lacks ``"NaN"``,
``"Infinity"`` and ``"-Infinity"``. A union is the bare value where its branches have different JSON types;
where two have the same, every value but null is ``{branch: value}``.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import UUID

from avroforge.codec import conversion, ir, walk_encode
from avroforge.codec.datum import DatumBuilder, built
from avroforge.codec.walk_decode import root_name
from avroforge.errors import DecodeError, EncodeError
from avroforge.formats.avro_json import text_of
from avroforge.formats.json_text import parsed
from avroforge.formats.json_tree import non_finite
from avroforge.wire.logical import Duration, LocalTimestampNanos, TimestampNanos
from avroforge.wire.logical_time import in_utc, local_micros_of, micros_of, without_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

_JSON_TYPES: Final[Mapping[str, str]] = {
    "boolean": "boolean",
    "int": "number",
    "long": "number",
    "float": "number",
    "double": "number",
    "bytes": "string",
    "string": "string",
}
_NON_FINITE: Final = {text: float(text) for text in ("NaN", "Infinity", "-Infinity")}
_TOO_FINE: Final = re.compile(r"[.,]\d{6}\d*[1-9]")
"""More digits than a `datetime` holds, which ``fromisoformat`` would drop."""
_FRACTION: Final = re.compile(r"[.,](\d+)")
_NANO_DIGITS: Final = 9
_DURATION: Final = re.compile(r"P(\d+)M(\d+)DT(\d+)\.(\d{3})S")


def tree_of(value: Any, node: ir.Node) -> JsonValue:  # noqa: ANN401 - a decoded value of the node
    """The JSON value of a decoded value.

    Args:
        value: what decoding gives: of the very types that the node says.
        node: the bound type.
    """
    match node:
        case ir.Primitive(kind="float" | "double"):
            return value if math.isfinite(value) else non_finite(value)
        case ir.Primitive(kind="bytes") | ir.Fixed():
            return str(value, "latin-1")
        case ir.Array():
            items = value.tolist() if node.numbers is not None else value
            return [tree_of(item, node.items) for item in items]
        case ir.Map():
            return {key: tree_of(item, node.values) for key, item in value.items()}
        case ir.Record():
            return {each.name: tree_of(getattr(value, each.attribute), each.node) for each in node.fields}
        case ir.Enum():
            return node.symbols[node.members.index(value.name)]
        case ir.Union():
            return _union_tree(value, node)
        case ir.Logical():
            return _logical_tree(value, node)
        case _:
            plain: JsonValue = value
            return plain


def _union_tree(value: Any, node: ir.Union) -> JsonValue:  # noqa: ANN401 - as above
    if value is None and node.null_index >= 0:
        return None
    branch = node.branches[walk_encode.branch_of(node, value)]
    tree = tree_of(getattr(value, "value") if branch.wrapper is not None else value, branch.node)  # noqa: B009 - the wrapper's one field
    named = is_named(node) or (
        isinstance(tree, str) and json_type(branch.node) == "number" and _has_text(node)
    )
    return {branch.name: tree} if named else tree


def _logical_tree(value: Any, node: ir.Logical) -> JsonValue:  # noqa: ANN401 - as above
    if node.own is not None:
        return tree_of(conversion.write(node, value), node.base)
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def json_type(node: ir.Node) -> str:
    """What JSON calls the values of a branch; NaN and the infinities aside."""
    match node:
        case ir.Primitive():
            return _JSON_TYPES.get(node.kind, "null")
        case ir.Array():
            return "array"
        case ir.Map() | ir.Record():
            return "object"
        case ir.Logical() if node.own is not None:
            return json_type(node.base)
        case _:
            return "string"


def is_named(node: ir.Union) -> bool:
    """Whether values of a union name their branch, because JSON alone does not tell its branches apart."""
    types = [json_type(branch.node) for branch in node.branches]
    nodes = (branch.node for branch in node.branches)
    floats = any(isinstance(each, ir.Primitive) and each.kind in {"float", "double"} for each in nodes)
    # {"double": "NaN"} beside text, to which an object of a map or record could be equal
    return len(set(types)) < len(types) or (floats and {"string", "object"} <= set(types))


def _has_text(node: ir.Union) -> bool:
    return any(json_type(branch.node) == "string" for branch in node.branches)


class PlainBuilder(DatumBuilder):
    """From JSON values to typed values; keeps the path."""

    def _leaf(self, datum: Any, node: ir.Primitive | ir.Fixed | ir.Logical) -> object:  # noqa: ANN401 - any JSON value
        match node:
            case ir.Primitive(kind="float" | "double") if isinstance(datum, str) and datum in _NON_FINITE:
                datum = _NON_FINITE[datum]
            case ir.Primitive(kind="bytes") | ir.Fixed() if isinstance(datum, str):
                datum = self._bytes(datum)
            case ir.Logical() if node.own is not None:
                return self._own(self._leaf(datum, node.base), node)
            case ir.Logical():
                return super()._leaf(self._parsed(datum, node), node)
        return super()._leaf(datum, node)

    def _bytes(self, text: str) -> bytes:
        try:
            return text.encode("latin-1")
        except UnicodeEncodeError:
            self._fail(r"bytes as characters \u0000 to \u00ff", walk_encode.describe(text))

    def _parsed(self, datum: object, node: ir.Logical) -> object:
        kind = conversion.python_class(node)
        read = _READERS.get(kind) if kind is not None else None
        if not isinstance(datum, str) or read is None:
            self._fail(f"{node.name} as text", walk_encode.describe(datum))
        try:
            return read(datum)
        except (TypeError, ValueError, ArithmeticError) as error:
            self._fail(f"{node.name} as text ({error})", walk_encode.describe(datum))

    def _union(self, datum: Any, node: ir.Union) -> object:  # noqa: ANN401 - any JSON value
        if datum is None and node.null_index >= 0:
            return None
        types = {json_type(branch.node): branch for branch in node.branches}
        named = is_named(node)
        if isinstance(datum, dict) and len(datum) == 1 and (named or "object" not in types):
            ((name, value),) = datum.items()
            for branch in node.branches:
                if branch.name == name:
                    return self._branch(value, branch)
        if not named:
            branch_or_none = types.get(_type_of(datum)) or self._number(datum, types)
            if branch_or_none is not None:
                return self._branch(datum, branch_or_none)
        names = [branch.name for branch in node.branches]
        wanted = " or ".join(f'{{"{name}": ...}}' if named and name != "null" else name for name in names)
        return self._fail(wanted, walk_encode.describe(datum))

    @staticmethod
    def _number(datum: object, types: Mapping[str, ir.Branch]) -> ir.Branch | None:
        return types.get("number") if isinstance(datum, str) and datum in _NON_FINITE else None

    def _branch(self, datum: object, branch: ir.Branch) -> object:
        value = self.build(datum, branch.node)
        return branch.wrapper(value) if isinstance(branch.wrapper, type) else value


def _type_of(datum: object) -> str:
    match datum:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case dict():
            return "object"
        case _:
            return "array" if isinstance(datum, list | tuple) else ""


def _datetime(text: str) -> dt.datetime:
    if _TOO_FINE.search(text):
        raise ValueError("finer than a microsecond")
    return dt.datetime.fromisoformat(text)


def _time(text: str) -> dt.time:
    if _TOO_FINE.search(text):
        raise ValueError("finer than a microsecond")
    return dt.time.fromisoformat(text)


def _instant(text: str) -> TimestampNanos:
    nanos, whole = _split(text)
    return TimestampNanos(micros_of(in_utc(dt.datetime.fromisoformat(whole))) * 1000 + nanos)


def _local(text: str) -> LocalTimestampNanos:
    nanos, whole = _split(text)
    return LocalTimestampNanos(local_micros_of(without_zone(dt.datetime.fromisoformat(whole))) * 1000 + nanos)


def _split(text: str) -> tuple[int, str]:
    """The nanoseconds of a time's fraction, and the text without it."""
    found = _FRACTION.search(text)
    if found is None:
        return 0, text
    digits = found[1].rstrip("0").ljust(9, "0")
    if len(digits) > _NANO_DIGITS:
        raise ValueError("finer than a nanosecond")
    return int(digits), text[: found.start()] + text[found.end() :]


def _duration(text: str) -> Duration:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError("expected a duration such as P1M2DT3.004S")
    months, days, seconds, millis = map(int, found.groups())
    return Duration(months, days, seconds * 1000 + millis)


_READERS: Final[Mapping[type, Callable[[str], object]]] = {
    dt.date: dt.date.fromisoformat,
    dt.time: _time,
    dt.datetime: _datetime,
    TimestampNanos: _instant,
    LocalTimestampNanos: _local,
    Decimal: Decimal,
    UUID: UUID,
    Duration: _duration,
}


def from_text(text: str | bytes, node: ir.Node) -> Any:  # noqa: ANN401 - whatever Python type the node becomes
    """The typed value of a JSON text.

    Raises:
        DecodeError: no JSON, or no value of the type.
    """
    tree = parsed(text, root_name(node))
    try:
        return from_tree(tree, node)
    except EncodeError as error:
        raise DecodeError(error.path, 0, f"expected {error.expected}, got {error.got}") from None


def from_tree(tree: Any, node: ir.Node) -> Any:  # noqa: ANN401 - JSON values in, a typed value out
    """The typed value of plain JSON values.

    Raises:
        EncodeError: no value of the type.
    """
    return built(PlainBuilder(root_name(node)), tree, node)


__all__ = ["PlainBuilder", "from_text", "from_tree", "text_of", "tree_of"]
