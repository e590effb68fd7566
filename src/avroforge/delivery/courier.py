"""Rows on their way: frame, send, and settle what became of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from avroforge.delivery.database import is_corruption
from avroforge.delivery.record import CREATED_HEADER, RESULT_ID_HEADER
from avroforge.delivery.row import Attempt, Row
from avroforge.delivery.transport import (
    Delivered,
    Found,
    InFlight,
    OutgoingRecord,
    RecordFault,
    Refused,
    Transport,
    Unknown,
    Withdrawn,
)
from avroforge.errors import OutboxError, RegistryError, RegistryUnavailableError, TransportError
from avroforge.wire.framing import frame

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from avroforge.delivery.lease import Lease
    from avroforge.delivery.outbox import Outbox
    from avroforge.delivery.transport import Outcome, SearchResult


# A relay that is told to stop looks up this often while records are in flight.
_WAIT_SLICE: Final = 0.25


class Framer(Protocol):
    """Whoever knows the schema ids: the registry side."""

    def schema_id(self, subject: str, schema_key: str, schema_text: str) -> int:
        """The id to put before a record, registering the schema when that is allowed.

        Args:
            subject: the registry subject.
            schema_key: identity of the schema, for a cache.
            schema_text: the self-contained schema.

        Raises:
            RegistryError: no id can be had; the relay waits and asks again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is left to deliver, but for what was passed over."""


@dataclass(frozen=True, slots=True)
class Settling:
    """Rows came further.

    Attributes:
        sent: rows that were delivered, as they were before.
        dead: rows that can never be, with the reason.
    """

    sent: tuple[Row, ...] = ()
    dead: tuple[tuple[Row, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """The group in flight is still open, or its outcome has to be looked for."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """The world does not let records through; the rows stay.

    Attributes:
        retriable: True when another attempt may succeed without anyone's help.
        topic: set when only this topic is concerned.
    """

    reason: str
    retriable: bool
    topic: str | None = None


Step: TypeAlias = Idle | Settling | Waiting | Blocked


class Courier:
    """Takes one group of rows at a time to its destination, for as long as its lease lasts."""

    def __init__(self, outbox: Outbox, lease: Lease, transport: Transport, framer: Framer) -> None:
        self._outbox = outbox
        self._lease = lease
        self._transport = transport
        self._framer = framer
        self._flight: tuple[tuple[Row, ...], InFlight] | None = None
        # Rows whose latest attempt by this courier ended in `Unknown`, with the reason, and rows that a fence
        # and a search have since shown to be in no log: those may be sent again.
        self._unknown: dict[int, str] = {}
        self._cleared: set[int] = set()

    @property
    def in_flight(self) -> bool:
        """Whether records are on their way whose outcome was not seen yet."""
        return self._flight is not None

    def step(self, timeout: float, passing_over: Collection[str] = ()) -> Step:
        """Bring the current rows as far as `timeout` seconds per call to the transport allow.

        Args:
            timeout: seconds.
            passing_over: topics to leave alone for now.

        Raises:
            OutboxError: the outbox cannot be read or written, or another relay took over.
        """
        if self._flight is not None:
            return self._await(*self._flight, timeout)
        rows = self._lease.next_rows(self._transport.group_limit, passing_over)
        if not rows:
            return Idle()
        damaged = [(row, _damage_report(row, row.damage)) for row in rows if row.damage is not None]
        if damaged:
            return self._bury(damaged)
        unsettled = [row for row in rows if row.attempt is not None and row.row_id not in self._cleared]
        if unsettled:
            return self._settle([row for row in unsettled if row.topic == unsettled[0].topic], timeout)
        return self._start([row for row in rows if row.topic == rows[0].topic], timeout)

    def _settle(self, rows: Sequence[Row], timeout: float) -> Step:
        """Find out what became of attempts at one topic whose outcome nobody saw."""
        try:
            self._transport.fence(rows[0].topic, timeout=timeout)
            found = self._search(rows, timeout)
        except TransportError as error:
            attempt = rows[0].attempt
            number = attempt.number if attempt else rows[0].attempts
            reason = f"outcome of attempt {number} is unknown, and looking for it failed: {error}"
            return self._block(rows, reason, error.retriable, error.topic)
        there = [
            (row, row.attempt.partition, result.offset)
            for row in rows
            if isinstance(result := found[row.row_id], Found) and row.attempt is not None
        ]
        if there:
            # The others are looked for once more, in the next step.
            self._lease.mark_sent(there)
            return _delivered(there)
        # Absent or forgotten: what retention has taken may have been there. A second copy is dropped by its
        # id downstream; a lost result is lost.
        self._cleared.update(row.row_id for row in rows)
        failed = [row for row in rows if row.row_id in self._unknown]
        if failed:
            # Now it is a definite failure, to be retried no faster than any other.
            first = failed[0]
            reason = f"attempt {first.attempts} did not arrive: {self._unknown[first.row_id]}"
            return self._block(failed, reason, retriable=True)
        return Waiting()

    def _search(self, rows: Sequence[Row], timeout: float) -> dict[int, SearchResult]:
        partitions: defaultdict[int, list[Row]] = defaultdict(list)
        for row in rows:
            if row.attempt is not None:
                partitions[row.attempt.partition].append(row)
        found: dict[int, SearchResult] = {}
        for partition, group in partitions.items():
            start = min(row.attempt.end_offset for row in group if row.attempt is not None)
            ids = [row.result_id for row in group]
            results = self._transport.find(group[0].topic, partition, ids, start, timeout=timeout)
            found.update((row.row_id, results[row.result_id]) for row in group)
        return found

    def _start(self, rows: Sequence[Row], timeout: float) -> Step:
        """Send rows of one topic that are in no log: each to the partition that an earlier attempt chose."""
        values: list[tuple[Row, bytes]] = []
        damaged: list[tuple[Row, str]] = []
        try:
            for row in rows:
                bare = self._payload(row)
                if isinstance(bare, str):
                    damaged.append((row, bare))
                    continue
                values.append((row, frame(self._schema_id(row), bare)))
        except RegistryError as error:
            retriable = isinstance(error, RegistryUnavailableError)
            return self._block([row], f"registry: {error}", retriable, row.topic)
        except ValueError as error:
            return self._block([row], f"registry: {error}", retriable=False, topic=row.topic)
        if damaged:
            return self._bury(damaged)
        try:
            attempts = self._attempts(rows, timeout)
        except TransportError as error:
            return self._block(rows, str(error), error.retriable, error.topic)
        self._lease.mark_sending(attempts)
        records = [
            _outgoing(row, attempt.partition, value)
            for (row, attempt), (_, value) in zip(attempts, values, strict=True)
        ]
        flight = self._transport.send(records, timeout=timeout)
        self._flight = (tuple(rows), flight)
        for row in rows:
            self._unknown.pop(row.row_id, None)
            self._cleared.discard(row.row_id)
        return self._await(*self._flight, timeout)

    def _schema_id(self, row: Row) -> int:
        return self._framer.schema_id(row.subject, row.schema_key, row.schema_text)

    def _attempts(self, rows: Sequence[Row], timeout: float) -> list[tuple[Row, Attempt]]:
        ends: dict[int, int] = {}
        attempts = []
        for row in rows:
            if row.attempt is not None:
                partition = row.attempt.partition
            else:
                partition = self._transport.partition_for(row.topic, row.result_id, timeout=timeout)
            if partition not in ends:
                ends[partition] = self._transport.end_offset(row.topic, partition, timeout=timeout)
            attempts.append((row, Attempt(row.attempts + 1, partition, ends[partition])))
        return attempts

    def _await(self, rows: Sequence[Row], flight: InFlight, timeout: float) -> Step:
        # While the records travel; nobody can read them before `wait`.
        self._lease.secure()
        outcomes = flight.wait(min(timeout, _WAIT_SLICE))
        if outcomes is None:
            return Waiting()
        step = self._conclude(list(zip(rows, outcomes, strict=True)))
        # Forgotten only once the outcomes are committed: until then they can be asked for again.
        self._flight = None
        return step

    def _conclude(self, pairs: Sequence[tuple[Row, Outcome]]) -> Step:
        """Commit every outcome, and say what it means for the relay."""
        delivered: list[tuple[Row, int, int]] = []
        pending: list[tuple[Row, str | None]] = []
        dead: list[tuple[Row, str]] = []
        refused: Refused | None = None
        for row, outcome in pairs:
            match outcome:
                case Delivered(partition, offset):
                    delivered.append((row, partition, offset))
                case Refused(reason):
                    pending.append((row, reason))
                    refused = refused or outcome
                case Withdrawn():
                    pending.append((row, None))
                case RecordFault(reason):
                    dead.append((row, reason))
                case Unknown(reason):
                    # The row stays in `sending`: the next step fences and looks for it.
                    self._unknown[row.row_id] = reason
        if delivered:
            self._lease.mark_sent(delivered)
        if pending:
            self._lease.mark_pending(pending)
        self._note_unknown(pairs)
        buried = self._bury(dead)
        if not delivered and not dead:
            return Waiting() if refused is None else Blocked(refused.reason, refused.retriable, refused.topic)
        return replace(_delivered(delivered), dead=buried.dead)

    def _note_unknown(self, pairs: Sequence[tuple[Row, Outcome]]) -> None:
        reasons: defaultdict[str, list[Row]] = defaultdict(list)
        for row, outcome in pairs:
            if isinstance(outcome, Unknown):
                reasons[outcome.reason].append(row)
        for reason, rows in reasons.items():
            self._lease.note(rows, f"outcome unknown: {reason}")

    def _payload(self, row: Row) -> bytes | str:
        """The bytes of a row, or why they cannot be sent."""
        try:
            bare = self._outbox.payload(row.row_id)
        except OutboxError as error:
            if not is_corruption(error.__cause__):
                raise
            return f"payload: {error}"
        if bare is None:
            return "payload: gone from the database"
        if not row.with_payload(bare).intact:
            return f"payload: expected sha256 {row.sha256}, got others: a bit flipped in the database"
        return bare

    def _bury(self, dead: Sequence[tuple[Row, str]]) -> Settling:
        for row, reason in dead:
            self._lease.mark_dead(row, reason)
        return Settling(dead=tuple(dead))

    def _block(self, rows: Sequence[Row], reason: str, retriable: bool, topic: str | None = None) -> Blocked:
        self._lease.note(rows, reason)
        return Blocked(reason, retriable, topic)


def _delivered(places: Sequence[tuple[Row, int, int]]) -> Settling:
    return Settling(tuple(row for row, _, _ in places))


def _outgoing(row: Row, partition: int, value: bytes) -> OutgoingRecord:
    created = datetime.fromtimestamp(row.created_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return OutgoingRecord(
        topic=row.topic,
        partition=partition,
        key=row.result_id,
        value=value,
        headers=(*row.headers, (RESULT_ID_HEADER, row.result_id), (CREATED_HEADER, created)),
        created_ms=row.created_ms,
    )


def _damage_report(row: Row, damage: str) -> str:
    if row.attempt is None:
        return damage
    return (
        f"{damage}; attempt {row.attempt.number} may have delivered it to partition {row.attempt.partition} "
        "at or after "
        f"offset {row.attempt.end_offset}"
    )
