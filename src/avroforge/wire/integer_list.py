"""Arrays of int and long as Python lists.

One loop takes bytes from an iterator and looks up what one and two of them stand for. Many varints are read
all at once, and so are many wide ones written (`wire.lanes`).
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from itertools import islice
from operator import length_hint
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from avroforge.wire.lanes import MOST, equal_width, read_equal, read_mixed, write_mixed
from avroforge.wire.scalar import as_list
from avroforge.wire.varint import (
    CONTINUED,
    MAX_VARINT_BYTES,
    TABLE_SIZE,
    UNSIGNED,
    UNZIGZAG,
    read_block,
    write_int,
    write_length,
    write_long,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_END: Final = b"\x00"
_PAIR: Final = (1 << 14) - 1
_FOUR_BYTES: Final = 1 << 28
_SIX_BYTES: Final = 1 << 42
_EIGHT_BYTES: Final = 1 << 56
"""What is below this takes at most so many bytes, once it is zig-zagged."""
_LAST: Final = 128
"""A byte below this is the last of its varint."""
_ENDED: Final = 1 << 15
"""A pair (second byte times 256 plus first) below this ends the varint that its first byte goes on."""
_ENDS: Final = bytes(range(_LAST))
_FEWEST_EQUAL: Final = 16
_FEWEST_MIXED: Final = 64
_FEWEST_WRITTEN: Final = 96
"""Fewer numbers are read and written one by one: lanes have a price of their own."""
_ONE_BYTE: Final = 4
"""Where fewer than one in so many goes on behind its first byte, so are they too."""
_SAMPLE: Final = 32


class Pairs(NamedTuple):
    """What two bytes stand for, by the second times 256 plus the first."""

    numbers: list[int]
    """The number of a whole varint, of one byte (the second is 0) or two."""
    raw: list[int]
    """The fourteen low bits, whether or not the varint ends there."""


@lru_cache
def pairs() -> Pairs:
    """The tables, made when they are first needed: importing costs nothing."""
    rows = [range(high << 7, (high + 1) << 7) for high in range(128)]
    raw = [each for _ in range(2) for row in rows for each in (*row, *row)]
    return Pairs([(each >> 1) ^ -(each & 1) for each in raw[:_ENDED]], raw)


@lru_cache
def _signed() -> list[bytes]:
    """The varints of one and two bytes by their number; those of negative ones count from the end."""
    return [*UNSIGNED[::2], *UNSIGNED[::-2]]


def _varints(numbers: Iterable[int], write: Callable[[Any], bytes]) -> list[bytes]:
    """The varints of numbers, in pieces; what takes at most eight bytes without a call."""
    small, low, last, exact, pair = _signed(), CONTINUED, UNSIGNED, int, _PAIR
    least, end, four = -TABLE_SIZE, TABLE_SIZE, _FOUR_BYTES
    six, eight = (_SIX_BYTES, _EIGHT_BYTES) if write is write_long else (0, 0)
    pieces: list[bytes] = []
    add = pieces.append
    for n in numbers:
        if n.__class__ is not exact:
            add(write(n))
        elif least <= n < end:
            add(small[n])
        else:
            raw = n << 1 if n >= 0 else ~(n << 1)
            if raw < four:
                pieces += (low[raw & pair], last[raw >> 14])
            elif raw < six:
                pieces += (low[raw & pair], low[raw >> 14 & pair], last[raw >> 28])
            elif raw < eight:
                pieces += (low[raw & pair], low[raw >> 14 & pair], low[raw >> 28 & pair], last[raw >> 42])
            else:
                add(write(n))
    return pieces


def _write(values: Sequence[int], write: Callable[[Any], bytes]) -> tuple[bytes, ...]:
    if values.__class__ is not list:
        values = as_list(values)
    count = len(values)
    if not count:
        return (_END,)
    if count >= _FEWEST_WRITTEN and _are_wide(values):
        checked = values if write is write_long else array("i", values)
        parts = (checked[start : start + MOST] for start in range(0, count, MOST))
        return (write_length(count), *map(write_mixed, parts), _END)
    return (write_length(count), b"".join(_varints(values, write)), _END)


def _are_wide(values: Sequence[int]) -> bool:
    """Whether all are ints, and more than a third, of a few that are looked at, take more than two bytes."""
    some = values[:: len(values) // _SAMPLE]
    exact, least, end = int, -TABLE_SIZE, TABLE_SIZE
    narrow = [n for n in some if n.__class__ is exact and least <= n < end]
    return len(narrow) * 3 < len(some) * 2 and not [n for n in values if n.__class__ is not exact]


def write_long_list(values: Sequence[int]) -> tuple[bytes, ...]:
    """Encode an array of long: block count, items, end of blocks.

    Raises:
        TypeError, OverflowError: no sequence, or no longs.
    """
    return _write(values, write_long)


def write_int_list(values: Sequence[int]) -> tuple[bytes, ...]:
    """Encode an array of int: block count, items, end of blocks.

    Raises:
        TypeError, OverflowError: no sequence, or no ints.
    """
    return _write(values, write_int)


def _read(data: bytes, p: int, bits: int) -> tuple[list[int], int]:
    result: list[int] = []
    while True:
        count, p, end = read_block(data, p)
        if not count:
            return result, p
        if count > len(data) - p:
            raise ValueError("expected as many items as the block announces")
        while count:
            window = min(count, MOST)
            numbers, p = read_some(data, p, window, bits)
            result += numbers
            count -= window
        if end >= 0 and end != p:
            raise ValueError("expected a block of the announced size")


def read_some(data: bytes, p: int, count: int, bits: int) -> tuple[list[int], int]:
    """Read so many varints from `p`, at most `MOST`, and find the offset behind them.

    Raises:
        ValueError: more than ten bytes, more than `bits`, or the data ends.
    """
    block = data[p : p + count]
    if block.isascii():
        if len(block) < count:
            raise ValueError("expected a varint")
        return [UNZIGZAG[byte] for byte in block], p + count
    if count >= _FEWEST_EQUAL and block[0] >= _LAST <= block[1]:
        width = equal_width(data, p, count)
        if 0 < 7 * width <= bits:
            end = p + count * width
            return read_equal(data[p:end], width), end
    if count >= _FEWEST_MIXED and _ONE_BYTE * len(block.translate(None, _ENDS)) > count:
        return read_mixed(data, p, count, bits)
    return _read_varints(data, p, count, bits)


def _read_varints(data: bytes, p: int, count: int, bits: int) -> tuple[list[int], int]:
    window = data[p : p + MAX_VARINT_BYTES * count]
    some = iter(window)
    try:
        result = _numbers(some, count, bits)
    except StopIteration:
        raise ValueError("expected a varint") from None
    if len(result) < count:
        raise ValueError("expected a varint")
    return result, p + len(window) - length_hint(some)


def _numbers(some: Iterator[int], count: int, bits: int) -> list[int]:
    numbers, raw = pairs()
    take = some.__next__
    result: list[int] = []
    add = result.append
    for byte in islice(some, count):
        if byte < _LAST:
            add(numbers[byte])
            continue
        pair = take() << 8 | byte
        if pair < _ENDED:
            add(numbers[pair])
            continue
        third = take()
        if third < _LAST:
            number = raw[pair] | third << 14
        else:
            fourth = take() << 8 | third
            number = raw[pair] | raw[fourth] << 14
            if fourth >= _ENDED:
                number = _read_longer(number, take, bits)
        add(~(number >> 1) if number & 1 else number >> 1)
    return result


def _read_longer(number: int, take: Callable[[], int], bits: int) -> int:
    """Go on from the fifth byte of a varint."""
    for shift in range(28, 7 * MAX_VARINT_BYTES, 7):
        byte = take()
        number |= (byte & 0x7F) << shift
        if byte < _LAST:
            if number >> bits:
                raise ValueError(f"expected a varint that fits {bits} bits")
            return number
    raise ValueError(f"expected a varint of at most {MAX_VARINT_BYTES} bytes")


def read_long_list(data: bytes, p: int) -> tuple[list[int], int]:
    """Decode an array of long at `p`: the list and the offset behind it."""
    return _read(data, p, 64)


def read_int_list(data: bytes, p: int) -> tuple[list[int], int]:
    """Decode an array of int at `p`: the list and the offset behind it."""
    return _read(data, p, 32)
