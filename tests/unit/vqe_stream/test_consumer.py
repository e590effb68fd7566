from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from avroforge.delivery import Delivered, OutgoingRecord, TopicLog
from avroforge.errors import DecodeError, RegistryCorruptError, TransportError
from avroforge.registry import LocalRegistry
from avroforge.wire.framing import frame
from vqe_records import VQEDecoratedResultInterface
from vqe_stream import (
    ProducerConfig,
    UnreadableRecordError,
    VQEKafkaConsumer,
    VQEKafkaProducer,
    result_to_json,
)

if TYPE_CHECKING:
    from vqe_records import VQEDecoratedResult


def append(config: ProducerConfig, value: bytes, result_id: str | None) -> None:
    """A record as any producer may have written it."""
    headers = (("result-id", result_id),) if result_id else ()
    record = OutgoingRecord(
        topic=config.topic, partition=0, key=result_id or "", value=value, headers=headers, created_ms=0
    )
    with TopicLog(config.state_directory / "topics", "test") as log:
        outcomes = log.send([record], timeout=5).wait(5)
        assert outcomes is not None
        assert isinstance(outcomes[0], Delivered)


def publish(config: ProducerConfig, results: list[VQEDecoratedResult]) -> None:
    with VQEKafkaProducer(config) as producer:
        for result in results:
            producer.send_result(result)
        assert producer.flush(20).pending == 0


def test_results_come_back_typed_and_equal(config: ProducerConfig, results: list[VQEDecoratedResult]) -> None:
    publish(config, results)
    with VQEKafkaConsumer(config) as consumer:
        read = list(consumer)
    assert [result_to_json(each) for each in read] == [result_to_json(each) for each in results]


def test_a_copy_in_the_log_is_passed_over(config: ProducerConfig, results: list[VQEDecoratedResult]) -> None:
    bare = VQEDecoratedResultInterface().encode(results[0])
    publish(config, results[1:2])
    for _ in range(3):
        append(config, frame(1, bare), "run-1")
    with VQEKafkaConsumer(config) as consumer:
        assert len(list(consumer)) == 2
        assert consumer.repeated == 2


def test_an_unreadable_record_is_said_and_the_next_one_read(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    publish(config, results[:1])
    bare = VQEDecoratedResultInterface().encode(results[1])
    append(config, b"\x01headerless", "bad-1")
    append(config, frame(1, bare[:-1]), "bad-2")
    append(config, frame(77, bare), "bad-3")
    append(config, frame(1, bare), None)
    bad: list[UnreadableRecordError] = []
    read = []
    with VQEKafkaConsumer(config) as consumer:
        while True:
            try:
                received = consumer.receive()
            except UnreadableRecordError as error:
                bad.append(error)
                continue
            if received is None:
                break
            read.append(received)
    assert [(each.place.offset, each.place.result_id) for each in bad] == [
        (1, "bad-1"),
        (2, "bad-2"),
        (3, "bad-3"),
    ]
    assert str(bad[0]).startswith("experiment.vqe: partition 0, offset 1 (bad-1): ")
    assert isinstance(bad[0].__cause__, DecodeError)
    assert [each.place.offset for each in read] == [0, 4]
    assert read[1].result_id is None


def test_doubles_that_changed_places_in_the_writer_keep_their_meaning(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    publish(config, results[:1])
    schema = json.loads(VQEDecoratedResultInterface.SELF_CONTAINED)
    names = [each["name"] for each in schema["fields"]]
    first, second = names.index("hamiltonian_time"), names.index("mapping_time")
    schema["fields"][first], schema["fields"][second] = schema["fields"][second], schema["fields"][first]
    other = LocalRegistry(config.registry_location).register(config.subject, json.dumps(schema))
    # Written by the other version: the two doubles stand in the other order.
    swapped = results[1]
    times = swapped.hamiltonian_time, swapped.mapping_time
    swapped.hamiltonian_time, swapped.mapping_time = swapped.mapping_time, swapped.hamiltonian_time
    append(config, frame(other.schema_id, VQEDecoratedResultInterface().encode(swapped)), "other-version")
    with VQEKafkaConsumer(config, from_offset=1) as consumer:
        received = consumer.receive()
    assert received is not None
    assert received.schema_id == other.schema_id
    assert (received.result.hamiltonian_time, received.result.mapping_time) == times


def test_a_registry_that_cannot_be_read_costs_no_record(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    publish(config, results[:1])
    registry = Path(config.registry_location)
    text = registry.read_text(encoding="utf-8")
    registry.write_text("{", encoding="utf-8")
    with VQEKafkaConsumer(config) as consumer:
        with pytest.raises(RegistryCorruptError):
            next(consumer)
        registry.write_text(text, encoding="utf-8")
        assert next(consumer).molecule_id == results[0].molecule_id


def test_reading_starts_at_the_offset_that_is_asked_for(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    publish(config, results)
    with VQEKafkaConsumer(config, from_offset=2) as consumer:
        assert [each.molecule_id for each in consumer] == [results[2].molecule_id]


def test_an_empty_topic_ends_at_once_and_registers_nothing(config: ProducerConfig) -> None:
    with VQEKafkaConsumer(config) as consumer:
        assert list(consumer) == []
    assert not LocalRegistry(config.registry_location).subjects()


def test_a_patient_consumer_sees_what_arrives_later(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    thread = threading.Timer(0.3, publish, (config, results[:1]))
    thread.start()
    with VQEKafkaConsumer(config, idle_timeout=10.0) as consumer:
        assert next(consumer).molecule_id == results[0].molecule_id
    thread.join()


def test_a_result_that_is_too_large_comes_by_its_claim(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    small = replace(config, max_request_size=2000, group="readers")
    publish(small, results[:1])
    publish(replace(config, topic=small.topic), results[1:2])
    with VQEKafkaConsumer(small) as consumer:
        found = [result_to_json(each) for each in consumer]
        consumer.commit()
    assert found == [result_to_json(results[1]), result_to_json(results[0])]
    with VQEKafkaConsumer(small) as consumer:
        assert consumer.receive() is None


def test_a_claimed_file_that_is_missing_stops_there_and_one_that_differs_is_unreadable(
    config: ProducerConfig, results: list[VQEDecoratedResult]
) -> None:
    publish(replace(config, max_request_size=2000), results[:1])
    (file,) = config.claims_directory.rglob("*.avro")
    moved = file.rename(file.with_suffix(".away"))
    with VQEKafkaConsumer(config) as consumer:
        for _ in range(2):
            with pytest.raises(
                TransportError, match=f"cannot be had: {file.as_uri()}: No such file"
            ) as caught:
                consumer.receive()
            assert caught.value.retriable
        file.write_bytes(moved.read_bytes()[:-1] + b"x")
        with pytest.raises(UnreadableRecordError, match="with sha256"):
            consumer.receive()
        assert consumer.receive() is None


def test_a_claim_that_never_reached_its_bucket_is_given_up_with_the_file_it_wants(
    config: ProducerConfig, results: list[VQEDecoratedResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "garage")
    far = replace(
        config, max_request_size=2000, claims="s3://bucket/prefix/", claims_endpoint="http://127.0.0.1:1"
    )
    with VQEKafkaProducer(far, background=False) as producer:
        durable = producer.send_result(results[0])
        (file,) = far.claims_directory.rglob("*.avro")
        file.unlink()
        assert producer.flush(10).dead == 1
        row = producer.find(durable.result_id)
    assert row is not None
    assert (
        row.error
        == f"{file}: gone before it was brought to s3://bucket/prefix/{file.parent.name}/{file.name}"
    )
