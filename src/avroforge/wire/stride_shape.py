"""The constant size of a record at hand: its fields, what they must hold, and the columns they give.

A shape is found from one record and then tried on the records behind it (`wire.stride`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from avroforge.wire.varint import LENGTH, UNZIGZAG, read_long

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Leaf: TypeAlias = tuple[Any, ...]
"""``(kind,)``, ``("fixed", size)``, ``("enum", members)``, ``("array", item)``, or
``("optional", first byte of the value branch, leaf)``; ``("skip", leaf)`` for what nobody wants, and
``("column", leaf)`` for numbers that are wanted as one array of numpy."""
Column: TypeAlias = "Callable[[Table], Iterable[Any]]"
"""The values that a leaf has in the rows of a table."""

NUMBER_SIZES: Final = {"double": 8, "float": 4}
_BOOLEAN: Final = (False, True)
_LONGEST_VARINT: Final = 4
_MOST_REMEMBERED: Final = 1 << 16
"""How many bytes of texts a shape remembers."""
_LAST: Final = 128
"""A byte below this is the last of its varint."""


class UnusualError(Exception):
    """A record that has no shape to bet on: several blocks, long varints, a negative length."""


class Table(Protocol):
    """Some rows of one shape."""

    rows: int

    def bytes_at(self, offset: int) -> bytes:
        """The byte so far into the row, of each."""
        ...

    def numbers(self, item: str, offset: int) -> Iterable[float]:
        """The double or float so far into the row, of each."""
        ...

    def joined(self, offset: int, size: int) -> bytes:
        """So many bytes from `offset` on, of all rows after each other."""
        ...

    def arrays(self, item: str, offset: int, count: int) -> list[Any]:
        """An array of `count` doubles or floats per row."""
        ...


@dataclass(slots=True)
class Shape:
    """A record of constant size, as what must be in its bytes and what is."""

    stride: int = 0
    fixed: list[tuple[int, int]] = field(default_factory=list)
    """(offset, the byte that every row must have there)"""
    continued: list[tuple[int, int]] = field(default_factory=list)
    """(offset, the high bit that the byte there must have): where varints go on and where they end"""
    columns: list[Column] = field(default_factory=list)
    """Per leaf: the values of all rows."""
    parts: list[tuple[int, str, int]] = field(default_factory=list)
    """(offset, ``double``, ``float`` or ``bytes``, size): what a table may unpack beforehand."""
    unpack: Any = None
    """What a table keeps for the next of this shape."""

    def constant(self, data: bytes) -> None:
        """Add bytes that every row must have."""
        self.fixed.extend((self.stride + number, byte) for number, byte in enumerate(data))
        self.stride += len(data)

    def add(self, kind: str, size: int) -> int:
        """Add a part that may be anything; its offset."""
        offset = self.stride
        self.parts.append((offset, kind, size))
        self.stride += size
        return offset

    def byte(self) -> int:
        """Add a byte; its offset."""
        self.stride += 1
        return self.stride - 1


def build(leaves: tuple[Leaf, ...], data: bytes, p: int) -> Shape:
    """The shape of the record at `p`."""
    shape = Shape()
    for leaf in leaves:
        p = _lay(shape, leaf, data, p)
    return shape


def measure(leaves: Sequence[Leaf], data: bytes, p: int) -> tuple[int, ...]:
    """What makes out the shape of the record at `p`: the sizes of all that has no size of its own.

    Raises:
        UnusualError: it has no shape to bet on.
        IndexError: the data ends inside it.
    """
    key: list[int] = []
    for leaf in leaves:
        p = _step(leaf, data, p, key)
    return tuple(key)


def _step(leaf: Leaf, data: bytes, p: int, key: list[int]) -> int:
    kind = leaf[0]
    if kind in NUMBER_SIZES:
        return p + NUMBER_SIZES[kind]
    if kind == "string" or kind == "bytes":  # noqa: PLR1714 - faster than a set
        size, width = _size(data, p)
        key += (size, width)
        return p + width + size
    if kind == "optional":
        key.append(data[p])
        return _step(leaf[2], data, p + 1, key) if data[p] == leaf[1] else p + 1
    if kind == "array":
        size, width = _size(data, p)
        key += (size, width)
        return p + width + size * NUMBER_SIZES[leaf[1]] + (1 if size else 0)
    if kind == "int" or kind == "long":  # noqa: PLR1714 - as above
        width = _varint_width(data, p)
        key.append(width)
        return p + width
    if kind == "skip" or kind == "column":  # noqa: PLR1714 - as above
        return _step(leaf[1], data, p, key)
    return p + (leaf[1] if kind == "fixed" else 1)


def _varint_width(data: bytes, p: int) -> int:
    for width in range(_LONGEST_VARINT):
        if data[p + width] < _LAST:
            return width + 1
    raise UnusualError


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
            offset = shape.add(kind, NUMBER_SIZES[kind])
            shape.columns.append(lambda table: table.numbers(kind, offset))
            return p + NUMBER_SIZES[kind]
        case "boolean" | "enum":
            return _lay_choice(shape, _BOOLEAN if kind == "boolean" else leaf[1], p)
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
        case "column":
            return _lay_column(shape, leaf[1], data, p)
        case _:
            size, width = _size(data, p)
            shape.constant(data[p : p + width])
            lay = _lay_bytes if kind == "bytes" else _lay_text
            return lay(shape, p + width, size)


def _lay_choice(shape: Shape, members: Any, p: int) -> int:  # noqa: ANN401 - a tuple or a dict by first byte
    offset = shape.byte()
    shape.columns.append(lambda table: [members[byte] for byte in table.bytes_at(offset)])
    return p + 1


def _lay_optional(shape: Shape, leaf: Leaf, data: bytes, p: int) -> int:
    shape.constant(data[p : p + 1])
    if data[p] == leaf[1]:
        return _lay(shape, leaf[2], data, p + 1)
    if data[p] + leaf[1] != 2:  # noqa: PLR2004 - the indexes 0 and 1, doubled by zig-zag
        raise UnusualError
    shape.columns.append(_nothing)
    return p + 1


def _nothing(table: Table) -> Iterable[None]:
    return repeat(None, table.rows)


def _lay_skipped(shape: Shape, leaf: Leaf, data: bytes, p: int) -> int:
    """Only what the leaf fixes is looked at."""
    parts = len(shape.parts)
    end = _lay(shape, leaf, data, p)
    del shape.parts[parts:]
    shape.columns[-1] = _nothing
    return end


def _lay_column(shape: Shape, leaf: Leaf, data: bytes, p: int) -> int:
    """As the leaf alone, but its values are one array, which only tables of numpy give."""
    start, end = shape.stride, _lay(shape, leaf, data, p)
    column: Callable[[Any], Any]
    match leaf[0]:
        case "int" | "long":
            column = lambda table: table.varints(leaf[0], start, end - p)  # noqa: E731 - one of several
        case "array":
            count, width = _size(data, p)
            column = lambda table: table.matrix(leaf[1], start + width, count)  # noqa: E731 - as above
        case _:
            column = lambda table: table.column(leaf[0], start)  # noqa: E731 - as above
    shape.columns[-1] = column
    return end


def _lay_varint(shape: Shape, data: bytes, p: int) -> int:
    """A varint of up to four bytes: the low seven bits of each, the first byte lowest."""
    width = _varint_width(data, p)
    offsets = [shape.byte() for _ in range(width)]
    shape.continued.extend((offset, int(offset != offsets[-1])) for offset in offsets)
    if width == 1:
        shape.columns.append(lambda table: [UNZIGZAG[byte] for byte in table.bytes_at(offsets[0])])
        return p + 1

    def numbers(table: Table) -> list[int]:
        result = [byte & 0x7F for byte in table.bytes_at(offsets[0])]
        for shift, offset in enumerate(offsets[1:], 1):
            result = [
                low | (byte & 0x7F) << 7 * shift
                for low, byte in zip(result, table.bytes_at(offset), strict=True)
            ]
        return [(raw >> 1) ^ -(raw & 1) for raw in result]

    shape.columns.append(numbers)
    return p + width


def _lay_bytes(shape: Shape, p: int, size: int) -> int:
    if size:
        offset = shape.add("bytes", size)
        shape.columns.append(lambda table: _cut(table.joined(offset, size), size))
    else:
        shape.columns.append(lambda table: repeat(b"", table.rows))
    return p + size


def _cut(joined: bytes, size: int) -> list[bytes]:
    return [joined[start : start + size] for start in range(0, len(joined), size)]


def _lay_text(shape: Shape, p: int, size: int) -> int:
    """A text of constant length, decoded with the last byte of the length before it."""
    if not size:
        shape.columns.append(lambda table: repeat("", table.rows))
        return p
    before, byte = shape.fixed[-1]
    shape.parts.append((before, "bytes", size + 1))
    shape.stride += size

    last: tuple[bytes, list[str]] = (b"", [])

    def texts(table: Table) -> list[str]:
        """All at once, split at that byte: it is ASCII, so this accepts exactly what decoding each would.

        Messages of one origin often repeat theirs, such as the labels of a Hamiltonian: the same bytes give
        the same strings.
        """
        nonlocal last
        joined = table.joined(before, size + 1)
        if joined == last[0]:
            return last[1]
        found = joined.decode().split(chr(byte))
        if len(found) == table.rows + 1:
            del found[0]
        else:
            found = [text[1:].decode() for text in _cut(joined, size + 1)]
        if len(joined) <= _MOST_REMEMBERED:
            last = joined, found
        return found

    shape.columns.append(texts)
    return p + size


def _lay_array(shape: Shape, item: str, data: bytes, p: int) -> int:
    count, width = _size(data, p)
    shape.constant(data[p : p + width])
    offset, size = shape.stride, count * NUMBER_SIZES[item]
    if count:
        shape.stride += size
        if data[p + width + size]:
            raise UnusualError  # more blocks follow
        shape.constant(b"\x00")
    shape.columns.append(lambda table: table.arrays(item, offset, count))
    return p + width + size + (1 if count else 0)
