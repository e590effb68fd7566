"""The Confluent wire format: ``0x00``, a four-byte big-endian schema id, then the Avro body.

Nothing here guesses whether a message is framed: a bare record may start with 0x00 too.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from avroforge.errors import DecodeError

MAGIC: Final = 0
HEADER_SIZE: Final = 5
MAX_SCHEMA_ID: Final = 2**31 - 1
_HEADER: Final = Struct(">bI")


def frame(schema_id: int, bare: bytes) -> bytes:
    """Put the header for `schema_id` before a bare Avro record.

    Raises:
        ValueError: the id is not in 1 to 2**31 - 1, which no registry gives.
    """
    if not 1 <= schema_id <= MAX_SCHEMA_ID:
        raise ValueError(f"schema id: expected 1 to {MAX_SCHEMA_ID}, got {schema_id}")
    return _HEADER.pack(MAGIC, schema_id) + bare


def unframe(data: bytes) -> tuple[int, bytes]:
    """Split a framed message into its schema id and its bare Avro record.

    Raises:
        DecodeError: no header, another magic byte, or an id that no registry gives.
    """
    if len(data) < HEADER_SIZE:
        raise DecodeError(
            "<header>",
            0,
            f"expected a Confluent header of {HEADER_SIZE} bytes, got {len(data)} bytes; "
            "a bare Avro record is read by decode()",
        )
    magic, schema_id = _HEADER.unpack_from(data)
    if magic != MAGIC:
        raise DecodeError(
            "<header>",
            0,
            f"expected magic byte 0x00, got 0x{data[0]:02x}; a bare Avro record is read by decode()",
        )
    if not 1 <= schema_id <= MAX_SCHEMA_ID:
        raise DecodeError("<header>", 1, f"expected a schema id of 1 to {MAX_SCHEMA_ID}, got {schema_id}")
    return schema_id, bytes(data[HEADER_SIZE:])
