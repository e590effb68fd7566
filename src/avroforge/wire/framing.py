"""The Confluent wire format: ``0x00``, a four-byte big-endian schema id, then the Avro body.

The newer header is ``0x01`` and the schema's GUID (16 bytes); it stands before the body, or alone in a Kafka
header, and the value is then bare Avro. It is read here and never written.

Nothing here guesses whether a message is framed: a bare record may start with 0x00 too.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final, Literal
from uuid import UUID

from avroforge.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAGIC: Final = 0
HEADER_SIZE: Final = 5
GUID_MAGIC: Final = 1
GUID_HEADER_SIZE: Final = 17
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
    if magic == GUID_MAGIC:
        raise DecodeError(
            "<header>",
            0,
            "expected magic byte 0x00, got 0x01, which starts a header with a schema GUID; "
            "framing.from_record() reads that",
        )
    if magic != MAGIC:
        raise DecodeError(
            "<header>",
            0,
            f"expected magic byte 0x00, got 0x{data[0]:02x}; a bare Avro record is read by decode()",
        )
    if not 1 <= schema_id <= MAX_SCHEMA_ID:
        raise DecodeError("<header>", 1, f"expected a schema id of 1 to {MAX_SCHEMA_ID}, got {schema_id}")
    return schema_id, bytes(data[HEADER_SIZE:])


def unframe_guid(data: bytes) -> tuple[UUID, bytes]:
    """Split a message with the newer header into its schema GUID and its bare Avro record.

    Raises:
        DecodeError: no header, or another magic byte.
    """
    if len(data) < GUID_HEADER_SIZE:
        reason = f"expected a GUID header of {GUID_HEADER_SIZE} bytes, got {len(data)} bytes"
        raise DecodeError("<header>", 0, reason)
    if data[0] != GUID_MAGIC:
        raise DecodeError("<header>", 0, f"expected magic byte 0x01, got 0x{data[0]:02x}")
    return UUID(bytes=bytes(data[1:GUID_HEADER_SIZE])), bytes(data[GUID_HEADER_SIZE:])


def split(data: bytes) -> tuple[int | UUID, bytes]:
    """Split a message with either header into the schema id or GUID and its bare Avro record.

    Raises:
        DecodeError: no header, another magic byte, an id that no registry gives, or no bytes at all.
    """
    _require_bytes(data)
    return unframe_guid(data) if data[:1] == b"\x01" else unframe(data)


def from_record(
    value: bytes,
    headers: Iterable[tuple[str, bytes | None]] | None = (),
    *,
    part: Literal["key", "value"] = "value",
) -> tuple[int | UUID, bytes]:
    """Which schema wrote a Kafka record's value (or key), and its bare Avro.

    A header ``__value_schema_id`` (``__key_schema_id``) decides where there is one, the last of several;
    else the bytes before the body do.

    Args:
        value: the record's value or key.
        headers: the record's headers, in order; None is none, as some clients have it.
        part: which of the two `value` is.

    Returns:
        The schema id or the schema GUID, and the bare Avro record.

    Raises:
        DecodeError: neither says it, or not as a registry would; or there is no value, as in a tombstone.
    """
    _require_bytes(value)
    name = f"__{part}_schema_id"
    found = [content for key, content in headers or () if key == name]
    if found:
        return _reference(name, found[-1] or b""), bytes(value)
    return split(value)


def _require_bytes(data: object) -> None:
    if not isinstance(data, bytes | bytearray | memoryview):
        raise DecodeError("<header>", 0, f"expected bytes, got {type(data).__name__}")


def _reference(name: str, content: bytes) -> int | UUID:
    """What the content of a Kafka header refers to: a schema reference with nothing behind it."""
    size = {MAGIC: HEADER_SIZE, GUID_MAGIC: GUID_HEADER_SIZE}.get(content[0] if content else -1)
    if size != len(content):
        got = content[: GUID_HEADER_SIZE + 3].hex(" ") or "nothing"
        reason = f"expected 0x01 and {GUID_HEADER_SIZE - 1} bytes of a GUID, got {got}"
        raise DecodeError(f"<header {name}>", 0, reason)
    return unframe(content)[0] if size == HEADER_SIZE else unframe_guid(content)[0]
