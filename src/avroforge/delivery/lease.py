"""The right to deliver one outbox: a file lock, a generation, and the state changes that both guard."""

from __future__ import annotations

import os
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from avroforge.delivery.lock import RELAY_LOCK, FileLock, this_process
from avroforge.delivery.row import SELECT_ROW, Attempt, Row, parse_row
from avroforge.errors import OutboxError, RelayLockedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from avroforge.delivery.outbox import Outbox
    from avroforge.delivery.transport import GroupLimit

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Lease:
    """Held by one relay at a time; every update names the generation, so one that lost it changes nothing."""

    def __init__(self, outbox: Outbox, lock: FileLock, generation: int) -> None:
        self._outbox = outbox
        self._database = outbox.database
        self._lock = lock
        self._insecure = False
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

    def next_rows(self, limit: GroupLimit, passing_over: Collection[str] = ()) -> tuple[Row, ...]:
        """The rows to work on: those of unknown outcome first, else the oldest of one topic, by row id.

        Args:
            limit: at most so many; the first row is taken whatever its size.
            passing_over: topics to leave alone.
        """
        marks = ", ".join("?" * len(passing_over))
        elsewhere = f"topic NOT IN ({marks})"
        with self._database.reading() as connection:

            def select(condition: str, values: tuple[object, ...], count: int) -> list[Row]:
                found = connection.execute(
                    f"{SELECT_ROW}WHERE {condition} AND {elsewhere} ORDER BY row_id LIMIT ?",
                    (*values, *passing_over, count),
                )
                return [parse_row(each) for each in found]

            rows = select("attempt_partition IS NOT NULL", (), limit.records)
            if not rows:
                rows = select("state NOT IN ('sent', 'dead')", (), 1)
                if rows and limit.records > 1:
                    rows = select(
                        "state NOT IN ('sent', 'dead') AND topic = ?", (rows[0].topic,), limit.records
                    )
        sizes = accumulate(row.size for row in rows)
        return tuple(
            row for row, total in zip(rows, sizes, strict=True) if row is rows[0] or total <= limit.size
        )

    def mark_sending(self, attempts: Sequence[tuple[Row, Attempt]]) -> None:
        """Commit where records are about to go, before the network is asked; `secure` makes it durable.

        Raises:
            OutboxError: not committed, or the lease is lost: do not send.
        """
        self._insecure = True
        self._update(
            "state = 'sending', attempts = ?, attempt_partition = ?, attempt_end_offset = ?",
            [(row, (to.number, to.partition, to.end_offset)) for row, to in attempts],
            durable=False,
        )

    def secure(self) -> None:
        """Return once `mark_sending` survives the power supply.

        Raises:
            OutboxError: it may not: let nothing become readable.
        """
        if self._insecure:
            self._database.secure()
            self._insecure = False

    def mark_sent(self, places: Sequence[tuple[Row, int, int]]) -> None:
        """Commit that records stand in the log.

        It is not made durable here: should the power fail, the records are looked for, and found.

        Args:
            places: each row with its partition and offset.

        Raises:
            OutboxError: not committed, or the lease is lost; the next relay finds the records in the log.
        """
        now = self._outbox.now_ms()
        self._update(
            "state = 'sent', error = NULL, attempt_partition = NULL, attempt_end_offset = NULL, partition "
            "= ?, "
            '"offset" = ?, finished_ms = ?',
            [(row, (partition, offset, now)) for row, partition, offset in places],
            durable=False,
        )

    def mark_pending(self, reasons: Sequence[tuple[Row, str | None]]) -> None:
        """Commit that attempts failed for certain.

        Args:
            reasons: each row with the reason; None where it is no fault of the row or its destination.

        Raises:
            OutboxError: not committed, or the lease is lost.
        """
        self._update(
            "state = 'pending', error = ?, attempt_partition = NULL, attempt_end_offset = NULL",
            [(row, (reason,)) for row, reason in reasons],
        )

    def mark_dead(self, row: Row, reason: str) -> None:
        """Commit that the record itself cannot be delivered.

        Raises:
            OutboxError: not committed, or the lease is lost.
        """
        self._update(
            "state = 'dead', error = ?, attempt_partition = NULL, attempt_end_offset = NULL, finished_ms = ?",
            [(row, (reason, self._outbox.now_ms()))],
        )

    def note(self, rows: Iterable[Row], reason: str) -> None:
        """Keep why rows wait, for `status`; a reason that is there already costs no commit.

        Raises:
            OutboxError: not committed, or the lease is lost.
        """
        changes = [(row, (reason,)) for row in rows if row.error != reason]
        if changes:
            self._update("error = ?", changes)

    def _update(
        self, assignments: str, changes: Sequence[tuple[Row, tuple[object, ...]]], *, durable: bool = True
    ) -> None:
        """All changes in one commit, or none."""
        if not self._lock.held:
            raise OutboxError(f"{self._outbox.directory}: this relay has given up its lock, or was forked")
        with self._database.writing(durable=durable) as connection:
            for row, values in changes:
                changed = connection.execute(
                    f"UPDATE record SET {assignments} "  # noqa: S608 the assignments are the constants above
                    "WHERE row_id = ? AND (SELECT generation FROM relay) = ?",
                    (*values, row.row_id, self.generation),
                ).rowcount
                if changed != 1:
                    self.release()
                    raise OutboxError(
                        f"{self._outbox.directory}: another relay took over (generation {self.generation} is "
                        f"past), or row {row.row_id} is gone; nothing was changed"
                    )


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
