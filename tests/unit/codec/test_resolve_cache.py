"""Readers of pairs: refused up front, or kept."""

from __future__ import annotations

import json
import math

import pytest
from tests.unit.codec.resolve_harness import field, raw_read, record

from avroforge.codec import resolve
from avroforge.codec.resolve import reader_for
from avroforge.errors import DecodeError, ResolutionError, SchemaError
from avroforge.schema import parse_schema
from avroforge_codegen import load_interface


def test_a_pair_of_which_no_value_can_be_read_is_an_error_up_front() -> None:
    with pytest.raises(ResolutionError, match="string cannot be read as int"):
        reader_for(json.dumps("string"), load_interface('"int"'))
    with pytest.raises(ResolutionError, match="no field 'b', and the reader no default"):
        reader_for(
            json.dumps(record(field("a", "int"))), load_interface(json.dumps(record(field("b", "int"))))
        )
    with pytest.raises(ResolutionError, match="neither the name nor an alias"):
        reader_for(json.dumps(record(name="S")), load_interface(json.dumps(record(name="R"))))


def test_items_without_counterpart_are_an_error_when_there_is_one() -> None:
    writer, reader = ({"type": "array", "items": kind} for kind in ("string", "int"))
    assert raw_read(writer, reader, b"\x00") == []
    with pytest.raises(DecodeError, match="string cannot be read as int") as caught:
        raw_read(writer, reader, b"\x02\x02a\x00")
    assert caught.value.path == "array[0]"


def test_text_of_a_writer_is_parsed_leniently_and_refused_when_it_is_no_schema_error() -> None:
    bad_default = json.dumps(record(field("a", "int", default="no int")))
    target = load_interface(json.dumps(record(field("a", "long"))))
    assert reader_for(bad_default, target)(b"\x06").a == 3
    with pytest.raises(SchemaError):
        reader_for("{", target)


def test_readers_are_kept_by_schema_and_interface() -> None:
    writer = json.dumps(record(field("a", "int")))
    lists = load_interface(json.dumps(record(field("a", "long"))))
    arrays = load_interface(json.dumps(record(field("a", "long"))), arrays="numpy")
    assert reader_for(writer, lists) is reader_for(parse_schema(writer + " "), lists)
    assert reader_for(writer, lists) is not reader_for(writer, arrays)


def test_the_cache_is_bounded() -> None:
    target = load_interface(json.dumps(record(field("a", "long", default=0))))
    for number in range(resolve.MAX_READERS + 20):
        reader_for(json.dumps(record(field(f"x{number}", "int"))), target)
    assert len(resolve._readers) <= resolve.MAX_READERS


def test_the_same_schema_is_read_by_its_own_decoder() -> None:
    text = json.dumps(record(field("a", "int"), field("d", "double")))
    assert math.isclose(reader_for(text, load_interface(text))(b"\x02" + bytes(8)).d, 0.0)
