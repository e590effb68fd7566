"""A transport that brings claimed files to their bucket before the records that stand for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.delivery import RecordFault, Refused, Settled, Withdrawn
from avroforge.delivery.claim import Claim
from avroforge.errors import TransportError
from avroforge.wire.framing import unframe
from vqe_records import VQEResultClaimInterface
from vqe_stream.claim import claimed_file, is_in_bucket, open_buckets

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from avroforge.delivery import GroupLimit, InFlight, Outcome, OutgoingRecord, SearchResult, Transport
    from vqe_stream.claim_bucket import ClaimBuckets
    from vqe_stream.config import ProducerConfig


class ClaimTransport:
    """A `Transport` over another one.

    A record whose file is not in its bucket is not sent: a consumer that sees the record can have the file.

    Args:
        transport: to where records go; closed with this.
        config: the settings.
    """

    def __init__(self, transport: Transport, config: ProducerConfig) -> None:
        self._transport = transport
        self._topic = config.claims_topic
        self._config = config
        self._buckets: ClaimBuckets | None = None

    @property
    def group_limit(self) -> GroupLimit:
        """The other one's."""
        return self._transport.group_limit

    def partition_for(self, topic: str, key: str, *, timeout: float) -> int:
        """The other one's."""
        return self._transport.partition_for(topic, key, timeout=timeout)

    def end_offset(self, topic: str, partition: int, *, timeout: float) -> int:
        """The other one's."""
        return self._transport.end_offset(topic, partition, timeout=timeout)

    def send(self, records: Sequence[OutgoingRecord], *, timeout: float) -> InFlight:
        """Bring the files of claims to their bucket, then hand the records over.

        An upload ends by the bounds of the S3 client, not by `timeout`.
        """
        if records[0].topic == self._topic:
            faults = [self._fault(record) for record in records]
            if any(faults):
                return Settled(tuple(each or Withdrawn() for each in faults))
        return self._transport.send(records, timeout=timeout)

    def fence(self, topic: str, *, timeout: float) -> None:
        """The other one's."""
        self._transport.fence(topic, timeout=timeout)

    def find(
        self, topic: str, partition: int, result_ids: Collection[str], from_offset: int, *, timeout: float
    ) -> Mapping[str, SearchResult]:
        """The other one's."""
        return self._transport.find(topic, partition, result_ids, from_offset, timeout=timeout)

    def close(self, timeout: float) -> None:
        """Let go of the other one."""
        self._transport.close(timeout)

    def _fault(self, record: OutgoingRecord) -> Outcome | None:
        pointer = VQEResultClaimInterface().decode(unframe(record.value)[1])
        if not is_in_bucket(pointer.location):
            return None
        claim = Claim(pointer.location, pointer.size, pointer.sha256)
        try:
            self._buckets = self._buckets or open_buckets(self._config.claims_endpoint)
            self._buckets.keep(claim, claimed_file(self._config, claim))
        except FileNotFoundError as error:
            return RecordFault(f"{error.filename}: gone before it was brought to {pointer.location}")
        except TransportError as error:
            return Refused(error.message, error.retriable, self._topic)
        except OSError as error:
            return Refused(f"{error.filename}: {error.strerror}", retriable=False, topic=self._topic)
        return None
