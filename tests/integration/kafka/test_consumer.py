"""`VQEKafkaConsumer` against a real broker: alone, in a group, and when a member is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.kafka.test_vqe_stream import FILES, of_size
from tests.integration.kafka.topic import create_topic, read_all, unique_name
from tests.integration.servers.process import LOOPBACK, free_ports

from avroforge.delivery import OutgoingRecord
from avroforge.errors import TransportError
from avroforge.kafka import KafkaOptions, KafkaTransport, source
from avroforge.kafka.connection import make_consumer
from avroforge.kafka.source import KafkaSource
from avroforge.wire.framing import frame
from vqe_records import VQEDecoratedResultInterface
from vqe_stream import (
    ProducerConfig,
    UnreadableRecordError,
    VQEKafkaConsumer,
    VQEKafkaProducer,
    result_from_json,
    result_to_json,
)
from vqe_stream.cli import run

if TYPE_CHECKING:
    from pathlib import Path

    from kafka import KafkaConsumer
    from tests.integration.servers.kafka import KafkaCluster

    from vqe_records import VQEDecoratedResult


@pytest.fixture(scope="module")
def results() -> list[VQEDecoratedResult]:
    return [result_from_json(file.read_bytes()) for file in FILES]


@pytest.fixture
def config(kafka: KafkaCluster, topic: str, tmp_path: Path) -> ProducerConfig:
    return ProducerConfig(
        kafka.servers, topic, state=tmp_path / "state", timeout=20.0, allow_memory_file_system=True
    )


def publish(config: ProducerConfig, result: VQEDecoratedResult, names: list[str]) -> None:
    with VQEKafkaProducer(config) as producer:
        for name in names:
            producer.send_result(result, run_id=name)
        assert producer.flush(60).pending == 0


def append(config: ProducerConfig, value: bytes, result_id: str) -> None:
    """A record as any producer may have written it."""
    transport = KafkaTransport(KafkaOptions(servers=config.bootstrap_servers), unique_name("test"))
    headers = (("result-id", result_id),)
    transport.send(
        [
            OutgoingRecord(
                topic=config.topic, partition=0, key=result_id, value=value, headers=headers, created_ms=0
            )
        ],
        timeout=20,
    ).wait(20)
    transport.close(5)


def read_ids(config: ProducerConfig, most: int | None = None) -> list[str | None]:
    """The ids up to the end of the topic, each processed."""
    found: list[str | None] = []
    with VQEKafkaConsumer(config) as consumer:
        while len(found) != most and (received := consumer.receive()) is not None:
            found.append(received.result_id)
            consumer.commit()
    return found


def test_a_reader_of_its_own_gets_everything_from_its_place_each_time(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    publish(config, results[0], ["a", "b"])
    between = int(time.time() * 1000)
    time.sleep(0.05)
    publish(config, results[1], ["c"])
    for _ in range(2):
        with VQEKafkaConsumer(config) as consumer:
            read = [result_to_json(each) for each in consumer]
        assert read == [result_to_json(results[each]) for each in (0, 0, 1)]
    with VQEKafkaConsumer(config, since_ms=between) as consumer:
        assert [result_to_json(each) for each in consumer] == [result_to_json(results[1])]
    with VQEKafkaConsumer(config, key="b") as consumer:
        received = consumer.receive()
        assert received is not None
        assert received.result_id == "b"
        assert consumer.receive() is None


def test_a_group_goes_on_behind_what_was_processed(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    config = replace(config, group=unique_name("group"))
    publish(config, results[0], ["a", "b", "c"])
    assert read_ids(config, most=1) == ["a"]
    with VQEKafkaConsumer(config) as consumer:
        received = consumer.receive()
        assert received is not None
        assert received.result_id == "b"
        # It ends without having processed it.
    assert read_ids(config) == ["b", "c"]
    assert read_ids(config) == []


def test_a_copy_behind_a_restart_is_passed_over(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    config = replace(config, group=unique_name("group"))
    publish(config, results[0], ["a"])
    assert read_ids(config) == ["a"]
    append(config, frame(1, VQEDecoratedResultInterface().encode(results[0])), "a")
    append(config, frame(1, VQEDecoratedResultInterface().encode(results[0])), "d")
    assert read_ids(config) == ["d"]


def test_an_unreadable_record_is_kept_as_it_is_before_it_is_passed_over(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    config = replace(config, group=unique_name("group"), dead_letters=True)
    publish(config, results[0], ["a"])
    append(config, b"\x01no result\xff", "bad")
    append(config, frame(1, VQEDecoratedResultInterface().encode(results[0])), "b")
    with VQEKafkaConsumer(config) as consumer:
        first = consumer.receive()
        assert first is not None
        with pytest.raises(TransportError, match=r"\.dlq: no such topic"):
            consumer.receive()
        create_topic(config.bootstrap_servers, config.dead_letters_topic)
        with pytest.raises(UnreadableRecordError) as caught:
            consumer.receive()
        following = consumer.receive()
        assert following is not None
        assert following.result_id == "b"
        consumer.commit()
    (letter,) = read_all(config.bootstrap_servers, config.dead_letters_topic)
    assert letter.value == b"\x01no result\xff"
    assert letter.headers["result-id"] == letter.key == "bad"
    assert letter.headers["dead-letter-topic"] == config.topic
    assert letter.headers["dead-letter-offset"] == str(caught.value.place.offset)
    assert letter.headers["dead-letter-reason"] == caught.value.reason
    assert read_ids(config) == []


def test_a_killed_member_loses_nothing_to_the_other(
    config: ProducerConfig, results: list[VQEDecoratedResult], tmp_path: Path
) -> None:
    name = create_topic(config.bootstrap_servers, unique_name(), partitions=4)
    config = replace(config, topic=name, group=unique_name("group"))
    names = [f"run-{number}" for number in range(120)]
    publish(config, results[2], names[:60])
    command = [
        sys.executable,
        "-c",
        "from vqe_stream.cli import main; main()",
        "consume",
        "--follow",
        "--format",
        "line",
    ]
    command += ["--servers", config.bootstrap_servers, "--topic", name, "--state", str(config.state)]
    command += ["--group", str(config.group)]
    outputs = [tmp_path / "first.txt", tmp_path / "second.txt"]
    members = []
    try:
        for output in outputs:
            with output.open("wb") as file, output.with_suffix(".err").open("wb") as errors:
                members.append(subprocess.Popen(command, stdout=file, stderr=errors))
        wait_for(lambda: len(printed(outputs[0])) >= 5 or len(printed(outputs[1])) >= 5)
        members[0].send_signal(signal.SIGKILL)
        publish(config, results[2], names[60:])
        wait_for(lambda: {*printed(outputs[0]), *printed(outputs[1])} >= set(names))
    finally:
        for member in members:
            member.kill()
            member.wait()
    times = Counter(printed(outputs[0]) + printed(outputs[1]))
    assert set(times) == set(names)
    # What the killed one had printed and not yet committed: at most one.
    assert sum(times.values()) - len(names) <= 1
    assert read_ids(config) == []


def test_a_member_that_waits_for_long_asks_anew_and_gets_its_share(
    config: ProducerConfig, results: list[VQEDecoratedResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_REJOIN_S", 1.0)
    made: list[KafkaConsumer] = []

    def counted(*arguments: Any, **settings: Any) -> KafkaConsumer:  # noqa: ANN401 - whatever it takes
        made.append(make_consumer(*arguments, **settings))
        return made[-1]

    monkeypatch.setattr(source, "make_consumer", counted)
    publish(config, results[0], ["a", "b"])
    options, group = KafkaOptions(servers=config.bootstrap_servers), unique_name("group")
    first, second = (KafkaSource(options, [config.topic], group=group) for _ in range(2))
    with ThreadPoolExecutor() as threads:
        taken = first.next_record()
        assert taken is not None
        waiting = threads.submit(second.next_record)
        time.sleep(5)
        assert not waiting.done()
        first.done(taken)
        first.close(5)
        given = waiting.result(60)
    assert given is not None
    assert (taken.key, given.key) == ("a", "b")
    assert len(made) > 2
    second.close(5)


def printed(output: Path) -> list[str]:
    """The ids of whole lines."""
    return [line.split()[1] for line in output.read_text().splitlines(keepends=True) if line.endswith("\n")]


def wait_for(reached: object, patience: float = 90.0) -> None:
    """Until it is so."""
    assert callable(reached)
    deadline = time.monotonic() + patience
    while not reached():
        assert time.monotonic() < deadline, "not reached in time"
        time.sleep(0.2)


def test_fifteen_mebibytes_come_back(config: ProducerConfig, results: list[VQEDecoratedResult]) -> None:
    large = of_size(results[0], 15 * 1024 * 1024)
    with VQEKafkaProducer(config) as producer:
        producer.send_result(large)
        assert producer.flush(60).pending == 0
    with VQEKafkaConsumer(config) as consumer:
        received = consumer.receive()
    assert received is not None
    interface = VQEDecoratedResultInterface()
    assert interface.encode(received.result) == interface.encode(large)


def test_what_is_absent_is_named_within_a_bound(config: ProducerConfig) -> None:
    missing = unique_name("missing")
    for group in (None, unique_name("group")):
        with (
            VQEKafkaConsumer(replace(config, topic=missing, group=group)) as consumer,
            pytest.raises(TransportError, match=f"{missing}: no such topic; create it"),
        ):
            consumer.receive()
    (port,) = free_ports(1)
    absent = replace(config, bootstrap_servers=f"{LOOPBACK}:{port}")
    with VQEKafkaConsumer(absent) as consumer:
        with pytest.raises(TransportError, match=f"{LOOPBACK}:{port}: connection refused") as caught:
            consumer.receive()
        assert caught.value.retriable


def test_the_command_reads_what_the_other_one_published(
    config: ProducerConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--servers", config.bootstrap_servers, "--topic", config.topic, "--state", str(config.state)]
    settings = tmp_path / "settings.toml"
    settings.write_text("allow_memory_file_system = true\n")
    place += ["--config", str(settings)]
    assert run(["publish", *map(str, FILES), *place]) == 0
    capsys.readouterr()
    assert run(["consume", "--from-beginning", *place]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(FILES)
    for expected in (len(FILES), 0):
        assert run(["consume", "--group", config.topic, *place]) == 0
        assert len(capsys.readouterr().out.splitlines()) == expected
