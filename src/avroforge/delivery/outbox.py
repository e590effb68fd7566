"""The outbox: results are on disk before anything is asked of a network."""

from __future__ import annotations

import logging
from contextlib import closing
from typing import TYPE_CHECKING, Final, Self

from avroforge.delivery.database import Database
from avroforge.delivery.database_file import OutboxOptions
from avroforge.delivery.record import Durable, OutboxRecord, RowState, Sealed, seal
from avroforge.delivery.row import (
    SELECT_ROW,
    Row,
    index_tail,
    insert,
    parse_row,
    payload_end,
    read_payload,
    set_payload_end,
)
from avroforge.delivery.spill import SpillDirectory, SpilledFile, open_spill_directory
from avroforge.delivery.status import Counts, OutboxStatus, Pruned, read_status
from avroforge.errors import DuplicateResultError, NotDurableError, OutboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_log: Final = logging.getLogger("avroforge.delivery")


class Outbox:
    """A directory that keeps records until a relay has delivered them, and their ids for ever.

    `append` may be called by several threads, and several processes may open one directory. After a fork
    the child gets a connection of its own at its next call.
    """

    def __init__(self, database: Database, spill: SpillDirectory | None, options: OutboxOptions) -> None:
        self._database = database
        self._spill = spill
        self._options = options
        self._listeners: list[Callable[[], None]] = []
        with database.reading() as connection:
            self.id: str = connection.execute("SELECT value FROM meta WHERE name = 'outbox_id'").fetchone()[0]

    @classmethod
    def open(cls, path: Path, options: OutboxOptions | None = None) -> Self:
        """Open the outbox in directory `path`, creating it when there is none, and take in spilled records.

        Raises:
            OutboxError: the directory, its file system or the database in it cannot keep results; the message
                names the path and the way out. Nothing existing was changed.
        """
        chosen = options or OutboxOptions()
        spill = open_spill_directory(chosen.spill_directory)
        outbox = cls(Database(path, chosen), spill, chosen)
        outbox._index_tail()
        outbox.import_spilled()
        return outbox

    @property
    def directory(self) -> Path:
        """Where the outbox lives."""
        return self._database.path.parent

    @property
    def database(self) -> Database:
        """The database under it, for the relay."""
        return self._database

    @property
    def spill(self) -> SpillDirectory | None:
        """The spill directory, if one is configured."""
        return self._spill

    def now_ms(self) -> int:
        """Milliseconds since 1970 by the outbox's clock."""
        return int(self._options.clock() * 1000)

    def on_append(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every append of this object, in the appending thread."""
        self._listeners.append(listener)

    def forget_listener(self, listener: Callable[[], None]) -> None:
        """Undo `on_append`."""
        self._listeners.remove(listener)

    def append(self, record: OutboxRecord) -> Durable:
        """Store a record so that it survives this process and the power supply.

        The same id with the same bytes is stored once and answered with the row that is there.

        Raises:
            InvalidRecordError: a topic, id, header or size that could not travel; nothing was stored.
            DuplicateResultError: the id is in the ledger with other bytes; nothing was stored.
            NotDurableError: neither the outbox nor the spill directory took it; it carries the bytes.
        """
        sealed = seal(record, self.now_ms())
        if self._spill is not None and self._spill.holds(sealed):
            # It decides first whether this is a duplicate.
            self.import_spilled()
        try:
            durable = self._insert(sealed)
        except OutboxError as error:
            durable = self._spill_over(sealed, error)
        for listener in tuple(self._listeners):
            listener()
        return durable

    def import_spilled(self) -> int:
        """Move spilled records into the outbox, as far as it takes them.

        A file that can never be moved, because it is damaged or its id has other bytes, is set aside under
        another ending and named by `SpillDirectory.set_aside_files`.

        Returns:
            How many records were moved.
        """
        moved = 0
        for file in self._spill.files() if self._spill else ():
            match file.content:
                case str() as reason:
                    _set_aside(file, reason)
                case Sealed() as sealed:
                    try:
                        self._insert(sealed)
                        file.remove()
                        moved += 1
                    except DuplicateResultError as error:
                        _set_aside(file, str(error))
                    except OutboxError as error:
                        about = {"event": "spilled-waits", "reason": str(error)}
                        _log.warning("spilled records wait in %s: %s", file.path.parent, error, extra=about)
                        break
        return moved

    def counts(self) -> Counts:
        """Rows per state; a spilled record is pending.

        Raises:
            OutboxError: the database cannot be read.
        """
        with self._database.reading() as connection:
            found = dict(connection.execute("SELECT state, count(*) FROM record GROUP BY state"))
        known = {state: int(found.pop(state, 0)) for state in map(str, RowState)}
        # A damaged state word counts as work to do; the relay looks at it.
        known["pending"] += self._spilled() + sum(found.values())
        return Counts(**known)

    def status(self) -> OutboxStatus:
        """Everything a person wants to know about the outbox: counts, ages, reasons, who delivers it.

        Raises:
            OutboxError: the database cannot be read.
        """
        return read_status(self)

    def unfinished(self) -> int:
        """How many records are still to be delivered; cheap, however long the ledger is.

        Raises:
            OutboxError: the database cannot be read.
        """
        with self._database.reading() as connection:
            found = connection.execute("SELECT count(*) FROM record WHERE state NOT IN ('sent', 'dead')")
            return int(found.fetchone()[0]) + self._spilled()

    def find(self, topic: str, result_id: str) -> Row | None:
        """The row of a result, or None when it never was here.

        Raises:
            OutboxError: the database cannot be read.
        """
        with self._database.reading() as connection:
            values = connection.execute(
                SELECT_ROW + "WHERE topic = ? AND result_id = ?", (topic, result_id)
            ).fetchone()
        return None if values is None else parse_row(values)

    def rows(self, state: RowState | None = None, limit: int = 100, *, after: int = 0) -> tuple[Row, ...]:
        """Rows, oldest first, all or of one state.

        Args:
            state: which; None for all.
            limit: at most so many.
            after: only those behind this row id.

        Raises:
            OutboxError: the database cannot be read.
        """
        where = "WHERE row_id > ? " if state is None else "WHERE row_id > ? AND state = ? "
        values = (after, limit) if state is None else (after, str(state), limit)
        with (
            self._database.reading() as connection,
            closing(connection.execute(f"{SELECT_ROW}{where}ORDER BY row_id LIMIT ?", values)) as cursor,
        ):
            return tuple(map(parse_row, cursor))

    def every_row(self, state: RowState | None = None) -> Iterator[Row]:
        """All rows, oldest first; others may change the outbox meanwhile.

        Args:
            state: which; None for all.

        Raises:
            OutboxError: the database cannot be read.
        """
        last = 0
        while rows := self.rows(state, after=last):
            yield from rows
            last = rows[-1].row_id

    def payload(self, row_id: int) -> bytes | None:
        """The bare Avro of a row, or None when it was pruned.

        Raises:
            OutboxError: the database cannot be read.
        """
        with self._database.reading() as connection:
            size = connection.execute("SELECT size FROM record WHERE row_id = ?", (row_id,)).fetchone()
            return size and read_payload(connection, row_id, size[0], self._database.files)

    def last_row_id(self) -> int:
        """The newest row's id; 0 when there never was one.

        Raises:
            OutboxError: the database cannot be read.
        """
        with self._database.reading() as connection:
            return int(connection.execute("SELECT coalesce(max(row_id), 0) FROM record").fetchone()[0])

    def largest_waiting(self) -> dict[str, int]:
        """The size of the largest record that is still to be delivered, in bytes, for each topic.

        Raises:
            OutboxError: the database cannot be read.
        """
        with self._database.reading() as connection:
            return dict(
                connection.execute(
                    "SELECT topic, max(size) FROM record WHERE state NOT IN ('sent', 'dead') GROUP BY topic"
                )
            )

    def newest_ms(self) -> int | None:
        """When the youngest record was made, in milliseconds since 1970; None before the first.

        Raises:
            OutboxError: the database cannot be read.
        """
        with self._database.reading() as connection:
            newest = connection.execute("SELECT max(created_ms) FROM record").fetchone()[0]
        return None if newest is None else int(newest)

    def is_unfinished(self, through: int | None = None) -> bool:
        """Whether a row (up to row id `through`) is still to be delivered.

        Raises:
            OutboxError: the database cannot be read.
        """
        with self._database.reading() as connection:
            oldest = connection.execute(
                "SELECT min(row_id) FROM record WHERE state NOT IN ('sent', 'dead')"
            ).fetchone()[0]
        return oldest is not None and (through is None or oldest <= through)

    def requeue(self, result_ids: Iterable[str], topic: str | None = None) -> int:
        """Give dead rows another chance, after their cause is removed.

        Args:
            result_ids: which ones; ids that are not dead are left alone.
            topic: only rows of this topic.

        Returns:
            How many rows are pending again.

        Raises:
            OutboxError: the database cannot be written; no row was changed.
        """
        with self._database.writing() as connection:
            changed = sum(
                connection.execute(
                    "UPDATE record SET state = 'pending', error = NULL, attempts = 0, finished_ms = NULL "
                    "WHERE state = 'dead' AND result_id = ? AND (? IS NULL OR topic = ?)",
                    (result_id, topic, topic),
                ).rowcount
                for result_id in result_ids
            )
        for listener in tuple(self._listeners):
            listener()
        return changed

    def prune(self, older_than: float = 0.0) -> Pruned:
        """Drop the payloads of rows sent at least `older_than` seconds ago; their ids stay as a ledger.

        Raises:
            OutboxError: the database cannot be written; nothing was dropped.
        """
        chosen = (
            "FROM record WHERE state = 'sent' AND finished_ms <= ? AND "
            "row_id IN (SELECT row_id FROM payload UNION ALL SELECT row_id FROM filed)"
        )
        latest = (self.now_ms() - int(older_than * 1000),)
        with self._database.writing() as connection:
            rows, size = connection.execute(f"SELECT count(*), total(size) {chosen}", latest).fetchone()
            for table in ("payload", "filed"):
                connection.execute(
                    f"DELETE FROM {table} WHERE row_id IN (SELECT row_id {chosen})",  # noqa: S608 constants
                    latest,
                )
            used = {each[0] for each in connection.execute("SELECT DISTINCT file FROM filed")}
            if payload_end(connection).file not in used:
                set_payload_end(connection, self._database.files.fresh_end())
        # Only now that no row names them for certain.
        with self._database.writing() as connection:
            used = {each[0] for each in connection.execute("SELECT DISTINCT file FROM filed")}
            self._database.files.keep({*used, payload_end(connection).file})
        return Pruned(rows, int(size))

    def close(self) -> None:
        """Close the database; what is pending stays for the next one who opens it."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _insert(self, sealed: Sealed) -> Durable:
        files = self._database.payload_files
        # The entry in the file is what survives; the row is found again by it.
        with self._database.writing(durable=files is None) as connection:
            self._database.refuse_over_budget(len(sealed.bare))
            return insert(connection, sealed, files)

    def _index_tail(self) -> None:
        """Find what the last process, or the power, left without a row."""
        files = self._database.payload_files
        if files is None:
            return
        with self._database.reading() as connection:
            behind = files.tail(payload_end(connection))
        if behind:
            with self._database.writing() as connection:
                added = index_tail(connection, files)
            about = {"event": "found-again", "records": added}
            _log.warning("%s: %d results had no row yet; they have now", self.directory, added, extra=about)

    def _spilled(self) -> int:
        return self._spill.count() if self._spill else 0

    def _spill_over(self, sealed: Sealed, cause: OutboxError) -> Durable:
        if self._spill is None:
            raise NotDurableError(
                f"result {sealed.result_id!r} is on no disk: {cause}; set a spill directory on another "
                "disk, or save "
                "the payload of this error",
                payload=sealed.bare,
                result_id=sealed.result_id,
            ) from cause
        try:
            path, duplicate = self._spill.write(sealed)
        except OSError as error:
            raise NotDurableError(
                f"result {sealed.result_id!r} is on no disk: {cause}; spill directory {self._spill.path}: "
                f"{error.strerror}; save the payload of this error",
                payload=sealed.bare,
                result_id=sealed.result_id,
            ) from cause
        about = {"event": "spilled", "result_id": sealed.result_id, "reason": str(cause)}
        _log.warning("result %s spilled to %s: %s", sealed.result_id, path, cause, extra=about)
        return Durable(sealed.result_id, None, duplicate, path)


def _set_aside(file: SpilledFile, reason: str) -> None:
    about = {"event": "set-aside", "reason": reason}
    _log.error("spill file %s is set aside: %s", file.path, reason, extra=about)
    file.set_aside()
