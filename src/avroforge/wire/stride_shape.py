"""The constant size of a record at hand: its fields, what they must hold, and the columns they give.

A shape is found from one record and then tried on the records behind it (`wire.stride`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from avroforge.wire.varint import LENGTH, UNZIGZAG, read_long

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Leaf: TypeAlias = tuple[Any, ...]
"""``(kind,)``, ``("fixed", size)``, ``("enum", members)``, ``("array", item)``, or
``("optional", first byte of the value branch, leaf)``; ``("skip", leaf)`` for what nobody wants."""

_BOOLEAN: Final = (False, True)
_LONGEST_VARINT: Final = 4
_NUMBER_SIZES: Final = {"double": 8, "float": 4}


class UnusualError(Exception):
    """A record that has no shape to bet on: several blocks, long varints, a negative length."""


class Table(Protocol):
    """Some rows of one shape, unpacked."""

    rows: int

    def values(self, field: int) -> Sequence[Any]:
        """The values of a field, one per row."""
        ...

    def joined(self, field: int) -> bytes:
        """The bytes of a field of bytes, all rows after each other."""
        ...

    def texts(self, field: int) -> list[str]:
        """The UTF-8 texts of a field of bytes, all of one byte length."""
        ...

    def numbers(self, item: str, offset: int, count: int) -> list[Any]:
        """An array of `count` doubles or floats per row, `offset` bytes into the row."""
        ...


@dataclass(slots=True)
class Shape:
    """A record of constant size."""

    codes: list[tuple[str, int]] = field(default_factory=list)
    """Per field: kind and size: a struct code, ``s`` for bytes, ``c`` for fixed bytes, ``x`` to skip."""
    stride: int = 0
    fixed: list[tuple[int, int | bytes]] = field(default_factory=list)
    """(field, the value it must have)"""
    masked: list[tuple[int, int, int]] = field(default_factory=list)
    """(field, mask, what the masked value must be): the continuation bits of varints"""
    columns: list[Callable[[Table], list[Any]]] = field(default_factory=list)
    """Per leaf: the values of all rows."""
    engine: Any = None
    """What the unpacker keeps between tables: a struct, a dtype."""

    def add(self, code: str, size: int) -> int:
        """Add a field; its number."""
        self.codes.append((code, size))
        self.stride += size
        return len(self.codes) - 1

    def constant(self, data: bytes) -> None:
        """Add bytes that every row must have."""
        if len(data) == 1:
            self.fixed.append((self.add("B", 1), data[0]))
        elif data:
            self.fixed.append((self.add("c", len(data)), data))


def build(leaves: tuple[Leaf, ...], data: bytes, p: int) -> Shape:
    """The shape of the record at `p`."""
    shape = Shape()
    for leaf in leaves:
        p = _lay(shape, leaf, data, p)
    return shape


def _varint_end(data: bytes, p: int) -> int:
    start = p
    while data[p] > 0x7F:  # noqa: PLR2004 - the continuation bit
        p += 1
    if p - start >= _LONGEST_VARINT:
        raise UnusualError
    return p + 1


def measure(leaf: Leaf, data: bytes, p: int, key: list[int]) -> int:
    """Step over one leaf, noting what varies in its size; the offset behind it."""
    kind = leaf[0]
    match kind:
        case "double" | "float":
            return p + _NUMBER_SIZES[kind]
        case "boolean" | "enum":
            return p + 1
        case "fixed":
            return p + int(leaf[1])
        case "skip":
            return measure(leaf[1], data, p, key)
        case "int" | "long":
            end = _varint_end(data, p)
            key.append(end - p)
            return end
        case "optional":
            key.append(data[p])
            return measure(leaf[2], data, p + 1, key) if data[p] == leaf[1] else p + 1
        case _:
            size, width = _size(data, p)
            key.extend((size, width))
            if kind != "array":
                return p + width + size
            return p + width + size * _NUMBER_SIZES[leaf[1]] + (1 if size else 0)


def _size(data: bytes, p: int) -> tuple[int, int]:
    """A length or count and the bytes it takes."""
    size = LENGTH[data[p]]
    if size >= 0:
        return size, 1
    size, end = read_long(data, p)
    if not 0 <= size <= len(data) - end:
        raise UnusualError
    return size, end - p


def _lay(shape: Shape, leaf: Leaf, data: bytes, p: int) -> int:
    """Add one leaf to a shape, as it is in the record at hand; the offset behind it."""
    kind = leaf[0]
    match kind:
        case "double" | "float":
            index = shape.add(kind[0], _NUMBER_SIZES[kind])
            shape.columns.append(lambda table: list(table.values(index)))
            return p + _NUMBER_SIZES[kind]
        case "boolean" | "enum":
            index, members = shape.add("B", 1), _BOOLEAN if kind == "boolean" else leaf[1]
            shape.columns.append(lambda table: [members[byte] for byte in table.values(index)])
            return p + 1
        case "fixed":
            return _lay_bytes(shape, p, leaf[1])
        case "int" | "long":
            return _lay_varint(shape, data, p)
        case "optional":
            return _lay_optional(shape, leaf, data, p)
        case "array":
            return _lay_array(shape, leaf[1], data, p)
        case "skip":
            return _lay_skipped(shape, leaf[1], data, p)
        case _:
            size, width = _size(data, p)
            shape.constant(data[p : p + width])
            if kind == "bytes":
                return _lay_bytes(shape, p + width, size)
            return _lay_text(shape, p + width, size)


def _lay_optional(shape: Shape, leaf: Leaf, data: bytes, p: int) -> int:
    shape.constant(data[p : p + 1])
    if data[p] == leaf[1]:
        return _lay(shape, leaf[2], data, p + 1)
    if data[p] + leaf[1] != 2:  # noqa: PLR2004 - the indexes 0 and 1, doubled by zig-zag
        raise UnusualError
    shape.columns.append(lambda table: [None] * table.rows)
    return p + 1


def _lay_skipped(shape: Shape, leaf: Leaf, data: bytes, p: int) -> int:
    """Only what the leaf fixes is unpacked."""
    start = len(shape.codes)
    end = _lay(shape, leaf, data, p)
    checked = {number for number, *_ in (*shape.fixed, *shape.masked)}
    for number in range(start, len(shape.codes)):
        if number not in checked:
            shape.codes[number] = ("x", shape.codes[number][1])
    shape.columns[-1] = lambda table: [None] * table.rows
    return end


def _lay_varint(shape: Shape, data: bytes, p: int) -> int:
    """A varint of up to four bytes: the low seven bits of each, the first byte lowest."""
    width = _varint_end(data, p) - p
    indexes = [shape.add("B", 1) for _ in range(width)]
    for index in indexes:
        shape.masked.append((index, 0x80, 0 if index == indexes[-1] else 0x80))
    if width == 1:
        shape.columns.append(lambda table: [UNZIGZAG[byte] for byte in table.values(indexes[0])])
        return p + 1

    def numbers(table: Table) -> list[int]:
        result = [byte & 0x7F for byte in table.values(indexes[0])]
        for shift, index in enumerate(indexes[1:], 1):
            result = [
                low | (byte & 0x7F) << 7 * shift
                for low, byte in zip(result, table.values(index), strict=True)
            ]
        return [(raw >> 1) ^ -(raw & 1) for raw in result]

    shape.columns.append(numbers)
    return p + width


def _lay_bytes(shape: Shape, p: int, size: int) -> int:
    if size:
        index = shape.add("s", size)
        shape.columns.append(lambda table: _cut(table.joined(index), size))
    else:
        shape.columns.append(lambda table: [b""] * table.rows)
    return p + size


def _cut(joined: bytes, size: int) -> list[bytes]:
    return [joined[start : start + size] for start in range(0, len(joined), size)]


def _lay_text(shape: Shape, p: int, size: int) -> int:
    if size:
        index = shape.add("s", size)
        shape.columns.append(lambda table: table.texts(index))
    else:
        shape.columns.append(lambda table: [""] * table.rows)
    return p + size


def split_texts(joined: bytes, rows: int) -> list[str] | None:
    """Decode texts that each end with a line feed, all at once; None where a text holds one itself.

    A line feed is no part of another character in UTF-8, so this accepts exactly what decoding each would.
    """
    texts = joined.decode().split("\n")
    if len(texts) != rows + 1:
        return None
    texts.pop()
    return texts


def _lay_array(shape: Shape, item: str, data: bytes, p: int) -> int:
    count, width = _size(data, p)
    shape.constant(data[p : p + width])
    offset, size = shape.stride, count * _NUMBER_SIZES[item]
    if count:
        shape.add("x", size)
        if data[p + width + size]:
            raise UnusualError  # more blocks follow
        shape.constant(b"\x00")
    shape.columns.append(lambda table: table.numbers(item, offset, count))
    return p + width + size + (1 if count else 0)
