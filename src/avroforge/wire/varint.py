"""Zig-zag variable-length integers: tables for the common small values, exact functions for the rest.

Generated code indexes the tables inline and calls a function only for what is not in them.
Source: Avro 1.12, Binary Encoding, Primitive Types.
"""

from __future__ import annotations

from typing import Final, SupportsIndex

INT_MIN: Final = -(2**31)
INT_MAX: Final = 2**31 - 1
LONG_MIN: Final = -(2**63)
LONG_MAX: Final = 2**63 - 1
MAX_VARINT_BYTES: Final = 10
_LOW_BITS: Final = 0x7F
"""What one byte of a varint carries; its high bit says that another follows."""


def _zigzag_bytes(number: int) -> bytes:
    rest = (number << 1) ^ (number >> 63)
    out = bytearray()
    while rest > _LOW_BITS:
        out.append(rest & _LOW_BITS | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


TABLE_SIZE: Final = 8192
ZIGZAG: Final = [_zigzag_bytes(number) for number in range(TABLE_SIZE)]
"""The encodings of 0 to 8,191: every one- and two-byte varint of a number that is not negative."""

UNZIGZAG: Final = tuple((byte >> 1) ^ -(byte & 1) for byte in range(128))
"""The number that a one-byte varint stands for; index it only with bytes below 128."""

LENGTH: Final = tuple(byte >> 1 if byte <= _LOW_BITS and not byte & 1 else -1 for byte in range(256))
"""The length that a first byte stands for when it is the whole varint and not negative, else -1."""


def _as_int(value: object, kind: str) -> int:
    """The exact Python int of an integer-like value that is not a boolean."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, SupportsIndex) and not isinstance(value, bool) and not hasattr(value, "__len__"):
        return value.__index__()
    raise TypeError(f"expected {kind}")


def write_int(value: object) -> bytes:
    """Encode an int; accepts integer-like scalars, refuses booleans and what 32 bits cannot hold."""
    number = _as_int(value, "int")
    if INT_MIN <= number <= INT_MAX:
        return ZIGZAG[number] if 0 <= number < TABLE_SIZE else _zigzag_bytes(number)
    raise OverflowError("expected an int of 32 bits")


def write_long(value: object) -> bytes:
    """Encode a long; accepts integer-like scalars, refuses booleans and what 64 bits cannot hold."""
    number = _as_int(value, "long")
    if LONG_MIN <= number <= LONG_MAX:
        return ZIGZAG[number] if 0 <= number < TABLE_SIZE else _zigzag_bytes(number)
    raise OverflowError("expected a long of 64 bits")


def write_length(number: int) -> bytes:
    """Encode a count or a length, which is never negative."""
    return ZIGZAG[number] if number < TABLE_SIZE else _zigzag_bytes(number)


def read_long(data: bytes, p: int) -> tuple[int, int]:
    """Decode the varint at `p`: the number and the offset behind it.

    Raises:
        ValueError: more than ten bytes, or more than 64 bits.
        IndexError: the data ends inside it.
    """
    byte = data[p]
    p += 1
    raw = byte & 0x7F
    shift = 7
    while byte > _LOW_BITS:
        byte = data[p]
        p += 1
        raw |= (byte & 0x7F) << shift
        shift += 7
        if shift > 7 * MAX_VARINT_BYTES:
            raise ValueError(f"expected a varint of at most {MAX_VARINT_BYTES} bytes")
    if raw >> 64:
        raise ValueError("expected a varint that fits 64 bits")
    return (raw >> 1) ^ -(raw & 1), p


def read_int(data: bytes, p: int) -> tuple[int, int]:
    """Decode the varint at `p` as an int of 32 bits: the number and the offset behind it."""
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
