"""Records that are no results, kept in a topic of their own: original bytes, and why."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from avroforge.delivery import Delivered, OutgoingRecord, RecordFault, Refused, Unknown
from avroforge.errors import TransportError

if TYPE_CHECKING:
    from avroforge.delivery import IncomingRecord, Transport

LONGEST_REASON: Final = 1000
ROOM_FOR_HEADERS: Final = 64 * 1024
"""How much larger than a record its dead letter may be, in bytes."""


class DeadLetters:
    """Sends unreadable records to `topic`; one that is interrupted may be there twice.

    Args:
        transport: to where the records are; closed with this.
        topic: for example ``experiment.vqe.dlq``.
        timeout: seconds for each step of a delivery.
    """

    def __init__(self, transport: Transport, topic: str, timeout: float) -> None:
        self._transport = transport
        self._topic = topic
        self._timeout = timeout

    def keep(self, record: IncomingRecord, reason: str) -> None:
        """Return once the record is in the topic.

        Raises:
            TransportError: it is not, or nobody says so in time.
        """
        partition = self._transport.partition_for(self._topic, record.key, timeout=self._timeout)
        letter = OutgoingRecord(
            topic=self._topic,
            partition=partition,
            key=record.key,
            value=record.value,
            headers=(*record.headers, *_headers(record, reason)),
            created_ms=int(time.time() * 1000),
        )
        outcomes = self._transport.send([letter], timeout=self._timeout).wait(self._timeout)
        outcome = outcomes[0] if outcomes else Unknown(f"no answer in {self._timeout:g} s")
        if isinstance(outcome, Delivered):
            return
        fault = outcome.reason if isinstance(outcome, Refused | RecordFault | Unknown) else "not sent"
        raise TransportError(
            f"{self._topic}: the unreadable record {record.topic}, partition {record.partition}, offset "
            f"{record.offset} is not kept: {fault}",
            retriable=not isinstance(outcome, RecordFault),
            topic=self._topic,
        )

    def close(self) -> None:
        """Let go of the transport."""
        self._transport.close(self._timeout)


def _headers(record: IncomingRecord, reason: str) -> tuple[tuple[str, str], ...]:
    return (
        ("dead-letter-reason", reason.encode("ascii", "backslashreplace").decode()[:LONGEST_REASON]),
        ("dead-letter-topic", record.topic),
        ("dead-letter-partition", str(record.partition)),
        ("dead-letter-offset", str(record.offset)),
        ("dead-letter-created-ms", str(record.created_ms)),
    )
