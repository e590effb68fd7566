"""The bytes of one entry of the embedded topic log.

An entry is a header of 24 bytes (magic, length of the body, offset, CRC-32 of the body, CRC-32 of the
header so far; big-endian) and a body: timestamp, key, headers, value, each variable part after its length.
The header has its own checksum, so that a flipped length is told from an entry whose writing was interrupted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import Final
from zlib import crc32

MAGIC: Final = b"aLe1"
HEADER_SIZE: Final = 24
_HEADER: Final = Struct(">4sIQI")
_HEADER_CHECK: Final = Struct(">I")
_TIMESTAMP: Final = Struct(">q")
_LENGTH: Final = Struct(">I")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One record of a topic.

    Attributes:
        timestamp_ms: creation time, milliseconds since 1970.
        value: the framed bytes.
    """

    offset: int
    timestamp_ms: int
    key: str
    headers: tuple[tuple[str, str], ...]
    value: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        """The value of the first header with this name."""
        return next((value for each, value in self.headers if each == name), None)


@dataclass(frozen=True, slots=True)
class EntryHeader:
    """What the first 24 bytes say."""

    body_size: int
    offset: int
    body_check: int


def render_entry(entry: LogEntry) -> bytes:
    """An entry's bytes, header and body."""
    parts = [
        _TIMESTAMP.pack(entry.timestamp_ms),
        *_sized(entry.key.encode()),
        _LENGTH.pack(len(entry.headers)),
    ]
    for name, value in entry.headers:
        parts += _sized(name.encode())
        parts += _sized(value.encode())
    parts += _sized(entry.value)
    body = b"".join(parts)
    start = _HEADER.pack(MAGIC, len(body), entry.offset, crc32(body))
    return start + _HEADER_CHECK.pack(crc32(start)) + body


def parse_header(data: bytes) -> EntryHeader | None:
    """The header in `data`, or None when its checksum does not hold."""
    magic, body_size, offset, body_check = _HEADER.unpack_from(data)
    (check,) = _HEADER_CHECK.unpack_from(data, _HEADER.size)
    if magic != MAGIC or check != crc32(data[: _HEADER.size]):
        return None
    return EntryHeader(body_size, offset, body_check)


def parse_body(header: EntryHeader, body: bytes) -> LogEntry | None:
    """The entry, or None when the body's checksum does not hold."""
    if crc32(body) != header.body_check:
        return None
    (timestamp,) = _TIMESTAMP.unpack_from(body)
    key, at = _take(body, _TIMESTAMP.size)
    (count,) = _LENGTH.unpack_from(body, at)
    at += _LENGTH.size
    headers: list[tuple[str, str]] = []
    for _ in range(count):
        name, at = _take(body, at)
        value, at = _take(body, at)
        headers.append((name.decode(), value.decode()))
    payload, _ = _take(body, at)
    return LogEntry(
        offset=header.offset, timestamp_ms=timestamp, key=key.decode(), headers=tuple(headers), value=payload
    )


def _sized(data: bytes) -> tuple[bytes, bytes]:
    return _LENGTH.pack(len(data)), data


def _take(data: bytes, at: int) -> tuple[bytes, int]:
    (size,) = _LENGTH.unpack_from(data, at)
    start = at + _LENGTH.size
    return data[start : start + size], start + size
