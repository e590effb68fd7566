"""Where results lie: append-only files, each entry complete in itself, so that one fsync makes it durable.

An entry is a magic number, the length of its description, the description (JSON, sealed) and the payload. The
database's row, which names the place, is committed after the entry without an fsync of its own: should the
power fail before it is on the medium, the entry is found behind the last indexed one and indexed again.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, Final

from avroforge.delivery.file_system import make_private_directory, sync_descriptor, sync_directory
from avroforge.delivery.record import Sealed, description_of, parse_description

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

DIRECTORY: Final = "payload"
# A new file is begun past this, so that files whose results are all delivered can go.
_FILE_SIZE: Final = 256 * 1024 * 1024
_NAME: Final = re.compile(r"([0-9]{8})\.bin")
_HEAD: Final = Struct(">8sI")
_MAGIC: Final = b"avroforg"
_LONGEST_DESCRIPTION: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A byte in a file: where a payload begins, or where the next entry will."""

    file: int
    position: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole entry: what it holds, where its payload lies, and where it ends."""

    record: Sealed
    place: Place
    end: Place


class PayloadFiles:
    """The files of one outbox; whoever appends or removes holds its commit lock."""

    def __init__(self, outbox_directory: Path) -> None:
        self.directory = outbox_directory / DIRECTORY

    def append(self, record: Sealed, end: Place) -> Entry:
        """Write an entry, and return when it is on the medium.

        Args:
            record: what to keep.
            end: where the last entry ends; the file must end there too (`tail`).

        Raises:
            OSError: the medium is full or fails; what was written is cut off again, or lies there unused.
        """
        if end.position >= _FILE_SIZE or not end.file:
            end = Place(end.file + 1, 0)
        if not end.position:
            make_private_directory(self.directory)
        description = json.dumps(description_of(record)).encode("ascii")
        head = _HEAD.pack(_MAGIC, len(description)) + description
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self._path(end.file), flags, 0o600)
        try:
            try:
                _write_at(descriptor, end.position, head, record.bare)
                sync_descriptor(descriptor)
            except OSError:
                os.ftruncate(descriptor, end.position)
                raise
        finally:
            os.close(descriptor)
        if not end.position:
            sync_directory(self.directory)
            sync_directory(self.directory.parent)
        place = Place(end.file, end.position + len(head))
        return Entry(record, place, Place(end.file, place.position + len(record.bare)))

    def read(self, place: Place, size: int) -> bytes | None:
        """The payload at a place, shorter where the file ends; None when there is no such file.

        Raises:
            OSError: it cannot be read.
        """
        try:
            descriptor = os.open(self._path(place.file), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            return os.pread(descriptor, max(0, size), max(0, place.position))
        finally:
            os.close(descriptor)

    def tail(self, end: Place) -> bool:
        """Whether something lies behind the last indexed entry, because its writer or the power failed."""
        try:
            return self._path(end.file).stat().st_size != end.position or self._path(end.file + 1).exists()
        except FileNotFoundError:
            return self._path(end.file + 1).exists()

    def entries(self, start: Place) -> Iterator[Entry]:
        """Whole entries from a place on, in later files too; a torn one ends its file."""
        for number, size in sorted(self._files()):
            if number >= start.file:
                position = start.position if number == start.file else 0
                while (entry := self._entry(Place(number, position), size)) is not None:
                    if isinstance(entry, Entry):
                        yield entry
                        position = entry.end.position
                    else:
                        position = entry.position

    def fresh_end(self) -> Place:
        """Where to go on when the last file does not end with a whole entry: in a new one."""
        return Place(max((number for number, _ in self._files()), default=0) + 1, 0)

    def size(self) -> int:
        """Bytes in all files."""
        return sum(size for _, size in self._files())

    def keep(self, numbers: Collection[int]) -> None:
        """Remove every file but these.

        Raises:
            OSError: one cannot be removed.
        """
        removed = [number for number, _ in self._files() if number not in numbers]
        for number in removed:
            self._path(number).unlink(missing_ok=True)
        if removed:
            sync_directory(self.directory)

    def _entry(self, at: Place, size: int) -> Entry | Place | None:
        """The entry at a place, or where it ends when it is damaged, or None where there is none."""
        head = self.read(at, _HEAD.size) or b""
        if len(head) < _HEAD.size:
            return None
        magic, length = _HEAD.unpack(head)
        if magic != _MAGIC or length > _LONGEST_DESCRIPTION:
            return None
        position = at.position + _HEAD.size + length
        description = self.read(Place(at.file, at.position + _HEAD.size), length) or b""
        try:
            bare_size = int(json.loads(description)["size"])
        except (ValueError, KeyError, TypeError):
            return None
        end = Place(at.file, position + bare_size)
        if end.position > size:
            return None
        record = parse_description(description, self.read(Place(at.file, position), bare_size) or b"")
        if isinstance(record, Sealed):
            return Entry(record, Place(at.file, position), end)
        follows = self.read(end, len(_MAGIC))
        return end if follows in (b"", _MAGIC) and bare_size >= 0 else None

    def _files(self) -> list[tuple[int, int]]:
        """Number and size of each file."""
        found = []
        try:
            with os.scandir(self.directory) as entries:
                for entry in entries:
                    match = _NAME.fullmatch(entry.name)
                    if match:
                        found.append((int(match[1]), entry.stat().st_size))
        except FileNotFoundError:
            return []
        return found

    def _path(self, number: int) -> Path:
        return self.directory / f"{number:08d}.bin"


def _write_at(descriptor: int, position: int, *pieces: bytes) -> None:
    """Write every byte, whatever the kernel takes at a time, without joining the pieces."""
    rest = [memoryview(piece) for piece in pieces if piece]
    while rest:
        written = os.pwritev(descriptor, rest, position)
        position += written
        while rest and written >= len(rest[0]):
            written -= len(rest.pop(0))
        if rest:
            rest[0] = rest[0][written:]
