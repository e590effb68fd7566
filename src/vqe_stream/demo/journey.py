"""A result's way: stored, delivered, read back, compared."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final, TypeVar

from avroforge.delivery import RowState, StartPlace
from avroforge.errors import DeliveryError
from avroforge.wire.framing import unframe
from vqe_records import VQEDecoratedResultInterface
from vqe_stream.adapter import result_to_json
from vqe_stream.connection import open_source
from vqe_stream.consumer import VQEKafkaConsumer
from vqe_stream.molecule import formula

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vqe_stream.config import ProducerConfig
    from vqe_stream.consumer import ReceivedResult
    from vqe_stream.demo.repository import Sample
    from vqe_stream.producer import VQEKafkaProducer

_REPEATS: Final = 15

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stored:
    """Results that are on disk.

    Attributes:
        ids: the result id of every sample, in their order.
        new: how many were not there before.
        waiting: how many are to be delivered.
    """

    ids: tuple[str, ...]
    new: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A result after its way, beside what it was before.

    Attributes:
        molecule: its formula.
        minimum: lowest energy, in hartree.
        size: bytes of the Avro body.
        encode_seconds: the median of several times, as `decode_seconds`.
        same_bytes: whether the body is the one of the Avro file.
        same_values: whether its JSON form is equal to the JSON file.
        copies: how often it stands in the log.
    """

    molecule: str
    iterations: int
    minimum: float
    size: int
    schema_id: int
    encode_seconds: float
    decode_seconds: float
    same_bytes: bool
    same_values: bool
    copies: int


def store(producer: VQEKafkaProducer, samples: Sequence[Sample]) -> Stored:
    """Put every result into the outbox.

    Raises:
        DeliveryError: a result is on no disk.
    """
    stored = [producer.send_result(sample.result) for sample in samples]
    ids = tuple(each.result_id for each in stored)
    rows = [producer.find(identity) for identity in ids]
    waiting = sum(row is None or row.is_open for row in rows)
    return Stored(ids, sum(not each.duplicate for each in stored), waiting)


def deliver(producer: VQEKafkaProducer, ids: Sequence[str]) -> tuple[int, ...]:
    """Bring everything to the topic; the offsets of the results.

    Raises:
        DeliveryError: not all of them arrived.
    """
    counts = producer.flush()
    rows = [producer.find(identity) for identity in ids]
    offsets = tuple(
        row.offset
        for row in rows
        if row is not None and row.state is RowState.SENT and row.offset is not None
    )
    if len(offsets) != len(ids):
        faults = [row.error for row in rows if row is not None and row.error]
        reason = counts.blocked or next(iter(faults), "time is up; run the command again")
        raise DeliveryError(f"{len(ids) - len(offsets)} of {len(ids)} results are not delivered: {reason}")
    return offsets


def read_back(config: ProducerConfig, ids: Sequence[str]) -> dict[str, ReceivedResult]:
    """The results out of the topic, typed, by id.

    Raises:
        DeliveryError: one of them is not there, or cannot be read.
    """
    found: dict[str, ReceivedResult] = {}
    with VQEKafkaConsumer(config) as consumer:
        while (received := consumer.receive()) is not None:
            identity = received.result_id
            if identity is not None and identity in ids:
                found[identity] = received
    missing = [identity for identity in ids if identity not in found]
    if missing:
        raise DeliveryError(f"{config.topic}: expected result {missing[0]}, which the log does not have")
    return found


def compare(
    config: ProducerConfig, samples: Sequence[Sample], ids: Sequence[str], found: Mapping[str, ReceivedResult]
) -> list[Comparison]:
    """Every result after its way beside the files it came from.

    Raises:
        TransportError: the log cannot be read.
    """
    source = open_source(config, StartPlace())
    try:
        copies = Counter(record.key for record in iter(source.next_record, None))
    finally:
        source.close(config.timeout)
    interface = VQEDecoratedResultInterface()
    rows = []
    for sample, identity in zip(samples, ids, strict=True):
        received = found[identity]
        _, bare = unframe(received.value)
        result = received.result
        rows.append(
            Comparison(
                molecule=formula(result.molecule),
                iterations=len(result.vqe_result.iteration_list),
                minimum=float(result.vqe_result.minimum),
                size=len(bare),
                schema_id=received.schema_id,
                encode_seconds=_seconds(interface.encode, result),
                decode_seconds=_seconds(interface.decode, bare),
                same_bytes=bare == sample.expected == interface.encode(result),
                same_values=json.loads(result_to_json(result)) == sample.datum,
                copies=copies[identity],
            )
        )
    return rows


def _seconds(call: Callable[[T], object], argument: T) -> float:
    times = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        call(argument)
        times.append(time.perf_counter() - started)
    return median(times)
