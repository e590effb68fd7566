"""The blocks of an object container file, and how reading goes on behind a damaged one.

Source: Avro 1.12, Object Container Files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from avroforge.errors import ConfigurationError, DecodeError
from avroforge.formats.argument import require_binary
from avroforge.formats.block_codec import block_codec
from avroforge.formats.container_header import MAGIC, SYNC_SIZE, read_header
from avroforge.formats.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from avroforge.formats.container_header import ContainerHeader
    from avroforge.formats.container_limits import ContainerLimits

OnDamage: TypeAlias = Literal["raise", "skip"]


@dataclass(frozen=True, slots=True)
class Loss:
    """A part of a file that could not be read.

    Attributes:
        start: offset of the first byte given up.
        end: offset behind the last.
        error: what is wrong, as it would have been raised.
        records: how many records the file announces there, None where that cannot be known.
    """

    start: int
    end: int
    error: DecodeError
    records: int | None = None

    @property
    def reason(self) -> str:
        """The error's words, with its place."""
        return str(self.error)

    def __str__(self) -> str:
        """``bytes 812 to 1204: reason``."""
        known = "" if self.records is None else f" ({self.records} records)"
        return f"bytes {self.start} to {self.end}{known}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Block:
    """One block, decompressed.

    Attributes:
        number: 0 for the first of the file.
        start: offset of its header in the file.
        end: offset behind its sync marker.
        count: how many records it announces.
        data: the records.
        stored_at: offset of `data` in the file where the codec is null, else -1.
    """

    number: int
    start: int
    end: int
    count: int
    data: bytes
    stored_at: int

    def error(self, error: DecodeError, record: int) -> DecodeError:
        """The error of one of its records, placed in the file."""
        here = f"record {record} of the block at byte {self.start}"
        if self.stored_at >= 0:
            return DecodeError(error.path, self.stored_at + error.offset, f"{error.reason} ({here})")
        inside = f"{here}, byte {error.offset} of its decompressed data"
        return DecodeError(error.path, self.start, f"{error.reason} ({inside})")


class BlockReader:
    """Reads a header, then block after block; one block is in memory at a time.

    Args:
        file: a binary file; it need not be able to seek.
        limits: what a file may ask for.
        on_damage: ``raise``, or ``skip`` to the next sync marker and note the `losses`.

    Raises:
        DecodeError: no container file, or a header that cannot be used.
        MissingExtraError: the library of the file's codec is not installed.
    """

    def __init__(self, file: BinaryIO, limits: ContainerLimits, on_damage: OnDamage) -> None:
        if on_damage not in get_args(OnDamage):
            raise ConfigurationError(f"on_damage: expected 'raise' or 'skip', got {on_damage!r}")
        require_binary(file, "read")
        self._window = Window(file)
        self._limits = limits
        self._on_damage = on_damage
        self.header: ContainerHeader = read_header(self._window, limits.header_bytes)
        self._codec = block_codec(self.header.codec, max_dictionary=limits.dictionary_bytes)
        self._expanded_bytes = 0
        self.losses: list[Loss] = []

    def __iter__(self) -> Iterator[Block]:
        """The blocks in order.

        Raises:
            DecodeError: a damaged block, unless damage is skipped.
        """
        offset = self.header.size
        number = 0
        while True:
            self._window.drop(offset)
            if not self._window.reach(offset + 1):
                return
            try:
                block = self._block(number, offset)
            except DecodeError as error:
                if self._on_damage == "raise":
                    raise
                offset = self._resume(offset, error)
                continue
            offset = block.end
            number += 1
            try:
                block = self._expanded(block)
            except DecodeError as error:
                self.give_up(block, error, block.count)
                continue
            yield block

    def give_up(self, block: Block, error: DecodeError, records: int) -> None:
        """Note that the last `records` of a block could not be read, or raise that."""
        if self._on_damage == "raise":
            raise error
        self._lose(block.start, block.end, error, records)

    def _lose(self, start: int, end: int, error: DecodeError, records: int | None = None) -> None:
        # a new error: the frames of the old one hold the block that they were reading
        kept = DecodeError(error.path, error.offset, error.reason)
        self.losses.append(Loss(start, end, kept, records))

    def _resume(self, offset: int, error: DecodeError) -> int:
        marker = self.header.sync_marker
        found = self._window.find(marker, offset)
        end = self._window.end if found < 0 else found + len(marker)
        self._lose(offset, end, error)
        return end

    def _block(self, number: int, start: int) -> Block:
        path = f"<block {number}>"
        window = self._window
        if window.slice(start, start + len(MAGIC)) == MAGIC:
            reason = "another container file starts here; read files that were joined one at a time"
            raise DecodeError(path, start, reason)
        try:
            count, at = window.long(start)
            size, at = window.long(at)
        except EOFError:
            raise DecodeError(path, start, "the file ends inside the header of a block") from None
        except ValueError as error:
            raise DecodeError(path, start, f"count and size: {error}") from None
        if count < 0 or size < 0:
            what, number_found = ("count", count) if count < 0 else ("size", size)
            raise DecodeError(path, start, f"{what}: expected 0 or more, got {number_found}")
        if size > self._limits.stored_bytes:
            reason = f"a block of {size} bytes, more than the limit of {self._limits.stored_bytes} bytes"
            raise DecodeError(path, start, f"{reason}; ContainerLimits raises it")
        end = at + size + SYNC_SIZE
        if not window.reach(end):
            reason = f"the file ends inside a block: {window.end - start} of {end - start} bytes are there"
            raise DecodeError(path, start, reason)
        self._check_marker(path, end - SYNC_SIZE)
        return Block(number, start, end, count, window.slice(at, at + size), at)

    def _check_marker(self, path: str, offset: int) -> None:
        marker = self._window.slice(offset, offset + SYNC_SIZE)
        if marker != self.header.sync_marker:
            expected = self.header.sync_marker.hex()
            raise DecodeError(path, offset, f"expected the sync marker {expected}, got {marker.hex()}")

    def _expanded(self, block: Block) -> Block:
        if not block.count and not block.data:
            return block
        self._check_expansion(block)
        limit = self._limits.expanded_bytes
        try:
            data = self._codec.expand(block.data, limit)
        except ValueError as error:
            self._expanded_bytes += limit  # what it may have cost
            raise DecodeError(f"<block {block.number}>", block.start, str(error)) from None
        self._expanded_bytes += len(data)
        stored_at = block.stored_at if self._codec.name == "null" else -1
        return Block(block.number, block.start, block.end, block.count, data, stored_at)

    def _check_expansion(self, block: Block) -> None:
        limits = self._limits
        if self._expanded_bytes > limits.expanded_bytes + limits.expansion * block.end:
            reason = f"the file expands to more than {limits.expansion} times its size"
            hint = "ContainerLimits(expansion=...) sets that"
            raise DecodeError(f"<block {block.number}>", block.start, f"{reason}; {hint}")
