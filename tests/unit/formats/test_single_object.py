from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.formats.sample import Interface, Order, rows

from avroforge.errors import DecodeError, ResolutionError
from avroforge.formats.single_object import by_fingerprint
from avroforge.schema import parse_schema
from avroforge_codegen import load_interface

OLD = json.dumps(
    {
        "type": "record",
        "name": "shop.Order",
        "fields": [
            {"name": "tags", "type": {"type": "map", "values": "int"}},
            {"name": "id", "type": "int"},
            {"name": "gone", "type": "string"},
            {"name": "price", "type": {"type": "array", "items": "float"}},
        ],
    }
)
OldInterface = load_interface(OLD)
OLD_MESSAGE = OldInterface().encode_single_object(
    OldInterface.classes()["shop.Order"](tags={}, id=5, gone="x", price=[1.5])
)
FINGERPRINT = parse_schema(OLD).fingerprint("CRC-64-AVRO")
codec = Interface()


def test_the_header_is_marker_and_little_endian_fingerprint() -> None:
    row = rows(1)[0]
    data = codec.encode_single_object(row)
    assert data == b"\xc3\x01" + Interface.FINGERPRINT + codec.encode(row)
    assert codec.decode_single_object(data) == row


def test_the_fingerprint_is_java_s() -> None:
    assert load_interface('"int"').FINGERPRINT.hex() == "8f5c393f1ad57572"


@pytest.mark.parametrize("schemas", [by_fingerprint([OLD]), {FINGERPRINT: OLD}, {FINGERPRINT: OLD}.get])
def test_another_writer_is_resolved_where_its_schema_is_known(schemas: object) -> None:
    value = codec.decode_single_object(OLD_MESSAGE, schemas=schemas)  # type: ignore[arg-type]  # one of each kind
    assert value == Order(id=5, note=None, price=[1.5], tags={})


@pytest.mark.parametrize("schemas", [None, {}, lambda _: None])
def test_an_unknown_writer_is_an_error_that_names_the_fingerprint(schemas: object) -> None:
    with pytest.raises(DecodeError, match=FINGERPRINT.hex()) as caught:
        codec.decode_single_object(OLD_MESSAGE, schemas=schemas)  # type: ignore[arg-type]  # one of each kind
    assert caught.value.offset == 2


def test_a_schema_with_another_fingerprint_is_not_believed() -> None:
    with pytest.raises(DecodeError, match="the schema given for the fingerprint"):
        codec.decode_single_object(OLD_MESSAGE, schemas=lambda _: '"int"')


def test_a_writer_that_nobody_can_read_is_a_resolution_error() -> None:
    message = load_interface('"int"')().encode_single_object(1)
    with pytest.raises(ResolutionError):
        codec.decode_single_object(message, schemas=by_fingerprint(['"int"']))


@pytest.mark.parametrize("size", range(10))
def test_a_message_that_ends_in_its_header_is_an_error(size: int) -> None:
    with pytest.raises(DecodeError, match="header of 10 bytes"):
        codec.decode_single_object(codec.encode_single_object(rows(1)[0])[:size])


@pytest.mark.parametrize("data", [None, 5, "\xc3\x01" * 10, [195, 1]])
def test_what_is_no_bytes_is_an_error(data: Any) -> None:  # noqa: ANN401 - what is refused
    with pytest.raises(DecodeError, match="expected bytes, got"):
        codec.decode_single_object(data)


def test_a_bare_message_is_an_error_that_names_decode() -> None:
    with pytest.raises(DecodeError, match=r"expected the marker c3 01, got .*decode\(\)"):
        codec.decode_single_object(codec.encode(rows(5)[4]))
