"""Damage to messages: what a broken or hostile writer might send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.unit.codec.harness import HUGE, ODD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

BINARY: Final = (
    *HUGE,
    *ODD,
    b"\x00",
    b"\x02",
    b"\x80\x00",
    b"\x7f" * 8,
    b"\xff" * 16,
    bytes.fromhex("000000000000f07f"),
    bytes.fromhex("c0800a"),
    bytes.fromhex("ffffffff0f"),
    bytes.fromhex("feffffff0f"),
    bytes.fromhex("c0843d"),
    bytes.fromhex("bf843d00"),
)
"""Numbers at the limits, over-long ones, infinity, broken UTF-8, a million, minus a million in no bytes."""
TEXT: Final = (
    *(
        each.encode()
        for each in ("null", "true", "NaN", '"NaN"', '"Infinity"', "-0.0", "-", "1e999", "1E-400")
    ),
    *(
        each.encode()
        for each in ("[]", "{}", '""', ",", ":", "[", "{", "}", "]", '"', "\\", "\\u0000", "\\ud800")
    ),
    *(each.encode() for each in ("9223372036854775808", "-2147483649", "1.0", "01", "1" * 400, "1" * 5000)),
    *(
        each.encode()
        for each in ('{"int":1}', '{"string":"x"}', '{"null":null}', '"\u00e9\u20ac"', '"P1M2DT3.004S"')
    ),
    *(each.encode() for each in ('"2026-02-30"', '"9999-12-31T23:59:60Z"', '"1E+999999999"', '"1e-7"')),
    b"[" * 2000,
    b'{"a":' * 2000,
    b"\xff",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
)
_LONGEST: Final = 4096
"""Repeated parts grow a message to this at most, so that most of the time goes into many small ones."""


def mutated(data: bytes, random: Random, tokens: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    """A message with one to four changes.

    Args:
        data: a valid message.
        random: decides.
        tokens: what is worth inserting.
        others: messages of the same schema, of which parts are taken.
    """
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
        random.choice(_CHANGES)(changed, random, tokens, others)
    return bytes(changed)


def _place(data: bytearray, random: Random) -> int:
    # counts, lengths and indexes that matter most stand at the start of their records
    if random.random() < 0.3:
        return random.randint(0, min(len(data), 16))
    return random.randint(0, len(data))


def _flip(data: bytearray, random: Random, tokens: Sequence[bytes], others: Sequence[bytes]) -> None:
    del tokens, others
    if data:
        data[min(_place(data, random), len(data) - 1)] ^= 1 << random.randrange(8)


def _set(data: bytearray, random: Random, tokens: Sequence[bytes], others: Sequence[bytes]) -> None:
    del tokens, others
    if data:
        data[min(_place(data, random), len(data) - 1)] = random.randrange(256)


def _step(data: bytearray, random: Random, tokens: Sequence[bytes], others: Sequence[bytes]) -> None:
    """Counts, lengths and indexes that are wrong by a little."""
    del tokens, others
    if data:
        place = min(_place(data, random), len(data) - 1)
        data[place] = (data[place] + random.choice((-2, -1, 1, 2))) % 256


def _token(data: bytearray, random: Random, tokens: Sequence[bytes], others: Sequence[bytes]) -> None:
    del others
    place = _place(data, random)
    data[place : place + random.choice((0, 0, 1, 2))] = random.choice(tokens)


def _remove(data: bytearray, random: Random, tokens: Sequence[bytes], others: Sequence[bytes]) -> None:
    del tokens, others
    place = _place(data, random)
    del data[place : place + random.choice((1, 1, 2, 4, 8, 64))]


def _cut(data: bytearray, random: Random, tokens: Sequence[bytes], others: Sequence[bytes]) -> None:
    del tokens, others
    del data[_place(data, random) :]


def _repeat(data: bytearray, random: Random, tokens: Sequence[bytes], others: Sequence[bytes]) -> None:
    del tokens, others
    place = _place(data, random)
    part = bytes(data[place : place + random.choice((1, 2, 8, 32, 256))])
    times = random.choice((1, 2, 40, 300))
    data[place:place] = part * min(times, max(1, _LONGEST // (len(part) or 1)))


def _splice(data: bytearray, random: Random, tokens: Sequence[bytes], others: Sequence[bytes]) -> None:
    del tokens
    other = random.choice(others)
    start = random.randint(0, len(other))
    place = _place(data, random)
    part = other[start : start + random.choice((1, 4, 16, 64, 1024))]
    data[place : place + random.choice((0, len(part)))] = part


_CHANGES: Final[tuple[Callable[[bytearray, Random, Sequence[bytes], Sequence[bytes]], None], ...]] = (
    _flip,
    _flip,
    _set,
    _set,
    _step,
    _step,
    _token,
    _token,
    _token,
    _remove,
    _cut,
    _repeat,
    _splice,
)
