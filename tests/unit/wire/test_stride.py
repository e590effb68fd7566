"""Runs of records of one shape: read at once, and never otherwise than one by one."""

from __future__ import annotations

import json
import sys
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avroforge.codec import walk_decode
from avroforge.errors import DecodeError
from avroforge.interface import AvroInterfaceBase
from avroforge.wire.varint import write_long
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from collections.abc import Callable

    from avroforge.codec.ir import Storage
    from avroforge.wire.stride import Plan

ROW = {
    "type": "record",
    "name": "Row",
    "fields": [
        {"name": "label", "type": "string"},
        {"name": "number", "type": "int"},
        {"name": "big", "type": "long"},
        {
            "name": "inner",
            "type": {"type": "record", "name": "In", "fields": [{"name": "x", "type": "double"}]},
        },
        {"name": "flag", "type": "boolean"},
        {"name": "maybe", "type": ["null", "double"]},
        {"name": "perhaps", "type": ["string", "null"]},
        {"name": "values", "type": {"type": "array", "items": "double"}},
        {"name": "singles", "type": {"type": "array", "items": "float"}},
        {"name": "raw", "type": "bytes"},
        {"name": "hash", "type": {"type": "fixed", "name": "H", "size": 3}},
        {"name": "suit", "type": {"type": "enum", "name": "S", "symbols": ["A", "B"]}},
    ],
}
SCHEMA = json.dumps({"type": "array", "items": ROW})
rows = st.fixed_dictionaries(
    {
        "label": st.sampled_from(["", "IXYZ", "Z\nZZ", "é", "long " * 30]),
        "number": st.sampled_from([0, 1, -1, 63, 64, 8191, 8192, 2**31 - 1]),
        "big": st.sampled_from([0, 5, 300, 2_000_000, 2**62]),
        "inner": st.fixed_dictionaries({"x": st.just(1.5)}),
        "flag": st.booleans(),
        "maybe": st.sampled_from([None, 2.5]),
        "perhaps": st.sampled_from([None, "x"]),
        "values": st.sampled_from([[], [1.0, 2.0], [3.0] * 100]),
        "singles": st.sampled_from([[], [0.5]]),
        "raw": st.sampled_from([b"", b"\x00\x01"]),
        "hash": st.just(b"abc"),
        "suit": st.sampled_from(["A", "B"]),
    }
)
PLAIN = {
    "label": "IXYZ", "number": 5, "big": 300, "inner": {"x": 1.0}, "flag": True, "maybe": 2.5,
    "perhaps": "x", "values": [1.0, 2.0], "singles": [0.5], "raw": b"ab", "hash": b"abc", "suit": "B",
}  # fmt: skip
runs = st.lists(st.tuples(rows, st.integers(1, 90)), max_size=6)


def interface(arrays: Storage) -> type[AvroInterfaceBase[Any]]:
    return load_interface(SCHEMA, arrays=arrays)


def one_by_one(codec: AvroInterfaceBase[Any], data: bytes) -> object:
    return walk_decode.decode(data, codec._bound(), "array")


def outcome(decode: Callable[[bytes], object], data: bytes) -> object:
    try:
        return decode(data)
    except DecodeError as error:
        return error.path, error.offset, error.reason


@pytest.mark.parametrize("arrays", ["list", "numpy"])
@settings(max_examples=60, deadline=None)
@given(parts=runs)
def test_runs_read_as_one_by_one(arrays: Storage, parts: list[tuple[dict[str, Any], int]]) -> None:
    codec = interface(arrays)()
    values = codec.deserialize([row for row, times in parts for _ in range(times)])
    data = codec.encode(values)
    assert codec.decode(data) == one_by_one(codec, data) == values


@pytest.mark.parametrize("arrays", ["list", "numpy"])
def test_clean_messages_need_no_second_reading(arrays: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    codec = interface(arrays)()
    random = Random(1)  # noqa: S311 - reproducible rows, not secrets
    pool = [PLAIN, {**PLAIN, "label": "é", "maybe": None}, {**PLAIN, "number": 8192, "values": []}]
    data = codec.encode(codec.deserialize([random.choice(pool) for _ in range(300)] + [PLAIN] * 300))

    def refuse(_codec: object, _data: bytes) -> object:
        raise AssertionError("a clean message was read a second time")

    monkeypatch.setattr(AvroInterfaceBase, "_decode_slowly", refuse)
    assert len(codec.decode(data)) == 600


@pytest.mark.parametrize("arrays", ["list", "numpy"])
def test_every_truncation_inside_a_run_is_refused(arrays: Storage) -> None:
    codec = load_interface(json.dumps({"type": "array", "items": ROW["fields"][3]["type"]}), arrays=arrays)()  # type: ignore[index] # plain JSON
    data = codec.encode(codec.deserialize([{"x": float(number)} for number in range(80)]))
    for end in range(len(data)):
        with pytest.raises(DecodeError):
            codec.decode(data[:end])


@pytest.mark.parametrize("arrays", ["list", "numpy"])
def test_a_wrong_byte_inside_a_run_is_seen(arrays: Storage) -> None:
    codec = interface(arrays)()
    data = codec.encode(codec.deserialize([PLAIN] * 40))
    size = (len(data) - 2) // 40
    start = 2 + 20 * size if data[0] > 0x7F else 1 + 20 * size
    for offset in range(start, start + size):
        for value in (data[offset] ^ 0x01, data[offset] ^ 0x80, 0xFF):
            damaged = data[:offset] + bytes([value]) + data[offset + 1 :]
            assert outcome(codec.decode, damaged) == outcome(partial(one_by_one, codec), damaged)


def test_changing_shapes_cost_a_bounded_number_of_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    codec = interface("list")()
    short, long = {**PLAIN, "label": ""}, {**PLAIN, "label": "longer"}
    data = codec.encode(codec.deserialize([short, short, long, long] * 500))
    module = vars(sys.modules[type(codec).__module__])
    unpacked: list[int] = []
    original = module["read_columns"]

    def counted(data: bytes, p: int, count: int, plan: Plan, tries: int) -> object:
        unpacked.append(1)
        return original(data, p, count, plan, tries)

    monkeypatch.setitem(module, "read_columns", counted)
    assert len(codec.decode(data)) == 2000
    assert len(unpacked) <= 2


def test_a_count_beyond_the_data_does_not_run_away() -> None:
    codec = load_interface(json.dumps({"type": "array", "items": {"type": "record", "name": "D", "fields": [
        {"name": "x", "type": "double"}, {"name": "y", "type": "string"}]}}))()  # fmt: skip
    data = write_long(100) + bytes(950)
    with pytest.raises(DecodeError):
        codec.decode(data)


@pytest.mark.parametrize("arrays", ["list", "numpy"])
@pytest.mark.parametrize("usual", [0.0, -0.0, 1.5, float("nan"), float("inf")])
@pytest.mark.parametrize("other", [0.0, -0.0, 2.5])
def test_a_column_of_one_number(arrays: Storage, usual: float, other: float) -> None:
    codec = load_interface(json.dumps({"type": "array", "items": ROW["fields"][3]["type"]}), arrays=arrays)()  # type: ignore[index] # plain JSON
    for place in (None, 0, 1, 100, 299):
        numbers = [usual] * 300
        if place is not None:
            numbers[place] = other
        data = codec.encode(codec.deserialize([{"x": number} for number in numbers]))
        assert [repr(row.x) for row in codec.decode(data)] == [*map(repr, numbers)]


@pytest.mark.parametrize("arrays", ["list", "numpy"])
def test_texts_that_come_again_and_others_of_their_size(arrays: Storage) -> None:
    codec = load_interface(json.dumps({"type": "array", "items": {"type": "record", "name": "T", "fields": [
        {"name": "text", "type": "string"}, {"name": "x", "type": "double"}]}}), arrays=arrays)()  # fmt: skip
    random = Random(2)  # noqa: S311 - reproducible texts, not secrets
    messages = [
        [("".join(random.choices("IXYZ\né", k=size))) for _ in range(200)] for size in (4, 4, 12, 37, 70)
    ]
    for texts in [*messages, *messages[::-1]]:
        data = codec.encode(codec.deserialize([{"text": text, "x": 0.5} for text in texts]))
        for _ in range(2):
            assert [row.text for row in codec.decode(data)] == texts


def test_a_record_that_differs_now_and_then_ends_no_speculation(monkeypatch: pytest.MonkeyPatch) -> None:
    codec = interface("list")()
    data = codec.encode(codec.deserialize(([PLAIN] * 300 + [{**PLAIN, "maybe": None}]) * 10))
    module = vars(sys.modules[type(codec).__module__])
    rows: list[int] = []
    original = module["read_columns"]

    def counted(data: bytes, p: int, count: int, plan: Plan, tries: int) -> Any:  # noqa: ANN401 - as it is
        found = original(data, p, count, plan, tries)
        rows.append(found[1])
        return found

    monkeypatch.setitem(module, "read_columns", counted)
    assert len(codec.decode(data)) == 3010
    assert sum(rows) > 2900
