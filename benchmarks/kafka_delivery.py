"""Results to one real broker: this project, confluent-kafka with AvroSerializer, a plain kafka-python loop.

All wait for acks=all and are idempotent; confluent-kafka runs a second time in transactions, which is what
this project sends with.

All on the same broker, topic settings and results, in turn within one run. Needs Java, and once
``pip install 'confluent-kafka[avro,schemaregistry]'``. Run from the root of the repository; an argument names
the directory whose disk is measured.

*durable* is the time until the caller may forget the result: here on its own disk, for the other two in the
broker's log. *delivered* is the time until the broker's acknowledgement is in hand. *records/s* is of many in
a row: stored and delivered; produced and flushed; sent and waited for one by one.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

sys.path.insert(0, str(Path(__file__).parents[1]))

from kafka import KafkaProducer
from tests.integration.kafka.topic import create_topic, unique_name
from tests.integration.servers.kafka import KafkaCluster
from vqe_sample import sample

from vqe_records import VQEDecoratedResult, VQEDecoratedResultInterface
from vqe_stream import ProducerConfig, VQEKafkaProducer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Iterations, parameters, terms; rounds of single results; how many in a row.
CASES: Final = ((10, 15, 50, 60, 200), (150, 250, 631, 40, 60), (2000, 200, 2000, 20, 15))
_TURNS: Final = 3
_GROUP: Final = 100
LIMIT: Final = 20 * 1024 * 1024


class Contender(Protocol):
    """One way to bring results to a topic."""

    def durable(self, result: VQEDecoratedResult) -> None:
        """Return when the result may be forgotten."""
        ...

    def delivered(self, result: VQEDecoratedResult) -> None:
        """Return when the broker has acknowledged it."""
        ...

    def many(self, results: list[VQEDecoratedResult]) -> None:
        """Bring all of them, as fast as it goes."""
        ...


class Ours:
    """`VQEKafkaProducer`, delivering in the background."""

    def __init__(self, servers: str, topic: str, place: Path) -> None:
        config = ProducerConfig(servers, topic, state=place, timeout=60, allow_memory_file_system=True)
        self._producer = VQEKafkaProducer(config)

    def durable(self, result: VQEDecoratedResult) -> None:
        """On disk, or in the log."""
        self._producer.send_result(result)

    def delivered(self, result: VQEDecoratedResult) -> None:
        """Acknowledged by the broker."""
        self._producer.send_result(result, wait=True)

    def many(self, results: list[VQEDecoratedResult]) -> None:
        """All, and then what is left."""
        for result in results:
            self._producer.send_result(result)
        assert self._producer.flush(120).pending == 0  # noqa: S101 a benchmark that lost something is none

    def rest(self) -> None:
        """Deliver what `durable` left, outside of any measurement."""
        self._producer.flush(120)

    def close(self) -> None:
        """End delivery before the disk is cleared."""
        self._producer.close(0)


class PlainLoop:
    """kafka-python as the existing producer uses it: send, wait, retry; here nothing fails."""

    def __init__(self, servers: str, topic: str) -> None:
        self._topic = topic
        self._producer = KafkaProducer(
            bootstrap_servers=servers.split(","), retries=5, acks="all", max_request_size=LIMIT
        )
        self._interface = VQEDecoratedResultInterface()

    def durable(self, result: VQEDecoratedResult) -> None:
        """On disk, or in the log."""
        value = b"\0\0\0\0\1" + self._interface.encode(result)
        self._producer.send(self._topic, value).get(timeout=60)

    delivered = durable

    def many(self, results: list[VQEDecoratedResult]) -> None:
        """All, and then what is left."""
        for result in results:
            self.durable(result)


class Confluent:
    """confluent-kafka (librdkafka) with AvroSerializer (fastavro), idempotent, acks=all."""

    def __init__(self, servers: str, topic: str, settings: Mapping[str, object] | None = None) -> None:
        from confluent_kafka import Producer  # noqa: PLC0415 only here, and not a dependency
        from confluent_kafka.schema_registry import SchemaRegistryClient  # noqa: PLC0415 as above
        from confluent_kafka.schema_registry.avro import AvroSerializer  # noqa: PLC0415 as above
        from confluent_kafka.serialization import MessageField, SerializationContext  # noqa: PLC0415 as above

        registry = SchemaRegistryClient.new_client({"url": "mock://benchmark"})
        self._serialize = AvroSerializer(registry, VQEDecoratedResultInterface.SELF_CONTAINED)
        self._context = SerializationContext(topic, MessageField.VALUE)
        self._topic = topic
        self._interface = VQEDecoratedResultInterface()
        self._datums: dict[int, Any] = {}
        self._producer = Producer(
            {
                "bootstrap.servers": servers,
                "acks": "all",
                "enable.idempotence": True,
                "linger.ms": 0,
                "message.max.bytes": LIMIT,
                "queue.buffering.max.kbytes": 1024 * 1024,
                **(settings or {}),
            }
        )

    def prepare(self, results: list[VQEDecoratedResult]) -> None:
        """Make the dictionaries that AvroSerializer takes, outside of any measurement."""
        for result in results:
            self._datums[id(result)] = self._interface.serialize(result)

    def durable(self, result: VQEDecoratedResult) -> None:
        """On disk, or in the log."""
        self._produce(result)
        assert self._producer.flush(60) == 0  # noqa: S101 as above

    delivered = durable

    def many(self, results: list[VQEDecoratedResult]) -> None:
        """All, and then what is left."""
        for result in results:
            self._produce(result)
        assert self._producer.flush(120) == 0  # noqa: S101 as above

    def _produce(self, result: VQEDecoratedResult) -> None:
        self._producer.produce(self._topic, self._serialize(self._datums[id(result)], self._context))
        self._producer.poll(0)


class ConfluentTransactions(Confluent):
    """The same with a transaction for each result, or for each hundred: what exactly once costs there."""

    def __init__(self, servers: str, topic: str) -> None:
        super().__init__(servers, topic, {"transactional.id": topic})
        self._producer.init_transactions(60)

    def durable(self, result: VQEDecoratedResult) -> None:
        """In the log, committed."""
        self._commit([result])

    delivered = durable

    def many(self, results: list[VQEDecoratedResult]) -> None:
        """All, in groups as large as ours."""
        for start in range(0, len(results), _GROUP):
            self._commit(results[start : start + _GROUP])

    def _commit(self, results: list[VQEDecoratedResult]) -> None:
        self._producer.begin_transaction()
        for result in results:
            self._produce(result)
        self._producer.commit_transaction(60)


def milliseconds(action: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def quantile(times: list[float], share: float) -> float:
    """The time that this share of the calls did not exceed."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def make_results(shape: tuple[int, int, int], count: int) -> list[VQEDecoratedResult]:
    """Different results of one size: each has an id of its own."""
    first = VQEDecoratedResultInterface().deserialize(sample(*shape))
    return [replace(first, molecule_id=number) for number in range(count)]


def measure(servers: str, case: tuple[int, ...], place: Path) -> None:
    """Print the lines of one size."""
    *shape, rounds, row = case
    iterations, parameters, terms = shape
    results = make_results((iterations, parameters, terms), 2 * rounds + _TURNS * row)
    size = len(VQEDecoratedResultInterface().encode(results[0]))

    def topic() -> str:
        return create_topic(servers, unique_name(), settings={"max.message.bytes": LIMIT})

    ours = Ours(servers, topic(), place / f"state-{size}")
    confluent = Confluent(servers, topic())
    transactions = ConfluentTransactions(servers, topic())
    for each in (confluent, transactions):
        each.prepare(results)
    contenders: dict[str, Contender] = {
        "avroforge": ours,
        "confluent-kafka": confluent,
        "  in transactions": transactions,
        "kafka-python loop": PlainLoop(servers, topic()),
    }
    durable: dict[str, list[float]] = {name: [] for name in contenders}
    delivered: dict[str, list[float]] = {name: [] for name in contenders}
    for result in results[:3]:
        for contender in contenders.values():
            contender.delivered(result)
    for number in range(3, rounds):
        for name, contender in contenders.items():
            durable[name].append(milliseconds(partial(contender.durable, results[number])))
        ours.rest()
        for name, contender in contenders.items():
            delivered[name].append(milliseconds(partial(contender.delivered, results[rounds + number])))
    rates: dict[str, float] = dict.fromkeys(contenders, 0.0)
    for turn in range(_TURNS):
        part = results[2 * rounds + turn * row : 2 * rounds + (turn + 1) * row]
        for name, contender in contenders.items():
            elapsed = milliseconds(partial(contender.many, part)) / 1000
            rates[name] = max(rates[name], row / elapsed)
    ours.close()
    for name in contenders:
        line = [quantile(times[name], share) for times in (durable, delivered) for share in (0.5, 0.99)]
        print(
            f"{size:>9,} B  {name:<18}" + "".join(f"{each:>10.1f}" for each in line) + f"{rates[name]:>12.0f}"
        )


def main() -> None:
    """Print the table."""
    place = sys.argv[1] if len(sys.argv) > 1 else None
    with (
        tempfile.TemporaryDirectory(dir=place) as directory,
        KafkaCluster(Path(directory) / "kafka") as cluster,
    ):
        # Past the proxy: it is Python too, and would be what is measured.
        servers = cluster.direct_servers
        head = ("durable p50", "p99", "delivered p50", "p99", "records/s")
        print("times in ms".ljust(31) + "".join(f"{each:>{10 if each == 'p99' else 12}}" for each in head))
        for case in CASES:
            measure(servers, case, Path(directory))


if __name__ == "__main__":
    main()
