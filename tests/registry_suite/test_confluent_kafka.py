"""confluent-kafka's registry client and serializers, unchanged, against our server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka.schema_registry import (
    ConfigCompatibilityLevel,
    Metadata,
    MetadataProperties,
    Schema,
    SchemaReference,
    SchemaRegistryClient,
    SchemaRegistryError,
    ServerConfig,
)
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext, SerializationError
from tests.registry_suite.schemas import ADDRESS, COUNTRY, DELIVERY, MORE, OTHER, V1, V2

from avroforge.registry import LocalRegistry, RegistryIds
from avroforge.registry.client import HttpRegistry
from avroforge.registry.server import ServerOptions, Users, serve_in_background
from avroforge.wire.framing import frame, unframe
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALUE = SerializationContext("orders", MessageField.VALUE)
KEY = SerializationContext("orders", MessageField.KEY)


@pytest.fixture
def client(url: str) -> Iterator[SchemaRegistryClient]:
    with SchemaRegistryClient({"url": url}) as made:
        yield made


def avro(text: str, *references: tuple[str, str], **metadata: str) -> Schema:
    refers = [SchemaReference(name, subject, 1) for name, subject in references]
    said = Metadata(None, MetadataProperties(metadata), None) if metadata else None
    return Schema(text, "AVRO", refers, said)


def refused(client: Any, method: str, *arguments: object) -> tuple[int, int]:  # noqa: ANN401 - it has no types
    with pytest.raises(SchemaRegistryError) as caught:
        getattr(client, method)(*arguments)
    return caught.value.http_status_code, caught.value.error_code


def test_registering_and_reading(client: SchemaRegistryClient) -> None:
    assert client.register_schema("orders-value", avro(V1)) == 1
    full = client.register_schema_full_response("orders-value", avro(V2))
    assert (full.schema_id, full.version, full.subject) == (2, 2, "orders-value")
    assert client.get_schema(1, subject_name="orders-value").schema_str == V1
    assert client.get_schema_by_guid(str(full.guid)).schema_str == V2
    assert client.get_schema_types() == ["AVRO"]
    assert client.get_subjects() == ["orders-value"]
    assert client.get_subjects_by_schema_id(2) == ["orders-value"]
    assert [(each.subject, each.version) for each in client.get_schema_versions(2)] == [("orders-value", 2)]
    assert client.get_versions("orders-value") == [1, 2]
    assert client.get_version("orders-value", 1).schema.schema_str == V1
    assert client.get_latest_version("orders-value").version == 2


def test_looking_up(client: SchemaRegistryClient) -> None:
    client.register_schema("orders-value", avro(V1))
    found = client.lookup_schema("orders-value", avro(json.dumps(json.loads(V1), indent=2)))
    assert (found.schema_id, found.version) == (1, 1)
    assert refused(client, "lookup_schema", "orders-value", avro(V2)) == (404, 40403)
    assert refused(client, "lookup_schema", "nobody", avro(V1)) == (404, 40401)


def test_references(client: SchemaRegistryClient) -> None:
    client.register_schema("country", avro(COUNTRY))
    client.register_schema("address", avro(ADDRESS, ("shop.Country", "country")))
    found = client.get_latest_version("address")
    assert found.schema.to_dict()["references"] == [
        {"name": "shop.Country", "subject": "country", "version": 1}
    ]
    assert client.get_referenced_by("country", 1) == [2]
    assert refused(client, "delete_version", "country", 1) == (422, 42206)
    assert refused(client, "register_schema", "b", avro(ADDRESS, ("shop.Country", "x"))) == (422, 42201)


def test_metadata(client: SchemaRegistryClient) -> None:
    client.register_schema("orders-value", avro(V1, major="1"))
    client.register_schema("orders-value", avro(V2, major="2"))
    found = client.get_latest_with_metadata("orders-value", {"major": "1"})
    assert found.version == 1
    assert found.schema.to_dict()["metadata"]["properties"] == {"major": "1"}


def test_compatibility(client: SchemaRegistryClient) -> None:
    client.register_schema("orders-value", avro(V1))
    assert client.test_compatibility("orders-value", avro(V2))
    assert not client.test_compatibility("orders-value", avro(MORE))
    assert client.test_compatibility_all_versions("orders-value", avro(V2))
    assert refused(client, "register_schema", "orders-value", avro(MORE)) == (409, 409)
    client.set_compatibility("orders-value", "NONE")
    assert client.get_compatibility("orders-value") == "NONE"
    assert client.register_schema("orders-value", avro(OTHER)) == 2
    assert client.get_compatibility() == "BACKWARD"
    assert refused(client, "get_compatibility", "nobody") == (404, 40408)
    assert refused(client, "set_compatibility", "orders-value", "SIDEWARD") == (422, 42203)


def test_configuration(client: SchemaRegistryClient) -> None:
    level = ConfigCompatibilityLevel.FULL
    client.set_config("orders-value", ServerConfig(compatibility=level, compatibility_group="major"))
    found = client.get_config("orders-value")
    assert (found.compatibility_level, found.compatibility_group) == (level, "major")
    client.delete_config("orders-value")
    assert refused(client, "get_config", "orders-value") == (404, 40408)
    client.set_config(config=ServerConfig(compatibility=ConfigCompatibilityLevel.FORWARD))
    assert client.get_config().compatibility_level is ConfigCompatibilityLevel.FORWARD


def test_modes(client: SchemaRegistryClient) -> None:
    assert client.get_global_mode() == "READWRITE"
    client.update_mode("orders-value", "READONLY")
    assert client.get_mode("orders-value") == "READONLY"
    assert refused(client, "register_schema", "orders-value", avro(V1)) == (422, 42205)
    assert client.delete_mode("orders-value") == "READONLY"
    client.update_global_mode("READONLY")
    assert refused(client, "register_schema", "orders-value", avro(V1)) == (422, 42205)


def test_deleting(client: SchemaRegistryClient) -> None:
    client.register_schema("orders-value", avro(V1))
    client.register_schema("orders-value", avro(V2))
    assert client.delete_version("orders-value", 1) == 1
    assert client.get_versions("orders-value") == [2]
    assert client.get_versions("orders-value", deleted=True) == [1, 2]
    assert client.delete_version("orders-value", 1, permanent=True) == 1
    assert client.delete_subject("orders-value") == [2]
    assert client.get_subjects(deleted=True) == ["orders-value"]
    assert client.delete_subject("orders-value", permanent=True) == [2]
    assert client.get_subjects(deleted=True) == []


def test_contexts_and_odd_names(client: SchemaRegistryClient) -> None:
    assert client.register_schema(":.dev:orders-value", avro(V1)) == 1
    assert client.register_schema("a/b c", avro(V1)) == 1
    assert client.get_contexts() == [".", ".dev"]
    assert client.get_subjects() == [":.dev:orders-value", "a/b c"]
    assert client.get_version("a/b c", 1).subject == "a/b c"


def test_a_record_travels(client: SchemaRegistryClient) -> None:
    serialize, deserialize = AvroSerializer(client, V2), AvroDeserializer(client)
    message = serialize({"sku": "ä", "qty": 3}, VALUE)
    assert message[:5] == b"\x00\x00\x00\x00\x01"
    assert client.get_subjects() == ["orders-value"]
    assert deserialize(message, VALUE) == {"sku": "ä", "qty": 3}
    assert AvroDeserializer(client, V1)(message, VALUE) == {"sku": "ä"}
    AvroSerializer(client, COUNTRY)("DE", KEY)
    assert client.get_subjects() == ["orders-key", "orders-value"]


def test_a_record_with_references_travels(client: SchemaRegistryClient) -> None:
    client.register_schema("country", avro(COUNTRY))
    client.register_schema("address", avro(ADDRESS, ("shop.Country", "country")))
    schema = avro(DELIVERY, ("shop.Country", "country"), ("shop.Address", "address"))
    datum = {"to": {"country": "DE"}, "via": "FR"}
    message = AvroSerializer(client, schema)(datum, VALUE)
    assert AvroDeserializer(client)(message, VALUE) == datum


def test_a_serializer_may_only_use_what_is_there(client: SchemaRegistryClient) -> None:
    strict = AvroSerializer(client, V1, conf={"auto.register.schemas": False})
    with pytest.raises((SerializationError, SchemaRegistryError)):
        strict({"sku": "a"}, VALUE)
    client.register_schema("orders-value", avro(V1))
    client.register_schema("orders-value", avro(V2))
    latest = AvroSerializer(client, V1, conf={"auto.register.schemas": False, "use.latest.version": True})
    assert latest({"sku": "a", "qty": 1}, VALUE)[:5] == b"\x00\x00\x00\x00\x02"


def test_a_serializer_may_normalize(client: SchemaRegistryClient) -> None:
    AvroSerializer(client, V1, conf={"normalize.schemas": True})({"sku": "a"}, VALUE)
    assert client.lookup_schema("orders-value", avro(V1), normalize_schemas=True).version == 1


def test_an_incompatible_serializer_fails(client: SchemaRegistryClient) -> None:
    AvroSerializer(client, V1)({"sku": "a"}, VALUE)
    with pytest.raises(SchemaRegistryError) as caught:
        AvroSerializer(client, MORE)({"sku": "a", "price": 1.0}, VALUE)
    assert caught.value.error_code == 409


def test_a_thousand_records_ask_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    options = ServerOptions(port=0, log_requests=True)
    with (
        serve_in_background(LocalRegistry(tmp_path / "r.json"), options) as url,
        SchemaRegistryClient({"url": url}) as client,
    ):
        serialize, deserialize = AvroSerializer(client, V1), AvroDeserializer(client)
        for number in range(1000):
            assert deserialize(serialize({"sku": str(number)}, VALUE), VALUE) == {"sku": str(number)}
    asked = [json.loads(line)["path"] for line in capfd.readouterr().err.splitlines()]
    assert len(asked) <= 3


def test_a_password_is_sent(tmp_path: Path) -> None:
    # bcrypt of "other"
    hashed = b"$2b$04$6YZSHtUHMRdQY3GuJD1g.uGv0NjRrsL4sEyI205WycU/xU2ZyQ1c2"
    options = ServerOptions(port=0, users=Users({"bob": hashed}))
    with serve_in_background(LocalRegistry(tmp_path / "r.json"), options) as url:
        with SchemaRegistryClient({"url": url, "basic.auth.user.info": "bob:other"}) as client:
            assert client.register_schema("a", avro(V1)) == 1
        with SchemaRegistryClient({"url": url, "basic.auth.user.info": "bob:wrong"}) as client:
            assert refused(client, "get_subjects") == (401, 401)


def test_our_records_are_read_by_theirs_and_theirs_by_ours(url: str, client: SchemaRegistryClient) -> None:
    interface = load_interface(V2)
    with HttpRegistry(url) as registry:
        ids = RegistryIds(registry)
        schema_id = ids.ensure_registered("orders-value", interface.SELF_CONTAINED)
        codec = interface(registry=ids, subject="orders-value")
        ours = codec.to_avro_bytes(codec.deserialize({"sku": "a", "qty": 7}), require_header=True)
        assert AvroDeserializer(client)(ours, VALUE) == {"sku": "a", "qty": 7}
        theirs = AvroSerializer(client, V1)({"sku": "b"}, VALUE)
        assert codec.serialize(codec.from_avro_bytes(theirs)) == {"sku": "b", "qty": 0}
    assert unframe(ours)[0] == schema_id
    assert frame(*unframe(ours)) == ours
