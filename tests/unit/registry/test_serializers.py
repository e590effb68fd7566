"""The forms for other clients, against the real classes of confluent-kafka and FastStream."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient, header_schema_id_serializer
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from faststream.kafka import KafkaBroker, TestKafkaBroker
from tests.unit.registry.test_ids import CountingRegistry

from avroforge.errors import (
    ConfigurationError,
    DecodeError,
    EncodeError,
    IncompatibleSchemaError,
    SchemaNotFoundError,
)
from avroforge.registry import (
    ConfluentDeserializer,
    ConfluentSerializer,
    HttpRegistry,
    LocalRegistry,
    MemoryRegistry,
    Part,
    RecordDeserializer,
    RecordSerializer,
    RegistryIds,
    SchemaContent,
    SubjectNaming,
    message_decoder,
    topic_deserializer,
    topic_serializer,
)
from avroforge.registry.server import serve_in_background
from avroforge_codegen import load_interface
from vqe_records import VQEDecoratedResult, VQEDecoratedResultInterface
from vqe_stream import result_from_json, result_to_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from faststream.kafka import KafkaMessage

ORDER = """{"type": "record", "name": "Order", "namespace": "shop", "fields": [
  {"name": "sku", "type": "string"},
  {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
  {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
  {"name": "note", "type": ["null", "string", "long"], "default": null},
  {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
    {"name": "n", "type": "int"},
    {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}}
  ]}}}
]}"""
NEWER = ORDER.replace(
    '{"name": "lines"', '{"name": "shop", "type": "string", "default": "main"}, {"name": "lines"'
)
OrderInterface: Any = load_interface(ORDER)
NewerInterface: Any = load_interface(NEWER)
DATUM: dict[str, Any] = {
    "sku": "a",
    "price": Decimal("12.34"),
    "at": dt.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=dt.UTC),
    "note": 2**40,
    "lines": [{"n": 1, "kind": "B"}],
}
KEY = '"string"'
KeyInterface: Any = load_interface(KEY)
TOPIC = "orders"
VALUE = SerializationContext(TOPIC, MessageField.VALUE)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with serve_in_background(LocalRegistry(tmp_path / "registry.json")) as address:
        yield address


@pytest.fixture
def ids(url: str) -> RegistryIds:
    return RegistryIds(HttpRegistry(url))


def order() -> Any:  # noqa: ANN401 - compiled in memory
    return OrderInterface().deserialize(DATUM)


def test_confluent_kafka_reads_what_we_write(url: str, ids: RegistryIds) -> None:
    framed = ConfluentSerializer(OrderInterface, ids)(order(), VALUE)
    with SchemaRegistryClient({"url": url}) as client:
        assert client.get_latest_version("orders-value").schema_id == ids.ensure_registered(
            "orders-value", OrderInterface.SELF_CONTAINED
        )
        assert AvroDeserializer(client)(framed, VALUE) == DATUM


def test_we_read_what_confluent_kafka_writes(url: str, ids: RegistryIds) -> None:
    with SchemaRegistryClient({"url": url}) as client:
        framed = AvroSerializer(client, ORDER)(DATUM, VALUE)
    assert ConfluentDeserializer(OrderInterface, ids)(framed, VALUE) == order()


def test_an_older_writer_is_resolved(url: str, ids: RegistryIds) -> None:
    with SchemaRegistryClient({"url": url}) as client:
        framed = AvroSerializer(client, ORDER)(DATUM, VALUE)
        read = ConfluentDeserializer(NewerInterface, ids)(framed, VALUE)
        assert read is not None
        assert NewerInterface().serialize(read) == {**DATUM, "shop": "main"}
        newer = ConfluentSerializer(NewerInterface, ids)(read, VALUE)
        assert AvroDeserializer(client, ORDER)(newer, VALUE) == DATUM


def test_confluent_kafka_finds_our_registration_by_its_text(url: str, ids: RegistryIds) -> None:
    """It registers nothing of its own: one id for both."""
    framed = ConfluentSerializer(OrderInterface, ids)(order(), VALUE)
    with SchemaRegistryClient({"url": url}) as client:
        settings = {"auto.register.schemas": False}
        theirs = AvroSerializer(client, OrderInterface.SELF_CONTAINED, conf=settings)(DATUM, VALUE)
    assert theirs == framed


def test_the_guid_in_a_header_names_the_schema(url: str, ids: RegistryIds) -> None:
    context = SerializationContext(TOPIC, MessageField.VALUE, [])
    with SchemaRegistryClient({"url": url}) as client:
        settings = {"schema.id.serializer": header_schema_id_serializer}
        bare = AvroSerializer(client, ORDER, conf=settings)(DATUM, context)
    assert isinstance(context.headers, list)
    assert [header[0] for header in context.headers] == ["__value_schema_id"]
    deserializer = ConfluentDeserializer(OrderInterface, ids)
    assert deserializer(bare, context) == order()
    assert deserializer(bare, context) == order()
    with pytest.raises(DecodeError):
        deserializer(bare, VALUE)


def test_keys_have_a_subject_of_their_own(url: str, ids: RegistryIds) -> None:
    context = SerializationContext(TOPIC, MessageField.KEY)
    framed = ConfluentSerializer(KeyInterface, ids)("k", context)
    with SchemaRegistryClient({"url": url}) as client:
        assert client.get_subjects() == ["orders-key"]
        assert AvroDeserializer(client)(framed, context) == "k"
    assert ConfluentDeserializer(KeyInterface, ids)(framed, context) == "k"


def test_real_results_go_both_ways(url: str, ids: RegistryIds, tmp_path: Path) -> None:
    del tmp_path
    from tests.unit.vqe_stream.conftest import NAMES, ROOT  # noqa: PLC0415 - where the samples are

    serializer = ConfluentSerializer(VQEDecoratedResultInterface, ids)
    deserializer = ConfluentDeserializer(VQEDecoratedResultInterface, ids)
    with SchemaRegistryClient({"url": url}) as client:
        theirs = AvroSerializer(client, VQEDecoratedResultInterface.SELF_CONTAINED)
        for name in NAMES:
            result = result_from_json((ROOT / "data" / "vqe" / f"{name}.json").read_bytes())
            framed = serializer(result, VALUE)
            plain = AvroDeserializer(client)(framed, VALUE)
            assert theirs(plain, VALUE) == framed
            read = deserializer(framed, VALUE)
            assert isinstance(read, VQEDecoratedResult)
            assert result_to_json(read) == result_to_json(result)


@pytest.mark.parametrize(
    ("naming", "subject"),
    [
        (SubjectNaming.TOPIC_NAME, "orders-value"),
        (SubjectNaming.RECORD_NAME, "shop.Order"),
        (SubjectNaming.TOPIC_RECORD_NAME, "orders-shop.Order"),
        (lambda topic, fullname, part: f"{part}/{fullname}/{topic}", "value/shop.Order/orders"),
    ],
)
def test_subjects_are_named_by_a_strategy(naming: Any, subject: str) -> None:  # noqa: ANN401 - a strategy
    registry = MemoryRegistry()
    ConfluentSerializer(OrderInterface, registry, naming=naming)(order(), VALUE)
    assert registry.subjects() == (subject,)


def test_any_number_of_messages_costs_one_call() -> None:
    registry = CountingRegistry()
    serializer, deserializer = (
        ConfluentSerializer(OrderInterface, registry),
        ConfluentDeserializer(OrderInterface, registry),
    )
    messages = [serializer(order(), VALUE) for _ in range(50)]
    assert registry.calls == ["lookup", "register"]
    registry.calls.clear()
    assert [deserializer(each, VALUE) for each in messages] == [order()] * 50
    assert registry.calls == ["schema_by_id"]


def test_both_may_share_what_they_know() -> None:
    registry = CountingRegistry()
    ids = RegistryIds(registry)
    framed = ConfluentSerializer(OrderInterface, ids)(order(), VALUE)
    assert ConfluentDeserializer(OrderInterface, ids)(framed, VALUE) == order()
    assert registry.calls == ["lookup", "register"]


def test_a_schema_that_is_not_to_be_registered() -> None:
    registry = MemoryRegistry()
    serializer = ConfluentSerializer(OrderInterface, registry, register=False)
    with pytest.raises(SchemaNotFoundError, match="not registered under 'orders-value'; register it first"):
        serializer(order(), VALUE)
    assert registry.subjects() == ()
    registry.register("orders-value", OrderInterface.SELF_CONTAINED)
    assert serializer(order(), VALUE) is not None


def test_an_incompatible_schema_writes_nothing() -> None:
    registry = MemoryRegistry()
    registry.register("orders-value", '"int"')
    with pytest.raises(IncompatibleSchemaError):
        RecordSerializer(OrderInterface, registry).prepare(TOPIC)


def test_tombstones_pass_both_ways() -> None:
    registry = MemoryRegistry()
    assert ConfluentSerializer(OrderInterface, registry)(None, VALUE) is None
    assert ConfluentDeserializer(OrderInterface, registry)(None, VALUE) is None
    assert registry.subjects() == ()


def test_a_value_that_does_not_fit_is_named() -> None:
    wrong = order()
    wrong.lines[0].n = "1"
    with pytest.raises(EncodeError, match=r"shop\.Order|Order\.lines\[0\]\.n"):
        ConfluentSerializer(OrderInterface, MemoryRegistry())(wrong, VALUE)


def test_a_topic_is_needed() -> None:
    with pytest.raises(ConfigurationError, match="pass a SerializationContext"):
        ConfluentSerializer(OrderInterface, MemoryRegistry())(order())


def test_plain_functions_for_clients_that_name_no_topic() -> None:
    registry = CountingRegistry()
    ids = RegistryIds(registry)
    write = topic_serializer(OrderInterface, ids, TOPIC)
    assert registry.calls == ["lookup", "register"]
    write_key = topic_serializer(KeyInterface, ids, TOPIC, part=Part.KEY)
    registry.calls.clear()
    read, read_key = topic_deserializer(OrderInterface, ids), topic_deserializer(KeyInterface, ids)
    assert read(write(order())) == order()
    assert read_key(write_key("k")) == "k"
    assert read(write(None)) is None
    assert registry.calls == []


def test_faststream_hands_typed_objects_to_its_subscribers() -> None:
    registry = CountingRegistry()
    ids = RegistryIds(registry)
    write = topic_serializer(OrderInterface, ids, TOPIC)
    broker = KafkaBroker(apply_types=False)
    received: list[object] = []

    @broker.subscriber(TOPIC, decoder=message_decoder(OrderInterface, RegistryIds(registry)))
    async def take(message: object) -> None:
        received.append(message)

    async def run() -> None:
        async with TestKafkaBroker(broker):
            for _ in range(3):
                await broker.publish(write(order()), TOPIC)

    asyncio.run(run())
    assert received == [order()] * 3
    assert registry.calls == ["lookup", "register", "schema_by_id"]


def test_an_event_loop_is_not_held_up_by_the_registry() -> None:
    asked, ran = threading.Event(), threading.Event()

    class Slow(CountingRegistry):
        def schema_by_id(self, schema_id: int, subject: str | None = None) -> SchemaContent:
            asked.set()
            # Set by the loop, while this question is open.
            assert ran.wait(10)
            return super().schema_by_id(schema_id, subject)

    registry = Slow()
    framed = topic_serializer(OrderInterface, registry, TOPIC)(order())
    deserializer = RecordDeserializer(OrderInterface, registry)

    async def run() -> list[object]:
        reading = asyncio.create_task(deserializer.read_async(framed))
        assert await asyncio.to_thread(asked.wait, 10)
        ran.set()
        return [await reading, await deserializer.read_async(framed)]

    assert asyncio.run(run()) == [order(), order()]
    assert registry.calls == ["lookup", "register", "schema_by_id"]


def _typed(message: KafkaMessage) -> None:
    """A message of FastStream is what the decoder takes; checked by mypy."""
    message_decoder(VQEDecoratedResultInterface, MemoryRegistry())(message)
