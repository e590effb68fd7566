"""The SQLite file under the outbox: how it is created, opened, committed to and checkpointed."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from avroforge.delivery.file_system import (
    MEMORY_FILE_SYSTEMS,
    file_system_type,
    is_network,
    make_private_directory,
    sync_descriptor,
    sync_directory,
)
from avroforge.delivery.lock import FileLock
from avroforge.errors import OutboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FILE_NAME: Final = "outbox.db"
PAGE_SIZE: Final = 65536
_APPLICATION_ID: Final = 0x41764F62
_FORMAT: Final = 1

# Payloads have a table of their own: SQLite rewrites a whole row when one column changes, and a state
# change must not write 3 MB again. The index covers whatever is not finished, so that a state that a
# flipped bit made unreadable is looked at and not lost.
_TABLES: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE schema_text (text_key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record (
    row_id INTEGER PRIMARY KEY AUTOINCREMENT,
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
        spill_directory: where a record goes when the outbox cannot take it, best on another disk; None: nowhere.
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


class Database:
    """One connection, used by one thread at a time; commits and checkpoints under a lock of all processes.

    A process forked while it is open gets a connection of its own at its next use.
    """

    def __init__(self, directory: Path, options: OutboxOptions) -> None:
        """Open or create the database in `directory`.

        Raises:
            OutboxError: wrong file system, foreign or unreadable file, or no access.
        """
        self.path = directory / FILE_NAME
        self._options = options
        self._thread_lock = threading.RLock()
        self._journal = _journal_mode(directory, options)
        make_private_directory(directory)
        self._commit_lock = FileLock(directory / "commit.lock")
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._closed = False
        with self._translated(), self._exclusive():
            if not self.path.exists():
                _create(self.path, self._journal)
            self._connect()
        _live.add(self)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one thread.

        Raises:
            OutboxError: the file cannot be read, or the outbox is closed.
        """
        with self._translated(), self._threads():
            yield self._usable()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is durable when the block ends without an exception.

        Raises:
            OutboxError: nothing was committed: disk full, file unreadable, or locked for too long.
        """
        with self._translated(), self._threads(), self._exclusive():
            connection = self._usable()
            if connection.in_transaction:
                raise OutboxError(
                    f"{self.path}: expected no open transaction; a signal handler may not append"
                )
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    def checkpoint(self) -> None:
        """Move what the write-ahead log holds into the database file; only the relay calls this."""
        # Under the commit lock: SQLite before 3.51.3 can lose a commit that races with a checkpoint.
        with self._translated(), self._threads(), self._exclusive():
            self._usable().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def log_size(self) -> int:
        """Bytes in the write-ahead log file."""
        try:
            return self.path.with_name(FILE_NAME + "-wal").stat().st_size
        except OSError:
            return 0

    def close(self) -> None:
        """Close the connection; the last one of all processes empties the write-ahead log."""
        with self._threads():
            self._closed = True
            if self._connection is not None:
                with self._translated(), self._exclusive():
                    connection, self._connection = self._connection, None
                    connection.close()

    def _usable(self) -> sqlite3.Connection:
        if self._closed:
            raise OutboxError(f"{self.path}: expected an open outbox, got a closed one")
        if self._connection is None:
            self._connect()
        try:
            inode = self.path.stat().st_ino
        except FileNotFoundError:
            inode = 0
        if inode != self._inode or self._connection is None:
            # A commit would go to a file that no longer has a name, and be lost with it.
            raise OutboxError(
                f"{self.path}: removed or replaced while in use; put it back or open the outbox again"
            )
        return self._connection

    def _connect(self) -> None:
        size = self.path.stat().st_size
        if size == 0:
            raise OutboxError(
                f"{self.path}: expected an outbox, got an empty file; restore it from a backup, or move it away to "
                "start anew"
            )
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=self._options.busy_timeout,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            _check_identity(self.path, connection)
            _configure(self.path, connection, self._journal, self._options)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._inode = self.path.stat().st_ino

    @contextmanager
    def _threads(self) -> Iterator[None]:
        if not self._thread_lock.acquire(timeout=self._options.busy_timeout):
            raise OutboxError(f"{self.path}: another thread kept it for {self._options.busy_timeout} s")
        try:
            yield
        finally:
            self._thread_lock.release()

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        timeout = self._options.busy_timeout
        if not self._commit_lock.acquire(timeout):
            raise OutboxError(f"{self.path}: another process kept {self._commit_lock.path} for {timeout} s")
        try:
            yield
        finally:
            self._commit_lock.release()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise OutboxError(_explain(self.path, error)) from error
        except OSError as error:
            raise OutboxError(
                f"{error.filename or self.path}: {error.strerror}; nothing was committed"
            ) from error

    def hold_for_fork(self) -> None:
        """Let no thread be inside SQLite while the process forks."""
        self._thread_lock.acquire()

    def release_after_fork(self) -> None:
        """Undo `hold_for_fork` in the parent."""
        self._thread_lock.release()

    def forget_after_fork(self) -> None:
        """Give the child a lock and, at its next use, a connection of its own."""
        self._thread_lock = threading.RLock()
        if self._connection is not None:
            # Never closed here: closing would drop files that the parent still uses.
            _inherited.append(self._connection)
            self._connection = None


def is_corruption(error: BaseException | None) -> bool:
    """Whether SQLite found the file's content damaged, as opposed to being hindered."""
    return isinstance(error, sqlite3.Error) and _primary_code(error) in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    )


def _journal_mode(directory: Path, options: OutboxOptions) -> str:
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
            f"{directory}: expected a local disk, got {kind}, whose locks may not hold; choose another directory "
            "or set allow_network_file_system"
        )
    # Write-ahead logging needs memory shared between its users, which machines do not have.
    return "delete"


def _create(path: Path, journal: str) -> None:
    """Make a complete, durable, empty database, and only then give it its name."""
    log = path.with_name(path.name + "-wal")
    if log.exists():
        raise OutboxError(
            f"{path}: missing, but {log.name} beside it may hold results; restore the database file, or move the log "
            "away to start anew"
        )
    draft = path.with_name(path.name + ".draft")
    for leftover in path.parent.glob(draft.name + "*"):
        leftover.unlink()
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(draft, isolation_level=None)
    try:
        connection.execute(f"PRAGMA page_size={PAGE_SIZE}")
        connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={_FORMAT}")
        connection.executescript(_TABLES)
        connection.execute("INSERT INTO meta VALUES ('outbox_id', ?)", (uuid.uuid4().hex,))
        connection.execute(f"PRAGMA journal_mode={journal}")
    finally:
        connection.close()
    descriptor = os.open(draft, os.O_RDWR | os.O_CLOEXEC)
    try:
        sync_descriptor(descriptor)
    finally:
        os.close(descriptor)
    draft.rename(path)
    sync_directory(path.parent)


def _check_identity(path: Path, connection: sqlite3.Connection) -> None:
    # Through SQLite, not open(): closing any other descriptor of the file drops SQLite's own locks.
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != _APPLICATION_ID:
        raise OutboxError(
            f"{path}: expected an avroforge outbox, got another SQLite database; choose another directory"
        )
    if found > _FORMAT:
        raise OutboxError(f"{path}: expected outbox format {_FORMAT}, got {found}; upgrade avroforge")


def _configure(path: Path, connection: sqlite3.Connection, journal: str, options: OutboxOptions) -> None:
    connection.text_factory = _lenient_text
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


def _lenient_text(data: bytes) -> str:
    # Damaged text must be readable, so that its broken seal can be reported with the row's number.
    return data.decode("utf-8", "replace")


def _primary_code(error: sqlite3.Error) -> int:
    # Extended codes keep the primary one in the low byte.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _explain(path: Path, error: sqlite3.Error) -> str:
    code = _primary_code(error)
    if code == sqlite3.SQLITE_FULL:
        return f"{path}: no room ({error}); free disk space, prune what was sent, or raise max_bytes"
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return (
            f"{path}: damaged ({error}); nothing was changed: stop its users, keep a copy of the directory, then call "
            "avroforge.delivery.salvage to move every readable row into a new outbox"
        )
    if code == sqlite3.SQLITE_BUSY:
        return f"{path}: locked by another process ({error}); find it with 'fuser {path}'"
    return f"{path}: {error}; nothing was committed"


_live: WeakSet[Database] = WeakSet()
_forking = threading.Lock()
_held: list[Database] = []
_inherited: list[sqlite3.Connection] = []


def _before_fork() -> None:
    _forking.acquire()
    for database in list(_live):
        database.hold_for_fork()
        _held.append(database)


def _after_fork_in_parent() -> None:
    while _held:
        _held.pop().release_after_fork()
    _forking.release()


def _after_fork_in_child() -> None:
    while _held:
        _held.pop().forget_after_fork()
    _forking.release()


os.register_at_fork(
    before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child
)
