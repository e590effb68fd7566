"""One transactional producer from its initialisation to its first failure."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final, Protocol

from kafka.errors import KafkaError, KafkaTimeoutError

from avroforge.errors import TransportError
from avroforge.kafka.connection import make_producer
from avroforge.kafka.fault import explain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafka.producer.future import FutureRecordMetadata

    from avroforge.delivery import OutgoingRecord
    from avroforge.kafka.options import KafkaOptions

_FAREWELL: Final = 0.2


class Commit(Protocol):
    """The answer to a commit, once there is one."""

    @property
    def is_done(self) -> bool:
        """Whether it is there."""
        ...

    def wait(self, timeout_ms: float | None = None) -> bool:
        """Wait; True when it is there, an exception when the commit failed."""
        ...


class Session:
    """Fences every earlier producer of its name when it is made, and is given up after any failure.

    There is one for each topic: Kafka does not let go of a name before it has ended the old transaction, and
    a topic that takes no records takes no such mark either.

    Giving it up settles what it had sent: Kafka takes a transaction back that its producer did not commit,
    at the latest when the next session of the name is made.
    """

    def __init__(self, options: KafkaOptions, name: str, topic: str, timeout: float) -> None:
        """Connect and take over the name.

        Raises:
            TransportError: nobody answers within `timeout` seconds, or the name may not be used.
        """
        self.name = name
        self._producer = make_producer(options, name, timeout)
        try:
            # Bounded by max_block_ms.
            self._producer.init_transactions()
        except KafkaTimeoutError as error:
            self.give_up()
            raise TransportError(
                f"{topic}: no answer from the transaction coordinator; it waits for the topic's replicas if "
                "they are fewer than min.insync.replicas, and with few brokers it needs "
                "transaction.state.log.replication.factor",
                retriable=True,
                topic=topic,
            ) from error
        except KafkaError as error:
            self.give_up()
            raise explain(error, topic=topic, producer=name) from error

    def send(self, records: Sequence[OutgoingRecord]) -> list[FutureRecordMetadata]:
        """Begin a transaction and hand records over, in their order.

        Raises:
            KafkaError: not all were taken; give the session up.
        """
        self._producer.begin_transaction()
        return [
            self._producer.send(
                record.topic,
                value=record.value,
                key=record.key.encode("ascii"),
                headers=[(name, text.encode("ascii")) for name, text in record.headers],
                partition=record.partition,
            )
            for record in records
        ]

    def commit(self) -> Commit:
        """Ask for the commit of the transaction; does not wait.

        Raises:
            KafkaError: the producer is in no state to ask; give the session up.
        """
        # `KafkaProducer.commit_transaction` is these two lines and a wait without bound.
        answer: Commit = self._producer._transaction_manager.begin_commit()  # noqa: SLF001 kafka-python has no public way
        self._producer._sender.wakeup()  # noqa: SLF001 as above
        return answer

    @property
    def is_adding_partitions(self) -> bool:
        """Whether the transaction coordinator has still to let a partition in; until then nothing is sent."""
        return bool(self._producer._transaction_manager.has_partitions_to_add())  # noqa: SLF001 as above

    def give_up(self) -> None:
        """Stop the producer without waiting for what it has under way."""
        with contextlib.suppress(KafkaError, RuntimeError, OSError):
            self._producer.close(timeout=0)
        # `close` leaves the thread alone when something is unsettled; it would go on sending.
        sender: Any = self._producer._sender  # noqa: SLF001 as above
        sender.force_close()
        sender.join(_FAREWELL)

    def close(self, timeout: float) -> None:
        """End the producer, within `timeout` seconds."""
        try:
            self._producer.close(timeout=max(0.0, timeout))
        except (KafkaError, RuntimeError, OSError):
            self.give_up()
