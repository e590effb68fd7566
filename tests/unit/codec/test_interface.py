"""What an interface takes and gives beside values: kinds of bytes, headers, plain datums."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from tests.unit.codec.harness import codec_of

from avroforge import DecodeError, EncodeError
from avroforge.errors import SchemaNotFoundError
from avroforge.registry import MemoryRegistry
from avroforge.registry.ids import RegistryIds
from avroforge.wire.framing import frame
from avroforge_codegen import load_interface

POINT = '{"type": "record", "name": "P", "fields": [{"name": "x", "type": "int"}]}'
WIDER = POINT.replace('[{"name": "x"', '[{"name": "gone", "type": "string"}, {"name": "x"')


class Registry:
    """Two schemas under the ids 1 and 2."""

    def __init__(self, known: int | None = 1) -> None:
        self.known = known
        self.asked: list[int] = []

    def schema_by_id(self, schema_id: int) -> str:
        self.asked.append(schema_id)
        if schema_id not in {1, 2}:
            raise SchemaNotFoundError(f"no schema with id {schema_id}")
        return POINT if schema_id == 1 else WIDER

    def id_for(self, subject: str, schema_key: str) -> int | None:
        assert subject == "P"
        assert schema_key == load_interface(POINT).SCHEMA_KEY
        return self.known


@pytest.mark.parametrize(
    "data", [b"\x02", bytearray(b"\x02"), memoryview(b"\x02"), memoryview(b"\x02\xff")[:1]]
)
def test_any_bytes_are_decoded(data: Any) -> None:  # noqa: ANN401 - beyond what is annotated
    assert codec_of("int").decode(data) == 1


@pytest.mark.parametrize("data", [None, 1, "x", [2], 0.5, {2}], ids=repr)
def test_what_is_no_bytes_is_a_decode_error_and_never_a_number_of_zeros(data: Any) -> None:  # noqa: ANN401 - the mistake
    with pytest.raises(DecodeError, match="expected bytes, got"):
        codec_of("int").decode(data)


def test_without_a_registry_messages_are_bare() -> None:
    codec = load_interface(POINT)()
    value = codec.decode(b"\x02")
    assert codec.to_avro_bytes(value) == b"\x02"
    assert codec.from_avro_bytes(b"\x02") == value
    with pytest.raises(SchemaNotFoundError, match="no registry"):
        codec.to_avro_bytes(value, require_header=True)


def test_with_a_registry_messages_have_a_header_in_both_directions() -> None:
    registry = Registry()
    codec = load_interface(POINT)(registry=registry)
    value = codec.decode(b"\x02")
    assert codec.to_avro_bytes(value, require_header=True) == frame(1, b"\x02")
    for _ in range(2):
        assert codec.from_avro_bytes(frame(1, b"\x02")) == value
        assert codec.from_avro_bytes(frame(2, b"\x02a\x02")) == value
    assert registry.asked == [1, 2]
    for data in (b"\x02", b"", b"\x01\x00\x00\x00\x01\x02", frame(1, b"")):
        with pytest.raises(DecodeError):
            codec.from_avro_bytes(data)
    with pytest.raises(SchemaNotFoundError):
        codec.from_avro_bytes(frame(3, b"\x02"))


def test_an_unknown_id_falls_back_to_bare_avro_unless_a_header_is_required() -> None:
    codec = load_interface(POINT)(registry=Registry(known=None))
    value = codec.decode(b"\x02")
    assert codec.to_avro_bytes(value) == b"\x02"
    with pytest.raises(SchemaNotFoundError):
        codec.to_avro_bytes(value, require_header=True)


def test_a_header_with_a_guid_is_read_before_the_body_and_in_a_kafka_header() -> None:
    registry = MemoryRegistry()
    ids = [registry.register(name, text).schema_id for name, text in (("a", POINT), ("b", WIDER))]
    guids = [UUID(registry.schema_by_id(schema_id).guid) for schema_id in ids]
    codec = load_interface(POINT)(RegistryIds(registry))
    value = codec.decode(b"\x02")
    for guid, bare in zip(guids, (b"\x02", b"\x02a\x02"), strict=True):
        header = b"\x01" + guid.bytes
        assert codec.from_avro_bytes(header + bare) == value
        assert codec.from_record(header + bare) == value
        assert codec.from_record(bare, [("__value_schema_id", header)]) == value
        assert codec.from_record(bare, [("__key_schema_id", header)], part="key") == value
    with pytest.raises(SchemaNotFoundError, match="00000000-0000"):
        codec.from_avro_bytes(b"\x01" + bytes(16) + b"\x02")
    with pytest.raises(DecodeError, match="GUID header of 17 bytes"):
        codec.from_avro_bytes(header[:-1])


def test_a_registry_without_guids_says_so() -> None:
    with pytest.raises(SchemaNotFoundError, match="Registry finds schemas by id only"):
        load_interface(POINT)(Registry()).from_avro_bytes(b"\x01" + bytes(16) + b"\x02")


def test_a_record_s_header_without_a_registry_is_a_schema_not_found() -> None:
    with pytest.raises(SchemaNotFoundError, match="P: no schema for the id 7: no registry was given"):
        load_interface(POINT)().from_record(frame(7, b"\x02"))


def test_an_interface_can_be_subclassed_elsewhere() -> None:
    class Own(load_interface(POINT)):  # type: ignore[misc]  # made at run time
        __slots__ = ()

    value = Own().decode(b"\x82\x00")
    assert Own().decode(Own().encode(value)) == value
    assert Own().decode(b"\x02a\x02", writer_schema=WIDER) == value
    assert Own.classes() == load_interface(POINT).classes()
    with pytest.raises(DecodeError, match=r"P\.x at byte 0"):
        Own().decode(b"")
    with pytest.raises(EncodeError, match="expected P, got int 5"):
        Own().encode(5)


def test_a_plain_datum_names_the_branches_that_its_types_do_not_tell_apart() -> None:
    point = {"type": "record", "name": "P", "fields": [{"name": "x", "type": "int"}]}
    codec = codec_of(
        [
            "null",
            point,
            {"type": "map", "values": "int"},
            "string",
            {"type": "enum", "name": "E", "symbols": ["A"]},
        ]
    )
    made, symbol = codec.classes()["P"](x=1), next(iter(codec.classes()["E"]))  # type: ignore[call-overload]  # an enum
    for value, datum in [
        (None, None),
        (made, ("P", {"x": 1})),
        ({"x": 1}, ("map", {"x": 1})),
        ("A", ("string", "A")),
        (symbol, ("E", "A")),
    ]:
        assert codec.serialize(value) == datum
        assert codec.deserialize(datum) == value


@pytest.mark.parametrize(
    ("datum", "code", "path", "words"),
    [
        ({"x": 1, "y": 2}, "FIELD_UNKNOWN", "P.y", "a field of P"),
        ({"xx": 1}, "FIELD_UNKNOWN", "P.xx", "did you mean 'x'?"),
        ({}, "FIELD_MISSING", "P.x", "no default"),
        ({"x": "1"}, "VALUE_INVALID", "P.x", "expected int, got str '1'"),
        ([1], "VALUE_INVALID", "P", "got list [1]"),
        ({1: 1}, "FIELD_UNKNOWN", "P.1", "a field of P"),
    ],
)
def test_a_plain_datum_that_does_not_fit_is_refused_with_its_path(
    datum: object, code: str, path: str, words: str
) -> None:
    with pytest.raises(EncodeError) as caught:
        load_interface(POINT)().deserialize(datum)
    assert (caught.value.code, caught.value.path) == (code, path)
    assert words in str(caught.value)
