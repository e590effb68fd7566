"""Results of topics per molecule into the one topic: each once, nothing lost, again as often as one likes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from avroforge.delivery import OutboxRecord, StartPlace
from avroforge.errors import AvroforgeError
from vqe_stream.claim import outgoing_record
from vqe_stream.connection import (
    check_reachable,
    open_dead_letters,
    open_outbox,
    open_registry,
    open_relay,
    open_source,
    open_transport,
)
from vqe_stream.consumer import RESULT_ID_HEADER
from vqe_stream.producer import register
from vqe_stream.topics.legacy_record import LegacyReader, LegacyResult
from vqe_stream.topics.names import topic_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.delivery import DeliveryCounts, IncomingRecord
    from avroforge.schema import Schema
    from vqe_stream.config import ProducerConfig

ORIGIN_HEADER: Final = "migrated-from"
_DEAD_PLACE: Final = ("dead-letter-topic", "dead-letter-partition", "dead-letter-offset")


@dataclass(slots=True)
class TopicMigration:
    """What became of the records of one topic.

    Attributes:
        read: how many it has.
        stored: how many are in the outbox now, to be delivered.
        known: how many were migrated before, or stand in it twice.
        unreadable: how many are no result; each is in the topic of dead letters.
        reasons: why, one for each of the first few.
    """

    topic: str
    read: int = 0
    stored: int = 0
    known: int = 0
    unreadable: int = 0
    reasons: tuple[str, ...] = ()


_MOST_REASONS: Final = 3


class Migration:
    """Copies records into the outbox, from where they are delivered like any other result.

    A record's id comes from its bytes and the schema that wrote them. One that the outbox or the topic has
    already is passed over, so that a migration that was interrupted, or is run again from elsewhere, adds
    nothing twice. The topics that are read stay as they are.

    Args:
        config: the settings; the registry has the schemas of records with a header.
        headerless: the schema of records without one.

    Raises:
        ConfigurationError: settings that cannot be honoured.
        IncompatibleSchemaError: the registry forbids today's schema.
        OutboxError: the outbox cannot keep results.
        TransportError: nobody answers.
    """

    def __init__(self, config: ProducerConfig, headerless: Schema | None = None) -> None:
        check_reachable(config)
        # Groups are of consumers; the migration reads everything, always.
        self._config = replace(config, group=None, dead_letters=False)
        self._ids = open_registry(config)
        register(self._ids, config.subject)
        self._reader = LegacyReader(self._ids, headerless)
        self._outbox = open_outbox(config)
        try:
            self._transport = open_transport(config, self._outbox.id)
            self._relay = open_relay(config, self._outbox, self._transport, self._ids)
            self._dead_letters = open_dead_letters(config)
            self._delivered, self._buried = self._there()
        except AvroforgeError:
            self._outbox.close()
            self._ids.registry.close()
            raise

    def migrate(self, done: TopicMigration) -> None:
        """Read a topic to its end; what is a result is on disk when this returns.

        Args:
            done: names the topic, and counts while it is read.

        Raises:
            TransportError: nobody answers, or a dead letter could not be kept.
            RegistryError: the registry gave no answer.
            NotDurableError: the outbox took no more.
        """
        for record in _records(self._config, done.topic):
            done.read += 1
            found = self._reader.read(record.value)
            if isinstance(found, LegacyResult):
                if self._store(record, found):
                    done.stored += 1
                else:
                    done.known += 1
            else:
                self._bury(record, found)
                done.unreadable += 1
                if len(done.reasons) < _MOST_REASONS:
                    done.reasons += (f"partition {record.partition}, offset {record.offset}: {found}",)

    def waiting(self) -> int:
        """How many results are still to be delivered.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        return self._outbox.unfinished()

    def deliver(self, timeout: float) -> DeliveryCounts:
        """Deliver what is stored, for as long as something arrives every `timeout` seconds.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        counts = self._relay.drain(timeout)
        sent, dead = counts.sent, counts.dead
        while counts.pending and counts.sent:
            counts = self._relay.drain(timeout)
            sent, dead = sent + counts.sent, dead + counts.dead
        return replace(counts, sent=sent, dead=dead)

    def close(self) -> None:
        """Let go of everything; what is stored stays so."""
        self._dead_letters.close()
        self._transport.close(self._config.timeout)
        self._outbox.close()
        self._ids.registry.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _there(self) -> tuple[set[str], set[tuple[str | None, ...]]]:
        """The ids that the topics have, and where the dead letters come from."""
        config = self._config
        names = topic_names(config)
        delivered = {
            identity
            # Those of results that are too large for it are read along.
            for record in (_records(config, config.topic) if config.topic in names else ())
            if (identity := record.header(RESULT_ID_HEADER)) is not None
        }
        buried: set[tuple[str | None, ...]] = set()
        if config.dead_letters_topic in names:
            for record in _records(config, config.dead_letters_topic):
                buried.add(tuple(map(record.header, _DEAD_PLACE)))
        return delivered, buried

    def _store(self, record: IncomingRecord, found: LegacyResult) -> bool:
        """Keep a result; False when it is kept or delivered already."""
        topics = (self._config.topic, self._config.claims_topic)
        kept = any(self._outbox.find(topic, found.result_id) is not None for topic in topics)
        if kept or found.result_id in self._delivered:
            return False
        outgoing: OutboxRecord = outgoing_record(self._config, found.result, found.result_id)
        origin = f"{record.topic}/{record.partition}/{record.offset}"
        self._outbox.append(
            replace(outgoing, headers=((ORIGIN_HEADER, origin),), created_ms=max(0, record.created_ms))
        )
        return True

    def _bury(self, record: IncomingRecord, reason: str) -> None:
        place = (record.topic, str(record.partition), str(record.offset))
        if place not in self._buried:
            self._dead_letters.keep(record, reason)
            self._buried.add(place)


def _records(config: ProducerConfig, topic: str) -> Iterator[IncomingRecord]:
    """Every record of a topic up to its end."""
    source = open_source(replace(config, topic=topic), StartPlace())
    try:
        while (record := source.next_record()) is not None:
            yield record
    finally:
        source.close(config.timeout)
