"""Is the outbox whole, and what can be saved when it is not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from avroforge.delivery.database import FILE_NAME, is_corruption
from avroforge.delivery.database_file import (
    SALVAGED,
    OutboxOptions,
    configure,
    journal_mode,
    lenient_text,
    make,
)
from avroforge.delivery.file_system import free_name, sync_directory
from avroforge.delivery.lock import COMMIT_LOCK, RELAY_LOCK, FileLock
from avroforge.delivery.payload_file import PayloadFiles
from avroforge.delivery.row import SELECT_ROW, index_tail, parse_row, read_payload
from avroforge.errors import OutboxError

if TYPE_CHECKING:
    from pathlib import Path

    from avroforge.delivery.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Salvage:
    """What `salvage` saved.

    Attributes:
        rows: how many rows the new outbox has.
        found_again: how many of them could not be copied, and were made anew from the files of payloads;
            they are pending, so that one that was delivered before is delivered once more, under its id.
        lost: one line per row that could not be copied.
        kept: the directory with the damaged files, unchanged but for their place.
    """

    rows: int
    found_again: int
    lost: tuple[str, ...]
    kept: Path


def check(outbox: Outbox) -> tuple[str, ...]:
    """Read every page and every checksum; one line per finding, none when the outbox is whole.

    Raises:
        OutboxError: the database cannot be opened.
    """
    findings: list[str] = []
    with outbox.database.reading() as connection:
        try:
            for (line,) in connection.execute("PRAGMA integrity_check"):
                if line != "ok":
                    findings.append(f"{outbox.database.path}: {line}")
            last = connection.execute("SELECT coalesce(max(row_id), 0) FROM record").fetchone()[0]
        except sqlite3.DatabaseError as error:
            if not is_corruption(error):
                raise
            return (*findings, f"{outbox.database.path}: {error}")
        for row_id in range(1, last + 1):
            damage = _damage(connection, row_id, outbox.database.files)
            if damage:
                findings.append(f"row {row_id}: {damage}")
    return tuple(findings)


def salvage(directory: Path, options: OutboxOptions | None = None) -> Salvage:
    """Replace a damaged outbox by a new one with every row that is still whole; nothing is deleted.

    All users of the outbox must have closed it. Interrupted at any point, it can be called again.

    Raises:
        OutboxError: the outbox is in use, there is none, or the new one cannot be written.
    """
    chosen = options or OutboxOptions()
    path = directory / FILE_NAME
    locks = [FileLock(directory / name) for name in (RELAY_LOCK, COMMIT_LOCK)]
    try:
        for lock in locks:
            if not lock.acquire(0):
                raise OutboxError(
                    f"{lock.path}: held by {lock.note() or 'another process'}; stop it, then salvage"
                )
        if not path.exists():
            raise OutboxError(f"{path}: expected a damaged outbox, got no file")
        draft = path.with_name(FILE_NAME + ".salvage")
        rows, found, lost = _copy(path, draft, chosen)
        # From here on it is complete: opening the outbox would finish what is interrupted now.
        complete = draft.rename(path.with_name(FILE_NAME + SALVAGED))
        kept = _set_aside(path)
        complete.rename(path)
        sync_directory(directory)
    except OSError as error:
        raise OutboxError(f"{error.filename}: {error.strerror}; the damaged outbox is unchanged") from error
    finally:
        for lock in locks:
            lock.release()
    return Salvage(rows, found, lost, kept)


def _copy(path: Path, draft: Path, options: OutboxOptions) -> tuple[int, int, tuple[str, ...]]:
    lost: list[str] = []
    rows = found = 0
    with closing(
        sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    ) as old:
        old.text_factory = lenient_text
        _claim(old, path)
        files = PayloadFiles(path.parent)
        try:
            outbox_id = old.execute("SELECT value FROM meta WHERE name = 'outbox_id'").fetchone()[0]
            last = old.execute("SELECT coalesce(max(row_id), 0) FROM record").fetchone()[0]
        except (sqlite3.DatabaseError, TypeError) as error:
            raise OutboxError(
                f"{path}: nothing can be read from it ({error}); move it away to start anew"
            ) from error
        make(draft, "delete", str(outbox_id))
        with closing(sqlite3.connect(draft, isolation_level=None)) as new:
            new.execute("BEGIN IMMEDIATE")
            for row_id in range(1, last + 1):
                damage = _damage(old, row_id, files) or _copy_row(old, new, row_id)
                if damage:
                    lost.append(f"row {row_id}: {damage}")
            # The end of the payloads is forgotten, so that all of them are looked at.
            found = index_tail(new, files)
            rows = new.execute("SELECT count(*) FROM record").fetchone()[0]
            new.execute("COMMIT")
            configure(draft, new, journal_mode(path.parent, options), options)
    return rows, found, tuple(lost)


def _claim(connection: sqlite3.Connection, path: Path) -> None:
    """Make sure nobody else has the file open, as far as its damage allows."""
    try:
        connection.execute("PRAGMA busy_timeout=0")
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        if not is_corruption(error):
            raise OutboxError(f"{path}: is open elsewhere; close its other users, then salvage") from error


def _copy_row(old: sqlite3.Connection, new: sqlite3.Connection, row_id: int) -> str | None:
    """Copy one whole row; the reason when it cannot be."""
    new.execute("SAVEPOINT one_row")
    try:
        key = old.execute("SELECT text_key FROM record WHERE row_id = ?", (row_id,)).fetchone()[0]
        for table, column, value in (
            ("schema_text", "text_key", key),
            ("payload", "row_id", row_id),
            ("filed", "row_id", row_id),
            ("record", "row_id", row_id),
        ):
            for values in old.execute(f"SELECT * FROM {table} WHERE {column} = ?", (value,)):  # noqa: S608 constants
                marks = ", ".join("?" * len(values))
                new.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)  # noqa: S608 constants
    except sqlite3.DatabaseError as error:
        new.execute("ROLLBACK TO one_row")
        return str(error)
    new.execute("RELEASE one_row")
    return None


def _damage(connection: sqlite3.Connection, row_id: int, files: PayloadFiles) -> str | None:
    """Why a row cannot be trusted, or None."""
    try:
        values = connection.execute(SELECT_ROW + "WHERE row_id = ?", (row_id,)).fetchone()
        if values is None:
            return "missing"
        row = parse_row(values)
        if row.damage:
            return row.damage
        payload = read_payload(connection, row_id, row.size, files)
    except (sqlite3.DatabaseError, OSError) as error:
        return str(error)
    if payload is None:
        return "its payload is missing" if row.is_open else None
    return None if row.with_payload(payload).intact else "its payload does not match its checksum"


def _set_aside(path: Path) -> Path:
    kept = free_name(path.parent, "damaged-")
    kept.mkdir(mode=0o700)
    for suffix in ("", "-shm", "-wal"):
        file = path.with_name(FILE_NAME + suffix)
        if file.exists():
            file.rename(kept / file.name)
    sync_directory(kept)
    return kept
