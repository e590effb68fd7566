"""The codecs inside other Kafka clients, through a real broker and a real registry."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from confluent_kafka import DeserializingConsumer, SerializingProducer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import StringDeserializer, StringSerializer
from faststream.kafka import KafkaBroker
from kafka import KafkaConsumer, KafkaProducer
from tests.integration.kafka.topic import create_topic, unique_name

from avroforge.kafka.serializers import KafkaDeserializer, KafkaSerializer
from avroforge.registry import (
    ConfluentDeserializer,
    ConfluentSerializer,
    HttpRegistry,
    RegistryIds,
    message_decoder,
    topic_deserializer,
    topic_serializer,
)
from vqe_records import VQEDecoratedResult, VQEDecoratedResultInterface
from vqe_stream import result_from_json, result_to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.servers.apicurio import Apicurio
    from tests.integration.servers.kafka import KafkaCluster

DATA: Final = Path(__file__).parents[3] / "data" / "vqe"
RESULTS: Final = [result_from_json(each.read_bytes()) for each in sorted(DATA.glob("*.json"))]
EXPECTED: Final = [result_to_json(each) for each in RESULTS]
PATIENCE: Final = 60


@pytest.fixture
def topic(kafka: KafkaCluster) -> str:
    return create_topic(kafka.servers, unique_name())


@pytest.fixture
def ids(apicurio: Apicurio) -> Iterator[RegistryIds]:
    with HttpRegistry(apicurio.url()) as registry:
        yield RegistryIds(registry)


def shown(results: list[VQEDecoratedResult | None]) -> list[str]:
    return [result_to_json(each) for each in results if each is not None]


def produce(kafka: KafkaCluster, topic: str, serializer: object, values: list[object]) -> None:
    """Send by confluent-kafka's producer."""
    producer = SerializingProducer(
        {
            "bootstrap.servers": kafka.servers,
            "key.serializer": StringSerializer(),
            "value.serializer": serializer,
        }
    )
    for number, each in enumerate(values):
        producer.produce(topic, key=str(number), value=each)
    assert producer.flush(PATIENCE) == 0


def consume(kafka: KafkaCluster, topic: str, deserializer: object, count: int) -> list[object]:
    """Read by confluent-kafka's consumer."""
    consumer = DeserializingConsumer(
        {
            "bootstrap.servers": kafka.servers,
            "group.id": unique_name("group"),
            "auto.offset.reset": "earliest",
            "key.deserializer": StringDeserializer(),
            "value.deserializer": deserializer,
        }
    )
    consumer.subscribe([topic])
    read: list[object] = []
    while len(read) < count:
        message = consumer.poll(PATIENCE)
        assert message is not None
        assert message.error() is None
        read.append(message.value())
    consumer.close()
    return read


def test_confluent_kafka(kafka: KafkaCluster, apicurio: Apicurio, topic: str, ids: RegistryIds) -> None:
    codec = VQEDecoratedResultInterface()
    plain = [codec.serialize(each) for each in RESULTS]
    produce(kafka, topic, ConfluentSerializer(VQEDecoratedResultInterface, ids), list(RESULTS))
    with SchemaRegistryClient({"url": apicurio.url(), "timeout": 10}) as client:
        assert consume(kafka, topic, AvroDeserializer(client), len(RESULTS)) == plain
        produce(kafka, topic, AvroSerializer(client, VQEDecoratedResultInterface.SELF_CONTAINED), plain)
    deserializer = ConfluentDeserializer(VQEDecoratedResultInterface, ids)
    read = consume(kafka, topic, deserializer, 2 * len(RESULTS))
    assert [result_to_json(each) for each in read if isinstance(each, VQEDecoratedResult)] == EXPECTED * 2


def test_aiokafka(kafka: KafkaCluster, topic: str, ids: RegistryIds) -> None:
    async def run() -> list[VQEDecoratedResult | None]:
        producer = AIOKafkaProducer(
            bootstrap_servers=kafka.servers,
            value_serializer=topic_serializer(VQEDecoratedResultInterface, ids, topic),
        )
        consumer = AIOKafkaConsumer(
            topic,
            bootstrap_servers=kafka.servers,
            auto_offset_reset="earliest",
            value_deserializer=topic_deserializer(VQEDecoratedResultInterface, ids),
        )
        async with producer:
            for each in RESULTS:
                await producer.send_and_wait(topic, each)
        async with consumer:
            return [(await asyncio.wait_for(anext(consumer), PATIENCE)).value for _ in RESULTS]

    assert shown(asyncio.run(run())) == EXPECTED


def test_kafka_python(kafka: KafkaCluster, topic: str, ids: RegistryIds) -> None:
    producer = KafkaProducer(
        bootstrap_servers=kafka.servers,
        value_serializer=KafkaSerializer(VQEDecoratedResultInterface, ids),
    )
    for each in RESULTS:
        producer.send(topic, each).get(PATIENCE)
    producer.close()
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=kafka.servers,
        auto_offset_reset="earliest",
        consumer_timeout_ms=PATIENCE * 1000,
        value_deserializer=KafkaDeserializer(VQEDecoratedResultInterface, ids),
    )
    assert shown([next(consumer).value for _ in RESULTS]) == EXPECTED
    consumer.close()


def test_faststream(kafka: KafkaCluster, topic: str, ids: RegistryIds) -> None:
    broker = KafkaBroker(kafka.servers, apply_types=False)
    read: list[VQEDecoratedResult | None] = []
    done = asyncio.Event()

    @broker.subscriber(
        topic, auto_offset_reset="earliest", decoder=message_decoder(VQEDecoratedResultInterface, ids)
    )
    async def take(result: VQEDecoratedResult | None) -> None:
        read.append(result)
        if len(read) == len(RESULTS):
            done.set()

    async def run() -> None:
        write = topic_serializer(VQEDecoratedResultInterface, ids, topic)
        async with broker:
            await broker.start()
            for each in RESULTS:
                await broker.publish(write(each), topic)
            await asyncio.wait_for(done.wait(), PATIENCE)

    asyncio.run(run())
    assert shown(read) == EXPECTED
