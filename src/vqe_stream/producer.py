"""`VQEKafkaProducer`: a result is on disk when `send_result` returns, and reaches the topic afterwards."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final, Self

from avroforge.delivery import DeliveryCounts
from avroforge.errors import (
    AvroforgeError,
    DeliveryError,
    IncompatibleSchemaError,
    InvalidArgumentError,
    InvalidSchemaError,
    RegistryCorruptError,
    RegistryError,
)
from vqe_records import VQEDecoratedResult, VQEDecoratedResultInterface
from vqe_stream.claim import outgoing_record
from vqe_stream.connection import (
    check_reachable,
    open_outbox,
    open_registry,
    open_relay,
    open_transport,
    unavailable,
)

if TYPE_CHECKING:
    from avroforge.delivery import DeliveryObserver, Durable, OutboxStatus, Row
    from avroforge.registry import RegistryIds
    from vqe_stream.config import ProducerConfig
    from vqe_stream.pipeline_object import PipelineResult

_log: Final = logging.getLogger("vqe_stream")
_VERDICTS: Final = (
    IncompatibleSchemaError,
    InvalidArgumentError,
    InvalidSchemaError,
    RegistryCorruptError,
)
"""What a registry says for good; everything else may pass, and publishing does not wait for it."""


class VQEKafkaProducer:
    """Takes results, keeps them, and delivers them.

    Several producers, in one process or many, may share one outbox; one of them delivers at a time. What an
    earlier process left is delivered too.

    Args:
        config: the settings.
        background: deliver in a thread of its own; False leaves it to `flush` or to another process.
        observer: told what becomes of results; `vqe_stream.metrics.DeliveryMetrics` for instance.

    Raises:
        ConfigurationError: settings that this release cannot honour.
        IncompatibleSchemaError: the registry forbids this schema; nothing was opened or stored.
        InvalidSchemaError: the registry does not take this schema, or its subject (`InvalidArgumentError`).
        RegistryCorruptError: the registry file cannot be read.
        OutboxError: the outbox cannot keep results.
        TransportError: the embedded topic log's folder cannot be made.
    """

    def __init__(
        self,
        config: ProducerConfig,
        *,
        background: bool = True,
        observer: DeliveryObserver | None = None,
    ) -> None:
        check_reachable(config)
        self.config = config
        self._ids = open_registry(config)
        try:
            register(self._ids, config.subject)
            self._outbox = open_outbox(config)
        except AvroforgeError:
            self._ids.registry.close()
            raise
        try:
            self._transport = open_transport(config, self._outbox.id)
        except AvroforgeError:
            self._outbox.close()
            self._ids.registry.close()
            raise
        self._relay = open_relay(config, self._outbox, self._transport, self._ids, observer)
        self._background = background
        self._closed = False
        if background:
            self._relay.start()

    def send_result(
        self, result: VQEDecoratedResult | PipelineResult, *, run_id: str | None = None, wait: bool = False
    ) -> Durable:
        """Store a result so that it survives this process and the power supply.

        Args:
            result: a typed result, or quantum_pipeline's own object.
            run_id: its id, 1 to 64 of A-Z a-z 0-9 '-'; without one, its content gives it. The same id
                again with the same content is the same result.
            wait: also wait for its delivery, `ProducerConfig.timeout` seconds at most. That cancels
                nothing: an undelivered result stays stored, and `find` says where it stands.

        Raises:
            ResultError: an object that is no result.
            EncodeError: a value that the schema cannot hold, with its path.
            InvalidRecordError: a run id, topic or size that could not travel.
            DuplicateResultError: the run id was used for other content.
            NotDurableError: no disk took the result; the error carries its bytes.
        """
        self._refuse_closed()
        if not isinstance(result, VQEDecoratedResult):
            from vqe_stream.pipeline_object import result_from_object  # noqa: PLC0415 - typed results need none

            result = result_from_object(result)
        record = outgoing_record(self.config, result, run_id)
        durable = self._outbox.append(record)
        if wait:
            self._relay.wait_for(record.topic, durable.result_id, self.config.timeout)
        return durable

    def find(self, result_id: str) -> Row | None:
        """Where a result stands: its state, attempts, last error, and once sent its offset.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        self._refuse_closed()
        direct = self._outbox.find(self.config.topic, result_id)
        return direct or self._outbox.find(self.config.claims_topic, result_id)

    @property
    def blocked(self) -> str | None:
        """Why nothing gets through at present, or None; of a producer that delivers in the background."""
        return self._relay.blocked

    def status(self) -> OutboxStatus:
        """Everything about the outbox: counts, ages, reasons, who delivers it.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        self._refuse_closed()
        return self._outbox.status()

    def flush(self, timeout: float | None = None) -> DeliveryCounts:
        """Wait until everything stored so far is delivered, at most `timeout` seconds.

        Args:
            timeout: `ProducerConfig.timeout` unless given.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        self._refuse_closed()
        return self._relay.flush(self.config.timeout if timeout is None else timeout)

    def close(self, timeout: float | None = None) -> DeliveryCounts | None:
        """Flush where this producer delivers in the background, then let go of everything.

        What is not delivered stays in the outbox for the next process.

        Args:
            timeout: seconds for all of it, `ProducerConfig.timeout` unless given.

        Returns:
            What was delivered and what is left; None when it was closed before.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        if self._closed:
            return None
        self._closed = True
        deadline = time.monotonic() + (self.config.timeout if timeout is None else timeout)
        if self._background:
            counts = self._relay.close(max(0.0, deadline - time.monotonic()))
        else:
            counts = DeliveryCounts(sent=0, pending=self._outbox.unfinished(), dead=0, blocked=None)
        # A call that is still under way keeps what it uses; the relay's thread ends after it.
        if self._relay.stop(0.0):
            self._transport.close(max(0.0, deadline - time.monotonic()))
            self._outbox.close()
            self._ids.registry.close()
        return counts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _refuse_closed(self) -> None:
        if self._closed:
            raise DeliveryError("this producer is closed; make a new one on the same configuration")


def register(ids: RegistryIds, subject: str) -> None:
    """Have the schema's id before the first result, or know that it may never be had."""
    interface = VQEDecoratedResultInterface
    try:
        ids.ensure_registered(subject, interface.SELF_CONTAINED, schema_key=interface.SCHEMA_KEY)
    except _VERDICTS:
        raise
    except (RegistryError, OSError) as error:
        known = unavailable(ids, error) if isinstance(error, OSError) else error
        # Not a failure: results are kept bare, and framed once the registry answers.
        _log.warning("registry: %s; results are kept, and sent once it answers", known)
