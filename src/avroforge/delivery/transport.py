"""What the relay needs from a destination, and no more than Kafka can honestly give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRecord:
    """A record as it travels: framed, with all its headers.

    Attributes:
        key: the result id.
        value: the framed bytes.
        headers: pairs of name and value, ``result-id`` among them: what `Transport.find` looks for.
        created_ms: milliseconds since 1970; a broker may stamp its own time instead.
    """

    topic: str
    partition: int
    key: str
    value: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...]
    created_ms: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """The record is in the log, acknowledged as durably as the destination can."""

    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The record is not in the log and will not be: a fault of the world, not of the record.

    Attributes:
        reason: what went wrong and what to do about it.
        retriable: True when another attempt may succeed without anyone's help.
    """

    reason: str
    retriable: bool


@dataclass(frozen=True, slots=True)
class RecordFault:
    """The record is not in the log and never can be, for instance because it is too large."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The record may be in the log, or may still get there: connection lost, no answer in time.

    Only `Transport.fence` followed by `Transport.find` settles it.
    """

    reason: str


Outcome: TypeAlias = Delivered | Refused | RecordFault | Unknown


@dataclass(frozen=True, slots=True)
class Found:
    """The record stands in the log at `offset`."""

    offset: int


@dataclass(frozen=True, slots=True)
class Absent:
    """The searched part of the log is complete, and the record is not in it."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The log no longer reaches back to where the search had to start (retention, deleted records).

    Attributes:
        first_offset: the oldest offset that is left.
    """

    first_offset: int


SearchResult: TypeAlias = Found | Absent | Forgotten


class InFlight(Protocol):
    """One record on its way; there is never a second one."""

    def wait(self, timeout: float) -> Outcome | None:
        """The outcome, or None when it is still open after `timeout` seconds.

        None cancels nothing: the record stays on its way, and `wait` may be called again. Once an outcome was
        returned, every later call returns it again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Settled:
    """An `InFlight` whose outcome was known at once."""

    outcome: Outcome

    def wait(self, timeout: float) -> Outcome | None:  # noqa: ARG002 the protocol's signature
        """The outcome."""
        return self.outcome


class Transport(Protocol):
    """A destination with topics, partitions and offsets.

    Used by one thread at a time. Every call is bounded by its timeout (seconds). Calls other than `send`
    raise `TransportError` when they could not be done; its `retriable` says whether to ask again unaided.
    """

    def partition_for(self, topic: str, key: str, *, timeout: float) -> int:
        """The partition for a key, the same for every call while the topic is not repartitioned."""
        ...

    def end_offset(self, topic: str, partition: int, *, timeout: float) -> int:
        """An offset that every record appended from now on is at or after."""
        ...

    def send(self, record: OutgoingRecord, *, timeout: float) -> InFlight:
        """Hand over one record; never raises `TransportError`, because what happened is the outcome's to say.

        `timeout` bounds the hand-over (finding the leader, room in a buffer), not the wait for the outcome.
        """
        ...

    def fence(self, *, timeout: float) -> None:
        """Return once nothing sent earlier under this producer's name can still be appended.

        By name, not by connection: also what another process sent under it. A Kafka transport takes over the
        `transactional_id`, or waits out the delivery timeout of whoever sent before.
        """
        ...

    def find(
        self, topic: str, partition: int, result_id: str, from_offset: int, *, timeout: float
    ) -> SearchResult:
        """Look for the header ``result-id`` from `from_offset` to the end, as a consumer would see the log.

        After `fence` the answer is final. When the log ends before `from_offset` (the topic was made anew)
        the search starts at its beginning.
        """
        ...

    def close(self, timeout: float) -> None:
        """Let go of connections and files; whatever is unsettled stays so."""
        ...
