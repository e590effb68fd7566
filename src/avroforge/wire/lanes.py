"""Many varints at once: each in a lane of 4 or 8 bytes of one long Python integer.

An operation on a long integer is one pass in C. Masks and shifts gather the seven bits of every byte in all
lanes together, and undo the zig-zag, at about 10 ns a number.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from sys import byteorder
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST: Final = 1024
"""How many numbers one call takes."""
WIDEST: Final = 8
"""The most bytes of a varint that has a lane: 56 bits, which always fit."""
_NARROW: Final = 4
_CONTINUES: Final = bytes(byte >> 7 for byte in range(256))
_GOES_ON: Final = bytes(byte | 0x80 for byte in range(256))


class _Lanes(NamedTuple):
    """Constants for lanes of one size."""

    size: int
    code: str
    low_bits: tuple[int, ...]
    """By byte of a lane: its seven low bits, in every lane."""
    sevens: tuple[int, ...]
    """The same bits once they are seven apart."""
    ones: int
    """The lowest bit of every lane."""


@lru_cache
def _lanes(size: int) -> _Lanes:
    def everywhere(lane: int) -> int:
        return int.from_bytes(lane.to_bytes(size, "little") * MOST, "little")

    low_bits = tuple(everywhere(0x7F << 8 * byte) for byte in range(size))
    sevens = tuple(everywhere(0x7F << 7 * byte) for byte in range(size))
    return _Lanes(size, "i" if size == _NARROW else "q", low_bits, sevens, everywhere(1))


@lru_cache
def _equal(width: int) -> bytes:
    return (b"\x01" * (width - 1) + b"\x00") * MOST


def equal_width(data: bytes, p: int, count: int) -> int:
    """The width of the varints at `p` where all have one: else 0.

    Args:
        data: the message.
        p: where the first of them begins.
        count: how many, at most `MOST`.
    """
    continues = data[p : p + WIDEST * count].translate(_CONTINUES)
    width = continues.find(0) + 1
    return width if continues.startswith(_equal(width)[: count * width]) else 0


def read_equal(run: bytes, width: int) -> list[int]:
    """The numbers of varints of one width, at most `MOST` of them."""
    lanes = _lanes(_NARROW if width <= _NARROW else WIDEST)
    if width == lanes.size:
        return _numbers(run, width, lanes)
    spread = bytearray(len(run) // width * lanes.size)
    for byte in range(width):
        spread[byte :: lanes.size] = run[byte::width]
    return _numbers(spread, width, lanes)


def _numbers(spread: bytes | bytearray, width: int, lanes: _Lanes) -> list[int]:
    together = int.from_bytes(spread, "little")
    raw = together & lanes.low_bits[0]
    for byte in range(1, width):
        raw |= (together & lanes.low_bits[byte]) >> byte
    signs = raw & lanes.ones
    whole = (raw ^ signs) >> 1 ^ (signs << 8 * lanes.size) - signs
    result: array[int] = array(lanes.code)
    result.frombytes(whole.to_bytes(len(spread), "little"))
    if byteorder == "big":
        result.byteswap()
    return result.tolist()


def width_of(number: int) -> int:
    """How many bytes the varint of a number that is not negative takes."""
    return max(1, ((number << 1).bit_length() + 6) // 7)


def write_equal(numbers: Sequence[int], width: int) -> bytearray:
    """The varints of numbers that are not negative, all of one width, at most `MOST` of them."""
    lanes = _lanes(WIDEST)
    plain = array(lanes.code, numbers)
    if byteorder == "big":
        plain.byteswap()
    raw = int.from_bytes(plain.tobytes(), "little") << 1
    together = 0
    for byte in range(width):
        together |= (raw & lanes.sevens[byte]) << byte
    spread = together.to_bytes(lanes.size * len(numbers), "little")
    result = bytearray(width * len(numbers))
    for byte in range(width - 1):
        result[byte::width] = spread[byte :: lanes.size].translate(_GOES_ON)
    result[width - 1 :: width] = spread[width - 1 :: lanes.size]
    return result
