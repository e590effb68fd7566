"""The embedded topic log: Kafka's promises for one machine, in files that need no server."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from avroforge.delivery.file_system import write_atomically
from avroforge.delivery.lock import FileLock, this_process
from avroforge.delivery.log_entry import LogEntry
from avroforge.delivery.log_file import LogFile
from avroforge.delivery.record import RESULT_ID_HEADER, check_topic
from avroforge.delivery.transport import (
    Absent,
    Delivered,
    Found,
    GroupLimit,
    InFlight,
    OutgoingRecord,
    RecordFault,
    Refused,
    SearchResult,
    Unknown,
)
from avroforge.errors import InvalidRecordError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from avroforge.delivery.transport import Outcome

_ONLY_PARTITION: Final = 0
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLogOptions:
    """Settings of an embedded topic log.

    Attributes:
        max_record_bytes: largest key, value and headers together; larger records are refused for good.
        lock_timeout: seconds to wait for other processes that write to the same topic.
    """

    max_record_bytes: int = 16 * 1024 * 1024
    lock_timeout: float = 10.0


class TopicLog:
    """A `Transport` over append-only files: one folder per topic, one partition, offsets from 0.

    Several processes may write and read one directory. Producers that share a `producer` name fence each
    other, as Kafka's do with a `transactional_id`.
    """

    def __init__(
        self, directory: Path, producer: str = "default", options: TopicLogOptions | None = None
    ) -> None:
        """Use or create the log under `directory`.

        Args:
            directory: holds one folder per topic.
            producer: the name under which this object sends, an outbox id for instance.
            options: limits.

        Raises:
            TransportError: the directory cannot be made.
            InvalidRecordError: the producer's name breaks the rules for topics.
        """
        check_topic(producer)
        self.directory = directory
        self._options = options or TopicLogOptions()
        self._epoch_path = directory / ".producers" / producer
        self._epoch: int | None = None
        self._files: dict[str, LogFile] = {}
        with _as_transport_error():
            self._epoch_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def topics(self) -> tuple[str, ...]:
        """The topics that have a folder, by name."""
        return tuple(sorted(path.name for path in self.directory.iterdir() if not path.name.startswith(".")))

    def read(self, topic: str, from_offset: int = 0) -> Iterator[LogEntry]:
        """Every whole entry from an offset on, as far as the log reaches now.

        Raises:
            TransportError: a damaged entry, after everything before it was yielded.
        """
        check_topic(topic)
        path = self._path(topic)
        if path.exists():
            with _as_transport_error():
                yield from LogFile(path).entries(from_offset)

    def partition_for(self, topic: str, key: str, *, timeout: float) -> int:  # noqa: ARG002 the protocol's signature
        """Always 0."""
        return _ONLY_PARTITION

    def end_offset(self, topic: str, partition: int, *, timeout: float) -> int:
        """The offset that the next entry will get."""
        _check_partition(topic, partition)
        with self._locked(topic, timeout) as log:
            return log.end_offset()

    @property
    def group_limit(self) -> GroupLimit:
        """One record: there is no round trip to share."""
        return GroupLimit()

    def send(self, records: Sequence[OutgoingRecord], *, timeout: float) -> InFlight:
        """Append and fsync one record after another, when their outcomes are asked for."""
        return _Appending(lambda: tuple(self._append(record, timeout) for record in records))

    def fence(self, topic: str, *, timeout: float) -> None:  # noqa: ARG002 a name is fenced for all topics
        """Refuse every later record of earlier objects with this producer's name."""
        lock = FileLock(self._epoch_path.with_name(self._epoch_path.name + ".lock"))
        with _as_transport_error(), _hold(lock, timeout):
            epoch = self._stored_epoch() + 1
            write_atomically(self._epoch_path, str(epoch).encode())
            self._epoch = epoch
        # An older object may be inside an append: it holds its topic's lock and is through when we get it.
        for each in self.topics():
            with self._locked(each, timeout):
                pass

    def find(
        self, topic: str, partition: int, result_ids: Collection[str], from_offset: int, *, timeout: float
    ) -> Mapping[str, SearchResult]:
        """Look through the entries from `from_offset` on."""
        _check_partition(topic, partition)
        found: dict[str, SearchResult] = dict.fromkeys(result_ids, Absent())
        with self._locked(topic, timeout) as log:
            start = from_offset if from_offset <= log.end_offset() else 0
            for entry in log.entries(start):
                identity = entry.header(RESULT_ID_HEADER)
                if identity is not None and found.get(identity) == Absent():
                    found[identity] = Found(entry.offset)
        return found

    def close(self, timeout: float) -> None:  # noqa: ARG002 the protocol's signature; nothing here waits
        """Forget the positions; no file stays open between calls."""
        self._files.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close(0)

    def _append(self, record: OutgoingRecord, timeout: float) -> Outcome:
        size = (
            len(record.key) + len(record.value) + sum(len(name) + len(text) for name, text in record.headers)
        )
        if size > self._options.max_record_bytes:
            return RecordFault(
                f"{record.topic}: expected at most {self._options.max_record_bytes} bytes, got {size}; raise "
                "max_record_bytes, then requeue"
            )
        try:
            with self._locked(record.topic, timeout) as log:
                if self._is_fenced():
                    return Refused(
                        f"{record.topic}: a newer producer has taken over this name", retriable=False
                    )
                entry = LogEntry(
                    offset=log.end_offset(),
                    timestamp_ms=record.created_ms,
                    key=record.key,
                    headers=record.headers,
                    value=record.value,
                )
                try:
                    log.append(entry)
                except OSError as error:
                    return self._after_failed_append(log, error)
                return Delivered(_ONLY_PARTITION, entry.offset)
        except TransportError as error:
            return Refused(error.message, error.retriable)
        except InvalidRecordError as error:
            return RecordFault(str(error))

    def _after_failed_append(self, log: LogFile, error: OSError) -> Outcome:
        reason = f"{log.path}: {error.strerror}"
        try:
            log.undo()
        except OSError as second:
            return Unknown(f"{reason}, and the partial entry could not be taken back: {second.strerror}")
        if error.errno in _FULL:
            return Refused(f"{reason}; free disk space", retriable=False)
        return Refused(reason, retriable=True)

    def _is_fenced(self) -> bool:
        stored = self._stored_epoch()
        if self._epoch is None:
            self._epoch = stored
        return stored != self._epoch

    def _stored_epoch(self) -> int:
        try:
            return int(self._epoch_path.read_text())
        except FileNotFoundError:
            return 0
        except ValueError as error:
            raise TransportError(
                f"{self._epoch_path}: expected a number, got {error}; remove the file"
            ) from error

    def _path(self, topic: str) -> Path:
        return self.directory / topic / "0.log"

    @contextmanager
    def _locked(self, topic: str, timeout: float) -> Iterator[LogFile]:
        check_topic(topic)
        path = self._path(topic)
        with _as_transport_error():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            log = self._files.setdefault(topic, LogFile(path))
            with _hold(FileLock(path.with_name("lock")), min(timeout, self._options.lock_timeout)):
                yield log


class _Appending:
    """An `InFlight` that appends at the first `wait`."""

    def __init__(self, append: Callable[[], tuple[Outcome, ...]]) -> None:
        self._append = append
        self._outcomes: tuple[Outcome, ...] | None = None

    def wait(self, timeout: float) -> tuple[Outcome, ...]:  # noqa: ARG002 the protocol's signature
        """The outcomes, after the first call has appended."""
        if self._outcomes is None:
            self._outcomes = self._append()
        return self._outcomes


def _check_partition(topic: str, partition: int) -> None:
    if partition != _ONLY_PARTITION:
        raise TransportError(
            f"{topic}: expected partition 0, got {partition}; an embedded topic has only one"
        )


@contextmanager
def _hold(lock: FileLock, timeout: float) -> Iterator[None]:
    if not lock.acquire(timeout, this_process()):
        raise TransportError(f"{lock.path}: held by {lock.note()} for more than {timeout} s", retriable=True)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _as_transport_error() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TransportError(
            f"{error.filename}: {error.strerror}", retriable=error.errno not in _FULL
        ) from error
