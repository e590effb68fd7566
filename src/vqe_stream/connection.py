"""From settings to what they name: the registry, the outbox, and the transport."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING
from uuid import uuid4

from avroforge.delivery import (
    JointSource,
    Outbox,
    OutboxOptions,
    Relay,
    RelayOptions,
    TopicLog,
    TopicLogOptions,
    TopicLogSource,
)
from avroforge.errors import MissingExtraError, RegistryUnavailableError
from avroforge.registry import RegistryIds
from avroforge.registry.location import open_registry as registry_at
from vqe_stream.claim import open_buckets
from vqe_stream.claim_transport import ClaimTransport
from vqe_stream.dead_letters import ROOM_FOR_HEADERS, DeadLetters
from vqe_stream.kafka_security import KafkaSecurity
from vqe_stream.read_ids import RecentIds, StoredIds
from vqe_stream.security import refuse_security

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from avroforge.delivery import DeliveryObserver, RecordSource, StartPlace, Transport
    from avroforge.kafka import KafkaOptions
    from vqe_stream.config import ProducerConfig
    from vqe_stream.read_ids import ReadIds


def check_reachable(config: ProducerConfig) -> None:
    """Refuse, before anything is opened, what this release cannot reach.

    Raises:
        ConfigurationError: no address, a security setting that cannot be honoured, security where there is
            no connection, or a bucket without a region.
        MissingExtraError: brokers are configured, and kafka-python is not installed; GSSAPI, and gssapi; or a
            bucket, and boto3.
    """
    if config.claims_bucket is not None:
        open_buckets(config.claims_endpoint)
    if config.embedded_directory is None:
        kafka_options(config)
    else:
        refuse_security(config.security, "the embedded topic log has no connection to protect")


def kafka_options(config: ProducerConfig) -> KafkaOptions:
    """The settings of the connection to brokers, security included.

    Raises:
        ConfigurationError: an address, or a setting that the client cannot work with.
        MissingExtraError: kafka-python is not installed.
    """
    options: KafkaOptions = _kafka().KafkaOptions(
        servers=config.bootstrap_servers,
        retries=config.kafka_retries,
        delivery_timeout_ms=config.delivery_timeout_ms,
        max_request_size=config.max_request_size,
        buffer_memory=config.buffer_memory,
        security=KafkaSecurity(config.security).build_security_config(),
    )
    return options


def open_transport(config: ProducerConfig, producer: str) -> Transport:
    """The destination that `bootstrap_servers` names; brokers are not asked for anything yet.

    Args:
        config: the settings.
        producer: the name under which records are sent; who shares it, fences each other.

    Raises:
        ConfigurationError: as `kafka_options`.
        TransportError: the topic log's folder cannot be made.
    """
    directory = config.embedded_directory
    if directory is not None:
        return ClaimTransport(open_topic_log(directory, config, producer), config)
    transport: Transport = _kafka().KafkaTransport(kafka_options(config), producer)
    return ClaimTransport(transport, config)


def open_topic_log(directory: Path, config: ProducerConfig, producer: str) -> TopicLog:
    """The embedded topic log, to write or to read.

    Raises:
        TransportError: its folder cannot be made.
    """
    return TopicLog(directory, producer, TopicLogOptions(max_record_bytes=config.max_request_size))


def open_source(config: ProducerConfig, start: StartPlace) -> RecordSource:
    """Where `bootstrap_servers` has the results to read, and the claims of those that are too large.

    Brokers are not asked for anything yet.

    Args:
        config: the settings.
        start: from where to read without a group; claims are read from the beginning, or from its time.

    Raises:
        ConfigurationError: as `kafka_options`.
        TransportError: the topic log's folder cannot be made.
    """
    directory = config.embedded_directory
    if directory is None:
        source: RecordSource = _kafka().KafkaSource(
            kafka_options(config),
            (config.topic, config.claims_topic),
            group=config.group,
            start=start,
            timeout=config.timeout,
        )
        return source
    beside = replace(start, offset=0)
    return JointSource(
        [
            _topic_log_source(config, directory, config.topic, start),
            _topic_log_source(config, directory, config.claims_topic, beside),
        ]
    )


def _topic_log_source(
    config: ProducerConfig, directory: Path, topic: str, start: StartPlace
) -> TopicLogSource:
    log = open_topic_log(directory, config, "consumer")
    position = config.group_directory / f"{config.group}.{topic}.offset" if config.group else None
    return TopicLogSource(log, topic, start, position)


def open_read_ids(config: ProducerConfig) -> ReadIds:
    """The ids that were processed: the group's on disk, or none yet.

    Raises:
        DeliveryError: the group's cannot be read.
    """
    if config.group is None:
        return RecentIds()
    return StoredIds(config.group_directory / f"{config.group}.db", config.topic)


def open_dead_letters(config: ProducerConfig) -> DeadLetters:
    """Where records go that are no results; brokers are not asked yet."""
    # The headers that say why come on top of a record that may be as large as records can be.
    roomy = replace(
        config,
        max_request_size=config.max_request_size + ROOM_FOR_HEADERS,
        buffer_memory=config.buffer_memory + ROOM_FOR_HEADERS,
    )
    # Members that shared a name would fence each other.
    transport = open_transport(roomy, f"dead-letters-{uuid4().hex}")
    return DeadLetters(transport, config.dead_letters_topic, config.timeout)


def open_registry(config: ProducerConfig) -> RegistryIds:
    """The registry, a file or a server, with its cache of ids; reads and asks nothing yet.

    Raises:
        ConfigurationError: a file for TLS that is not there.
        MissingExtraError: a server, and the extra ``registry`` is not installed.
    """
    return RegistryIds(registry_at(config.registry_location, config.registry_options))


def open_outbox(config: ProducerConfig) -> Outbox:
    """The outbox, created where there is none.

    Raises:
        OutboxError: its folder cannot keep results.
    """
    return Outbox.open(config.outbox_directory, outbox_options(config))


def outbox_options(config: ProducerConfig) -> OutboxOptions:
    """The settings of the outbox."""
    return OutboxOptions(
        spill_directory=config.spill,
        max_bytes=config.outbox_max_bytes,
        allow_memory_file_system=config.allow_memory_file_system,
        allow_network_file_system=config.allow_network_file_system,
    )


def open_relay(
    config: ProducerConfig,
    outbox: Outbox,
    transport: Transport,
    ids: RegistryIds,
    observer: DeliveryObserver | None = None,
) -> Relay:
    """The layer that sends, and sends again: `retries` and `retry_delay` are its."""
    options = RelayOptions(
        retries=config.retries,
        retry_delay=config.retry_delay,
        longest_delay=max(60.0, config.retry_delay),
    )
    return Relay(outbox, transport, RegistryFramer(ids), options, observer)


class RegistryFramer:
    """The relay's source of schema ids: registers what was kept while the registry could not be reached."""

    def __init__(self, ids: RegistryIds) -> None:
        self._ids = ids

    def schema_id(self, subject: str, schema_key: str, schema_text: str) -> int:
        """The id to put before a record.

        Raises:
            RegistryError: no id can be had now.
        """
        try:
            return self._ids.id_to_frame(subject, schema_key, schema_text)
        except OSError as error:
            raise unavailable(self._ids, error) from error


def _kafka() -> ModuleType:
    """The package over kafka-python, loaded when brokers are configured.

    Raises:
        MissingExtraError: kafka-python is not installed.
    """
    try:
        return import_module("avroforge.kafka")
    except ModuleNotFoundError as error:
        if error.name != "kafka":
            raise
        raise MissingExtraError(
            "kafka-python is not installed; run 'pip install avroforge[kafka]'"
        ) from error


def unavailable(ids: RegistryIds, error: OSError) -> RegistryUnavailableError:
    """A registry file that the file system withholds is one that does not answer."""
    return RegistryUnavailableError(f"{ids.registry.name}: {(error.strerror or str(error)).lower()}")
