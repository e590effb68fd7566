"""The right to deliver one outbox: a file lock, a generation, and the state changes that both guard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from avroforge.delivery.lock import RELAY_LOCK, FileLock, this_process
from avroforge.delivery.row import SELECT_ROW, Attempt, Row, parse_row
from avroforge.errors import OutboxError, RelayLockedError

if TYPE_CHECKING:
    from avroforge.delivery.outbox import Outbox

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Lease:
    """Held by one relay at a time; every update names the generation, so one that lost it changes nothing."""

    def __init__(self, outbox: Outbox, lock: FileLock, generation: int) -> None:
        self._outbox = outbox
        self._database = outbox.database
        self._lock = lock
        self.generation = generation

    @classmethod
    def acquire(cls, outbox: Outbox, timeout: float = 0.0) -> Self:
        """Become the relay of an outbox.

        Raises:
            RelayLockedError: another relay kept it for `timeout` seconds.
            OutboxError: the database cannot be written.
        """
        lock = FileLock(outbox.directory / RELAY_LOCK)
        try:
            free = lock.acquire(timeout, this_process())
        except OSError as error:
            raise OutboxError(f"{lock.path}: {error.strerror}") from error
        if not free:
            owner = lock.note() or "an unknown process"
            raise RelayLockedError(
                f"{outbox.directory}: another relay ({owner}) delivers this outbox; it takes these rows "
                "along, or stop "
                "it first",
                owner,
            )
        try:
            with outbox.database.writing() as connection:
                values = connection.execute(
                    "UPDATE relay SET generation = generation + 1, pid = ?, boot_id = ? RETURNING generation",
                    (os.getpid(), _boot_id()),
                ).fetchall()
        except BaseException:
            lock.release()
            raise
        return cls(outbox, lock, int(values[0][0]))

    @property
    def held(self) -> bool:
        """False after `release`, and in a forked child."""
        return self._lock.held

    def release(self) -> None:
        """Let another relay in."""
        self._lock.release()

    def next_row(self) -> Row | None:
        """The row to work on: one of unknown outcome first, else the oldest by row id."""
        with self._database.reading() as connection:
            for condition in ("attempt_partition IS NOT NULL", "state NOT IN ('sent', 'dead')"):
                values = connection.execute(
                    f"{SELECT_ROW}WHERE {condition} ORDER BY row_id LIMIT 1"
                ).fetchone()
                if values is not None:
                    return parse_row(values)
        return None

    def mark_sending(self, row: Row, attempt: Attempt) -> None:
        """Commit where a record is about to go, before the network is asked.

        Raises:
            OutboxError: not committed, or the lease is lost: do not send.
        """
        self._update(
            row,
            "state = 'sending', attempts = ?, attempt_partition = ?, attempt_end_offset = ?",
            (attempt.number, attempt.partition, attempt.end_offset),
        )

    def mark_sent(self, row: Row, partition: int, offset: int) -> None:
        """Commit that the record stands in the log.

        Raises:
            OutboxError: not committed, or the lease is lost; the next relay finds the record in the log.
        """
        self._update(
            row,
            "state = 'sent', error = NULL, attempt_partition = NULL, attempt_end_offset = NULL, partition "
            "= ?, "
            '"offset" = ?, finished_ms = ?',
            (partition, offset, self._outbox.now_ms()),
        )

    def mark_pending(self, row: Row, reason: str) -> None:
        """Commit that an attempt failed for certain.

        Raises:
            OutboxError: not committed, or the lease is lost.
        """
        self._update(
            row,
            "state = 'pending', error = ?, attempt_partition = NULL, attempt_end_offset = NULL",
            (reason,),
        )

    def mark_dead(self, row: Row, reason: str) -> None:
        """Commit that the record itself cannot be delivered.

        Raises:
            OutboxError: not committed, or the lease is lost.
        """
        self._update(
            row,
            "state = 'dead', error = ?, attempt_partition = NULL, attempt_end_offset = NULL, finished_ms = ?",
            (reason, self._outbox.now_ms()),
        )

    def note(self, row: Row, reason: str) -> None:
        """Keep why a row waits, for `status`; a reason that is there already costs no commit.

        Raises:
            OutboxError: not committed, or the lease is lost.
        """
        if row.error != reason:
            self._update(row, "error = ?", (reason,))

    def _update(self, row: Row, assignments: str, values: tuple[object, ...]) -> None:
        if not self._lock.held:
            raise OutboxError(f"{self._outbox.directory}: this relay has given up its lock, or was forked")
        with self._database.writing() as connection:
            changed = connection.execute(
                f"UPDATE record SET {assignments} "  # noqa: S608 the assignments are the constants above
                "WHERE row_id = ? AND (SELECT generation FROM relay) = ?",
                (*values, row.row_id, self.generation),
            ).rowcount
        if changed != 1:
            self.release()
            raise OutboxError(
                f"{self._outbox.directory}: another relay took over (generation {self.generation} is past), "
                "or row "
                f"{row.row_id} is gone; nothing was changed"
            )


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
