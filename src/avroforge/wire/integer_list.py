"""Arrays and maps of int and long as Python lists and dicts, item by item in C where that can be.

A block of varints is cut at their last bytes by a regular expression, and the pieces are looked up: nearly
all are in a table of one and two bytes.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from avroforge.wire.scalar import as_dict, as_list
from avroforge.wire.varint import (
    CONTINUED,
    LENGTH,
    MAX_VARINT_BYTES,
    TABLE_SIZE,
    UNSIGNED,
    UNZIGZAG,
    ZIGZAG,
    read_block,
    read_int,
    read_length,
    read_long,
    write_int,
    write_length,
    write_long,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_END: Final = b"\x00"
_WINDOW: Final = 4096
"""How many items are cut at a time: pieces take more memory than what they stand for."""
_FOUR_BYTES: Final = 1 << 27
"""The numbers below this, if not negative, take at most four bytes."""
_PIECES: Final = re.compile(rb"[\x80-\xff]*[\x00-\x7f]").findall


class _Numbers(dict[bytes, int]):
    """Varint -> number; what is not in the table is decoded, and not kept."""

    def __init__(self, read: Callable[[bytes, int], tuple[int, int]]) -> None:
        super().__init__((piece, (raw >> 1) ^ -(raw & 1)) for raw, piece in enumerate(UNSIGNED))
        self._read = read

    def __missing__(self, piece: bytes) -> int:
        if len(piece) > MAX_VARINT_BYTES:
            raise ValueError(f"expected a varint of at most {MAX_VARINT_BYTES} bytes")
        return self._read(piece, 0)[0]


_tables: Final[dict[str, _Numbers]] = {}
"""Made when the first array of its kind is read: importing costs nothing."""


def _table(kind: str) -> _Numbers:
    known = _tables.get(kind)
    if known is None:
        known = _tables[kind] = _Numbers(read_int if kind == "int" else read_long)
    return known


def _varints(numbers: Iterable[int], write: Callable[[Any], bytes]) -> list[bytes]:
    """The varint of each number; what takes at most four bytes without a call."""
    table, low, last = ZIGZAG, CONTINUED, UNSIGNED
    return [
        (
            table[n]
            if n < TABLE_SIZE
            else low[(n << 1) & 0x3FFF] + last[n >> 13]
            if n < _FOUR_BYTES
            else write(n)
        )
        if n.__class__ is int and n >= 0
        else write(n)
        for n in numbers
    ]


def _write(values: Sequence[int], write: Callable[[Any], bytes]) -> tuple[bytes, ...]:
    if values.__class__ is not list:
        values = as_list(values)
    count = len(values)
    if not count:
        return (_END,)
    return (write_length(count), b"".join(_varints(values, write)), _END)


def write_long_list(values: Sequence[int]) -> tuple[bytes, ...]:
    """Encode an array of long: block count, items, end of blocks."""
    return _write(values, write_long)


def write_int_list(values: Sequence[int]) -> tuple[bytes, ...]:
    """Encode an array of int: block count, items, end of blocks."""
    return _write(values, write_int)


def _read(data: bytes, p: int, kind: str) -> tuple[list[int], int]:
    result: list[int] = []
    while True:
        count, p, end = read_block(data, p)
        if not count:
            return result, p
        if count > len(data) - p:
            raise ValueError("expected as many items as the block announces")
        block = data[p : p + count]
        if block.isascii():
            result.extend([UNZIGZAG[byte] for byte in block])
            p += count
            count = 0
        number_of = _table(kind).__getitem__
        while count:
            # every item has a byte at least: this looks at no more bytes than are left of the block's items
            window = min(count, _WINDOW)
            pieces = _PIECES(data, p, p + 2 * window)[:window]
            if not pieces:
                pieces = _PIECES(data, p, p + MAX_VARINT_BYTES)[:1]
                if not pieces:
                    raise ValueError("expected a varint")
            result.extend(map(number_of, pieces))
            p += len(b"".join(pieces))
            count -= len(pieces)
        if end >= 0 and end != p:
            raise ValueError("expected a block of the announced size")


def read_long_list(data: bytes, p: int) -> tuple[list[int], int]:
    """Decode an array of long at `p`: the list and the offset behind it."""
    return _read(data, p, "long")


def read_int_list(data: bytes, p: int) -> tuple[list[int], int]:
    """Decode an array of int at `p`: the list and the offset behind it."""
    return _read(data, p, "int")


def _map_pieces(values: Mapping[str, int], write: Callable[[Any], bytes]) -> Iterable[bytes]:
    if values.__class__ is not dict:
        values = as_dict(values)
    if not values:
        return (_END,)
    table, utf8 = ZIGZAG, str.encode
    keys = [utf8(key) for key in values]
    sizes = [table[size] if size < TABLE_SIZE else write_length(size) for size in map(len, keys)]
    numbers = _varints(values.values(), write)
    entries = chain.from_iterable(zip(sizes, keys, numbers, strict=True))
    return chain((write_length(len(keys)),), entries, (_END,))


def write_long_map(values: Mapping[str, int]) -> Iterable[bytes]:
    """Encode a map of long: block count, entries, end of blocks."""
    return _map_pieces(values, write_long)


def write_int_map(values: Mapping[str, int]) -> Iterable[bytes]:
    """Encode a map of int: block count, entries, end of blocks."""
    return _map_pieces(values, write_int)


def _read_map(
    data: bytes, p: int, read: Callable[[bytes, int], tuple[int, int]]
) -> tuple[dict[str, int], int]:
    result: dict[str, int] = {}
    lengths, small = LENGTH, UNZIGZAG
    while True:
        count, p, end = read_block(data, p)
        if not count:
            return result, p
        if 2 * count > len(data) - p:
            raise ValueError("expected as many entries as the block announces")
        for _ in range(count):
            stop = lengths[data[p]]
            if stop < 0:
                stop, p = read_length(data, p)
            else:
                p += 1
            stop += p
            key = data[p:stop].decode()
            byte = data[stop]
            if byte < 128:  # noqa: PLR2004 - the continuation bit
                result[key] = small[byte]
                p = stop + 1
            else:
                result[key], p = read(data, stop)
        if end >= 0 and end != p:
            raise ValueError("expected a block of the announced size")


def read_long_map(data: bytes, p: int) -> tuple[dict[str, int], int]:
    """Decode a map of long at `p`: the dict and the offset behind it."""
    return _read_map(data, p, read_long)


def read_int_map(data: bytes, p: int) -> tuple[dict[str, int], int]:
    """Decode a map of int at `p`: the dict and the offset behind it."""
    return _read_map(data, p, read_int)
