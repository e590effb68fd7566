from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.unit.codec.harness import check_message, codec_of, walk

from avroforge import DecodeError, DecodeLimits, EncodeError
from avroforge.record import values_equal
from avroforge.registry import MemoryRegistry
from avroforge.registry.ids import RegistryIds
from avroforge.wire.framing import frame
from avroforge.wire.limits import MAX_DEPTH, MAX_ZERO_BYTE_ITEMS, Budget
from avroforge.wire.varint import write_long

if TYPE_CHECKING:
    from collections.abc import Callable

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


DEEP = b"\x02" * 99 + b"\x00"
WIDE = write_long(150_000) + b"\x00"
NULLS = {"type": "array", "items": "null"}
ROOMY = DecodeLimits(depth=100, free_items=150_000)


@pytest.mark.parametrize(("schema", "data"), [(NODE, DEEP), (NULLS, WIDE)], ids=["depth", "free items"])
def test_limits_are_set_per_interface_per_object_and_per_call(schema: object, data: bytes) -> None:
    interface = type(codec_of(schema))

    class Roomy(interface):  # type: ignore[misc, valid-type]  # made at run time
        __slots__ = ()
        LIMITS = ROOMY

    with pytest.raises(DecodeError, match=r"DecodeLimits\(\w+=...\) sets that"):
        interface().decode(data)
    value = interface().decode(data, limits=ROOMY)
    assert values_equal(interface(limits=ROOMY).decode(data), value)
    assert values_equal(Roomy().decode(data), value)
    with pytest.raises(DecodeError, match="at most 10 "):
        Roomy().decode(data, limits=DecodeLimits(10, 10))
    with pytest.raises(DecodeError, match="at most 20 "):
        Roomy(limits=DecodeLimits(20, 20)).decode(data)


@pytest.mark.parametrize(("schema", "data"), [(NODE, DEEP), (NULLS, WIDE)], ids=["depth", "free items"])
def test_every_reading_keeps_the_limits(schema: object, data: bytes) -> None:
    codec = codec_of(schema)
    interface = type(codec)
    value = codec.decode(data, limits=ROOMY)
    registry = RegistryIds(MemoryRegistry())
    own = registry.ensure_registered("own", interface.SELF_CONTAINED)
    other = {"type": "record", "name": "W", "fields": [{"name": "x", "type": schema}]}
    longer = {
        "type": "record",
        "name": "W",
        "fields": [*other["fields"], {"name": "y", "type": "int", "default": 1}],
    }
    written = registry.ensure_registered("other", json.dumps(other))
    reader = type(codec_of(longer))
    skipping = type(codec_of({**other, "fields": [{"name": "y", "type": "int", "default": 1}]}))
    text = interface(limits=ROOMY).to_json(value)
    readings: list[Callable[[DecodeLimits | None], object]] = [
        lambda limits: codec.decode(data, limits=limits),
        lambda limits: interface(registry).from_avro_bytes(frame(own, data), limits=limits),
        lambda limits: interface(registry).from_record(frame(own, data), limits=limits),
        lambda limits: codec.decode_single_object(codec.encode_single_object(value), limits=limits),
        lambda limits: codec.from_json(text, limits=limits),
        lambda limits: reader().decode(data, writer_schema=json.dumps(other), limits=limits),
        lambda limits: reader(registry).from_avro_bytes(frame(written, data), limits=limits),
        lambda limits: reader(registry, limits=limits).from_avro_bytes(frame(written, data)),
        lambda limits: skipping().decode(data, writer_schema=json.dumps(other), limits=limits),
        lambda limits: reader().decode(data, writer_schema=json.dumps({**other, "doc": "x"}), limits=limits),
    ]
    for read in readings:
        read(ROOMY)
        with pytest.raises(DecodeError, match="sets that"):
            read(None)
    with pytest.raises(EncodeError, match="sets that"):
        codec.to_json(value)


def test_a_depth_beyond_python_s_stack_is_one_error() -> None:
    codec = codec_of(NODE)
    with pytest.raises(DecodeError, match="recursion limit"):
        codec.decode(b"\x02" * 50_000 + b"\x00", limits=DecodeLimits(depth=10**6))
