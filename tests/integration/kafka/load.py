"""Results without end into an outbox, a relay that delivers them, and the account of what arrived.

As a program it is the victim of kills: ``produce DIRECTORY TOPIC`` or ``relay DIRECTORY SERVERS``.
"""

from __future__ import annotations

import logging
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from tests.integration.kafka.topic import Read, read_all

from avroforge.delivery import Outbox, OutboxOptions, OutboxRecord, Relay, RelayOptions, check
from avroforge.kafka import KafkaOptions, KafkaTransport
from avroforge.registry import LocalRegistry, RegistryIds
from avroforge.wire.framing import unframe
from vqe_stream.connection import RegistryFramer

if TYPE_CHECKING:
    from collections.abc import Mapping

OPTIONS: Final = OutboxOptions(allow_memory_file_system=True)
RELAY: Final = RelayOptions(
    retries=2, retry_delay=0.1, longest_delay=1.0, call_timeout=10.0, poll_interval=0.05
)
# Of a run that is cut short: less than what a test waits for.
DELIVERY_TIMEOUT_MS: Final = 20_000
_PAUSE: Final = 0.01


def payload(name: str) -> bytes:
    """The bytes that belong to a result's id: 1 to 60 kB, incompressible."""
    source = random.Random(name)  # noqa: S311 no secret
    return source.randbytes(source.randrange(1_000, 60_000))


def make_record(name: str, topic: str) -> OutboxRecord:
    return OutboxRecord(
        topic=topic,
        subject=f"{topic}-value",
        fullname="bytes",
        schema_key=sha256(b'"bytes"').hexdigest(),
        schema_text='"bytes"',
        bare=payload(name),
        result_id=name,
    )


def make_relay(outbox: Outbox, transport: KafkaTransport, directory: Path) -> Relay:
    ids = RegistryIds(LocalRegistry(str(directory / "registry.json")))
    return Relay(outbox, transport, RegistryFramer(ids), RELAY)


def make_transport(outbox: Outbox, servers: str) -> KafkaTransport:
    return KafkaTransport(KafkaOptions(servers=servers, delivery_timeout_ms=DELIVERY_TIMEOUT_MS), outbox.id)


@dataclass
class Account:
    """What became of the results that were acknowledged as durable.

    Attributes:
        acknowledged: how many.
        copies: records that a consumer of committed records sees beyond one per id.
        taken_back: records that only a consumer of uncommitted ones sees.
    """

    acknowledged: int
    copies: int
    taken_back: int


def settle(outbox: Outbox, servers: str, topic: str, acknowledged: Mapping[str, str]) -> Account:
    """Compare the topic with what was promised; every difference fails the test."""
    counts = outbox.counts()
    assert (counts.unfinished, counts.dead) == (0, 0), outbox.status().reasons
    assert check(outbox) == ()
    committed = read_all(servers, topic)
    everything = read_all(servers, topic, committed=False)
    found = Counter(each.result_id for each in committed)
    assert set(acknowledged) <= set(found), "an acknowledged result is missing"
    for each in committed:
        assert unframe(each.value)[1] == payload(each.result_id), f"{each.result_id}: other bytes"
        assert each.key == each.result_id
    in_order(outbox, committed)
    explained(outbox, committed, everything)
    copies = sum(found.values()) - len(found)
    return Account(len(acknowledged), copies, len(everything) - len(committed))


def in_order(outbox: Outbox, committed: list[Read]) -> None:
    """Within a partition results stand in the order in which they were stored."""
    last: dict[int, int] = {}
    for each in committed:
        row = outbox.find(topic_of(outbox), each.result_id)
        assert row is not None
        assert row.row_id > last.get(each.partition, 0), f"{each.result_id} overtook another one"
        last[each.partition] = row.row_id


def explained(outbox: Outbox, committed: list[Read], everything: list[Read]) -> None:
    """Whatever stands in the log is either where its row says, or in a transaction that was taken back."""
    places = {(each.partition, each.offset) for each in committed}
    for each in everything:
        row = outbox.find(topic_of(outbox), each.result_id)
        assert row is not None
        here = (each.partition, each.offset)
        assert (here == (row.partition, row.offset)) == (here in places), f"{each} is not explained"


def topic_of(outbox: Outbox) -> str:
    return outbox.rows(limit=1)[0].topic


@dataclass
class Load:
    """A producer thread and a background relay in this process."""

    directory: Path
    servers: str
    topic: str
    acknowledged: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.outbox = Outbox.open(self.directory / "outbox", OPTIONS)
        self.transport = make_transport(self.outbox, self.servers)
        self.relay = make_relay(self.outbox, self.transport, self.directory)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._produce, daemon=True)
        self.relay.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join(10)
        self.relay.stop(15)
        self.transport.close(1)
        self.outbox.close()

    def wait_for(self, more: int, timeout: float = 60) -> None:
        """Return when so many more results are delivered."""
        goal = self.outbox.counts().sent + more
        deadline = time.monotonic() + timeout
        while self.outbox.counts().sent < goal:
            assert time.monotonic() < deadline, f"no progress: {self.relay.blocked}"
            time.sleep(0.02)

    def finish(self, timeout: float = 90) -> Account:
        """End the production, deliver everything, and settle."""
        self._ending.set()
        self._thread.join(10)
        counts = self.relay.drain(timeout)
        assert counts.pending == 0, counts
        return settle(self.outbox, self.servers, self.topic, self.acknowledged)

    def stall(self) -> float:
        """The longest time without a delivery, in seconds."""
        with self.outbox.database.reading() as connection:
            times = [
                each[0] for each in connection.execute("SELECT finished_ms FROM record ORDER BY finished_ms")
            ]
        known = [each for each in times if each is not None]
        return max((b - a for a, b in pairwise(known)), default=0) / 1000

    def _produce(self) -> None:
        number = 0
        while not self._ending.wait(_PAUSE):
            name = f"r{number}"
            self.outbox.append(make_record(name, self.topic))
            self.acknowledged[name] = name
            number += 1


def produce(directory: Path, topic: str) -> None:
    """Append until killed; every acknowledged id is a line of output."""
    start = time.time_ns()
    with Outbox.open(directory / "outbox", OPTIONS) as outbox:
        for number in range(1_000_000):
            durable = outbox.append(make_record(f"p{start}-{number}", topic))
            sys.stdout.write(f"{durable.result_id}\n")
            sys.stdout.flush()
            time.sleep(_PAUSE)


def relay(directory: Path, servers: str) -> None:
    """Deliver until killed."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    with Outbox.open(directory / "outbox", OPTIONS) as outbox:
        make_relay(outbox, make_transport(outbox, servers), directory).drain(3600)
        while True:
            make_relay(outbox, make_transport(outbox, servers), directory).drain(1)


if __name__ == "__main__":
    what, place, *rest = sys.argv[1:]
    produce(Path(place), *rest) if what == "produce" else relay(Path(place), *rest)
