"""kill -9 of producer, relay and broker at random moments: nothing lost, nothing doubled."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.integration.kafka import load
from tests.integration.kafka.topic import create_topic, unique_name

from avroforge.delivery import Outbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.conftest import MakeCluster

ROOT = Path(__file__).parents[3]


class Victims:
    """Producer and relays as processes, started again after every kill."""

    def __init__(self, directory: Path, servers: str, topic: str) -> None:
        self._lines = directory / "acknowledged"
        self._commands = {
            "producer": ["produce", str(directory), topic],
            "relay": ["relay", str(directory), servers],
            "second relay": ["relay", str(directory), servers],
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        for name, arguments in self._commands.items():
            running = self._processes.get(name)
            if running is None or running.poll() is not None:
                with self._lines.open("ab") as lines:
                    self._processes[name] = subprocess.Popen(
                        [sys.executable, "-m", "tests.integration.kafka.load", *arguments],
                        stdout=lines if name == "producer" else subprocess.DEVNULL,
                        stderr=(self._lines.parent / f"{name}.log").open("ab"),
                        cwd=ROOT,
                    )

    def kill(self, name: str) -> None:
        self._processes[name].send_signal(signal.SIGKILL)
        self._processes[name].wait(10)

    def kill_all(self) -> None:
        for name in self._processes:
            self.kill(name)

    def acknowledged(self) -> dict[str, str]:
        # The last line may have been cut off in the middle.
        whole = self._lines.read_text().split("\n")[:-1]
        return {name: name for name in whole if name}


def test_kills_at_random_moments(
    make_cluster: MakeCluster,
    tmp_path: Path,
    long: Callable[[int, int], int],
    record_property: Callable[[str, object], None],
) -> None:
    rounds = long(20, 200)
    seed = random.randrange(2**32)  # noqa: S311 no secret
    record_property("seed", seed)
    chance = random.Random(seed)  # noqa: S311 no secret
    cluster = make_cluster()
    topic = create_topic(cluster.servers, unique_name(), partitions=3)
    victims = Victims(tmp_path, cluster.servers, topic)
    killed = []
    try:
        victims.start()
        for _ in range(rounds):
            time.sleep(chance.uniform(0.3, 1.5))
            victim = chance.choice(("producer", "relay", "second relay", "relay", "broker"))
            killed.append(victim)
            if victim == "broker":
                cluster.brokers[0].kill()
                cluster.brokers[0].start()
            else:
                victims.kill(victim)
            victims.start()
    finally:
        victims.kill_all()
    with Outbox.open(tmp_path / "outbox", load.OPTIONS) as outbox:
        transport = load.make_transport(outbox, cluster.servers)
        counts = load.make_relay(outbox, transport, tmp_path).drain(120)
        assert counts.pending == 0, (seed, counts)
        transport.close(1)
        account = load.settle(outbox, cluster.servers, topic, victims.acknowledged())
    assert account.copies == 0, seed
    assert account.acknowledged > rounds
    print(f"seed {seed}: {account} after {rounds} kills {sorted(set(killed))}")  # noqa: T201 a measured figure
