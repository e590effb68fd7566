"""From a text in Avro's JSON encoding to bare Avro, with the line and column of what does not fit.

Source: Avro 1.12, JSON Encoding. The text says everything: a field that is missing is an error even where
the schema has a default for it, as in Java, because defaults belong to schema resolution.
"""

from __future__ import annotations

from difflib import get_close_matches
from struct import Struct
from typing import TYPE_CHECKING, Final, NoReturn

from avroforge.codec import conversion, ir
from avroforge.codec.walk_decode import Walk, root_name
from avroforge.errors import DecodeError
from avroforge.formats.json_text import decoded_text
from avroforge.schema.diagnostics import shown
from avroforge.schema.scan import JsonArray, JsonObject, ScanError, Source, scan
from avroforge.wire.scalar import as_float
from avroforge.wire.varint import INT_MAX, INT_MIN, LONG_MAX, LONG_MIN, write_length, write_long

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.schema.scan import JsonNode

_DOUBLE: Final = Struct("<d")
_FLOAT: Final = Struct("<f")
_NON_FINITE: Final[Mapping[str, float]] = {
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}


def read_json(text: str | bytes, node: ir.Node) -> bytes:
    """The bare Avro of one JSON text.

    Args:
        text: the whole text; bytes are UTF-8.
        node: the root type, bound to anything; its logical types are checked where it has them.

    Raises:
        DecodeError: no JSON, or no value of the type: path, offset in the UTF-8 text, and the reason with
            line and column.
    """
    return _Reader(decoded_text(text, root_name(node)), root_name(node)).run(node)


class _Reader:
    """One reading of one text: the pieces written so far, and the path from the root."""

    def __init__(self, text: str, root: str) -> None:
        self._source = Source(text, root)
        self._out: list[bytes] = []
        self._path = [root]

    def run(self, node: ir.Node) -> bytes:
        try:
            value, at, findings = scan(self._source)
        except ScanError as error:
            findings = [error.diagnostic]
        if findings:
            first = findings[0]
            at = _offset_of(self._source.text, first.line, first.column)
            self._fail(at, first.message)
        try:
            self._read(value, at, node)
        except RecursionError:
            self._path = self._path[:1]
            self._fail(at, "the value is nested deeper than Python's recursion limit allows here")
        return b"".join(self._out)

    def _fail(self, at: int, reason: str) -> NoReturn:
        place = self._source.position(at)
        offset = len(self._source.text[:at].encode(errors="surrogatepass"))
        where = f"line {place.line} column {place.column}"
        raise DecodeError("".join(self._path), offset, f"{where}: {reason}")

    def _read(self, value: JsonNode, at: int, node: ir.Node) -> None:
        match node:
            case ir.Primitive():
                self._out.append(self._primitive(value, at, node.kind))
            case ir.Fixed():
                self._out.append(self._bytes(value, at, node.size))
            case ir.Enum():
                if not isinstance(value, str) or value not in node.symbols:
                    self._fail(at, f"expected one of {', '.join(node.symbols)}, got {shown(value)}")
                self._out.append(write_length(node.symbols.index(value)))
            case ir.Array():
                self._array(value, at, node)
            case ir.Map():
                self._map(value, at, node)
            case ir.Union():
                self._union(value, at, node)
            case ir.Record():
                self._record(value, at, node)
            case ir.Logical():
                self._logical(value, at, node)

    def _primitive(self, value: JsonNode, at: int, kind: str) -> bytes:
        match kind, value:
            case "null", None:
                return b""
            case "boolean", bool():
                return b"\x01" if value else b"\x00"
            case (("int" | "long"), int()) if not isinstance(value, bool):
                low, high = (INT_MIN, INT_MAX) if kind == "int" else (LONG_MIN, LONG_MAX)
                if not low <= value <= high:
                    self._fail(at, f"{kind}: expected {low} to {high}, got {value}")
                return write_long(value)
            case (("float" | "double"), (int() | float() | str())) if not isinstance(value, bool):
                return self._number(value, at, kind)
            case "bytes", str():
                raw = self._bytes(value, at)
                return write_length(len(raw)) + raw
            case "string", str():
                raw = value.encode()
                return write_length(len(raw)) + raw
        return self._fail(at, f"expected {kind}, got {shown(value)}")

    def _number(self, value: float | str, at: int, kind: str) -> bytes:
        if isinstance(value, str):
            if value not in _NON_FINITE:
                words = ", ".join(f'"{word}"' for word in _NON_FINITE)
                self._fail(at, f"expected {kind}: a number or one of {words}, got {shown(value)}")
            number = _NON_FINITE[value]
        else:
            try:
                number = float(value)
            except OverflowError:
                self._fail(at, f"expected a {kind}, got a number beyond it")
        if kind == "double":
            return _DOUBLE.pack(number)
        try:
            return _FLOAT.pack(as_float(number))
        except OverflowError:
            self._fail(at, f"expected a float of 32 bits, got {number!r}")

    def _bytes(self, value: JsonNode, at: int, size: int = -1) -> bytes:
        expected = "bytes" if size < 0 else f"fixed of {size} bytes"
        if not isinstance(value, str):
            self._fail(at, f"expected {expected} as text, got {shown(value)}")
        try:
            raw = value.encode("latin-1")
        except UnicodeEncodeError as error:
            character = ascii(value[error.start])[1:-1]
            self._fail(at, rf"expected {expected} as characters \u0000 to \u00ff, got {character}")
        if size not in (-1, len(raw)):
            self._fail(at, f"expected {expected}, got {len(raw)}")
        return raw

    def _logical(self, value: JsonNode, at: int, node: ir.Logical) -> None:
        self._read(value, at, node.base)
        raw = Walk(self._out[-1], "").read(node.base)
        try:
            conversion.read(node, raw)
        except (ValueError, ArithmeticError) as error:
            self._fail(at, f"{node.name}: {error}")

    def _array(self, value: JsonNode, at: int, node: ir.Array) -> None:
        if not isinstance(value, JsonArray):
            self._fail(at, f"expected array, got {shown(value)}")
        if value:
            self._out.append(write_length(len(value)))
            for number, (item, place) in enumerate(zip(value, value.places, strict=True)):
                self._path.append(f"[{number}]")
                self._read(item, place, node.items)
                self._path.pop()
        self._out.append(b"\x00")

    def _map(self, value: JsonNode, at: int, node: ir.Map) -> None:
        if not isinstance(value, JsonObject):
            self._fail(at, f"expected map, got {shown(value)}")
        if value:
            self._out.append(write_length(len(value)))
            for key, item in value.items():
                self._path.append(f"[{key!r}]")
                raw = key.encode()
                self._out.append(write_length(len(raw)) + raw)
                self._read(item, value.places[key], node.values)
                self._path.pop()
        self._out.append(b"\x00")

    def _record(self, value: JsonNode, at: int, node: ir.Record) -> None:
        if not isinstance(value, JsonObject):
            self._fail(at, f"expected record {node.fullname} as an object, got {shown(value)}")
        names = [field.name for field in node.fields]
        unknown = next((key for key in value if key not in names), None)
        if unknown is not None:
            near = get_close_matches(unknown, names, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            self._fail(
                value.places[unknown],
                f"expected a field of {node.fullname}, got unknown field {unknown!r}{hint}",
            )
        for field in node.fields:
            self._path.append(f".{field.name}")
            if field.name not in value:
                self._fail(at, "the field is missing; this encoding has no defaults")
            self._read(value[field.name], value.places[field.name], field.node)
            self._path.pop()

    def _union(self, value: JsonNode, at: int, node: ir.Union) -> None:
        names = [branch.name for branch in node.branches]
        if value is None and "null" in names:
            self._out.append(write_length(names.index("null")))
            return
        if isinstance(value, JsonObject) and len(value) == 1:
            name, inner = next(iter(value.items()))
            if name in names and name != "null":
                index = names.index(name)
                self._out.append(write_length(index))
                self._read(inner, value.places[name], node.branches[index].node)
                return
        expected = " or ".join("null" if name == "null" else f'{{"{name}": ...}}' for name in names)
        got = f"an object of {', '.join(map(repr, value))}" if isinstance(value, JsonObject) else shown(value)
        self._fail(at, f"expected {expected}, got {got}")


def _offset_of(text: str, line: int, column: int) -> int:
    """The offset of a 1-based line and column."""
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    return start + column - 1
