"""Zig-zag variable-length integers: tables for the common small values, exact functions for the rest.

Generated code indexes the tables inline and calls a function only for what is not in them.
Source: Avro 1.12, Binary Encoding, Primitive Types.
"""

from __future__ import annotations

from typing import Any, Final, SupportsIndex

INT_MIN: Final = -(2**31)
INT_MAX: Final = 2**31 - 1
LONG_MIN: Final = -(2**63)
LONG_MAX: Final = 2**63 - 1
MAX_VARINT_BYTES: Final = 10
_LOW_BITS: Final = 0x7F
"""What one byte of a varint carries; its high bit says that another follows."""


TABLE_SIZE: Final = 8192
_SHORT: Final = 1 << 14
"""The raw values below this take one or two bytes."""
_MEDIUM: Final = 1 << 28
"""The raw values below this take at most four bytes; no number outside 64 bits has one so small."""
UNSIGNED: Final = [
    *(bytes((raw,)) for raw in range(128)),
    *(bytes((raw & 0x7F | 0x80, raw >> 7)) for raw in range(128, _SHORT)),
]
"""Raw (zig-zagged) values of 14 bits as the last or only bytes of a varint."""
CONTINUED: Final = [bytes((raw & 0x7F | 0x80, raw >> 7 | 0x80)) for raw in range(_SHORT)]
"""Fourteen bits as two bytes of a varint that goes on."""
ZIGZAG: Final = UNSIGNED[::2]
"""The encodings of 0 to 8,191: every one- and two-byte varint of a number that is not negative."""

UNZIGZAG: Final = tuple((byte >> 1) ^ -(byte & 1) for byte in range(128))
"""The number that a one-byte varint stands for; index it only with bytes below 128."""

LENGTH: Final = tuple(byte >> 1 if byte <= _LOW_BITS and not byte & 1 else -1 for byte in range(256))
"""The length that a first byte stands for when it is the whole varint and not negative, else -1."""

BEHIND: Final = tuple(length + 1 if length >= 0 else 0 for length in LENGTH)
"""How far behind a first byte what it announces ends, where it is the whole length; else 0."""


def as_int(value: object, kind: str) -> int:
    """The exact Python int of an integer-like value that is not a boolean."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, SupportsIndex) and not isinstance(value, bool) and not hasattr(value, "__len__"):
        return value.__index__()
    raise TypeError(f"expected {kind}")


def _write_raw(raw: int) -> bytes:
    if raw < _SHORT:
        return UNSIGNED[raw]
    return CONTINUED[raw & 0x3FFF] + _write_raw(raw >> 14)


def write_int(value: Any) -> bytes:  # noqa: ANN401 - the value is what is being judged
    """Encode an int; accepts integer-like scalars, refuses booleans and what 32 bits cannot hold."""
    if value.__class__ is not int:
        value = as_int(value, "int")
    raw: int = (value << 1) ^ (value >> 63)
    if raw < _MEDIUM:
        return UNSIGNED[raw] if raw < _SHORT else CONTINUED[raw & 0x3FFF] + UNSIGNED[raw >> 14]
    if INT_MIN <= value <= INT_MAX:
        return _write_raw(raw)
    raise OverflowError("expected an int of 32 bits")


def write_long(value: Any) -> bytes:  # noqa: ANN401 - the value is what is being judged
    """Encode a long; accepts integer-like scalars, refuses booleans and what 64 bits cannot hold."""
    if value.__class__ is not int:
        value = as_int(value, "long")
    raw: int = (value << 1) ^ (value >> 63)
    if raw < _MEDIUM:
        return UNSIGNED[raw] if raw < _SHORT else CONTINUED[raw & 0x3FFF] + UNSIGNED[raw >> 14]
    if LONG_MIN <= value <= LONG_MAX:
        return _write_raw(raw)
    raise OverflowError("expected a long of 64 bits")


def write_length(number: int) -> bytes:
    """Encode a count or a length, which is never negative."""
    return ZIGZAG[number] if number < TABLE_SIZE else _write_raw(number << 1)


def read_long(data: bytes, p: int) -> tuple[int, int]:
    """Decode the varint at `p`: the number and the offset behind it.

    Raises:
        ValueError: more than ten bytes, or more than 64 bits.
        IndexError: the data ends inside it.
    """
    byte = data[p]
    if byte <= _LOW_BITS:
        return UNZIGZAG[byte], p + 1
    raw = byte & 0x7F
    byte = data[p + 1]
    if byte <= _LOW_BITS:
        raw |= byte << 7
        return (raw >> 1) ^ -(raw & 1), p + 2
    raw |= (byte & 0x7F) << 7
    byte = data[p + 2]
    if byte <= _LOW_BITS:
        raw |= byte << 14
        return (raw >> 1) ^ -(raw & 1), p + 3
    return _read_longer(data, p + 2, raw)


def _read_longer(data: bytes, p: int, raw: int) -> tuple[int, int]:
    """Go on from the third byte of a varint."""
    shift = 14
    while True:
        byte = data[p]
        p += 1
        raw |= (byte & 0x7F) << shift
        if byte <= _LOW_BITS:
            break
        shift += 7
        if shift >= 7 * MAX_VARINT_BYTES:
            raise ValueError(f"expected a varint of at most {MAX_VARINT_BYTES} bytes")
    if raw >> 64:
        raise ValueError("expected a varint that fits 64 bits")
    return (raw >> 1) ^ -(raw & 1), p


def read_int(data: bytes, p: int) -> tuple[int, int]:
    """Decode the varint at `p` as an int of 32 bits: the number and the offset behind it."""
    byte = data[p]
    if byte > _LOW_BITS >= data[p + 1]:
        raw = byte & 0x7F | data[p + 1] << 7
        return (raw >> 1) ^ -(raw & 1), p + 2
    number, p = read_long(data, p)
    if INT_MIN <= number <= INT_MAX:
        return number, p
    raise ValueError(f"expected an int of 32 bits, got {number}")


def read_length(data: bytes, p: int) -> tuple[int, int]:
    """Decode a byte length that must not be negative nor reach past the data."""
    number, p = read_long(data, p)
    if 0 <= number <= len(data) - p:
        return number, p
    raise ValueError(f"expected a length of 0 to {len(data) - p}, got {number}")


def read_block(data: bytes, p: int) -> tuple[int, int, int]:
    """Decode a block header: the count, the offset of the first item, the announced end or -1.

    A negative count is followed by the size of the block in bytes (Avro 1.12, Complex Types, Arrays).
    """
    count, p = read_long(data, p)
    if count >= 0:
        return count, p, -1
    size, p = read_length(data, p)
    return -count, p, p + size
