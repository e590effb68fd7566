"""Skipping what only the writer has: it lands where reading lands, seeks, and keeps the limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from avroforge.codec import walk_resolve
from avroforge.codec.resolve import reader_for
from avroforge.errors import DecodeError
from avroforge.wire.limits import MAX_ZERO_BYTE_ITEMS
from avroforge.wire.varint import write_long
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from collections.abc import Callable

READER = '{"type": "record", "name": "R", "fields": [{"name": "end", "type": "long"}]}'
SMALL = {
    "type": "record",
    "name": "S",
    "fields": [{"name": "a", "type": "double"}, {"name": "b", "type": "boolean"}],
}
LIST = {
    "type": "record",
    "name": "L",
    "fields": [{"name": "v", "type": "string"}, {"name": "next", "type": ["null", "L"]}],
}


def skipping(kind: Any) -> Callable[[bytes], Any]:  # noqa: ANN401 - JSON in, reader out
    fields = [{"name": "gone", "type": kind}, {"name": "end", "type": "long"}]
    return reader_for(json.dumps({"type": "record", "name": "R", "fields": fields}), load_interface(READER))


def block(count: int, body: bytes) -> bytes:
    """A block that announces its size."""
    return write_long(-count) + write_long(len(body)) + body


CASES: list[tuple[Any, bytes]] = [
    ("null", b""),
    ("boolean", b"\x01"),
    ("int", b"\x7f"),
    ("int", write_long(-(2**31))),
    ("long", write_long(2**63 - 1)),
    ("long", b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
    ("float", bytes(4)),
    ("double", bytes(8)),
    ("bytes", write_long(300) + bytes(300)),
    ("string", b"\x04ab"),
    ({"type": "fixed", "name": "F", "size": 5}, b"12345"),
    ({"type": "fixed", "name": "F", "size": 0}, b""),
    ({"type": "enum", "name": "E", "symbols": ["A", "B"]}, b"\x02"),
    ({"type": "enum", "name": "E", "symbols": [f"S{n}" for n in range(90)]}, write_long(80)),
    (["null", "string"], b"\x00"),
    (["null", "string"], b"\x02\x04ab"),
    ({"type": "array", "items": "double"}, write_long(3) + bytes(24) + b"\x00"),
    ({"type": "array", "items": "double"}, block(3, bytes(24)) + write_long(1) + bytes(8) + b"\x00"),
    ({"type": "array", "items": "string"}, b"\x04\x02a\x02b" + block(1, b"\x02c") + b"\x00"),
    ({"type": "array", "items": "null"}, write_long(5000) + block(7, b"") + b"\x00"),
    ({"type": "array", "items": SMALL}, write_long(2) + bytes(18) + b"\x00"),
    ({"type": "map", "values": "int"}, b"\x02\x02k\x08" + block(1, b"\x02m\x0a") + b"\x00"),
    ({"type": "map", "values": {"type": "array", "items": LIST}}, b"\x02\x02k\x02\x02v\x02\x02w\x00\x00\x00"),
    (SMALL, bytes(8) + b"\x01"),
    (LIST, b"\x02a\x02\x02b\x02\x02c\x00"),
    ({"type": "long", "logicalType": "timestamp-millis"}, b"\x06"),
]


@pytest.mark.parametrize(("kind", "data"), CASES)
def test_skipping_lands_where_reading_lands(
    kind: Any,  # noqa: ANN401 - JSON
    data: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(walk_resolve, "decode", None)
    assert skipping(kind)(data + b"\x54").end == 42


@pytest.mark.parametrize(("kind", "data"), CASES)
def test_data_that_ends_while_skipping_is_an_error(kind: Any, data: bytes) -> None:  # noqa: ANN401 - JSON
    read = skipping(kind)
    for size in range(min(len(data), 40)):
        with pytest.raises(DecodeError):
            read(data[:size])


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("string", b"\x01", "length of the string"),
        ("bytes", write_long(2**62) + b"a", "length of the bytes"),
        ("long", b"\xff" * 11 + b"\x00", "varint"),
        ("int", write_long(2**31) + b"\x00", "int"),
        (["null", "int"], b"\x04\x00", "union index"),
        ({"type": "enum", "name": "E", "symbols": ["A", "B"]}, b"\x04\x00", "enum index"),
        ({"type": "array", "items": "null"}, write_long(2**40) + b"\x00\x00", "items of zero bytes"),
        ({"type": "array", "items": "double"}, write_long(2**40) + b"\x00\x00", "but 2 bytes are left"),
        ({"type": "array", "items": "string"}, write_long(-1) + write_long(900) + b"\x00\x00", "block size"),
        (
            {"type": "array", "items": "double"},
            write_long(-9) + write_long(8) + bytes(10),
            "block of 9 items",
        ),
        ({"type": "map", "values": "null"}, write_long(2**40) + b"\x00\x00", "but 2 bytes are left"),
        (LIST, b"\x00\x02" * 70 + b"\x00\x00\x00", "levels of nesting"),
    ],
)
def test_hostile_bytes_are_refused_while_skipping(kind: Any, data: bytes, reason: str) -> None:  # noqa: ANN401 - JSON
    with pytest.raises(DecodeError, match=reason) as caught:
        skipping(kind)(data)
    assert caught.value.path.startswith("R.gone")


def test_items_without_bytes_share_one_budget() -> None:
    kind = {"type": "array", "items": {"type": "array", "items": "null"}}
    inner = write_long(MAX_ZERO_BYTE_ITEMS // 2) + b"\x00"
    assert skipping(kind)(write_long(2) + inner * 2 + b"\x00\x02").end == 1
    with pytest.raises(DecodeError, match="items of zero bytes"):
        skipping(kind)(write_long(3) + inner * 3 + b"\x00\x02")


def test_the_defaults_of_records_without_bytes_are_paid_for() -> None:
    empty = {"type": "record", "name": "E", "fields": []}
    numbers = {"name": "n", "type": {"type": "array", "items": "int"}, "default": list(range(50))}
    writer, reader = ({"type": "array", "items": {**empty, "fields": each}} for each in ([], [numbers]))
    read = reader_for(json.dumps(writer), load_interface(json.dumps(reader)))
    assert [len(each.n) for each in read(b"\x06\x00")] == [50, 50, 50]
    with pytest.raises(DecodeError, match="items of zero bytes"):
        read(write_long(50_000) + b"\x00")


def test_a_run_of_fixed_width_is_one_step() -> None:
    fields = [{"name": f"f{n}", "type": "double"} for n in range(5)]
    kept = {"name": "end", "type": "long"}
    writer = {"type": "record", "name": "R", "fields": [*fields, kept, {"name": "tail", "type": "float"}]}
    reader = {"type": "record", "name": "R", "fields": [{"name": "f3", "type": "double"}, kept]}
    read = reader_for(json.dumps(writer), load_interface(json.dumps(reader)))
    value = read(bytes(24) + b"\x00\x00\x00\x00\x00\x00\xf0\x3f" + bytes(8) + b"\x54" + bytes(4))
    assert (value.f3, value.end) == (1.0, 42)
    with pytest.raises(DecodeError):
        read(bytes(40) + b"\x54" + bytes(3))
