"""What a person wants to know about an outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from avroforge.delivery.lock import RELAY_LOCK, FileLock

if TYPE_CHECKING:
    from pathlib import Path

    from avroforge.delivery.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows per state."""

    pending: int = 0
    sending: int = 0
    sent: int = 0
    dead: int = 0

    @property
    def unfinished(self) -> int:
        """Rows that are still to be delivered."""
        return self.pending + self.sending


@dataclass(frozen=True, slots=True)
class Pruned:
    """What `Outbox.prune` freed."""

    rows: int
    size: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows of one state are where they are.

    Attributes:
        rows: how many give this reason.
        result_id: one of them, the first.
        oldest_seconds: age of the oldest of them.
    """

    state: str
    reason: str
    rows: int
    result_id: str
    oldest_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxStatus:
    """A moment of an outbox.

    Attributes:
        oldest_seconds: age of the oldest record that is still to be delivered; None when there is none.
        delivered_seconds: how long ago the last one was delivered; None when none ever was.
        relay: who delivers it, ``pid 4711 on host``, or who did last; empty when nobody ever did.
        spilled: records that wait in the spill directory.
        set_aside: spill files that no import can use: damaged, or an id with other bytes.
        damaged: what was kept after damage: databases by `salvage`, logs that SQLite could not use up.
        size: bytes of the database file and its log.
    """

    directory: Path
    outbox_id: str
    counts: Counts
    oldest_seconds: float | None
    delivered_seconds: float | None
    reasons: tuple[Reason, ...]
    relay: str
    spilled: int
    set_aside: tuple[Path, ...]
    damaged: tuple[Path, ...]
    size: int


def read_status(outbox: Outbox) -> OutboxStatus:
    """Look at an outbox without changing it.

    Raises:
        OutboxError: the database cannot be read.
    """
    with outbox.database.reading() as connection:
        oldest = connection.execute(
            "SELECT min(created_ms) FROM record WHERE state NOT IN ('sent', 'dead')"
        ).fetchone()[0]
        reasons = connection.execute(
            "SELECT state, error, rows, result_id, oldest FROM ("
            "SELECT state, error, count(*) AS rows, min(row_id) AS first, min(created_ms) AS oldest "
            "FROM record WHERE error IS NOT NULL GROUP BY state, error"
            ") JOIN (SELECT row_id, result_id FROM record) ON row_id = first ORDER BY first"
        ).fetchall()
        (delivered,) = connection.execute(
            "SELECT max(finished_ms) FROM record WHERE state = 'sent'"
        ).fetchone()
    spill = outbox.spill
    now = outbox.now_ms()

    def age(since_ms: int) -> float:
        # A clock that was set back makes no negative age.
        return max(0.0, (now - since_ms) / 1000)

    return OutboxStatus(
        directory=outbox.directory,
        outbox_id=outbox.id,
        counts=outbox.counts(),
        oldest_seconds=None if oldest is None else age(oldest),
        delivered_seconds=None if delivered is None else age(delivered),
        reasons=tuple(
            Reason(state, error, rows, identity, age(made)) for state, error, rows, identity, made in reasons
        ),
        relay=FileLock(outbox.directory / RELAY_LOCK).note(),
        spilled=spill.count() if spill else 0,
        set_aside=spill.set_aside_files() if spill else (),
        damaged=tuple(sorted(outbox.directory.glob("damaged-*"))),
        size=outbox.database.size(),
    )
