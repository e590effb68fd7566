"""`VQEKafkaConsumer`: typed results from the topic, whatever version of the schema wrote them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from avroforge.errors import DecodeError, ResolutionError, SchemaError, SchemaNotFoundError, TransportError
from avroforge.wire.framing import unframe
from vqe_records import VQEDecoratedResult, VQEDecoratedResultInterface
from vqe_stream.connection import check_reachable, open_registry, open_topic_log
from vqe_stream.errors import RecordPlace, UnreadableRecordError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.delivery import LogEntry
    from vqe_stream.config import ProducerConfig

RESULT_ID_HEADER: Final = "result-id"
_PARTITION: Final = 0
_POLL: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedResult:
    """A result and where it came from.

    Attributes:
        place: where it stands.
        schema_id: the schema that wrote it.
        created_ms: milliseconds since 1970.
        value: the record's bytes, header included.
        decode_seconds: how long decoding took.
    """

    result: VQEDecoratedResult
    place: RecordPlace
    schema_id: int
    created_ms: int
    value: bytes = field(repr=False)
    decode_seconds: float

    @property
    def result_id(self) -> str | None:
        """What the result is known by everywhere; None where its producer gave none."""
        return self.place.result_id


class VQEKafkaConsumer:
    """Iterates the topic's results, each id once; it remembers every id it has read.

    After an `UnreadableRecordError` the iteration can go on with the next record; after a `RegistryError` or
    a `TransportError` with the same one. It never registers a schema, and it commits no position: the next
    consumer starts where it is told to.

    Args:
        config: the settings, those of the producer.
        from_offset: the first offset to read.
        idle_timeout: the iteration ends after so many seconds without a new record; None: never.

    Raises:
        ConfigurationError: settings that this release cannot honour.
    """

    def __init__(
        self, config: ProducerConfig, *, from_offset: int = 0, idle_timeout: float | None = 0.0
    ) -> None:
        check_reachable(config)
        self.config = config
        self._position = from_offset
        self.repeated = 0
        """Records that were passed over because their id was read before."""
        self._idle_timeout = idle_timeout
        self._log = open_topic_log(config, "consumer")
        self._ids = open_registry(config)
        self._interface = VQEDecoratedResultInterface(self._ids, config.subject)
        self._seen: set[str] = set()
        self._entries: Iterator[LogEntry] | None = None
        self._current: LogEntry | None = None

    @property
    def position(self) -> int:
        """The offset that is read next."""
        return self._position

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> VQEDecoratedResult:
        received = self.receive()
        if received is None:
            raise StopIteration
        return received.result

    def receive(self) -> ReceivedResult | None:
        """The next result and where it came from; None after `idle_timeout` seconds without a new record.

        Raises:
            UnreadableRecordError: a record that is no result; the next call reads the one after it.
            RegistryError: the registry gave no answer; the next call asks again.
            TransportError: the topic cannot be read.
        """
        while (entry := self._next_entry()) is not None:
            identity = entry.header(RESULT_ID_HEADER)
            if identity is not None and identity in self._seen:
                self._pass(entry)
                self.repeated += 1
                continue
            received = self._decode(entry, RecordPlace(self.config.topic, _PARTITION, entry.offset, identity))
            self._pass(entry)
            if identity is not None:
                self._seen.add(identity)
            return received
        return None

    def close(self) -> None:
        """Let go of the topic."""
        self._entries = self._current = None
        self._log.close(0)
        self._ids.registry.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _next_entry(self) -> LogEntry | None:
        deadline = None if self._idle_timeout is None else time.monotonic() + self._idle_timeout
        while self._current is None:
            self._current = self._fetch()
            if self._current is not None:
                break
            if deadline is not None and time.monotonic() >= deadline:
                return None
            time.sleep(_POLL if deadline is None else min(_POLL, max(0.0, deadline - time.monotonic())))
        return self._current

    def _fetch(self) -> LogEntry | None:
        """The entry at `position`, or None at the end of the log; one pass over the file for many of them."""
        if self._entries is None:
            self._entries = self._log.read(self.config.topic, self._position)
        try:
            entry = next(self._entries, None)
        except TransportError:
            self._entries = None
            raise
        if entry is None:
            self._entries = None
        return entry

    def _pass(self, entry: LogEntry) -> None:
        self._current = None
        self._position = entry.offset + 1

    def _decode(self, entry: LogEntry, place: RecordPlace) -> ReceivedResult:
        try:
            schema_id, _ = unframe(entry.value)
            started = time.perf_counter()
            result = self._interface.from_avro_bytes(entry.value)
            elapsed = time.perf_counter() - started
        except (DecodeError, ResolutionError, SchemaError, SchemaNotFoundError) as error:
            self._pass(entry)
            raise UnreadableRecordError(str(error), place, entry.value) from error
        return ReceivedResult(
            result=result,
            place=place,
            schema_id=schema_id,
            created_ms=entry.timestamp_ms,
            value=entry.value,
            decode_seconds=elapsed,
        )
