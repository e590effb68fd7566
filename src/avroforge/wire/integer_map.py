"""Maps of int and long as dicts, put together as text of one byte a character where all keys are ASCII."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from avroforge.wire.integer_list import pairs
from avroforge.wire.scalar import as_dict
from avroforge.wire.string_list import are_short_ascii, varint_texts
from avroforge.wire.varint import (
    LENGTH,
    TABLE_SIZE,
    read_block,
    read_int,
    read_length,
    read_long,
    write_int,
    write_length,
    write_long,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_END: Final = b"\x00"
_FOUR_BYTES: Final = 1 << 27
"""The numbers below this, if not negative, take at most four bytes."""
_LAST: Final = 128
"""A byte below this is the last of its varint."""
_ENDED: Final = 1 << 15
"""A pair (second byte times 256 plus first) below this ends the varint that its first byte goes on."""


def _write(values: Mapping[str, int], write: Callable[[Any], bytes]) -> Iterable[bytes]:
    if values.__class__ is not dict:
        values = as_dict(values)
    if not values:
        return (_END,)
    if are_short_ascii(values):
        return (write_length(len(values)), _ascii_entries(values, write), _END)
    utf8 = str.encode
    keys = [utf8(key) for key in values]
    sizes = map(write_length, map(len, keys))
    entries = chain.from_iterable(zip(sizes, keys, map(write, values.values()), strict=True))
    return chain((write_length(len(keys)),), entries, (_END,))


def _ascii_entries(values: Mapping[str, int], write: Callable[[Any], bytes]) -> bytes:
    sizes, low, last = varint_texts()
    entries: list[str] = []
    add = entries.append
    for key, n in values.items():
        if n.__class__ is not int or not 0 <= n < _FOUR_BYTES:
            add(f"{sizes[len(key)]}{key}{write(n).decode('latin-1')}")
        elif n < TABLE_SIZE:
            add(f"{sizes[len(key)]}{key}{sizes[n]}")
        else:
            add(f"{sizes[len(key)]}{key}{low[n << 1 & 0x3FFF]}{last[n >> 13]}")
    return "".join(entries).encode("latin-1")


def write_long_map(values: Mapping[str, int]) -> Iterable[bytes]:
    """Encode a map of long: block count, entries, end of blocks."""
    return _write(values, write_long)


def write_int_map(values: Mapping[str, int]) -> Iterable[bytes]:
    """Encode a map of int: block count, entries, end of blocks."""
    return _write(values, write_int)


def _read(data: bytes, p: int, read: Callable[[bytes, int], tuple[int, int]]) -> tuple[dict[str, int], int]:
    result: dict[str, int] = {}
    lengths = LENGTH
    numbers, raw = pairs()
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
            if byte < _LAST:
                result[key] = numbers[byte]
                p = stop + 1
                continue
            pair = data[stop + 1] << 8 | byte
            if pair < _ENDED:
                result[key] = numbers[pair]
                p = stop + 2
                continue
            byte = data[stop + 2]
            if byte < _LAST:
                number = raw[pair] | byte << 14
                result[key] = ~(number >> 1) if number & 1 else number >> 1
                p = stop + 3
            else:
                result[key], p = read(data, stop)
        if end >= 0 and end != p:
            raise ValueError("expected a block of the announced size")


def read_long_map(data: bytes, p: int) -> tuple[dict[str, int], int]:
    """Decode a map of long at `p`: the dict and the offset behind it."""
    return _read(data, p, read_long)


def read_int_map(data: bytes, p: int) -> tuple[dict[str, int], int]:
    """Decode a map of int at `p`: the dict and the offset behind it."""
    return _read(data, p, read_int)
