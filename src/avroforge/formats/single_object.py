"""Single-object encoding: two marker bytes, the writer schema's fingerprint, the body.

Source: Avro 1.12, Single-object encoding. The fingerprint is CRC-64-AVRO of the parsing canonical form, which
has no logical types and no defaults: schemas that differ only there share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from avroforge.errors import DecodeError
from avroforge.schema import Schema, parse_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    WriterSchemas: TypeAlias = Mapping[bytes, str | Schema] | Callable[[bytes], str | Schema | None]

MARKER: Final = b"\xc3\x01"
FINGERPRINT_SIZE: Final = 8
HEADER_SIZE: Final = len(MARKER) + FINGERPRINT_SIZE
_HEADER_PATH: Final = "<header>"


def join(fingerprint: bytes, bare: bytes) -> bytes:
    """Put the header before a bare Avro record; the fingerprint has 8 bytes, little-endian."""
    return b"".join((MARKER, fingerprint, bare))


def split(data: bytes) -> tuple[bytes, bytes]:
    """The fingerprint and the bare Avro record of a message.

    Raises:
        DecodeError: another marker, a message that ends inside the header, or no bytes at all.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise DecodeError(_HEADER_PATH, 0, f"expected bytes, got {type(data).__name__}")
    if len(data) < HEADER_SIZE:
        reason = f"expected a single-object header of {HEADER_SIZE} bytes, got {len(data)} bytes"
        raise DecodeError(_HEADER_PATH, 0, f"{reason}; a bare Avro record is read by decode()")
    marker = data[: len(MARKER)]
    if marker != MARKER:
        reason = f"expected the marker {MARKER.hex(' ')}, got {bytes(marker).hex(' ')}"
        raise DecodeError(_HEADER_PATH, 0, f"{reason}; a bare Avro record is read by decode()")
    return bytes(data[len(MARKER) : HEADER_SIZE]), bytes(data[HEADER_SIZE:])


def by_fingerprint(schemas: Iterable[str | Schema]) -> dict[bytes, Schema]:
    """Writer schemas by fingerprint, for `decode_single_object(data, schemas=...)`."""
    parsed = (_parsed(each) if isinstance(each, str) else each for each in schemas)
    return {each.fingerprint("CRC-64-AVRO"): each for each in parsed}


def writer_schema(fingerprint: bytes, schemas: WriterSchemas | None, reader: str) -> Schema:
    """The writer schema behind a fingerprint that is not the reader's own.

    Args:
        fingerprint: 8 bytes, little-endian, as in the header.
        schemas: the known writer schemas: a mapping, or a function that may answer None.
        reader: what the reader is called in the error.

    Raises:
        DecodeError: nobody knows the fingerprint, or the schema given for it has another one.
    """
    found = None
    if isinstance(schemas, Mapping):
        found = schemas.get(fingerprint)
    elif schemas is not None:
        found = schemas(fingerprint)
    if found is None:
        reason = f"the writer schema has the fingerprint {fingerprint.hex()} (CRC-64-AVRO, little-endian)"
        reason += f", which is neither that of {reader} nor one of the given schemas"
        raise DecodeError(_HEADER_PATH, len(MARKER), f"{reason}; pass it in schemas=")
    writer, actual = _fingerprinted(found)
    if actual != fingerprint:
        reason = f"the schema given for the fingerprint {fingerprint.hex()} has {actual.hex()}"
        raise DecodeError(_HEADER_PATH, len(MARKER), reason)
    return writer


@lru_cache(maxsize=256)
def _fingerprinted(found: str | Schema) -> tuple[Schema, bytes]:
    writer = _parsed(found) if isinstance(found, str) else found
    return writer, writer.fingerprint("CRC-64-AVRO")


def _parsed(text: str) -> Schema:
    return parse_schema(text, path="<writer schema>", lenient=True)
