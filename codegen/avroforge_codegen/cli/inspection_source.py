"""What `inspect` looks at: a file or standard input, and what it is taken for where nobody says it."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from avroforge.errors import DecodeError
from avroforge.formats import single_object
from avroforge.formats.container_header import MAGIC
from avroforge.wire.framing import GUID_HEADER_SIZE, split

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

CONTAINER: Final = "container"
SINGLE_OBJECT: Final = "single-object"
FRAMED: Final = "framed"
BARE: Final = "bare"
ENCODINGS: Final = {
    CONTAINER: "object container file",
    SINGLE_OBJECT: "single-object encoding",
    FRAMED: "Confluent framing",
    BARE: "bare Avro",
}
_ALSO_KNOWN: Final = {
    b"\x1f\x8b": ("gzip data", "gunzip -c {file} | avroforge inspect -"),
    b"\x28\xb5\x2f\xfd": ("zstandard data", "zstd -dc {file} | avroforge inspect -"),
    b"\xfd7zXZ\x00": ("xz data", "xz -dc {file} | avroforge inspect -"),
    b"BZh": ("bzip2 data", "bunzip2 -c {file} | avroforge inspect -"),
    b"PK\x03\x04": ("a zip archive", "unzip -p {file} NAME | avroforge inspect -"),
    b"PAR1": ("a Parquet file", "it is not Avro"),
    b"ORC": ("an ORC file", "it is not Avro"),
}
_START: Final = 4096
_BASE64_LINE: Final = 20
"""Letters at a stretch that are hardly a word any more."""
_HEX: Final = frozenset(b"0123456789abcdefABCDEF \t\r\n:")
_BASE64: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n")


@dataclass(frozen=True)
class Source:
    """A file, or all of standard input."""

    name: str
    path: Path | None
    data: bytes = b""

    @classmethod
    def of(cls, path: Path) -> Source:
        """What an argument names: ``-`` is standard input."""
        if str(path) == "-":
            return cls("<standard input>", None, sys.stdin.buffer.read())
        return cls(str(path), path)

    def open(self) -> BinaryIO:
        """The bytes from the start, each time anew."""
        return io.BytesIO(self.data) if self.path is None else self.path.open("rb")

    def read(self, size: int = -1) -> bytes:
        """The first bytes, or all."""
        with self.open() as file:
            return file.read(size)


def assumed(source: Source, schema: str | None) -> tuple[str, str]:
    """What a message is taken for where nobody says it, and why.

    Raises:
        click.UsageError: its start says nothing; the message says what it may be and how to say so.
    """
    start = source.read(_START)
    otherwise = "--as says otherwise"
    if start.startswith(MAGIC):
        return CONTAINER, f"assumed, because it starts with {MAGIC.hex(' ')}; {otherwise}"
    marker = single_object.MARKER
    if start.startswith(marker):
        return SINGLE_OBJECT, f"assumed, because it starts with {marker.hex(' ')}; {otherwise}"
    if schema is not None:
        return BARE, f"assumed, because there is --schema and no marker; {otherwise}"
    raise click.UsageError(f"{source.name}: {_unmarked(source, start)}")


def _unmarked(source: Source, start: bytes) -> str:
    if not start:
        return "it is empty, so there is nothing to show; a message of no bytes needs --schema FILE"
    for magic, (what, way) in _ALSO_KNOWN.items():
        if start.startswith(magic):
            return f"it starts with {magic.hex(' ')}, as {what} does: {way.format(file=source.path or '-')}"
    hint = _framing_hint(start) or text_hint(start, str(source.path or "-"))
    return (
        f"it starts with {start[:5].hex(' ')}, which is no marker of a container file or of single-object "
        f"encoding; say --framed for Confluent framing, or --schema FILE for bare Avro{hint}"
    )


def _framing_hint(start: bytes) -> str:
    try:
        reference, _ = split(start[: GUID_HEADER_SIZE + 1])
    except DecodeError:
        return ""
    kind = "id" if isinstance(reference, int) else "GUID"
    return f" (framed, it would be of schema {kind} {reference})"


def text_hint(start: bytes, file: str) -> str:
    """What may be meant by a text, which a message hardly ever is; nothing for what is none."""
    words = start.split()
    if len(start) >= single_object.HEADER_SIZE and _HEX.issuperset(start):
        return f" (it may be hexadecimal: xxd -r -p {file} | avroforge inspect - ...)"
    if start.lstrip()[:1] in {b"{", b"["}:
        return " (it may be JSON, which inspect does not read; a schema is checked by avroforge lint)"
    if words and len(words[0]) >= _BASE64_LINE and _BASE64.issuperset(start):
        return f" (it may be base64: base64 -d {file} | avroforge inspect - ...)"
    return ""
