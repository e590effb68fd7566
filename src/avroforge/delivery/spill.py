"""Spill files: where a record waits when the outbox cannot take it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from avroforge.delivery.file_system import make_private_directory, sync_directory, write_atomically
from avroforge.delivery.record import Sealed, description_of, parse_description
from avroforge.errors import DuplicateResultError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAGIC: Final = b"avroforge spill 1\n"
_SUFFIX: Final = ".spill"
_ASIDE: Final = ".aside"


@dataclass(frozen=True, slots=True)
class SpilledFile:
    """One spill file, and what it holds or why it cannot be read."""

    path: Path
    content: Sealed | str

    def remove(self) -> None:
        """Drop the file; its record is durable elsewhere."""
        self.path.unlink(missing_ok=True)
        sync_directory(self.path.parent)

    def set_aside(self) -> None:
        """Keep the file for a person to look at, and out of the way of later imports."""
        self.path.rename(self.path.with_suffix(_ASIDE))


class SpillDirectory:
    """A directory of self-describing files, one record each: a line that names it, a JSON line, the bytes."""

    def __init__(self, path: Path) -> None:
        """Use or create `path`.

        Raises:
            OutboxError: no private directory can be made there.
        """
        make_private_directory(path)
        self.path = path

    def write(self, record: Sealed) -> tuple[Path, bool]:
        """Keep a record; True when the same record was here already.

        Raises:
            DuplicateResultError: the id is here with other bytes.
            OSError: this disk is full or fails too.
        """
        path = self._place(record)
        if path.exists():
            match parse_spill(path):
                case Sealed(sha256=checksum) if checksum == record.sha256:
                    return path, True
                case Sealed(sha256=checksum):
                    raise DuplicateResultError(
                        f"result {record.result_id!r} of {record.topic}: expected the bytes of {path} "
                        f"(sha256 {checksum}), got others (sha256 {record.sha256}); give the new result an "
                        "id of its own"
                    )
                case str():
                    # The unreadable file keeps its content for the report; the new one stands beside it.
                    path.rename(path.with_suffix(_ASIDE))
        write_atomically(path, render_spill(record))
        return path, False

    def files(self) -> Iterator[SpilledFile]:
        """Every spill file, oldest name first, read or with the reason why it cannot be."""
        for path in sorted(self.path.glob(f"*{_SUFFIX}")):
            yield SpilledFile(path, parse_spill(path))

    def count(self) -> int:
        """How many spill files wait."""
        return sum(1 for _ in self.path.glob(f"*{_SUFFIX}"))

    def set_aside_files(self) -> tuple[Path, ...]:
        """Files that no import can use."""
        return tuple(sorted(self.path.glob(f"*{_ASIDE}")))

    def holds(self, record: Sealed) -> bool:
        """Whether a record with this topic and id waits here."""
        return self._place(record).exists()

    def _place(self, record: Sealed) -> Path:
        # '~' is in no topic and no id, so two records never share a name.
        return self.path / f"{record.topic}~{record.result_id}{_SUFFIX}"


def open_spill_directory(path: Path | None) -> SpillDirectory | None:
    """The directory of the settings, if there is one.

    Raises:
        OutboxError: it cannot be used.
    """
    return None if path is None else SpillDirectory(path)


def render_spill(record: Sealed) -> bytes:
    """A spill file's content."""
    return _MAGIC + json.dumps(description_of(record)).encode("ascii") + b"\n" + record.bare


def parse_spill(path: Path) -> Sealed | str:
    """The record of a spill file, or the reason why there is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return f"unreadable: {type(error).__name__}: {error}"
    if not data.startswith(_MAGIC):
        return f"expected a spill file that starts with {_MAGIC!r}, got {data[:20]!r}"
    line, _, bare = data[len(_MAGIC) :].partition(b"\n")
    return parse_description(line, bare)
