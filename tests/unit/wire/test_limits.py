from __future__ import annotations

import json

import pytest
from tests.unit.codec.harness import check_message, codec_of, walk

from avroforge import DecodeError
from avroforge.wire.limits import MAX_DEPTH, MAX_ZERO_BYTE_ITEMS, Budget
from avroforge.wire.varint import write_long

NODE = {"type": "record", "name": "N", "fields": [{"name": "next", "type": ["null", "N"]}]}


def test_a_budget_is_spent_and_then_refuses() -> None:
    budget = Budget()
    budget.depth, budget.items = 1, 2
    budget.enter()
    budget.spend(2)
    with pytest.raises(ValueError, match="levels of nesting"):
        budget.enter()
    with pytest.raises(ValueError, match="zero bytes"):
        budget.spend(1)


def test_recursive_records_nest_as_deep_as_the_limit_and_no_deeper() -> None:
    codec = codec_of(NODE)
    assert check_message(codec, b"\x02" * (MAX_DEPTH - 1) + b"\x00")
    assert not check_message(codec, b"\x02" * MAX_DEPTH + b"\x00")
    assert not check_message(codec, b"\x02" * 100_000 + b"\x00")


def test_the_depth_of_records_that_are_not_recursive_is_free() -> None:
    schema: object = {"type": "enum", "name": "E", "symbols": ["A"]}
    for number in range(90):
        schema = {"type": "record", "name": f"R{number}", "fields": [{"name": "f", "type": schema}]}
    codec = codec_of(json.dumps(schema))
    assert check_message(codec, b"\x00")
    assert check_message(codec, b"\x80\x00")


@pytest.mark.parametrize("through", ["array", "map", "both"])
def test_recursion_through_containers_counts_levels_too(through: str) -> None:
    inner: object = "N"
    if through != "map":
        inner = {"type": "array", "items": inner}
    if through != "array":
        inner = {"type": "map", "values": inner}
    codec = codec_of({"type": "record", "name": "N", "fields": [{"name": "f", "type": inner}]})
    down = {"array": b"\x02", "map": b"\x02\x00", "both": b"\x02\x00\x02"}[through]
    up = {"array": b"\x00", "map": b"\x00", "both": b"\x00\x00"}[through]
    for levels in (0, 20, MAX_DEPTH - 1):
        assert check_message(codec, down * levels + b"\x00" + up * levels)
    for levels in (MAX_DEPTH, 5_000):
        assert not check_message(codec, down * levels + b"\x00" + up * levels)


@pytest.mark.parametrize(
    "items",
    [
        "null",
        {"type": "record", "name": "Z", "fields": []},
        {"type": "fixed", "name": "Z", "size": 0},
        {"type": "record", "name": "Z", "fields": [{"name": f"f{n}", "type": "null"} for n in range(20)]},
    ],
    ids=["null", "empty record", "empty fixed", "record of nulls"],
)
def test_items_of_no_bytes_are_limited_per_message_not_per_array(items: object) -> None:
    codec = codec_of({"type": "array", "items": {"type": "array", "items": items}})
    half = write_long(MAX_ZERO_BYTE_ITEMS // 2) + b"\x00"
    assert len(codec.decode(b"\x04" + half + half + b"\x00")) == 2
    for data in (
        b"\x04" + half + write_long(MAX_ZERO_BYTE_ITEMS // 2 + 1) + b"\x00\x00",
        b"\x02" + write_long(2**62),
    ):
        error = walk(codec, data)
        assert isinstance(error, DecodeError)
        assert "zero bytes" in error.reason
        with pytest.raises(DecodeError, match="zero bytes"):
            codec.decode(data)


def test_records_that_double_at_every_level_without_a_byte_are_stopped() -> None:
    schema: object = {"type": "record", "name": "R0", "fields": []}
    for number in range(1, 40):
        fields = [{"name": "a", "type": schema}, {"name": "b", "type": f"R{number - 1}"}]
        schema = {"type": "record", "name": f"R{number}", "fields": fields}
    with pytest.raises(DecodeError, match="zero bytes"):
        codec_of(json.dumps(schema)).decode(b"")


@pytest.mark.parametrize(
    "items", ["string", "bytes", "int", "boolean", "double", NODE, {"type": "map", "values": "int"}]
)
def test_a_count_beyond_the_data_is_refused_before_anything_is_built(items: object) -> None:
    codec = codec_of({"type": "array", "items": items})
    for count in (2**20, 2**40, 2**62):
        for data in (write_long(count), write_long(-count) + b"\x00", write_long(count) + b"\x00" * 50):
            error = walk(codec, data)
            assert isinstance(error, DecodeError)
            assert error.offset == 0
            assert not check_message(codec, data)
