"""What a consumer needs from where records are read, and no more than Kafka can honestly give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingRecord:
    r"""A record as it was read.

    Attributes:
        key: bytes that are no ASCII stand as ``\xNN``, here and in the headers.
        value: the bytes as they are; empty where the record has none.
        created_ms: milliseconds since 1970.
    """

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...]
    created_ms: int

    def header(self, name: str) -> str | None:
        """The value of the first header with this name."""
        return next((value for each, value in self.headers if each == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPlace:
    """From where a reader without a group reads; by default from the beginning.

    Attributes:
        offset: the first offset, in every partition.
        since_ms: the first record of this time (milliseconds since 1970) or a later one.
    """

    offset: int = 0
    since_ms: int | None = None


class RecordSource(Protocol):
    """One topic, read record by record; used by one thread at a time.

    Every call ends within the source's time-out for each answer it waits for, and raises `TransportError`
    when there is none.
    """

    def next_record(self) -> IncomingRecord | None:
        """The next record, or None when all that is there now was read."""
        ...

    def done(self, record: IncomingRecord) -> None:
        """The record was processed: a group does not get it again, once this returns.

        Without a group it does nothing. A partition that another member took over in the meantime is no
        error: that member reads the record again.
        """
        ...

    def close(self, timeout: float) -> None:
        """Let go of connections and files, and of the group."""
        ...


class JointSource:
    """Several sources of one topic each, as one: a later one is asked where the earlier ones have nothing."""

    def __init__(self, sources: Sequence[RecordSource]) -> None:
        self._sources = sources
        self._given: dict[str, RecordSource] = {}

    def next_record(self) -> IncomingRecord | None:
        """The next record of the first source that has one."""
        for source in self._sources:
            record = source.next_record()
            if record is not None:
                self._given[record.topic] = source
                return record
        return None

    def done(self, record: IncomingRecord) -> None:
        """Tell the source that it came from."""
        self._given[record.topic].done(record)

    def close(self, timeout: float) -> None:
        """Let go of all of them."""
        for source in self._sources:
            source.close(timeout)
