"""Write drawn data straight from the specification: an encoder that shares nothing with our codecs.

It walks the schema model and never chooses: the data say which branch of a union they are. Arrays and maps
come in one block, in several, or in blocks with their size in bytes in front; readers must take all three.
Source: Avro 1.12, Binary Encoding.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from avroforge.schema import model
from avroforge_codegen.verification.datum import Converted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from avroforge_codegen.verification.datum import Datum

Blocks: TypeAlias = Literal["one", "several", "sized"]


def encode(node: model.AvroType, datum: Datum, blocks: Blocks = "one") -> bytes:
    """The bytes of a datum."""
    writer = _Writer(blocks)
    writer.write(node, datum)
    return bytes(writer.out)


def part_at(node: model.AvroType, datum: Datum, root: str, offset: int) -> tuple[str, object]:
    """Path and value of the part of a datum that wrote the byte at an offset of its one-block encoding."""
    writer = _Writer("one", root)
    writer.write(node, datum)
    found: tuple[str, object] = (root, datum)
    for start, path, value in writer.parts:
        if start > offset:
            break
        found = (path, value)
    return found


def long(number: int) -> bytes:
    """A variable-length zig-zag number."""
    rest = (number << 1) ^ (number >> 63)
    out = bytearray()
    while rest > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


class _Writer:
    """One writing: the bytes so far and, where asked for by a root, which part starts at which of them."""

    def __init__(self, blocks: Blocks, root: str | None = None) -> None:
        self.out = bytearray()
        self.parts: list[tuple[int, str, object]] = []
        self._blocks = blocks
        self._path = root

    def write(self, node: model.AvroType, datum: Any) -> None:  # noqa: ANN401 - as its node says
        if self._path is not None:
            self.parts.append((len(self.out), self._path, datum))
        raw = datum.raw if isinstance(datum, Converted) else datum
        match node:
            case model.PrimitiveType():
                self.out += _primitive(node.name, raw)
            case model.FixedType():
                self.out += raw
            case model.EnumType():
                self.out += long(node.symbols.index(raw))
            case model.ArrayType():
                self._collection(
                    list(enumerate(raw)), lambda item: self._part(f"[{item[0]}]", node.items, item[1])
                )
            case model.MapType():
                self._collection(list(raw.items()), lambda item: self._entry(node, item))
            case model.UnionType():
                self.out += long(raw.index)
                self._part("", node.branches[raw.index], raw.value)
            case model.RecordType():
                for field in node.fields:
                    self._part(f".{field.name}", field.type, raw[field.name])

    def _part(self, step: str, node: model.AvroType, datum: object) -> None:
        outer = self._path
        if outer is not None:
            self._path = outer + step
        self.write(node, datum)
        self._path = outer

    def _entry(self, node: model.MapType, item: tuple[str, object]) -> None:
        self.out += _primitive("string", item[0])
        self._part(f"[{item[0]!r}]", node.values, item[1])

    def _collection(self, items: Sequence[Any], write: Callable[[Any], None]) -> None:
        middle = len(items) // 2 if self._blocks == "several" else 0
        for block in (items[:middle], items[middle:]):
            if not block:
                continue
            if self._blocks == "sized":
                self._sized(block, write)
                continue
            self.out += long(len(block))
            for item in block:
                write(item)
        self.out += long(0)

    def _sized(self, block: Sequence[Any], write: Callable[[Any], None]) -> None:
        outer, self.out = self.out, bytearray()
        for item in block:
            write(item)
        body, self.out = self.out, outer
        self.out += long(-len(block)) + long(len(body)) + body


def _primitive(name: model.PrimitiveName, value: Any) -> bytes:  # noqa: ANN401 - as the name says
    match name:
        case "null":
            return b""
        case "boolean":
            return b"\x01" if value else b"\x00"
        case "int" | "long":
            return long(value)
        case "float":
            return struct.pack("<f", value)
        case "double":
            return struct.pack("<d", value)
        case "bytes":
            return long(len(value)) + bytes(value)
        case "string":
            text: bytes = value.encode("utf-8")
            return long(len(text)) + text
