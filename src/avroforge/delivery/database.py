"""The connection under the outbox: one thread at a time, one committing process, safe to fork."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from avroforge.delivery.database_file import (
    OutboxOptions,
    check_identity,
    configure,
    create,
    journal_mode,
)
from avroforge.delivery.file_system import free_name, make_private_directory, sync_file
from avroforge.delivery.lock import COMMIT_LOCK, QueuedLock
from avroforge.delivery.payload_file import PayloadFiles
from avroforge.delivery.write_ahead_log import HEADER_SIZE, commits_behind
from avroforge.errors import OutboxError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_NAME: Final = "outbox.db"
_RESERVE: Final = 1024 * 1024
_logger: Final = logging.getLogger("avroforge.delivery")


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
        self._journal = journal_mode(directory, options)
        make_private_directory(directory)
        self.files = PayloadFiles(directory)
        self._commit_lock = QueuedLock(directory / COMMIT_LOCK)
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._closed = False
        with self._translated(), self._exclusive():
            if not self.path.exists():
                create(self.path, self._journal)
            self._connect()
            self._examine_log()
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
    def writing(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction that is durable when the block ends without an exception.

        Args:
            durable: False leaves that to the next durable transaction or to `secure`, for what can be found
                again elsewhere; the order of transactions holds all the same. Without a write-ahead log every
                transaction is durable.

        Raises:
            OutboxError: nothing was committed: disk full, file unreadable, or locked for too long.
        """
        with self._translated(), self._threads(), self._exclusive():
            connection = self._usable()
            if connection.in_transaction:
                raise OutboxError(
                    f"{self.path}: expected no open transaction; a signal handler may not append"
                )
            full = durable or self._journal != "wal"
            connection.execute(f"PRAGMA synchronous={'FULL' if full else 'NORMAL'}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    def secure(self) -> None:
        """Make every transaction so far durable, without keeping others from writing.

        Raises:
            OutboxError: the medium fails.
        """
        if self._journal == "wal":
            with self._translated():
                # SQLite's locks are on other files, so that this descriptor may be closed.
                sync_file(self._log_path())

    def checkpoint(self) -> None:
        """Move what the write-ahead log holds into the database file; only the relay calls this."""
        # Under the commit lock: SQLite before 3.51.3 can lose a commit that races with a checkpoint.
        with self._translated(), self._threads(), self._exclusive():
            self._usable().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _examine_log(self) -> None:
        """Keep a copy of a log whose commits SQLite cannot all use, before it overwrites them."""
        log = self._log_path()
        if self._connection is None or self.log_size() <= HEADER_SIZE:
            return
        frames = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
        page_size = self._connection.execute("PRAGMA page_size").fetchone()[0]
        lost = commits_behind(log, frames, page_size)
        if lost:
            kept = free_name(self.path.parent, "damaged-", ".wal")
            shutil.copy(log, kept)
            sync_file(kept)
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            _logger.error("%s: %d commits behind a damaged place are not used; copy in %s", log, lost, kept)

    def _log_path(self) -> Path:
        return self.path.with_name(FILE_NAME + "-wal")

    def log_size(self) -> int:
        """Bytes in the write-ahead log file."""
        try:
            return self._log_path().stat().st_size
        except OSError:
            return 0

    @property
    def payload_files(self) -> PayloadFiles | None:
        """Where payloads go; None: into the database, where only SQLite's own locks can be trusted."""
        return self.files if self._journal == "wal" else None

    def size(self) -> int:
        """Bytes in the database file, its write-ahead log, and the files of payloads."""
        try:
            return self.path.stat().st_size + self.log_size() + self.files.size()
        except OSError:
            return 0

    def refuse_over_budget(self, more: int) -> None:
        """Make sure that `more` bytes fit into the disk budget and leave the relay room to work.

        A relay notes where a record goes before it sends it. On a disk that results have filled to the last
        byte it could deliver none of them.

        Raises:
            OutboxError: they do not.
        """
        disk = os.statvfs(self.path.parent)
        free = disk.f_bavail * disk.f_frsize
        if free - more < _RESERVE:
            raise OutboxError(
                f"{self.path}: no room for {more} bytes: {free} are free, and the relay needs {_RESERVE}; "
                "free disk space, or prune what was sent"
            )
        most = self._options.max_bytes
        if most is not None and self.size() + more > most:
            raise OutboxError(
                f"{self.path}: no room for {more} bytes in {most}; prune what was sent, or raise max_bytes"
            )

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
                f"{self.path}: expected an outbox, got an empty file; restore it from a backup, or move it "
                "away to "
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
            check_identity(self.path, connection)
            configure(self.path, connection, self._journal, self._options)
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


def _primary_code(error: sqlite3.Error) -> int:
    # Extended codes keep the primary one in the low byte.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _explain(path: Path, error: sqlite3.Error) -> str:
    code = _primary_code(error)
    if code == sqlite3.SQLITE_FULL:
        return f"{path}: no room ({error}); free disk space, prune what was sent, or raise max_bytes"
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return (
            f"{path}: damaged ({error}); nothing was changed: stop its users, keep a copy of the directory, "
            "then call "
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
