"""Arrays and maps of int and long: the fast ways agree with the walk, and stay within the block."""

from __future__ import annotations

import json
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avroforge.codec import walk_decode, walk_encode
from avroforge.errors import DecodeError, EncodeError
from avroforge.wire.integer_list import read_int_list, read_long_list, write_int_list, write_long_list
from avroforge.wire.number_array import read_int_array, read_long_array
from avroforge.wire.varint import write_long
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from collections.abc import Callable

    from avroforge.interface import AvroInterfaceBase

EDGES = [
    0,
    1,
    -1,
    63,
    64,
    -64,
    -65,
    8191,
    8192,
    -8192,
    -8193,
    2**20,
    2**27 - 1,
    2**27,
    -(2**27),
    2**31 - 1,
    -(2**31),
]
LONG_EDGES = [*EDGES, 2**31, 2**34, 2**41, 2**42, 2**63 - 1, -(2**63)]
ints = st.sampled_from(EDGES) | st.integers(-(2**31), 2**31 - 1)
longs = st.sampled_from(LONG_EDGES) | st.integers(-(2**63), 2**63 - 1)


def codec_of(kind: str, items: str) -> AvroInterfaceBase[Any]:
    key = "items" if kind == "array" else "values"
    return load_interface(json.dumps({"type": kind, key: items}))()


def agree(codec: AvroInterfaceBase[Any], value: object, kind: str) -> None:
    data = walk_encode.encode(value, codec._bound())
    assert codec.encode(value) == data
    assert codec.decode(data) == walk_decode.decode(data, codec._bound(), kind) == value


def outcome(decode: Callable[[bytes], object], data: bytes) -> object:
    try:
        return decode(data)
    except DecodeError as error:
        return error.path, error.offset, error.reason


@settings(deadline=None)
@given(values=st.lists(ints, max_size=40))
def test_arrays_of_int(values: list[int]) -> None:
    agree(codec_of("array", "int"), values, "array")


@settings(deadline=None)
@given(values=st.lists(longs, max_size=40))
def test_arrays_of_long(values: list[int]) -> None:
    agree(codec_of("array", "long"), values, "array")


@settings(deadline=None)
@given(values=st.dictionaries(st.text(max_size=5), longs, max_size=10))
def test_maps_of_long(values: dict[str, int]) -> None:
    agree(codec_of("map", "long"), values, "map")


@settings(deadline=None)
@given(values=st.dictionaries(st.text(max_size=5), ints, max_size=10))
def test_maps_of_int(values: dict[str, int]) -> None:
    agree(codec_of("map", "int"), values, "map")


@settings(deadline=None)
@given(values=st.lists(longs, min_size=1, max_size=20), data=st.data())
def test_damaged_arrays_of_long_read_as_the_walk_says(values: list[int], data: st.DataObject) -> None:
    codec = codec_of("array", "long")
    message = bytearray(codec.encode(values))
    message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(message)
    assert outcome(codec.decode, damaged) == outcome(
        lambda message: walk_decode.decode(message, codec._bound(), "array"), damaged
    )


def test_several_blocks_and_announced_sizes() -> None:
    codec = codec_of("array", "int")
    block = write_long(1) + write_long(300)
    data = write_long(2) + block + write_long(-2) + write_long(len(block)) + block + b"\x00"
    assert codec.decode(data) == [1, 300, 1, 300]
    wrong = write_long(-2) + write_long(len(block) + 1) + block + b"\x00"
    with pytest.raises(DecodeError):
        codec.decode(wrong)


def test_continuation_bytes_without_end_are_refused() -> None:
    codec = codec_of("array", "long")
    with pytest.raises(DecodeError):
        codec.decode(write_long(1000) + b"\xff" * 100_000)


@pytest.mark.parametrize(
    ("kind", "value", "path"),
    [
        ("array", [1, True], "array[1]"),
        ("array", [2**31], "array[0]"),
        ("array", [1.0], "array[0]"),
        ("array", b"ab", "array"),
        ("map", {"a": True}, "map['a']"),
        ("map", {"a": 2**31}, "map['a']"),
        ("map", {1: 1}, "map"),
        ("map", [("a", 1)], "map"),
    ],
)
def test_wrong_values_are_named(kind: str, value: object, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        codec_of(kind, "int").encode(value)
    assert caught.value.path.startswith(path)


def lists_of_one_width(width: int) -> st.SearchStrategy[list[int]]:
    """Lists whose varints all take `width` bytes."""
    least = 1 << 7 * (width - 1) if width > 1 else 0
    most = min(1 << 7 * width, 1 << 64) - 1
    raw = st.integers(least, most) | st.sampled_from([least, most])
    return st.lists(raw.map(lambda each: (each >> 1) ^ -(each & 1)), min_size=16, max_size=300)


@settings(deadline=None)
@given(values=st.integers(1, 10).flatmap(lists_of_one_width))
def test_arrays_of_equally_wide_varints(values: list[int]) -> None:
    data = b"".join(write_long_list(values))
    assert data == write_long(len(values)) + b"".join(map(write_long, values)) + b"\x00"
    assert read_long_list(data + b"tail", 0) == (values, len(data))
    array, end = read_long_array(data + b"tail", 0)
    assert (array.tolist(), end) == (values, len(data))


def widths_up_to(bits: int) -> st.SearchStrategy[int]:
    """Numbers of up to so many bits, each width as likely as another."""
    return st.integers(0, bits - 1).flatmap(lambda most: st.integers(-(1 << most), (1 << most) - 1))


@settings(deadline=None)
@given(
    few=st.integers(1, 64).flatmap(lambda bits: st.lists(widths_up_to(bits), min_size=1, max_size=40)),
    count=st.sampled_from([64, 96, 300, 1024, 1500, 3000]),
)
def test_arrays_of_mixed_widths(few: list[int], count: int) -> None:
    values = [*islice(cycle(few), count)]
    data = b"".join(write_long_list(values))
    assert data == write_long(count) + b"".join(map(write_long, values)) + b"\x00"
    assert read_long_list(data + b"\x80tail", 0) == (values, len(data))
    if min(values) >= -(2**31) and max(values) < 2**31:
        assert b"".join(write_int_list(values)) == data
        assert read_int_list(data + b"\x80tail", 0) == (values, len(data))


@settings(deadline=None)
@given(values=st.lists(longs, min_size=120, max_size=300), data=st.data())
def test_damaged_arrays_read_alike_as_list_and_as_array(values: list[int], data: st.DataObject) -> None:
    message = bytearray(b"".join(write_long_list(values)))
    for _ in range(data.draw(st.integers(0, 2))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(message)
    expected: object = None
    try:
        expected = read_long_list(damaged, 0)
    except (ValueError, IndexError):
        with pytest.raises((ValueError, IndexError)):
            read_long_array(damaged, 0)
        return
    numbers, end = read_long_array(damaged, 0)
    assert (numbers.tolist(), end) == expected


@pytest.mark.parametrize("count", [1, 20, 200])
@pytest.mark.parametrize("read", [read_int_list, read_int_array])
def test_an_int_of_more_than_32_bits_is_refused(read: Callable[[bytes, int], object], count: int) -> None:
    fits = write_long(count) + write_long(-(2**31)) * count + b"\x00"
    numbers, end = cast("Any", read(fits, 0))
    assert (list(numbers), end) == ([-(2**31)] * count, len(fits))
    with pytest.raises(ValueError, match="32 bits"):
        read(write_long(count) + write_long(2**31) * count + b"\x00", 0)


@pytest.mark.parametrize("count", [1, 20, 200])
@pytest.mark.parametrize("read", [read_long_list, read_long_array])
@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (b"\xff" * 9 + b"\x02", "64 bits"),
        (b"\x80" * 10 + b"\x00", "varint"),
        (b"\x80" * 10, "varint"),
    ],
)
def test_varints_too_long_are_refused(
    read: Callable[[bytes, int], object], count: int, item: bytes, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        read(write_long(count) + item * count, 0)


@pytest.mark.parametrize("count", [1, 20, 200])
@pytest.mark.parametrize("read", [read_long_list, read_long_array])
@pytest.mark.parametrize("padding", range(9))
def test_varints_longer_than_they_need_are_read(
    read: Callable[[bytes, int], object], count: int, padding: int
) -> None:
    data = write_long(count) + (b"\x83" + b"\x80" * padding + b"\x00") * count + b"\x00"
    numbers, end = cast("Any", read(data, 0))
    assert (list(numbers), end) == ([-2] * count, len(data))


@pytest.mark.parametrize("count", [2, 20, 200])
@pytest.mark.parametrize("read", [read_long_list, read_long_array])
@pytest.mark.parametrize("width", range(1, 11))
def test_data_that_ends_within_an_array_is_refused(
    read: Callable[[bytes, int], object], count: int, width: int
) -> None:
    item = b"\x81" * (width - 1) + b"\x01"
    with pytest.raises((ValueError, IndexError)):
        read(write_long(count) + item * (count - 1), 0)


@pytest.mark.parametrize("wrong", [True, None, 1.0, 2**63, -(2**63) - 1])
@pytest.mark.parametrize("usual", [1, 300, 2**40, 2**62])
@pytest.mark.parametrize("place", [0, 10, 40, 119])
def test_a_wrong_number_among_many_is_refused(usual: int, wrong: object, place: int) -> None:
    values: list[Any] = [usual] * (41 if place <= 40 else 120)
    values[place] = wrong
    with pytest.raises((TypeError, OverflowError)):
        write_long_list(values)


@pytest.mark.parametrize("wrong", [2**31, -(2**31) - 1, 2**40, -(2**55)])
@pytest.mark.parametrize("count", [1, 40, 120])
def test_an_int_of_more_than_32_bits_is_not_written(wrong: int, count: int) -> None:
    with pytest.raises(OverflowError):
        write_int_list([wrong] * count)
