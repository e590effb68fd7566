"""`VQEKafkaConsumer`: typed results from the topic, whatever version of the schema wrote them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from avroforge.delivery import StartPlace
from avroforge.errors import (
    ClaimError,
    ConfigurationError,
    DecodeError,
    ResolutionError,
    SchemaError,
    SchemaNotFoundError,
    TransportError,
)
from avroforge.wire.framing import unframe
from vqe_records import VQEDecoratedResult, VQEDecoratedResultInterface, VQEResultClaimInterface
from vqe_stream.claim import ClaimReader
from vqe_stream.connection import (
    check_reachable,
    open_dead_letters,
    open_read_ids,
    open_registry,
    open_source,
)
from vqe_stream.errors import RecordPlace, UnreadableRecordError

if TYPE_CHECKING:
    from avroforge.delivery import IncomingRecord
    from vqe_records import VQEResultClaim
    from vqe_stream.config import ProducerConfig

RESULT_ID_HEADER: Final = "result-id"
_POLL: Final = 0.2
_UNREADABLE: Final = (ClaimError, DecodeError, ResolutionError, SchemaError, SchemaNotFoundError)


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
    """Iterates the topic's results, each id once.

    A result counts as processed when the next one is asked for, or by `commit`: then its id is kept and, in a
    group (the setting `group`), its place committed. A consumer that ends before gets it again. Without a
    group it reads every partition alone, commits nothing and remembers the latest 100 000 ids.

    After an `UnreadableRecordError` the iteration can go on with the next record; after a `RegistryError` or
    a `TransportError` with the same one. It never registers a schema. Results that are too large for the
    topic come too, by their claims, in no order with the others. It is for one thread.

    Args:
        config: the settings, those of the producer.
        from_offset: without a group, the first offset to read, in every partition.
        since_ms: without a group, instead of it: the first record of this time (milliseconds since 1970).
        key: without a group, only the records with this result id or key.
        idle_timeout: the iteration ends after so many seconds without a new record; None: never.

    Raises:
        ConfigurationError: settings that this release cannot honour, or a place to start for a group.
        DeliveryError: what the group has read cannot be opened.
    """

    def __init__(
        self,
        config: ProducerConfig,
        *,
        from_offset: int = 0,
        since_ms: int | None = None,
        key: str | None = None,
        idle_timeout: float | None = 0.0,
    ) -> None:
        check_reachable(config)
        if config.group is not None and (from_offset or since_ms is not None or key is not None):
            raise group_has_its_place(config.group)
        self.config = config
        self.repeated = 0
        """Records that were passed over because their id was read before."""
        self._key = key
        self._idle_timeout = idle_timeout
        self._source = open_source(config, StartPlace(offset=from_offset, since_ms=since_ms))
        self._ids = open_registry(config)
        self._interface = VQEDecoratedResultInterface(self._ids, config.subject)
        self._claim_interface = VQEResultClaimInterface(self._ids, config.claims_subject)
        self._claims = ClaimReader(config.claims_endpoint)
        self._read_ids = open_read_ids(config)
        self._dead_letters = open_dead_letters(config) if config.dead_letters else None
        self._current: IncomingRecord | None = None
        self._given_out: IncomingRecord | None = None
        self._unreadable = False

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
            UnreadableRecordError: a record that is no result, after its dead letter is safe if the settings
                ask for one; the next call reads the one after it.
            RegistryError: the registry gave no answer; the next call asks again.
            TransportError: the topic cannot be read, or a dead letter not be kept.
            DeliveryError: the group's ids cannot be kept.
        """
        self.commit()
        while (record := self._next_record()) is not None:
            identity = record.header(RESULT_ID_HEADER)
            if self._key is not None and self._key not in (identity, record.key):
                self._current = None
                continue
            if identity is not None and identity in self._read_ids:
                self._source.done(record)
                self._current = None
                self.repeated += 1
                continue
            received = self._decode(
                record, RecordPlace(record.topic, record.partition, record.offset, identity)
            )
            self._give_out(record)
            return received
        return None

    def commit(self) -> None:
        """What was received last is processed.

        Raises:
            TransportError: no broker confirms it; the id is kept, so that the result does not come again.
            DeliveryError: its id cannot be kept.
        """
        record = self._given_out
        if record is None:
            return
        identity = record.header(RESULT_ID_HEADER)
        if identity is not None and not self._unreadable:
            self._read_ids.add(identity)
        self._given_out = None
        self._source.done(record)

    def close(self) -> None:
        """Leave the group and let go of the topic; commits nothing."""
        self._current = self._given_out = None
        self._source.close(self.config.timeout)
        self._read_ids.close()
        if self._dead_letters is not None:
            self._dead_letters.close()
        self._ids.registry.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _next_record(self) -> IncomingRecord | None:
        deadline = None if self._idle_timeout is None else time.monotonic() + self._idle_timeout
        while self._current is None:
            self._current = self._source.next_record()
            if self._current is not None:
                break
            if deadline is not None and time.monotonic() >= deadline:
                return None
            time.sleep(_POLL if deadline is None else min(_POLL, max(0.0, deadline - time.monotonic())))
        return self._current

    def _give_out(self, record: IncomingRecord, *, unreadable: bool = False) -> None:
        self._current = None
        self._given_out = record
        self._unreadable = unreadable

    def _decode(self, record: IncomingRecord, place: RecordPlace) -> ReceivedResult:
        try:
            schema_id, _ = unframe(record.value)
            started = time.perf_counter()
            if record.topic == self.config.claims_topic:
                result = self._claimed(self._claim_interface.from_avro_bytes(record.value), place)
            else:
                result = self._interface.from_avro_bytes(record.value)
            elapsed = time.perf_counter() - started
        except _UNREADABLE as error:
            if self._dead_letters is not None:
                self._dead_letters.keep(record, str(error))
            self._give_out(record, unreadable=True)
            raise UnreadableRecordError(str(error), place, record.value) from error
        return ReceivedResult(
            result=result,
            place=place,
            schema_id=schema_id,
            created_ms=record.created_ms,
            value=record.value,
            decode_seconds=elapsed,
        )

    def _claimed(self, pointer: VQEResultClaim, place: RecordPlace) -> VQEDecoratedResult:
        """The result of a claim; where its file cannot be had, the next call asks for the same one."""
        try:
            return self._claims.result(pointer)
        except (OSError, TransportError) as error:
            said = (
                error.message
                if isinstance(error, TransportError)
                else f"{pointer.location}: {error.strerror}"
            )
            raise TransportError(
                f"{place}: the claimed file cannot be had: {said}", retriable=True, topic=place.topic
            ) from error


def group_has_its_place(group: str) -> ConfigurationError:
    """Why a group takes no place to start and no selection."""
    return ConfigurationError(
        f"group: {group!r} goes on where it stopped and reads everything; leave the group out to read from a "
        "place or to look for a key, or name a new group to read from the beginning"
    )
