"""What goes wrong around one broker: it pauses, it is late, the disk, the clock and the outbox fail."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.integration.kafka.load import (
    OPTIONS,
    Load,
    make_record,
    make_relay,
    make_transport,
    payload,
    settle,
)
from tests.integration.kafka.topic import Read, create_topic, read_all, unique_name

from avroforge.delivery import Outbox, RowState, check
from avroforge.errors import NotDurableError
from avroforge.kafka import KafkaOptions, KafkaTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.conftest import MakeCluster
    from tests.integration.servers.kafka import KafkaCluster

ROOT = Path(__file__).parents[3]


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox.open(tmp_path / "outbox", OPTIONS) as opened:
        yield opened


def ids(found: list[Read]) -> list[str]:
    return [each.result_id for each in found]


def test_the_only_broker_pauses(
    make_cluster: MakeCluster,
    tmp_path: Path,
    long: Callable[[float, float], float],
    record_property: Callable[[str, object], None],
) -> None:
    cluster = make_cluster()
    topic = create_topic(cluster.servers, unique_name())
    with Load(tmp_path, cluster.servers, topic) as load:
        load.wait_for(20)
        cluster.brokers[0].pause()
        time.sleep(long(8, 60))
        cluster.brokers[0].resume()
        load.wait_for(20)
        account = load.finish()
        assert account.copies == 0
        record_property("stall_seconds", load.stall())


def test_a_late_request_of_a_fenced_relay_never_arrives(make_cluster: MakeCluster, tmp_path: Path) -> None:
    """A paused broker holds the old relay's request; when it goes on, the new relay has taken over."""
    cluster = make_cluster()
    topic = create_topic(cluster.servers, unique_name())
    broker = cluster.brokers[0]
    with Outbox.open(tmp_path / "outbox", OPTIONS) as outbox:
        outbox.append(make_record("warm", topic))
        old = make_transport(outbox, cluster.servers)
        assert make_relay(outbox, old, tmp_path).drain(30).sent == 1
        outbox.append(make_record("late", topic))
        relay = make_relay(outbox, old, tmp_path)
        broker.pause()
        assert relay.deliver(1.0).pending == 1
        # The old relay's connections stay open, its request lies in the broker's socket.
        del relay
        threading.Timer(2.0, broker.resume).start()
        new = make_transport(outbox, cluster.servers)
        assert make_relay(outbox, new, tmp_path).drain(60).pending == 0
        time.sleep(1)
        account = settle(outbox, cluster.servers, topic, {"warm": "", "late": ""})
        assert account.copies == 0
        old.close(1)
        new.close(1)


def test_two_relays_at_once_send_nothing_twice(kafka: KafkaCluster, topic: str, tmp_path: Path) -> None:
    with Outbox.open(tmp_path / "outbox", OPTIONS) as one, Outbox.open(tmp_path / "outbox", OPTIONS) as other:
        relays = [make_relay(box, make_transport(box, kafka.servers), tmp_path) for box in (one, other)]
        for relay in relays:
            relay.start()
        for number in range(200):
            one.append(make_record(f"r{number}", topic))
            if number == 100:
                # The one that works goes; the other one takes over.
                assert relays[0].stop(10)
        assert relays[1].drain(60).pending == 0
        assert settle(one, kafka.servers, topic, {f"r{n}": "" for n in range(200)}).copies == 0
        assert relays[1].stop(10)


def test_a_topic_with_a_small_limit_takes_groups_of_records(
    kafka: KafkaCluster, outbox: Outbox, tmp_path: Path
) -> None:
    # The client gathers half a megabyte into one batch, which this topic refuses as a whole.
    topic = create_topic(kafka.servers, unique_name(), settings={"max.message.bytes": 80_000})
    for number in range(60):
        outbox.append(make_record(f"r{number}", topic))
    transport = make_transport(outbox, kafka.servers)
    assert make_relay(outbox, transport, tmp_path).drain(60).pending == 0
    assert settle(outbox, kafka.servers, topic, {f"r{n}": "" for n in range(60)}).copies == 0
    transport.close(1)


def test_a_flipped_bit_costs_one_result_and_is_told(
    kafka: KafkaCluster, topic: str, outbox: Outbox, tmp_path: Path
) -> None:
    for name in ("a", "b", "c"):
        outbox.append(make_record(name, topic))
    file = outbox.directory / "payload" / "00000001.bin"
    data = bytearray(file.read_bytes())
    data[data.index(payload("b")) + 500] ^= 0x10
    file.write_bytes(data)
    assert check(outbox) == ("row 2: its payload does not match its checksum",)
    transport = make_transport(outbox, kafka.servers)
    counts = make_relay(outbox, transport, tmp_path).drain(30)
    assert (counts.sent, counts.dead) == (2, 1)
    (reason,) = outbox.status().reasons
    assert (reason.state, reason.result_id) == ("dead", "b")
    assert ids(read_all(kafka.servers, topic)) == ["a", "c"]
    transport.close(1)


def test_a_clock_that_steps_back_changes_no_order(kafka: KafkaCluster, topic: str, tmp_path: Path) -> None:
    now = [time.time()]
    options = replace(OPTIONS, clock=lambda: now[0])
    with Outbox.open(tmp_path / "outbox", options) as outbox:
        transport = make_transport(outbox, kafka.servers)
        relay = make_relay(outbox, transport, tmp_path)
        for name in ("first", "second", "third"):
            outbox.append(make_record(name, topic))
            now[0] -= 86_400
        assert relay.drain(30).sent == 3
        outbox.append(make_record("fourth", topic))
        assert relay.drain(30).sent == 1
        assert ids(read_all(kafka.servers, topic)) == ["first", "second", "third", "fourth"]
        transport.close(1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB of its own: a mounted tmpfs."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a file system needs root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_loses_nothing_and_goes_on_with_room(
    kafka: KafkaCluster, topic: str, small_disk: Path, tmp_path: Path
) -> None:
    with Outbox.open(small_disk / "outbox", OPTIONS) as outbox:
        transport = make_transport(outbox, kafka.servers)
        relay = make_relay(outbox, transport, tmp_path)
        stored = {}
        refused: NotDurableError | None = None
        for number in range(500):
            try:
                name = outbox.append(make_record(f"r{number}", topic)).result_id
            except NotDurableError as error:
                refused = error
                break
            stored[name] = name
        assert refused is not None
        assert refused.payload == payload(refused.result_id)
        # The relay notes where a record goes before it sends it: without room it waits, and says why.
        filler = small_disk / "filler"
        with filler.open("wb") as file:
            while True:
                try:
                    os.write(file.fileno(), b"x" * 512)
                except OSError:
                    break
        counts = relay.deliver(3)
        assert counts.dead == 0
        assert counts.pending == 0 or counts.blocked is not None
        filler.unlink()
        assert relay.drain(30).pending == 0
        assert set(ids(read_all(kafka.servers, topic))) == set(stored)
        assert outbox.prune().rows == len(stored)
        outbox.append(make_record(refused.result_id, topic))
        assert relay.drain(30).pending == 0
        assert check(outbox) == ()
        transport.close(1)


def test_an_outbox_that_became_read_only_says_so_and_delivers_when_it_is_not(
    kafka: KafkaCluster, topic: str, small_disk: Path, tmp_path: Path
) -> None:
    def remount(mode: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{mode}", str(small_disk)], check=True, capture_output=True)

    with Outbox.open(small_disk / "outbox", OPTIONS) as outbox:
        outbox.append(make_record("a", topic))
    remount("ro")
    script = (
        "import sys; from pathlib import Path; from tests.integration.kafka.load import *\n"
        "try:\n"
        "    with Outbox.open(Path(sys.argv[1]), OPTIONS) as box: box.append(make_record('b', sys.argv[2]))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(small_disk / "outbox"), topic],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert "OutboxError" in done.stdout
    assert "read-only file system" in done.stdout.lower()
    remount("rw")
    with Outbox.open(small_disk / "outbox", OPTIONS) as outbox:
        transport = make_transport(outbox, kafka.servers)
        assert make_relay(outbox, transport, tmp_path).drain(30).sent == 1
        transport.close(1)
    assert ids(read_all(kafka.servers, topic)) == ["a"]


def test_the_clients_own_settings_change_what_it_does(
    kafka: KafkaCluster, topic: str, outbox: Outbox
) -> None:
    """`delivery_timeout_ms` ends the wait for a silent broker; `retries` and the rest are passed on."""
    proxy = kafka.brokers[0].proxy
    outcomes = {}
    for patience in (1500, 6000):
        transport = KafkaTransport(
            KafkaOptions(servers=kafka.servers, delivery_timeout_ms=patience), f"patience-{patience}"
        )
        relay = make_relay(outbox, transport, outbox.directory.parent)
        outbox.append(make_record(f"before-{patience}", topic))
        assert relay.drain(20).pending == 0
        outbox.append(make_record(f"silent-{patience}", topic))
        proxy.frozen = True
        try:
            begin = time.monotonic()
            relay.deliver(4.0)
            outcomes[patience] = time.monotonic() - begin
            row = outbox.find(topic, f"silent-{patience}")
            assert row is not None
            given_up = row.state is RowState.PENDING or row.error is not None
            assert given_up == (patience == 1500), row
        finally:
            proxy.mend()
        assert relay.drain(60).pending == 0
        transport.close(1)
    settings = KafkaOptions(servers="a:1", retries=9, max_request_size=123, delivery_timeout_ms=5000)
    made = settings.producer_settings("name", 1.0)
    assert (made["retries"], made["max_request_size"], made["delivery_timeout_ms"]) == (9, 123, 5000)
    assert (made["acks"], made["enable_idempotence"], made["request_timeout_ms"]) == ("all", True, 5000)
