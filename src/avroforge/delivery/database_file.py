"""The SQLite file under the outbox: its settings, its creation, and what a connection to it needs."""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from avroforge.delivery.file_system import (
    MEMORY_FILE_SYSTEMS,
    file_system_type,
    is_network,
    sync_directory,
    sync_file,
)
from avroforge.errors import OutboxError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Every commit writes whole pages of the table and its indexes, so they are small.
PAGE_SIZE: Final = 4096
SALVAGED: Final = ".salvaged"
_APPLICATION_ID: Final = 0x41764F62
_FORMAT: Final = 2

# Rows are never deleted, so their numbers are never given twice. Payloads lie in files, which `filed` names,
# or in a table of their own: SQLite rewrites a whole row when one column changes. The index covers whatever
# is not finished, so that a state that a flipped bit made unreadable is looked at and not lost.
_FILED: Final = (
    "CREATE TABLE filed (row_id INTEGER PRIMARY KEY, file INTEGER NOT NULL, position INTEGER NOT NULL);"
)
_TABLES: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE schema_text (text_key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record (
    row_id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    result_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    fullname TEXT NOT NULL,
    schema_key TEXT NOT NULL,
    text_key TEXT NOT NULL,
    headers TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    seal TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    attempt_partition INTEGER,
    attempt_end_offset INTEGER,
    partition INTEGER,
    "offset" INTEGER,
    finished_ms INTEGER,
    UNIQUE (topic, result_id)
);
CREATE INDEX record_unfinished ON record (row_id) WHERE state NOT IN ('sent', 'dead');
CREATE INDEX record_attempted ON record (row_id) WHERE attempt_partition IS NOT NULL;
CREATE TABLE payload (row_id INTEGER PRIMARY KEY, bare BLOB NOT NULL);
CREATE TABLE relay (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    generation INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    boot_id TEXT NOT NULL
);
INSERT INTO relay VALUES (1, 0, 0, '');
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxOptions:
    """Settings of one outbox.

    Attributes:
        spill_directory: where a record goes when the outbox cannot, best on another disk; None: nowhere.
        busy_timeout: seconds to wait for other processes before an operation fails.
        max_bytes: the database file never grows past this; None: as far as the disk goes.
        allow_memory_file_system: accept tmpfs and the like, which forget everything at power-off.
        allow_network_file_system: accept NFS and the like, at the price of `journal_mode=DELETE`.
        clock: seconds since 1970; only for creation times and ages, never for order.
    """

    spill_directory: Path | None = None
    busy_timeout: float = 60.0
    max_bytes: int | None = None
    allow_memory_file_system: bool = False
    allow_network_file_system: bool = False
    clock: Callable[[], float] = time.time


def journal_mode(directory: Path, options: OutboxOptions) -> str:
    """The journal mode for the file system under `directory`.

    Raises:
        OutboxError: a file system that forgets, or whose locks may not hold, without the setting for it.
    """
    kind = file_system_type(directory)
    if kind in MEMORY_FILE_SYSTEMS and not options.allow_memory_file_system:
        raise OutboxError(
            f"{directory}: expected a disk, got {kind}, which forgets at power-off; choose another directory "
            "or set allow_memory_file_system"
        )
    if kind is None or not is_network(kind):
        return "wal"
    if not options.allow_network_file_system:
        raise OutboxError(
            f"{directory}: expected a local disk, got {kind}, whose locks may not hold; choose another "
            "directory "
            "or set allow_network_file_system"
        )
    # Write-ahead logging needs memory shared between its users, which machines do not have.
    return "delete"


def create(path: Path, journal: str) -> None:
    """Make a complete, durable, empty database, and only then give it its name.

    Raises:
        OutboxError: a write-ahead log without its database lies there.
    """
    log = path.with_name(path.name + "-wal")
    if log.exists():
        raise OutboxError(
            f"{path}: missing, but {log.name} beside it may hold results; restore the database file, or "
            "move the log "
            "away to start anew"
        )
    salvaged = path.with_name(path.name + SALVAGED)
    if not salvaged.exists():
        draft = path.with_name(path.name + ".draft")
        make(draft, journal, uuid.uuid4().hex)
        draft.rename(path)
    else:
        # A salvage was interrupted just before its last step.
        salvaged.rename(path)
    sync_directory(path.parent)


def make(draft: Path, journal: str, outbox_id: str) -> None:
    """Write a complete, durable, empty database over whatever an interrupted attempt left at `draft`."""
    for leftover in draft.parent.glob(draft.name + "*"):
        leftover.unlink()
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(draft, isolation_level=None)
    try:
        connection.execute(f"PRAGMA page_size={PAGE_SIZE}")
        connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={_FORMAT}")
        connection.executescript(_TABLES + _FILED)
        connection.execute("INSERT INTO meta VALUES ('outbox_id', ?)", (outbox_id,))
        connection.execute(f"PRAGMA journal_mode={journal}")
    finally:
        connection.close()
    sync_file(draft)


def check_identity(path: Path, connection: sqlite3.Connection) -> None:
    """Make sure that an open database is an outbox of a known format.

    Raises:
        OutboxError: it is something else, or newer.
    """
    # Through SQLite, not open(): closing any other descriptor of the file drops SQLite's own locks.
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != _APPLICATION_ID:
        raise OutboxError(
            f"{path}: expected an avroforge outbox, got another SQLite database; choose another directory"
        )
    if found == 1:
        # Format 1 had every payload in the database.
        connection.executescript(f"BEGIN IMMEDIATE; {_FILED} PRAGMA user_version={_FORMAT}; COMMIT;")
    if found > _FORMAT:
        raise OutboxError(f"{path}: expected outbox format {_FORMAT}, got {found}; upgrade avroforge")


def configure(path: Path, connection: sqlite3.Connection, journal: str, options: OutboxOptions) -> None:
    """Set what a connection needs; only the page size and the identity live in the file.

    Raises:
        OutboxError: the journal mode cannot be had.
    """
    connection.text_factory = lenient_text
    got = connection.execute(f"PRAGMA journal_mode={journal}").fetchone()[0]
    if got != journal:
        raise OutboxError(f"{path}: expected journal mode {journal}, got {got}; close its other users first")
    for pragma in (
        "synchronous=FULL",
        "wal_autocheckpoint=0",
        "fullfsync=1",
        "checkpoint_fullfsync=1",
        "cell_size_check=1",
        "trusted_schema=0",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if options.max_bytes is not None:
        connection.execute(f"PRAGMA max_page_count={max(1, options.max_bytes // PAGE_SIZE)}")
    connection.execute("SELECT value FROM meta WHERE name = 'outbox_id'").fetchone()


def lenient_text(data: bytes) -> str:
    """Text that may be damaged: it must be readable, so that its broken seal can name the row."""
    return data.decode("utf-8", "replace")
