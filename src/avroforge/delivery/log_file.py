"""One append-only file of a topic: scan, append, take back a torn end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO, Final

from avroforge.delivery.file_system import sync_descriptor, sync_directory, write_all
from avroforge.delivery.log_entry import (
    HEADER_SIZE,
    EntryHeader,
    LogEntry,
    parse_body,
    parse_header,
    render_entry,
)
from avroforge.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PREAMBLE: Final = b"avroforge topic log 1\n"


class LogFile:
    """The entries of one partition; the caller holds the topic's lock for everything but `entries`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._position = len(_PREAMBLE)
        self._next_offset = 0
        self._inode: int | None = None

    def end_offset(self) -> int:
        """The offset of the next entry, after what other processes appended and without a torn end.

        Raises:
            TransportError: a damaged entry, which is never cut off: entries behind it may be whole.
            OSError: the file cannot be read.
        """
        self._catch_up()
        return self._next_offset

    def append(self, entry: LogEntry) -> None:
        """Write an entry at `end_offset()` and return when it is on the medium.

        Raises:
            OSError: it is not there for certain; call `undo`.
        """
        data = render_entry(entry)
        created = not self.path.exists()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if created:
                data = _PREAMBLE + data
            os.lseek(descriptor, 0 if created else self._position, os.SEEK_SET)
            write_all(descriptor, data)
            sync_descriptor(descriptor)
            if created:
                sync_directory(self.path.parent)
                sync_directory(self.path.parent.parent)
                self._inode = os.fstat(descriptor).st_ino
        finally:
            os.close(descriptor)
        self._position += len(data) - (len(_PREAMBLE) if created else 0)
        self._next_offset = entry.offset + 1

    def undo(self) -> None:
        """Cut off what a failed `append` left.

        Raises:
            OSError: it may still be there.
        """
        if self._next_offset == 0:
            # The preamble may be torn as well.
            self.path.unlink(missing_ok=True)
        else:
            self._truncate(self._position)

    def entries(self, from_offset: int) -> Iterator[LogEntry]:
        """Whole entries from an offset on; what is still being written at the end is left out.

        Raises:
            TransportError: a damaged entry, after everything before it was yielded.
            OSError: the file cannot be read.
        """
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            return
        with file:
            if not self._check_preamble(file):
                return
            position, expected = len(_PREAMBLE), 0
            while (header := self._header_at(file, position, expected)) is not None:
                start = position + HEADER_SIZE
                if header.offset >= from_offset:
                    file.seek(start)
                    entry = parse_body(header, file.read(header.body_size))
                    if entry is None:
                        raise self._damaged(position, header.offset)
                    yield entry
                position = start + header.body_size
                expected = header.offset + 1

    def _catch_up(self) -> None:
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            self._position, self._next_offset, self._inode = len(_PREAMBLE), 0, None
            return
        with file:
            status = os.fstat(file.fileno())
            if status.st_ino != self._inode or status.st_size < self._position:
                # Another file than the one we know: it is read from its beginning.
                self._position, self._next_offset, self._inode = len(_PREAMBLE), 0, status.st_ino
            if not self._check_preamble(file):
                self.path.unlink()
                self._inode = None
                return
            while (header := self._header_at(file, self._position, self._next_offset)) is not None:
                end = self._position + HEADER_SIZE + header.body_size
                if end == status.st_size and parse_body(header, file.read(header.body_size)) is None:
                    raise self._damaged(self._position, header.offset)
                self._position = end
                self._next_offset = header.offset + 1
        if status.st_size > self._position:
            self._truncate(self._position)

    def _header_at(self, file: BinaryIO, position: int, expected: int) -> EntryHeader | None:
        """The header of a whole entry, or None at the end of the whole entries."""
        file.seek(position)
        data = file.read(HEADER_SIZE)
        if len(data) < HEADER_SIZE:
            return None
        if not any(data) and _only_zeros(file):
            # Interrupted while writing: the file system made room and no more.
            return None
        header = parse_header(data)
        if header is None or header.offset != expected:
            raise self._damaged(position, expected)
        size = os.fstat(file.fileno()).st_size
        return header if position + HEADER_SIZE + header.body_size <= size else None

    def _check_preamble(self, file: BinaryIO) -> bool:
        """False when the file's very first write was interrupted."""
        found = file.read(len(_PREAMBLE))
        if found == _PREAMBLE:
            return True
        if _PREAMBLE.startswith(found):
            return False
        raise TransportError(
            f"{self.path}: expected a topic log that starts with {_PREAMBLE!r}, got {found!r}; choose "
            "another directory"
        )

    def _truncate(self, size: int) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.ftruncate(descriptor, size)
            sync_descriptor(descriptor)
        finally:
            os.close(descriptor)

    def _damaged(self, position: int, offset: int) -> TransportError:
        return TransportError(
            f"{self.path}: damaged at byte {position}, offset {offset}: its checksum does not hold; restore "
            "the file "
            "from a copy, or move it away to start the topic anew"
        )


def _only_zeros(file: BinaryIO) -> bool:
    while block := file.read(1 << 20):
        if any(block):
            return False
    return True
