"""What the relay needs from a destination, and no more than Kafka can honestly give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


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
        topic: set when the fault concerns only this topic, so that others may go on.
    """

    reason: str
    retriable: bool
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The record is not in the log, for no fault of its own: another one of its group was refused."""


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


Outcome: TypeAlias = Delivered | Refused | Withdrawn | RecordFault | Unknown


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


@dataclass(frozen=True, slots=True)
class GroupLimit:
    """How much one `Transport.send` takes.

    Attributes:
        records: at most so many.
        size: bytes of their values together; a single record may be larger.
    """

    records: int = 1
    size: int = 16 * 1024 * 1024


class InFlight(Protocol):
    """One group of records on its way; there is never a second one."""

    def wait(self, timeout: float) -> tuple[Outcome, ...] | None:
        """The outcome of each record, in their order, or None when one is still open after `timeout` seconds.

        The first call lets the records become readable: until then the relay has time to make durable where
        it sends them. None cancels nothing: the records stay on their way, and `wait` may be called again.
        Once the outcomes were returned, every later call returns them again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Settled:
    """An `InFlight` whose outcomes were known at once."""

    outcomes: tuple[Outcome, ...]

    def wait(self, timeout: float) -> tuple[Outcome, ...] | None:  # noqa: ARG002 the protocol's signature
        """The outcomes."""
        return self.outcomes


class Transport(Protocol):
    """A destination with topics, partitions and offsets.

    Used by one thread at a time. Every call is bounded by its timeout (seconds). Calls other than `send`
    raise `TransportError` when they could not be done; its `retriable` says whether to ask again unaided, its
    `topic` whether only one topic is concerned.
    """

    @property
    def group_limit(self) -> GroupLimit:
        """How much one `send` takes."""
        ...

    def partition_for(self, topic: str, key: str, *, timeout: float) -> int:
        """The partition for a key, the same for every call while the topic is not repartitioned."""
        ...

    def end_offset(self, topic: str, partition: int, *, timeout: float) -> int:
        """An offset that every record appended from now on is at or after."""
        ...

    def send(self, records: Sequence[OutgoingRecord], *, timeout: float) -> InFlight:
        """Hand over a group of records of one topic; those of one partition arrive in their order.

        Nobody can read them before the first `InFlight.wait`.

        Never raises `TransportError`, because what happened is the outcomes' to say. `timeout` bounds the
        hand-over (finding the leader, room in a buffer), not the wait for the outcomes.
        """
        ...

    def fence(self, topic: str, *, timeout: float) -> None:
        """Return once nothing sent earlier to a topic under this producer's name can still be appended.

        By name, not by connection: also what another process sent under it. A Kafka transport takes over the
        `transactional_id`.
        """
        ...

    def find(
        self, topic: str, partition: int, result_ids: Collection[str], from_offset: int, *, timeout: float
    ) -> Mapping[str, SearchResult]:
        """Look for headers ``result-id`` from `from_offset` to the end, as a consumer would see the log.

        After `fence` the answers, one for each id, are final. When the log ends before `from_offset` (the
        topic was made anew) the search starts at its beginning.
        """
        ...

    def close(self, timeout: float) -> None:
        """Let go of connections and files; whatever is unsettled stays so."""
        ...
