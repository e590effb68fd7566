"""Reads a topic of the embedded log, alone or as a group of one member at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.delivery.file_system import make_private_directory, write_atomically
from avroforge.delivery.lock import FileLock, this_process
from avroforge.delivery.source import IncomingRecord, StartPlace
from avroforge.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from avroforge.delivery.log_entry import LogEntry
    from avroforge.delivery.topic_log import TopicLog

_ONLY_PARTITION: Final = 0


class TopicLogSource:
    """A `RecordSource` over the embedded log.

    Args:
        log: where the topic is; closed with this.
        topic: its name.
        start: from where to read without a group.
        position: the file that keeps the position of the group; None reads without one.
    """

    def __init__(
        self, log: TopicLog, topic: str, start: StartPlace | None = None, position: Path | None = None
    ) -> None:
        self._log = log
        self._topic = topic
        start = start or StartPlace()
        self._since_ms = start.since_ms
        self._offset = start.offset
        self._path = position
        self._lock = FileLock(position.with_name(f"{position.name}.lock")) if position else None
        self._entries: Iterator[LogEntry] | None = None

    def next_record(self) -> IncomingRecord | None:
        """The entry after the one before, or None at the end of the log.

        Raises:
            TransportError: a damaged entry; another process reads for the group.
        """
        self._join()
        while (entry := self._next_entry()) is not None:
            self._offset = entry.offset + 1
            if self._since_ms is not None and entry.timestamp_ms < self._since_ms:
                continue
            self._since_ms = None
            return IncomingRecord(
                topic=self._topic,
                partition=_ONLY_PARTITION,
                offset=entry.offset,
                key=entry.key,
                value=entry.value,
                headers=entry.headers,
                created_ms=entry.timestamp_ms,
            )
        return None

    def done(self, record: IncomingRecord) -> None:
        """Keep the position behind the record, on disk."""
        if self._path is not None:
            try:
                write_atomically(self._path, str(record.offset + 1).encode())
            except OSError as error:
                raise TransportError(f"{self._path}: {error.strerror}", retriable=True) from error

    def close(self, timeout: float) -> None:
        """Let another member of the group in."""
        self._entries = None
        self._log.close(timeout)
        if self._lock is not None:
            self._lock.release()

    def _join(self) -> None:
        if self._lock is None or self._path is None or self._lock.held:
            return
        try:
            make_private_directory(self._path.parent)
            if not self._lock.acquire(0, this_process()):
                raise TransportError(
                    f"{self._topic}: {self._lock.note()} reads for this group; the embedded log has one "
                    "partition, so one at a time",
                    retriable=True,
                )
            self._offset = int(self._path.read_text()) if self._path.exists() else 0
        except OSError as error:
            raise TransportError(f"{error.filename}: {error.strerror}") from error
        except ValueError as error:
            raise TransportError(
                f"{self._path}: expected a number, got {error}; remove the file to read from the beginning"
            ) from error

    def _next_entry(self) -> LogEntry | None:
        """The entry at the offset; one pass over the file for many of them."""
        if self._entries is None:
            self._entries = self._log.read(self._topic, self._offset)
        try:
            entry = next(self._entries, None)
        except TransportError:
            self._entries = None
            raise
        if entry is None:
            self._entries = None
        return entry
