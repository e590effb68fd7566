"""What the producer promises; the tests named after known defects fail on the class it replaces."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from avroforge.delivery import Outbox, OutboxOptions, RowState, TopicLog, result_id
from avroforge.delivery.lock import FileLock
from avroforge.errors import (
    ConfigurationError,
    DeliveryError,
    DuplicateResultError,
    EncodeError,
    IncompatibleSchemaError,
    InvalidRecordError,
    NotDurableError,
    RegistryCorruptError,
)
from avroforge.registry import LocalRegistry
from avroforge.wire.framing import unframe
from vqe_records import VQEDecoratedResultInterface, VQEResultClaimInterface
from vqe_stream import ProducerConfig, SecurityConfig, VQEKafkaConsumer, VQEKafkaProducer
from vqe_stream.claim import claimed_result
from vqe_stream.connection import check_reachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from avroforge.delivery import LogEntry
    from vqe_records import VQEDecoratedResult


@pytest.fixture
def result(results: list[VQEDecoratedResult]) -> VQEDecoratedResult:
    return results[0]


@pytest.fixture
def closed_topic(config: ProducerConfig) -> Iterator[Path]:
    """Something in the way of the topic's file: every delivery fails until it is removed."""
    obstacle = config.state_directory / "topics" / config.topic / "0.log"
    obstacle.mkdir(parents=True)
    yield obstacle
    if obstacle.is_dir():
        obstacle.rmdir()


def stored(config: ProducerConfig) -> dict[str, str]:
    with Outbox.open(config.outbox_directory, OutboxOptions(allow_memory_file_system=True)) as outbox:
        return {row.result_id: str(row.state) for row in outbox.rows()}


def test_a_result_is_on_disk_when_send_result_returns(
    config: ProducerConfig, result: VQEDecoratedResult, entries: Callable[[], list[LogEntry]]
) -> None:
    producer = VQEKafkaProducer(config, background=False)
    durable = producer.send_result(result)
    # Nobody closed anything: another process sees it.
    assert stored(config) == {durable.result_id: "pending"}
    assert entries() == []
    counts = producer.close()
    assert counts is not None
    assert (counts.sent, counts.pending) == (0, 1)


def test_a_delivered_record_is_framed_and_carries_its_id(
    config: ProducerConfig, result: VQEDecoratedResult, entries: Callable[[], list[LogEntry]]
) -> None:
    with VQEKafkaProducer(config) as producer:
        durable = producer.send_result(result, run_id="run-17", wait=True)
    (entry,) = entries()
    schema_id, bare = unframe(entry.value)
    assert durable.result_id == entry.key == entry.header("result-id") == "run-17"
    registry = LocalRegistry(config.registry_location)
    assert registry.version("experiment.vqe-value").schema_id == schema_id
    assert bare == VQEDecoratedResultInterface().encode(result)


def test_a_destination_that_is_down_loses_nothing_and_the_next_run_resends(
    config: ProducerConfig,
    results: list[VQEDecoratedResult],
    closed_topic: Path,
    entries: Callable[[], list[LogEntry]],
) -> None:
    config = replace(config, timeout=0.3)
    with VQEKafkaProducer(config) as producer:
        first = producer.send_result(results[0], wait=True)
        row = producer.find(first.result_id)
        assert row is not None
        assert row.state is RowState.PENDING
        assert row.error is not None
    # The next run stores its own result beside the waiting one, not over it.
    with VQEKafkaProducer(config) as producer:
        second = producer.send_result(results[1])
    assert stored(config) == {first.result_id: "pending", second.result_id: "pending"}
    closed_topic.rmdir()
    with VQEKafkaProducer(replace(config, timeout=5.0)) as producer:
        assert producer.flush().pending == 0
    assert [entry.key for entry in entries()] == [first.result_id, second.result_id]


def test_a_result_of_more_than_a_mebibyte_is_delivered(
    config: ProducerConfig, result: VQEDecoratedResult, entries: Callable[[], list[LogEntry]]
) -> None:
    result.vqe_result.optimal_parameters = np.random.default_rng(1).random(400_000)
    with VQEKafkaProducer(config) as producer:
        producer.send_result(result, wait=True)
    (entry,) = entries()
    assert len(entry.value) > 3_000_000


def test_a_result_over_the_limit_is_kept_with_the_reason_and_tried_once(
    config: ProducerConfig, result: VQEDecoratedResult
) -> None:
    with VQEKafkaProducer(replace(config, max_request_size=100)) as producer:
        durable = producer.send_result(result, wait=True)
        row = producer.find(durable.result_id)
        assert row is not None
        assert (row.state, row.attempts) == (RowState.DEAD, 1)
        assert "experiment.vqe.claims: expected at most 100 bytes" in (row.error or "")


def test_a_result_over_the_limit_goes_by_claim_check(
    config: ProducerConfig, result: VQEDecoratedResult
) -> None:
    small = replace(config, max_request_size=2000)
    with VQEKafkaProducer(small) as producer:
        durable = producer.send_result(result, wait=True)
        again = producer.send_result(result, wait=True)
        row = producer.find(durable.result_id)
    assert row is not None
    assert (row.state, row.topic, again.duplicate) == (RowState.SENT, "experiment.vqe.claims", True)
    assert durable.result_id == result_id(
        VQEDecoratedResultInterface.FULLNAME,
        VQEDecoratedResultInterface.SCHEMA_KEY,
        VQEDecoratedResultInterface().encode(result),
    )
    with TopicLog(config.state_directory / "topics") as log:
        (entry,) = log.read("experiment.vqe.claims")
    pointer = VQEResultClaimInterface().decode(unframe(entry.value)[1])
    assert (pointer.result_id, pointer.topic) == (durable.result_id, "experiment.vqe")
    assert claimed_result(pointer) == result
    (file,) = config.claims_directory.rglob("*.avro")
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(DeliveryError, match=f"expected {pointer.size} bytes with sha256"):
        claimed_result(pointer)


def test_a_claim_directory_that_takes_nothing_hands_the_bytes_back(
    config: ProducerConfig, result: VQEDecoratedResult, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    small = replace(config, max_request_size=2000, claims=tmp_path / "file")
    with VQEKafkaProducer(small) as producer:
        with pytest.raises(NotDurableError) as caught:
            producer.send_result(result)
        assert caught.value.payload == VQEDecoratedResultInterface().encode(result)
        assert producer.status().counts.unfinished == 0


def test_a_wait_that_is_too_short_sends_nothing_twice(
    config: ProducerConfig, result: VQEDecoratedResult, entries: Callable[[], list[LogEntry]]
) -> None:
    topic = config.state_directory / "topics" / config.topic
    topic.mkdir(parents=True)
    busy = FileLock(topic / "lock")
    assert busy.acquire(0, "the test")
    with VQEKafkaProducer(replace(config, timeout=0.2)) as producer:
        started = time.monotonic()
        durable = producer.send_result(result, wait=True)
        assert time.monotonic() - started < 2
        assert producer.send_result(result).duplicate
        row = producer.find(durable.result_id)
        assert row is not None
        assert row.is_open
        busy.release()
        assert producer.flush(20).pending == 0
    assert [entry.key for entry in entries()] == [durable.result_id]


def test_the_same_result_is_stored_and_sent_once(
    config: ProducerConfig, result: VQEDecoratedResult, entries: Callable[[], list[LogEntry]]
) -> None:
    for _ in range(2):
        with VQEKafkaProducer(config) as producer:
            durable = producer.send_result(result, wait=True)
    assert durable.duplicate
    assert len(entries()) == 1


def test_a_run_id_belongs_to_one_content(config: ProducerConfig, results: list[VQEDecoratedResult]) -> None:
    with VQEKafkaProducer(config) as producer:
        assert not producer.send_result(results[0], run_id="run-1").duplicate
        assert producer.send_result(results[0], run_id="run-1").duplicate
        with pytest.raises(DuplicateResultError, match="run-1"):
            producer.send_result(results[1], run_id="run-1")
        with pytest.raises(InvalidRecordError, match="result id"):
            producer.send_result(results[1], run_id="run 1")


def test_a_value_that_the_schema_cannot_hold_is_named_and_not_stored(
    config: ProducerConfig, result: VQEDecoratedResult
) -> None:
    result.vqe_result.iteration_list[3].std = "1.0"  # type: ignore[assignment] # the point of the test
    with VQEKafkaProducer(config) as producer:
        with pytest.raises(EncodeError) as caught:
            producer.send_result(result)
        assert caught.value.path == "VQEDecoratedResult.vqe_result.iteration_list[3].std"
        assert producer.status().counts.unfinished == 0


def test_a_registry_that_is_down_never_makes_a_record_headerless(
    config: ProducerConfig,
    result: VQEDecoratedResult,
    entries: Callable[[], list[LogEntry]],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    (tmp_path / "mount").write_text("not a folder")
    config = replace(config, registry=str(tmp_path / "mount" / "registry.json"), timeout=0.5)
    with VQEKafkaProducer(config) as producer:
        assert "results are kept" in caplog.text
        durable = producer.send_result(result, wait=True)
        row = producer.find(durable.result_id)
        assert row is not None
        assert (row.state, row.attempts) == (RowState.PENDING, 0)
        assert entries() == []
        # The registry comes back: the same process delivers, framed.
        (tmp_path / "mount").unlink()
        (tmp_path / "mount").mkdir()
        assert producer.flush(20).pending == 0
    (entry,) = entries()
    assert unframe(entry.value)[0] == 1


def test_a_schema_that_the_registry_refuses_raises_before_anything_is_stored(config: ProducerConfig) -> None:
    schema = json.loads(VQEDecoratedResultInterface.SELF_CONTAINED)
    schema["fields"][5]["type"] = "string"
    LocalRegistry(config.registry_location).register(config.subject, json.dumps(schema))
    with pytest.raises(IncompatibleSchemaError, match=r"experiment\.vqe-value"):
        VQEKafkaProducer(config)
    assert [path.name for path in config.state_directory.iterdir()] == ["registry.json"]


def test_a_corrupt_registry_is_an_error_and_stays_as_it_is(config: ProducerConfig) -> None:
    path = Path(config.registry_location)
    path.parent.mkdir()
    path.write_text("{")
    with pytest.raises(RegistryCorruptError, match=r"registry\.json"):
        VQEKafkaProducer(config)
    assert path.read_text() == "{"


def test_the_registry_is_asked_once_and_not_per_message(
    config: ProducerConfig, results: list[VQEDecoratedResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def count(name: str) -> None:
        original = getattr(LocalRegistry, name)

        def counted(self: LocalRegistry, *arguments: object) -> object:
            calls.append(name)
            return original(self, *arguments)

        monkeypatch.setattr(LocalRegistry, name, counted)

    for name in ("lookup", "register", "schema_by_id", "check", "version"):
        count(name)
    with VQEKafkaProducer(config) as producer:
        for number in range(5):
            for result in results:
                producer.send_result(result, run_id=f"run-{number}-{result.molecule_id}")
        assert producer.flush().pending == 0
    assert calls == ["lookup", "register"]
    calls.clear()
    with VQEKafkaConsumer(config) as consumer:
        assert len(list(consumer)) == 15
    assert calls == ["schema_by_id"]


def test_close_and_flush_end_although_nothing_gets_through(
    config: ProducerConfig, result: VQEDecoratedResult, closed_topic: Path
) -> None:
    assert closed_topic.is_dir()
    producer = VQEKafkaProducer(replace(config, retry_delay=30.0))
    producer.send_result(result)
    started = time.monotonic()
    counts = producer.flush(0.3)
    assert (counts.sent, counts.pending) == (0, 1)
    assert counts.blocked is not None
    closed = producer.close(0.3)
    assert closed is not None
    assert closed.pending == 1
    assert time.monotonic() - started < 3
    assert producer.close() is None


def test_no_retries_still_makes_one_attempt(
    config: ProducerConfig, result: VQEDecoratedResult, entries: Callable[[], list[LogEntry]]
) -> None:
    with VQEKafkaProducer(replace(config, retries=0)) as producer:
        producer.send_result(result, wait=True)
    assert len(entries()) == 1


def test_a_closed_producer_says_so(config: ProducerConfig, result: VQEDecoratedResult) -> None:
    producer = VQEKafkaProducer(config)
    producer.close()
    with pytest.raises(DeliveryError, match="this producer is closed"):
        producer.send_result(result)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"bootstrap_servers": "localhost"}, "bootstrap_servers: expected 'host:port'"),
        ({"bootstrap_servers": "kafka:9092,"}, None),
        ({"bootstrap_servers": "kafka:9092,other:x"}, "bootstrap_servers: expected 'host:port'.* 'other:x'"),
        (
            {"bootstrap_servers": "kafka:9092", "security": SecurityConfig(ssl=True)},
            "ssl_cafile.*no such file",
        ),
    ],
)
def test_settings_that_brokers_cannot_have_are_refused_before_anything_is_made(
    settings: dict[str, Any], message: str | None, config: ProducerConfig
) -> None:
    if message is None:
        check_reachable(replace(config, **settings))
        return
    with pytest.raises(ConfigurationError, match=message):
        VQEKafkaProducer(replace(config, **settings))
    assert not config.state_directory.exists()


def test_threads_and_producers_share_an_outbox(
    config: ProducerConfig, results: list[VQEDecoratedResult], entries: Callable[[], list[LogEntry]]
) -> None:
    with VQEKafkaProducer(config) as one, VQEKafkaProducer(config) as other:

        def send(producer: VQEKafkaProducer, name: str) -> None:
            for number, result in enumerate(results * 3):
                producer.send_result(result, run_id=f"{name}-{number}")

        threads = [
            threading.Thread(target=send, args=(producer, name))
            for producer, name in ((one, "a"), (one, "b"), (other, "c"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert one.flush(20).pending == 0
    assert sorted(entry.key for entry in entries()) == sorted(
        f"{name}-{n}" for name in "abc" for n in range(9)
    )
