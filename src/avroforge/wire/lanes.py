"""Many varints at once: each in a lane of 4, 8 or 16 bytes of one long Python integer.

An operation on a long integer is one pass in C. Masks and shifts gather the seven bits of every byte in all
lanes together, and undo the zig-zag, at about 10 ns a number; the way back is the same. To bring varints of
several widths into lanes costs more than that: their bytes are set apart from what ends each, cut there, and
filled up.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from struct import Struct
from sys import byteorder
from typing import TYPE_CHECKING, Final, NamedTuple

from avroforge.wire.varint import MAX_VARINT_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST: Final = 1024
"""How many numbers one call takes."""
_NARROW: Final = 4
_WIDE: Final = 8
"""The most bytes of a varint whose number fits a lane of so many for certain."""
_WIDEST: Final = 16
_SURE_BITS: Final = 56
"""What eight bytes of a varint hold."""
_CONTINUES: Final = bytes(byte >> 7 for byte in range(256))
_GOES_ON: Final = bytes(byte | 0x80 for byte in range(256))
_WINDOW: Final = 4096
"""How many bytes are cut at a time."""
_STEP: Final = 64
"""Lanes are packed in multiples of so many, so that few layouts do."""


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


def _everywhere(lane: int, size: int) -> int:
    return int.from_bytes(lane.to_bytes(size, "little") * MOST, "little")


@lru_cache
def _lanes(size: int) -> _Lanes:
    low_bits = tuple(_everywhere(0x7F << 8 * byte, size) for byte in range(size))
    sevens = tuple(_everywhere(0x7F << 7 * byte, size) for byte in range(size))
    return _Lanes(size, "i" if size == _NARROW else "q", low_bits, sevens, _everywhere(1, size))


@lru_cache
def _equal(width: int) -> bytes:
    return (b"\x01" * (width - 1) + b"\x00") * MOST


def equal_width(data: bytes, p: int, count: int) -> int:
    """The width of the varints at `p` where all have one, of at most eight bytes: else 0.

    Args:
        data: the message.
        p: where the first of them begins.
        count: how many, at most `MOST`.
    """
    continues = data[p : p + _WIDE * count].translate(_CONTINUES)
    width = continues.find(0) + 1
    return width if continues.startswith(_equal(width)[: count * width]) else 0


def read_equal(run: bytes, width: int) -> list[int]:
    """The numbers of varints of one width, at most `MOST` of them."""
    lanes = _lanes(_NARROW if width <= _NARROW else _WIDE)
    if width == lanes.size:
        return _numbers(run, width, lanes)
    spread = bytearray(len(run) // width * lanes.size)
    for byte in range(width):
        spread[byte :: lanes.size] = run[byte::width]
    return _numbers(spread, width, lanes)


def read_mixed(data: bytes, p: int, count: int, bits: int) -> tuple[list[int], int]:
    """Read so many varints from `p`, at most `MOST`, and find the offset behind them.

    Raises:
        ValueError: more than ten bytes, more than `bits`, or the data ends.
    """
    numbers: list[int] = []
    while count:
        block = data[p : p + min(_WINDOW, MAX_VARINT_BYTES * count)]
        continues = block.translate(_CONTINUES)
        *varints, rest = _cut(block, continues, count)
        if not varints:
            raise ValueError("expected a varint")
        numbers += _of_lanes(varints, _size(varints, continues), bits)
        p += len(block) - len(rest) + rest.count(0)
        count -= len(varints)
    return numbers, p


def _cut(block: bytes, continues: bytes, count: int) -> list[bytes]:
    """The varints of a block, so many at most, with all high bits set; and what is left, zeros between."""
    apart = bytearray(2 * len(block))
    apart[::2] = block.translate(_GOES_ON)
    apart[1::2] = continues
    return bytes(apart).translate(None, b"\x01").split(b"\x00", count)


def _size(varints: list[bytes], continues: bytes) -> int:
    """The size of the lanes that some varints need."""
    if b"\x01" * _NARROW not in continues:
        return _NARROW
    if b"\x01" * _WIDE not in continues:
        return _WIDE
    longest = max(map(len, varints))
    if longest > MAX_VARINT_BYTES:
        raise ValueError(f"expected a varint of at most {MAX_VARINT_BYTES} bytes")
    return _WIDE if longest <= _WIDE else _WIDEST


@lru_cache(maxsize=64)
def _packed(size: int, count: int) -> Callable[..., bytes]:
    return Struct(f"{size}s" * count).pack


@lru_cache
def _surplus(size: int, bits: int) -> int:
    """The bits of all lanes that a number must not have before the zig-zag is undone."""
    return _everywhere((1 << 8 * size) - 1 >> bits << bits, size)


def _of_lanes(varints: list[bytes], size: int, bits: int) -> list[int]:
    count = len(varints)
    filled = -count % _STEP
    spread = _packed(size, count + filled)(*varints, *[b""] * filled)
    return _numbers(spread, min(size, MAX_VARINT_BYTES), _lanes(size), bits)[:count]


def _numbers(spread: bytes | bytearray, width: int, lanes: _Lanes, bits: int = 64) -> list[int]:
    together = int.from_bytes(spread, "little")
    raw = together & lanes.low_bits[0]
    for byte in range(1, width):
        raw |= (together & lanes.low_bits[byte]) >> byte
    if raw & _surplus(lanes.size, bits):
        raise ValueError(f"expected a varint that fits {bits} bits")
    signs = raw & lanes.ones
    whole = (raw ^ signs) >> 1 ^ (signs << 8 * lanes.size) - signs
    result: array[int] = array(lanes.code)
    result.frombytes(whole.to_bytes(len(spread), "little"))
    if byteorder == "big":
        result.byteswap()
    return result.tolist()[:: lanes.size // result.itemsize]


class _Septets(NamedTuple):
    """Constants to write with, for lanes of one size."""

    most: int
    """How many bytes of seven bits a number has at most."""
    lows: int
    """The lowest bit of every byte."""
    sevens: int
    """The seven low bits of every byte."""
    folds: tuple[tuple[int, int], ...]
    """Shifts by bytes, and the bits that then come from their own lane."""


@lru_cache
def _septets(size: int) -> _Septets:
    everything = (1 << 8 * size) - 1
    lows = _everywhere(everything // 255, size)
    steps = [step for step in (1, 2, 4, 8) if step < size]
    folds = tuple((8 * step, _everywhere(everything >> 8 * step, size)) for step in steps)
    return _Septets(min(size, MAX_VARINT_BYTES), lows, lows * 0x7F, folds)


@lru_cache
def _below(bits: int) -> int:
    """The lowest bits of lanes of eight bytes."""
    return _everywhere((1 << bits) - 1, _WIDE)


def write_mixed(numbers: Sequence[int]) -> bytes:
    """The varints of numbers, at most `MOST`.

    Raises:
        OverflowError: a number that 64 bits cannot hold.
    """
    plain = array("q", numbers)
    if byteorder == "big":
        plain.byteswap()
    number = int.from_bytes(plain.tobytes(), "little")
    signs = number >> 63 & _lanes(_WIDE).ones
    raw = (number & _below(63)) << 1 ^ (signs << 64) - signs
    if raw == raw & _below(_SURE_BITS):
        return _written(raw, len(plain), _WIDE)
    apart = array("Q", bytes(_WIDEST * len(plain)))
    apart[::2] = array("Q", raw.to_bytes(_WIDE * len(plain), "little"))
    return _written(int.from_bytes(apart.tobytes(), "little"), len(plain), _WIDEST)


def _written(raw: int, count: int, size: int) -> bytes:
    lanes, septets = _lanes(size), _septets(size)
    together = raw & lanes.sevens[0]
    for byte in range(1, septets.most):
        together |= (raw & lanes.sevens[byte]) << byte
    needed = together + septets.sevens >> 7 & septets.lows
    for shift, own in septets.folds:
        needed |= needed >> shift & own
    shift, own = septets.folds[0]
    goes_on = needed >> shift & own
    length = size * count
    if (needed & lanes.ones).bit_count() == count:  # no number is 0, so no byte of a varint is
        return (together | goes_on << 7).to_bytes(length, "little").translate(None, b"\x00")
    unused = ((needed | lanes.ones) ^ septets.lows) & (1 << 8 * length) - 1
    low = (together | unused << 7).to_bytes(length, "little").translate(None, b"\x80")
    high = (goes_on | unused << 1).to_bytes(length, "little").translate(None, b"\x02")
    both = int.from_bytes(low, "little") | int.from_bytes(high, "little") << 7
    return both.to_bytes(len(low), "little")
