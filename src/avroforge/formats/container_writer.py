"""Write object container files: a new one, or more blocks behind those of a file that exists.

Source: Avro 1.12, Object Container Files.
"""

from __future__ import annotations

import os
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, Self, TypeVar

from avroforge.errors import ConfigurationError, DecodeError
from avroforge.formats.argument import require_binary, require_class
from avroforge.formats.block_codec import block_codec
from avroforge.formats.container_header import SYNC_SIZE, ContainerHeader, new_metadata, read_header
from avroforge.formats.container_limits import ContainerLimits
from avroforge.formats.window import Window
from avroforge.wire.limits import MAX_ZERO_BYTE_ITEMS
from avroforge.wire.varint import write_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType
    from typing import BinaryIO

    from avroforge.formats.block_codec import BlockCodec

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

SYNC_INTERVAL: Final = 64_000
"""Bytes of records after which a block ends, before compression; Java's default too."""


class WritingInterface(Protocol[T_contra]):
    """A generated interface, as far as writing goes."""

    def encode(self, datum: T_contra) -> bytes:
        """Encode as bare Avro."""
        ...


class BlockWriter:
    """Gathers encoded records and writes them as blocks.

    Args:
        file: where they go.
        codec: how they are stored.
        marker: the file's sync marker.
        interval: bytes of records after which a block ends.

    Raises:
        ConfigurationError: an interval below 1.
    """

    def __init__(self, file: BinaryIO, codec: BlockCodec, marker: bytes, interval: int) -> None:
        require_binary(file, "write")
        if interval < 1:
            raise ConfigurationError(f"sync_interval: expected 1 or more bytes, got {interval}")
        self._file = file
        self._codec = codec
        self._marker = marker
        self._interval = interval
        self._pending: list[bytes] = []
        self._size = 0
        self._unusable = ""

    def check(self) -> None:
        """Raise `ValueError` if nothing may be written any more."""
        if self._unusable:
            raise ValueError(self._unusable)

    def add(self, record: bytes) -> None:
        """Add a record, and end the block if it is large enough; many records without bytes are one too."""
        self._pending.append(record)
        self._size += len(record)
        if self._size >= self._interval or len(self._pending) >= MAX_ZERO_BYTE_ITEMS:
            self._end_block()

    def flush(self) -> None:
        """End the block and flush the file."""
        self._end_block()
        self._file.flush()

    def close(self) -> None:
        """Flush, unless that was done or has failed before, and take no more records."""
        if not self._unusable:
            self.flush()
            self._unusable = "the writer is closed"

    def put(self, data: bytes) -> None:
        """Write all of `data`, or be unusable from now on."""
        self._unusable = "writing to the file has failed, so its end may be damaged"
        written = self._file.write(data)
        if written is not None and written != len(data):
            raise OSError(f"the file took {written} of {len(data)} bytes, so its end is damaged")
        self._unusable = ""

    def _end_block(self) -> None:
        if not self._pending:
            return
        stored = self._codec.compress(b"".join(self._pending))
        head = write_length(len(self._pending)) + write_length(len(stored))
        self.put(b"".join((head, stored, self._marker)))
        self._pending.clear()
        self._size = 0


class ContainerWriter(Generic[T]):
    """Writes records into blocks; what is pending goes out with `flush`, `close` or the end of ``with``.

    The file stays open: who opened it closes it. A record that cannot be encoded leaves no trace; after an
    error of the file itself the writer refuses to go on, because half a block may be there.

    Args:
        file: a binary file, empty, open for writing.
        interface: a generated interface class.
        codec: ``null``, ``deflate``, ``snappy``, ``bzip2``, ``xz`` or ``zstandard``.
        level: of the codec, its own default unless given.
        sync_interval: bytes of records after which a block ends, before compression.
        metadata: keys that do not start with ``avro.``; texts are stored as UTF-8.
        sync_marker: 16 bytes, random unless given; give it only for files that must be reproducible.

    Raises:
        ConfigurationError: an unknown codec or level, reserved metadata, or a wrong size.
        MissingExtraError: the library of the codec is not installed.
    """

    def __init__(  # noqa: PLR0913 - keyword options of one call
        self,
        file: BinaryIO,
        interface: type[WritingInterface[T]],
        codec: str = "null",
        *,
        level: int | None = None,
        sync_interval: int = SYNC_INTERVAL,
        metadata: Mapping[str, bytes | str] | None = None,
        sync_marker: bytes | None = None,
    ) -> None:
        require_class(interface)
        marker = token_bytes(SYNC_SIZE) if sync_marker is None else bytes(sync_marker)
        if len(marker) != SYNC_SIZE:
            raise ConfigurationError(f"sync_marker: expected {SYNC_SIZE} bytes, got {len(marker)}")
        self._encode = interface().encode
        self._blocks = BlockWriter(file, block_codec(codec, level), marker, sync_interval)
        found = new_metadata(_constants(interface).SELF_CONTAINED, codec, metadata or {})
        self._blocks.put(ContainerHeader(found, marker).render())

    @classmethod
    def append(
        cls,
        file: BinaryIO,
        interface: type[WritingInterface[T]],
        *,
        level: int | None = None,
        sync_interval: int = SYNC_INTERVAL,
        limits: ContainerLimits | None = None,
    ) -> Self:
        """A writer behind the last block of a file, with the codec, sync marker and metadata it has.

        Args:
            file: open for reading and writing (``r+b``), and able to seek.
            interface: a generated interface class of the very schema that the file has.
            level: of the file's codec.
            sync_interval: as above.
            limits: the most that the file's header may ask for.

        Raises:
            ConfigurationError: the file has another schema, or a level that its codec has not.
            DecodeError: no container file, or its last block is not complete.
            MissingExtraError: the library of the file's codec is not installed.
        """
        require_class(interface)
        require_binary(file, "read")
        file.seek(0)
        header = read_header(Window(file), (limits or ContainerLimits()).header_bytes)
        _same_schema(header, interface)
        file.seek(0, os.SEEK_END)
        end = file.tell()
        file.seek(end - SYNC_SIZE)
        if file.read(SYNC_SIZE) != header.sync_marker:
            reason = "the file does not end with its sync marker, so its last block is damaged"
            raise DecodeError("<container>", end, f"{reason}; read it with on_damage='skip' into a new file")
        file.seek(end)
        blocks = BlockWriter(file, block_codec(header.codec, level), header.sync_marker, sync_interval)
        writer = cls.__new__(cls)
        writer._encode, writer._blocks = interface().encode, blocks  # noqa: SLF001 - a second constructor
        return writer

    def write(self, datum: T) -> None:
        """Add a record to the current block, and write that out once it is large enough.

        Raises:
            EncodeError: a value that the schema cannot hold; the file stays as it is.
            OSError: the file cannot take the block; the writer is then at its end.
            ValueError: the writer is closed, or the file has failed before.
        """
        self._blocks.check()
        self._blocks.add(self._encode(datum))

    def write_all(self, data: Iterable[T]) -> None:
        """Add records one after the other; raises what `write` raises."""
        for datum in data:
            self.write(datum)

    def flush(self) -> None:
        """End the current block and flush the file; raises what `write` raises for the file."""
        self._blocks.check()
        self._blocks.flush()

    def close(self) -> None:
        """Flush and take no more records; closing twice, or after an error of the file, does nothing."""
        self._blocks.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _constants(interface: type[Any]) -> type[Any]:
    """The class as one that has the constants of every generated interface."""
    return interface


def _same_schema(header: ContainerHeader, interface: type[Any]) -> None:
    if header.schema.key != interface.SCHEMA_KEY:
        theirs = header.schema.fullname or "a schema without a name"
        message = (
            f"append: expected a file with the schema {interface.FULLNAME} ({interface.SCHEMA_KEY[:12]})"
        )
        message += f", got {theirs} ({header.schema.key[:12]})"
        raise ConfigurationError(f"{message}; read it with ContainerReader and write a new file")
