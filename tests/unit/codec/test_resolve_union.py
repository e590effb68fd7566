"""Unions in, out and across, and enums: which branch and which symbol, and what has none."""

from __future__ import annotations

import pytest
from tests.unit.codec.resolve_harness import field, raw_read, read, record

from avroforge.branches import Float, Int
from avroforge.errors import DecodeError


def test_enums_map_by_symbol_and_unknown_ones_take_the_default() -> None:
    writer = {"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}
    reader = {"type": "enum", "name": "E", "symbols": ["C", "X", "A"], "default": "X"}
    names = [raw_read(writer, reader, bytes([2 * index])).name for index in range(3)]
    assert names == ["A", "X", "C"]


def test_enums_of_more_than_64_symbols() -> None:
    symbols = [f"S{number}" for number in range(100)]
    writer = {"type": "enum", "name": "E", "symbols": symbols}
    reader = {"type": "enum", "name": "E", "symbols": symbols[::-1]}
    assert read(writer, reader, "S99").name == "S99"
    assert (
        read(record(field("e", writer), field("i", "int")), record(field("i", "int")), {"e": "S99", "i": 3}).i
        == 3
    )


def test_unknown_symbol_is_a_decode_error_where_it_is_met() -> None:
    writer = record(field("e", {"type": "enum", "name": "E", "symbols": ["A", "B"]}))
    reader = record(field("e", {"type": "enum", "name": "E", "symbols": ["A"]}))
    assert raw_read(writer, reader, b"\x00").e.name == "A"
    with pytest.raises(DecodeError, match="symbol 'B'") as caught:
        raw_read(writer, reader, b"\x02")
    assert (caught.value.path, caught.value.offset) == ("R.e", 0)


def test_unions_in_out_and_across() -> None:
    assert read("int", ["null", "long"], 5) == 5
    assert read(["null", "int"], "long", 5) == 5
    assert read(["null", "int", "string"], ["string", "double", "null"], ("int", 5)) == 5.0
    assert read(["null", "int", "string"], ["string", "double", "null"], "five") == "five"


def test_a_branch_without_counterpart_is_a_decode_error_where_it_is_met() -> None:
    with pytest.raises(DecodeError, match="null cannot be read as long"):
        raw_read(["null", "int"], "long", b"\x00")
    with pytest.raises(DecodeError, match="has no branch"):
        raw_read(["string", "int"], ["null", "int"], b"\x00\x00")


def test_the_first_branch_that_takes_the_type_is_taken() -> None:
    assert type(read("int", ["double", "int"], 3)) is float
    assert read("int", ["float", "double", "int"], 3) == Float(3.0)
    assert type(read(["double", "long"], ["double", "long", "null"], ("long", 3))) is float


def test_a_schema_that_differs_in_words_alone_keeps_every_branch() -> None:
    writer = record(field("u", ["double", "long"]), doc="written")
    reader = record(field("u", ["double", "long"]), doc="read")
    assert type(raw_read(writer, reader, b"\x02\x06").u) is int


def test_a_named_branch_of_the_same_full_name_is_preferred() -> None:
    one, two = record(field("x", "int"), name="a.R"), record(field("x", "int"), name="b.R")
    value = read(two, ["null", one, two], {"x": 1})
    assert value.__avro_fullname__ == "b.R"


def test_wrappers_of_the_readers_branches() -> None:
    assert read(record(field("u", "int")), record(field("u", ["null", "int", "long"])), {"u": 3}).u == Int(3)
