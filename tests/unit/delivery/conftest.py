"""Records, schema ids and a scripted destination for the delivery tests."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import pytest

from avroforge.delivery import (
    Absent,
    Delivered,
    Forgotten,
    Found,
    GroupLimit,
    InFlight,
    Outbox,
    OutboxOptions,
    OutboxRecord,
    Outcome,
    OutgoingRecord,
    RecordFault,
    Refused,
    SearchResult,
    Settled,
    TopicLog,
    Unknown,
    Withdrawn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from avroforge.errors import RegistryError, TransportError

Behaviour: TypeAlias = Literal[
    "deliver", "lose", "ghost", "late", "refuse", "forbid", "fault", "slow", "never", "withdraw"
]
LIMIT = 1000


@dataclass
class Broker:
    """What several `ScriptedTransport`s share: the log, and the epoch of the producer's name."""

    log: list[OutgoingRecord] = field(default_factory=list)
    late: list[tuple[int, OutgoingRecord]] = field(default_factory=list)
    epoch: int = 0
    first_offset: int = 0
    partitions: int = 3

    def append(self, record: OutgoingRecord) -> int:
        self.log.append(record)
        return len(self.log) - 1

    def ids(self) -> list[str]:
        return [record.key for record in self.log]

    def late_records_arrive(self) -> None:
        """What was still in the network reaches the log, unless its producer was fenced."""
        for epoch, record in self.late:
            if epoch == self.epoch:
                self.append(record)
        self.late.clear()


@dataclass
class SlowFlight:
    """Open for some waits, then delivered."""

    outcome: Outcome
    waits: int
    outcomes: tuple[Outcome, ...] = ()

    def wait(self, timeout: float) -> tuple[Outcome, ...] | None:
        del timeout
        self.waits -= 1
        return self.outcomes if self.waits < 0 else None


class PatientFlight:
    """Begins when it is first waited for."""

    def __init__(self, begin: Callable[[], InFlight]) -> None:
        self._begin = begin
        self._flight: InFlight | None = None

    def wait(self, timeout: float) -> tuple[Outcome, ...] | None:
        if self._flight is None:
            self._flight = self._begin()
        return self._flight.wait(timeout)


class ScriptedTransport:
    """A transport whose every send does what the script says, then delivers."""

    def __init__(self, broker: Broker, script: tuple[Behaviour, ...] = ()) -> None:
        self.broker = broker
        self.script: deque[Behaviour] = deque(script)
        self.epoch = broker.epoch
        self.calls: list[str] = []
        self.unreachable: dict[str, TransportError] = {}
        self.limit = GroupLimit()
        self.send_hook: Callable[[OutgoingRecord], Outcome | None] | None = None

    def partition_for(self, topic: str, key: str, *, timeout: float) -> int:
        del topic, timeout
        self._called("partition_for")
        return sum(key.encode()) % self.broker.partitions

    def end_offset(self, topic: str, partition: int, *, timeout: float) -> int:
        del topic, partition, timeout
        self._called("end_offset")
        return len(self.broker.log)

    @property
    def group_limit(self) -> GroupLimit:
        return self.limit

    def send(self, records: Sequence[OutgoingRecord], *, timeout: float) -> InFlight:
        del timeout
        self.calls.append("send")
        return PatientFlight(lambda: self._begin(records))

    def _begin(self, records: Sequence[OutgoingRecord]) -> InFlight:
        flights = [self._send(record) for record in records]
        slow = next((each for each in flights if isinstance(each, SlowFlight)), None)
        outcomes = tuple(each.outcome if isinstance(each, SlowFlight) else each for each in flights)
        return Settled(outcomes) if slow is None else SlowFlight(outcomes[0], slow.waits, outcomes)

    def _send(self, record: OutgoingRecord) -> Outcome | SlowFlight:
        hooked = self.send_hook(record) if self.send_hook else None
        if hooked is not None:
            return hooked
        behaviour = self.script.popleft() if self.script else "deliver"
        if self.epoch != self.broker.epoch:
            return Refused("fenced", retriable=False)
        if len(record.value) > LIMIT:
            return RecordFault("too large")
        match behaviour:
            case "deliver" | "slow":
                outcome = Delivered(record.partition, self.broker.append(record))
                return SlowFlight(outcome, 2) if behaviour == "slow" else outcome
            case "ghost":
                self.broker.append(record)
                return Unknown("no answer")
            case "lose":
                return Unknown("connection lost")
            case "late":
                self.broker.late.append((self.epoch, record))
                return Unknown("no answer")
            case "never":
                return SlowFlight(Unknown("no answer"), 10**9)
            case "withdraw":
                return Withdrawn()
            case "refuse":
                return Refused("no leader", retriable=True)
            case "forbid":
                return Refused("not authorised", retriable=False)
            case "fault":
                return RecordFault("refused for good")

    def fence(self, topic: str, *, timeout: float) -> None:
        del topic, timeout
        self._called("fence")
        self.broker.epoch += 1
        self.epoch = self.broker.epoch

    def find(
        self, topic: str, partition: int, result_ids: Collection[str], from_offset: int, *, timeout: float
    ) -> Mapping[str, SearchResult]:
        del timeout
        self._called("find")
        self.broker.late_records_arrive()
        start = from_offset if from_offset <= len(self.broker.log) else 0
        if start < self.broker.first_offset:
            return dict.fromkeys(result_ids, Forgotten(self.broker.first_offset))
        found: dict[str, SearchResult] = dict.fromkeys(result_ids, Absent())
        for offset, record in enumerate(self.broker.log):
            same_place = (record.topic, record.partition) == (topic, partition)
            identity = dict(record.headers)["result-id"]
            if offset >= start and same_place and identity in found:
                found[identity] = Found(offset)
        return found

    def close(self, timeout: float) -> None:
        del timeout
        self.calls.append("close")

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name in self.unreachable:
            raise self.unreachable[name]


class Ids:
    """A framer with one id; `error` is raised while it is set."""

    def __init__(self) -> None:
        self.error: RegistryError | None = None
        self.refused: dict[str, RegistryError] = {}

    def schema_id(self, subject: str, schema_key: str, schema_text: str) -> int:
        del schema_key, schema_text
        if subject in self.refused:
            raise self.refused[subject]
        if self.error is not None:
            raise self.error
        return 7


def make_record(name: str, bare: bytes | None = None, topic: str = "results") -> OutboxRecord:
    return OutboxRecord(
        topic=topic,
        subject=f"{topic}-value",
        fullname="qp.Result",
        schema_key="5ca1ab1e",
        schema_text='{"type": "string"}',
        bare=f"payload of {name}".encode() if bare is None else bare,
        headers=(("molecule", "H2 dimer"),),
        result_id=name,
    )


@pytest.fixture
def record() -> Callable[..., OutboxRecord]:
    return make_record


@pytest.fixture
def options() -> OutboxOptions:
    # The tests' directory may be a tmpfs; what a real one needs has tests of its own.
    return OutboxOptions(allow_memory_file_system=True, busy_timeout=5.0)


@pytest.fixture
def outbox(tmp_path: Path, options: OutboxOptions) -> Iterator[Outbox]:
    with Outbox.open(tmp_path / "outbox", options) as opened:
        yield opened


@pytest.fixture
def log(tmp_path: Path, outbox: Outbox) -> TopicLog:
    return TopicLog(tmp_path / "topics", producer=outbox.id)


@pytest.fixture
def ids() -> Ids:
    return Ids()


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def scripted(broker: Broker) -> Callable[..., ScriptedTransport]:
    def make(*script: Behaviour) -> ScriptedTransport:
        return ScriptedTransport(broker, script)

    return make
