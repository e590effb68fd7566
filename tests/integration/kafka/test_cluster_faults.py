"""Three brokers, three replicas, two in sync: leaders die, brokers pause, networks break."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import pytest
from kafka.admin import KafkaAdminClient
from tests.integration.conftest import made_cluster
from tests.integration.kafka.load import OPTIONS, Load, make_record, make_relay
from tests.integration.kafka.topic import create_topic, read_all, unique_name

from avroforge.delivery import Outbox, RowState
from avroforge.kafka import KafkaOptions, KafkaTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.servers.kafka import Broker, KafkaCluster

BEFORE, AFTER = 20, 20


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    with made_cluster(tmp_path_factory, 3) as three:
        yield three


@pytest.fixture
def load(cluster: KafkaCluster, tmp_path: Path) -> Iterator[Load]:
    cluster.start()
    for broker in cluster.brokers:
        broker.proxy.mend()
    topic = create_topic(cluster.servers, unique_name(), replicas=3, settings={"min.insync.replicas": 2})
    with Load(tmp_path, cluster.servers, topic) as running:
        running.wait_for(BEFORE)
        yield running


def replicas(cluster: KafkaCluster, topic: str) -> list[int]:
    """The nodes of the only partition, its leader first."""
    admin = KafkaAdminClient(bootstrap_servers=cluster.servers.split(","))
    try:
        (partition,) = admin.describe_topics([topic])[0]["partitions"]
    finally:
        admin.close()
    first: int = partition["leader_id"]
    return [first, *(each for each in partition["replica_nodes"] if each != first)]


def leader(cluster: KafkaCluster, topic: str) -> Broker:
    return cluster.brokers[replicas(cluster, topic)[0] - 1]


def report(record_property: Callable[[str, object], None], load: Load) -> None:
    """Everything arrived, once, in order; what it cost is told."""
    account = load.finish()
    assert account.copies == 0
    stall = load.stall()
    record_property("stall_seconds", stall)
    print(f"{account}, longest time without a delivery {stall:.1f} s")  # noqa: T201 a measured figure


def test_the_leader_is_killed(
    cluster: KafkaCluster, load: Load, record_property: Callable[[str, object], None]
) -> None:
    leader(cluster, load.topic).kill()
    load.wait_for(AFTER)
    cluster.start()
    report(record_property, load)


def test_two_of_three_are_killed(
    cluster: KafkaCluster, load: Load, record_property: Callable[[str, object], None]
) -> None:
    first = leader(cluster, load.topic)
    others = [each for each in cluster.brokers if each is not first]
    first.kill()
    others[0].kill()
    time.sleep(5)
    cluster.start()
    load.wait_for(AFTER)
    report(record_property, load)


def test_the_leader_pauses(
    cluster: KafkaCluster,
    load: Load,
    long: Callable[[float, float], float],
    record_property: Callable[[str, object], None],
) -> None:
    paused = leader(cluster, load.topic)
    paused.pause()
    try:
        time.sleep(long(12, 60))
    finally:
        paused.resume()
    load.wait_for(AFTER)
    report(record_property, load)


def test_the_network_is_cut(
    cluster: KafkaCluster, load: Load, record_property: Callable[[str, object], None]
) -> None:
    for broker in cluster.brokers:
        broker.proxy.cut()
    time.sleep(5)
    for broker in cluster.brokers:
        broker.proxy.mend()
    load.wait_for(AFTER)
    report(record_property, load)


def test_the_network_freezes_with_connections_open(
    cluster: KafkaCluster,
    load: Load,
    long: Callable[[float, float], float],
    record_property: Callable[[str, object], None],
) -> None:
    for broker in cluster.brokers:
        broker.proxy.frozen = True
    time.sleep(long(8, 60))
    for broker in cluster.brokers:
        broker.proxy.mend()
    load.wait_for(AFTER)
    report(record_property, load)


def test_a_slow_network(
    cluster: KafkaCluster, load: Load, record_property: Callable[[str, object], None]
) -> None:
    for broker in cluster.brokers:
        broker.proxy.delay = 0.1
        broker.proxy.bytes_per_second = 2_000_000
    load.wait_for(AFTER)
    for broker in cluster.brokers:
        broker.proxy.mend()
    report(record_property, load)


@pytest.mark.parametrize("retries", [2, 7])
def test_kafka_retries_is_how_often_the_client_asks_again(
    retries: int, cluster: KafkaCluster, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A topic short of replicas in sync holds back its results, with the reason, and no others."""
    cluster.start()
    topic = create_topic(cluster.servers, unique_name(), replicas=2, settings={"min.insync.replicas": 2})
    other = create_topic(cluster.servers, unique_name(), replicas=3)
    follower = cluster.brokers[replicas(cluster, topic)[1] - 1]
    follower.kill()
    with Outbox.open(tmp_path / "outbox", OPTIONS) as outbox:
        options = KafkaOptions(servers=cluster.servers, retries=retries)
        transport = KafkaTransport(options, outbox.id)
        outbox.append(make_record("held", topic))
        outbox.append(make_record("free", other))
        relay = make_relay(outbox, transport, tmp_path)
        again: list[str] = []
        deadline = time.monotonic() + 60
        with caplog.at_level(logging.WARNING, "kafka"):
            while not again and time.monotonic() < deadline:
                relay.deliver(5)
                again = [each for each in caplog.messages if "NotEnoughReplicas" in each]
            relay.wait_for(other, "free", 20)
        assert f"retrying ({retries - 1} attempts left)" in caplog.text
        assert f"retrying ({retries} attempts left)" not in caplog.text
        assert f"{topic}: fewer replicas in sync than min.insync.replicas" in caplog.text
        assert [row.result_id for row in outbox.rows(RowState.SENT)] == ["free"]
        cluster.start()
        assert relay.drain(60).pending == 0
        transport.close(1)
    assert len(read_all(cluster.servers, topic)) == 1
