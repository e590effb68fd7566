"""The Parsing Canonical Form and its fingerprints.

Source: Avro 1.12, Parsing Canonical Form for Schemas; Schema Fingerprints. The form drops logical types,
defaults, aliases and documentation: it says how bytes are laid out, not what a schema means.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from avroforge.schema.model import (
    ArrayType,
    EnumType,
    FixedType,
    MapType,
    PrimitiveType,
    RecordType,
    UnionType,
)

if TYPE_CHECKING:
    from avroforge.schema.model import AvroType

FingerprintAlgorithm: TypeAlias = Literal["CRC-64-AVRO", "MD5", "SHA-256"]
_EMPTY: Final = 0xC15D213AA4D7A795


def _crc_table() -> tuple[int, ...]:
    table = []
    for start in range(256):
        crc = start
        for _ in range(8):
            crc = (crc >> 1) ^ (_EMPTY if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


_TABLE: Final = _crc_table()


def canonical_form(node: AvroType) -> str:
    """The Parsing Canonical Form of a type."""
    pieces: list[str] = []
    _write(node, pieces, set())
    return "".join(pieces)


def fingerprint(canonical: str, algorithm: FingerprintAlgorithm = "CRC-64-AVRO") -> bytes:
    """The fingerprint of a canonical form.

    Returns:
        8 bytes, little-endian as in a single-object header, for CRC-64-AVRO; 16 for MD5; 32 for SHA-256.

    Raises:
        ValueError: the algorithm is none of the three that the specification names.
    """
    data = canonical.encode()
    match algorithm:
        case "CRC-64-AVRO":
            return crc64(data).to_bytes(8, "little")
        case "MD5":
            return hashlib.md5(data, usedforsecurity=False).digest()
        case "SHA-256":
            return hashlib.sha256(data).digest()
        case _:
            raise ValueError(f"expected CRC-64-AVRO, MD5 or SHA-256, got {algorithm!r}")


def crc64(data: bytes) -> int:
    """The 64-bit Rabin fingerprint of Avro 1.12, Schema Fingerprints."""
    crc, table = _EMPTY, _TABLE
    for byte in data:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return crc


def _write(node: AvroType, out: list[str], seen: set[str]) -> None:
    match node:
        case PrimitiveType():
            out.append(f'"{node.name}"')
        case ArrayType():
            out.append('{"type":"array","items":')
            _write(node.items, out, seen)
            out.append("}")
        case MapType():
            out.append('{"type":"map","values":')
            _write(node.values, out, seen)
            out.append("}")
        case UnionType():
            opening = "["
            for branch in node.branches:
                out.append(opening)
                _write(branch, out, seen)
                opening = ","
            out.append("]" if node.branches else "[]")
        case _ if node.fullname in seen:
            out.append(f'"{node.fullname}"')
        case FixedType():
            seen.add(node.fullname)
            out.append(f'{{"name":"{node.fullname}","type":"fixed","size":{node.size}}}')
        case EnumType():
            seen.add(node.fullname)
            symbols = ",".join(f'"{symbol}"' for symbol in node.symbols)
            out.append(f'{{"name":"{node.fullname}","type":"enum","symbols":[{symbols}]}}')
        case RecordType():
            seen.add(node.fullname)
            out.append(f'{{"name":"{node.fullname}","type":"record","fields":[')
            opening = ""
            for field in node.fields:
                out.append(f'{opening}{{"name":"{field.name}","type":')
                _write(field.type, out, seen)
                out.append("}")
                opening = ","
            out.append("]}")
