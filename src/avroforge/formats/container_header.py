"""The header of an object container file: magic, metadata, sync marker.

Source: Avro 1.12, Object Container Files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NoReturn

from avroforge.errors import ConfigurationError, DecodeError
from avroforge.formats.block_codec import CODEC_NAMES
from avroforge.schema import Schema, parse_schema
from avroforge.wire.varint import write_length

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.formats.window import Window

MAGIC: Final = b"Obj\x01"
SYNC_SIZE: Final = 16
SCHEMA_KEY: Final = "avro.schema"
CODEC_KEY: Final = "avro.codec"
RESERVED: Final = "avro."
PATH: Final = "<header>"


@dataclass(frozen=True, eq=False)
class ContainerHeader:
    """What stands before the first block.

    Attributes:
        metadata: everything, ``avro.schema`` and ``avro.codec`` included.
        sync_marker: the 16 bytes behind every block.
        size: bytes that the header takes, 0 for one that was not read.
        places: offset of each value of the metadata, of a header that was read.
    """

    metadata: Mapping[str, bytes]
    sync_marker: bytes
    size: int = 0
    places: Mapping[str, int] = field(default_factory=dict)

    def place(self, key: str) -> int:
        """The offset of a value of the metadata; 0 where that is not known."""
        return self.places.get(key, 0)

    @cached_property
    def codec(self) -> str:
        """The name of the codec; null where the header has none.

        Raises:
            DecodeError: a codec that nobody defined.
        """
        name = self.metadata.get(CODEC_KEY, b"null").decode("utf-8", "backslashreplace")
        if name not in CODEC_NAMES:
            reason = f"{CODEC_KEY}: expected one of {', '.join(CODEC_NAMES)}, got {name[:40]!r}"
            raise DecodeError(PATH, self.place(CODEC_KEY), reason)
        return name

    @cached_property
    def schema(self) -> Schema:
        """The schema that wrote the file, parsed as leniently as those of a registry.

        Raises:
            DecodeError: there is none, or it is no text.
            SchemaError: it is no schema.
        """
        raw = self.metadata.get(SCHEMA_KEY)
        if raw is None:
            found = ", ".join(map(repr, self.metadata)) or "nothing"
            raise DecodeError(PATH, 0, f"the metadata has no {SCHEMA_KEY}; it has {found[:200]}")
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            reason = f"{SCHEMA_KEY}: invalid UTF-8 at byte {error.start} of it"
            raise DecodeError(PATH, self.place(SCHEMA_KEY) + error.start, reason) from None
        return parse_schema(text, path=f"<{SCHEMA_KEY}>", lenient=True)

    def render(self) -> bytes:
        """The bytes of the header."""
        pieces = [MAGIC, write_length(len(self.metadata))]
        for key, value in self.metadata.items():
            raw = key.encode()
            pieces += [write_length(len(raw)), raw, write_length(len(value)), value]
        return b"".join([*pieces, b"\x00", self.sync_marker])


def new_metadata(schema: str, codec: str, extra: Mapping[str, bytes | str]) -> dict[str, bytes]:
    """The metadata of a new file.

    Raises:
        ConfigurationError: a key of `extra` that the specification reserves.
    """
    for key in extra:
        if key.startswith(RESERVED):
            message = f"metadata: keys that start with {RESERVED!r} are reserved, got {key!r}"
            raise ConfigurationError(f"{message}; codec and schema have their own arguments")
    own = {SCHEMA_KEY: schema.encode(), CODEC_KEY: codec.encode()}
    return own | {key: each.encode() if isinstance(each, str) else bytes(each) for key, each in extra.items()}


def read_header(window: Window, limit: int) -> ContainerHeader:
    """Read the header at the start of a window.

    Args:
        window: a window that was just opened.
        limit: the most bytes that a header may take.

    Raises:
        DecodeError: no container file, or a damaged or larger header.
    """
    return _HeaderReader(window, limit).read()


class _HeaderReader:
    """One reading of one header, and the offset it has come to."""

    def __init__(self, window: Window, limit: int) -> None:
        self._window = window
        self._limit = limit
        self._offset = 0

    def _fail(self, reason: str) -> NoReturn:
        raise DecodeError(PATH, self._offset, reason)

    def read(self) -> ContainerHeader:
        magic = self._window.slice(0, len(MAGIC))
        if magic != MAGIC:
            got = magic.hex(" ") or "an empty file"
            self._fail(f"expected an object container file, which starts with {MAGIC.hex(' ')}, got {got}")
        self._offset = len(MAGIC)
        metadata: dict[str, bytes] = {}
        places: dict[str, int] = {}
        while (count := self._long("count of the metadata")) != 0:
            if count < 0:
                count = -count
                self._long("size of the metadata")
            for _ in range(count):
                key = self._bytes("key of the metadata").decode("utf-8", "backslashreplace")
                metadata[key] = self._bytes(f"metadata {key[:40]!r}")
                places[key] = self._offset - len(metadata[key])
        marker = self._take(SYNC_SIZE, "sync marker")
        return ContainerHeader(metadata, marker, self._offset, places)

    def _long(self, what: str) -> int:
        try:
            number, self._offset = self._window.long(self._offset)
        except EOFError:
            self._fail(f"the file ends inside the {what}")
        except ValueError as error:
            self._fail(f"{what}: {error}")
        return number

    def _bytes(self, what: str) -> bytes:
        size = self._long(f"length of the {what}")
        if size < 0:
            self._fail(f"length of the {what}: expected 0 or more, got {size}")
        return self._take(size, what)

    def _take(self, size: int, what: str) -> bytes:
        end = self._offset + size
        if end > self._limit:
            self._fail(f"{what}: the header is larger than {self._limit} bytes; ContainerLimits raises that")
        if not self._window.reach(end):
            self._fail(f"the file ends inside the {what}")
        raw = self._window.slice(self._offset, end)
        self._offset = end
        return raw
