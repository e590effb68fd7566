"""Results over 16 MiB: through a folder and through a real S3 server, delivered, read back, and held up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.integration.kafka.test_vqe_stream import FILES, of_size
from tests.integration.kafka.topic import create_topic, read_all, unique_name
from tests.integration.servers.cache import UnavailableError
from tests.integration.servers.garage import REGION, Garage
from tests.unit.vqe_stream.conftest import ROOT

from avroforge.delivery.claim import Claim
from avroforge.errors import TransportError
from avroforge.wire.framing import unframe
from vqe_records import VQEDecoratedResultInterface, VQEResultClaimInterface
from vqe_stream import (
    ProducerConfig,
    UnreadableRecordError,
    VQEKafkaConsumer,
    VQEKafkaProducer,
    result_from_json,
)
from vqe_stream.claim import claimed_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.servers.kafka import KafkaCluster

    from vqe_records import VQEDecoratedResult, VQEResultClaim

BUCKET = "claims"
LARGE = 17 * 1024 * 1024


@pytest.fixture(scope="module")
def garage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Garage]:
    try:
        server = Garage(tmp_path_factory.mktemp("garage"), ROOT / "compose" / "garage.toml", BUCKET)
    except UnavailableError as error:
        pytest.skip(str(error))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def large() -> VQEDecoratedResult:
    return of_size(result_from_json(FILES[0].read_bytes()), LARGE)


@pytest.fixture(scope="module")
def small() -> VQEDecoratedResult:
    return result_from_json(FILES[1].read_bytes())


@pytest.fixture
def config(kafka: KafkaCluster, topic: str, tmp_path: Path) -> ProducerConfig:
    made = ProducerConfig(
        kafka.servers,
        topic,
        state=tmp_path / "state",
        timeout=60.0,
        retry_delay=0.1,
        allow_memory_file_system=True,
    )
    create_topic(kafka.servers, made.claims_topic)
    return made


@pytest.fixture
def with_bucket(
    config: ProducerConfig, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Callable[[str], ProducerConfig]:
    """The settings for a bucket of the S3 server, by an address."""
    garage: Garage = request.getfixturevalue("garage")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", garage.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", garage.secret_key)
    monkeypatch.setenv("AWS_REGION", REGION)
    endpoint = f"http://{garage.address}"
    return lambda address: replace(config, claims=address, claims_endpoint=endpoint)


def pointers(config: ProducerConfig) -> list[VQEResultClaim]:
    found = read_all(config.bootstrap_servers, config.claims_topic)
    return [VQEResultClaimInterface().decode(unframe(each.value)[1]) for each in found]


def read(config: ProducerConfig) -> dict[str | None, VQEDecoratedResult]:
    """Everything up to the end of both topics, processed."""
    found = {}
    with VQEKafkaConsumer(config) as consumer:
        while (received := consumer.receive()) is not None:
            found[received.result_id] = received.result
            consumer.commit()
    return found


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_seventeen_mebibytes_come_back_beside_the_others(
    place: str,
    config: ProducerConfig,
    request: pytest.FixtureRequest,
    large: VQEDecoratedResult,
    small: VQEDecoratedResult,
) -> None:
    if place == "bucket":
        config = request.getfixturevalue("with_bucket")(f"s3://{BUCKET}/large/")
    with VQEKafkaProducer(config) as producer:
        producer.send_result(large, run_id="large-run")
        producer.send_result(small, run_id="small-run")
        assert producer.flush().pending == 0
    (pointer,) = pointers(config)
    start = f"s3://{BUCKET}/large/" if place == "bucket" else config.claims_directory.as_uri()
    assert pointer.location.startswith(start)
    assert [each.result_id for each in read_all(config.bootstrap_servers, config.topic)] == ["small-run"]
    interface = VQEDecoratedResultInterface()
    if place == "bucket":
        # It is the bucket's copy that is read.
        claimed_file(config, Claim(pointer.location, pointer.size, pointer.sha256)).unlink()
    group = replace(config, group=unique_name("group"))
    for settings, expected in ((config, 2), (group, 2), (group, 0)):
        found = read(settings)
        assert len(found) == expected
        if expected:
            assert interface.encode(found["large-run"]) == interface.encode(large)
            assert interface.encode(found["small-run"]) == interface.encode(small)


def test_a_bucket_that_does_not_answer_holds_back_claims_only(
    with_bucket: Callable[[str], ProducerConfig],
    garage: Garage,
    large: VQEDecoratedResult,
    small: VQEDecoratedResult,
) -> None:
    config = with_bucket(f"s3://{BUCKET}")
    garage.kill()
    try:
        with VQEKafkaProducer(config) as producer:
            producer.send_result(large, run_id="large-run")
            producer.send_result(small, run_id="small-run")
            counts = producer.flush(8)
            assert (counts.pending, counts.dead) == (1, 0)
            assert counts.blocked is not None
            assert f"s3://{BUCKET}/" in counts.blocked
            assert garage.address in counts.blocked
            row = producer.find("small-run")
            assert row is not None
            assert row.offset is not None
            assert pointers(config) == []
            garage.start()
            assert producer.flush().pending == 0
        garage.kill()
        with VQEKafkaConsumer(config) as consumer:
            first = consumer.receive()
            assert first is not None
            assert first.result_id == "small-run"
            for _ in range(2):
                with pytest.raises(TransportError, match=r"large-run.*cannot be had: s3://claims/"):
                    consumer.receive()
            garage.start()
            second = consumer.receive()
            assert second is not None
            assert second.result_id == "large-run"
    finally:
        if not garage.running:
            garage.start()


def test_a_bucket_that_is_missing_is_named_and_nothing_is_given_up(
    with_bucket: Callable[[str], ProducerConfig], large: VQEDecoratedResult
) -> None:
    config = with_bucket("s3://nobodys")
    with VQEKafkaProducer(config) as producer:
        producer.send_result(large)
        counts = producer.flush(3)
    assert (counts.pending, counts.dead) == (1, 0)
    assert "s3://nobodys/" in str(counts.blocked)
    assert (
        "403" in str(counts.blocked) or "Forbidden" in str(counts.blocked) or "NoSuch" in str(counts.blocked)
    )


def test_another_object_than_was_claimed_is_unreadable(
    with_bucket: Callable[[str], ProducerConfig], garage: Garage, large: VQEDecoratedResult
) -> None:
    config = with_bucket(f"s3://{BUCKET}/other")
    with VQEKafkaProducer(config) as producer:
        producer.send_result(large)
        assert producer.flush().pending == 0
    (pointer,) = pointers(config)
    name = pointer.location.removeprefix(f"s3://{BUCKET}/")
    garage.client().put_object(Bucket=BUCKET, Key=name, Body=b"something else")
    with (
        VQEKafkaConsumer(config) as consumer,
        pytest.raises(UnreadableRecordError, match=f"expected {pointer.size} bytes with sha256"),
    ):
        consumer.receive()
