"""One row on its way: frame, send, and settle what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from avroforge.delivery.database import is_corruption
from avroforge.delivery.record import CREATED_HEADER, RESULT_ID_HEADER, RowState
from avroforge.delivery.row import Attempt, Row
from avroforge.delivery.transport import (
    Absent,
    Delivered,
    Forgotten,
    Found,
    InFlight,
    OutgoingRecord,
    RecordFault,
    Refused,
    Transport,
    Unknown,
)
from avroforge.errors import OutboxError, RegistryError, RegistryUnavailableError, TransportError
from avroforge.wire.framing import frame

if TYPE_CHECKING:
    from avroforge.delivery.lease import Lease
    from avroforge.delivery.outbox import Outbox


# A relay that is told to stop looks up this often while a record is in flight.
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
    """Nothing is left to deliver."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A row was delivered."""

    row_id: int
    size: int


@dataclass(frozen=True, slots=True)
class Died:
    """A row is dead."""

    row_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The one record in flight is still open."""

    row_id: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """The world does not let any record through; the rows stay.

    Attributes:
        retriable: True when another attempt may succeed without anyone's help.
    """

    reason: str
    retriable: bool


Step: TypeAlias = Idle | Sent | Died | Waiting | Blocked


class Courier:
    """Takes one row at a time to its destination, for as long as its lease lasts."""

    def __init__(self, outbox: Outbox, lease: Lease, transport: Transport, framer: Framer) -> None:
        self._outbox = outbox
        self._lease = lease
        self._transport = transport
        self._framer = framer
        self._flight: tuple[Row, InFlight] | None = None
        # The row whose latest attempt by this courier ended in `Unknown`, and the one that a fence and a
        # search have since shown to be in no log: it may be sent again.
        self._unknown: tuple[int, str] | None = None
        self._cleared: int | None = None

    @property
    def in_flight(self) -> bool:
        """Whether a record is on its way whose outcome was not seen yet."""
        return self._flight is not None

    def step(self, timeout: float) -> Step:
        """Bring the current row as far as `timeout` seconds per call to the transport allow.

        Raises:
            OutboxError: the outbox cannot be read or written, or another relay took over.
        """
        if self._flight is not None:
            return self._await(*self._flight, timeout)
        row = self._lease.next_row()
        if row is None:
            return Idle()
        if row.damage is not None:
            return self._bury(row, _damage_report(row, row.damage))
        if row.state is RowState.SENDING and row.attempt is not None:
            if self._cleared == row.row_id:
                return self._start(row, row.attempt.partition, timeout)
            return self._settle(row, row.attempt, timeout)
        return self._start(row, None, timeout)

    def _settle(self, row: Row, attempt: Attempt, timeout: float) -> Step:
        """Find out what became of an attempt whose outcome nobody saw."""
        try:
            self._transport.fence(timeout=timeout)
            found = self._transport.find(
                row.topic, attempt.partition, row.result_id, attempt.end_offset, timeout=timeout
            )
        except TransportError as error:
            reason = f"outcome of attempt {attempt.number} is unknown, and looking for it failed: {error}"
            return self._block(row, reason, error.retriable)
        match found:
            case Found(offset):
                self._lease.mark_sent(row, attempt.partition, offset)
                return Sent(row.row_id, row.size)
            case Absent() | Forgotten():
                # Forgotten: it may have been there, and gone by retention. A second copy is dropped by its
                # id downstream; a lost result is lost.
                if self._unknown is None or self._unknown[0] != row.row_id:
                    return self._start(row, attempt.partition, timeout)
                # Now it is a definite failure, to be retried no faster than any other.
                self._cleared = row.row_id
                reason = f"attempt {attempt.number} did not arrive: {self._unknown[1]}"
                return self._block(row, reason, retriable=True)

    def _start(self, row: Row, partition: int | None, timeout: float) -> Step:
        """Send a row that is in no log: to `partition` if an earlier attempt chose one."""
        bare = self._payload(row)
        if isinstance(bare, str):
            return self._bury(row, bare)
        try:
            value = frame(self._framer.schema_id(row.subject, row.schema_key, row.schema_text), bare)
        except RegistryError as error:
            return self._block(row, f"registry: {error}", isinstance(error, RegistryUnavailableError))
        except ValueError as error:
            return self._block(row, f"registry: {error}", retriable=False)
        try:
            if partition is None:
                partition = self._transport.partition_for(row.topic, row.result_id, timeout=timeout)
            end_offset = self._transport.end_offset(row.topic, partition, timeout=timeout)
        except TransportError as error:
            return self._block(row, str(error), error.retriable)
        self._lease.mark_sending(row, Attempt(row.attempts + 1, partition, end_offset))
        flight = self._transport.send(_outgoing(row, partition, value), timeout=timeout)
        self._flight = (row, flight)
        self._unknown = self._cleared = None
        return self._await(row, flight, timeout)

    def _await(self, row: Row, flight: InFlight, timeout: float) -> Step:
        step: Step
        match flight.wait(min(timeout, _WAIT_SLICE)):
            case None:
                return Waiting(row.row_id)
            case Delivered(partition, offset):
                self._lease.mark_sent(row, partition, offset)
                step = Sent(row.row_id, row.size)
            case Refused(reason, retriable):
                self._lease.mark_pending(row, reason)
                step = Blocked(reason, retriable)
            case RecordFault(reason):
                step = self._bury(row, reason)
            case Unknown(reason):
                # The row stays in `sending`: the next step fences and looks for it.
                self._lease.note(row, f"outcome unknown: {reason}")
                self._unknown = (row.row_id, reason)
                step = Waiting(row.row_id)
        # Forgotten only once the outcome is committed: until then it can be asked for again.
        self._flight = None
        return step

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

    def _bury(self, row: Row, reason: str) -> Died:
        self._lease.mark_dead(row, reason)
        return Died(row.row_id, reason)

    def _block(self, row: Row, reason: str, retriable: bool) -> Blocked:
        self._lease.note(row, reason)
        return Blocked(reason, retriable)


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
