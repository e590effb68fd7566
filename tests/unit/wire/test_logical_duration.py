"""Durations: three unsigned numbers, little-endian, kept apart."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avroforge.wire.logical import Duration, read_duration, write_duration

UINT_MAX = 2**32 - 1


@given(raw=st.binary(min_size=12, max_size=12))
def test_all_twelve_bytes_come_back(raw: bytes) -> None:
    value = read_duration(raw)
    assert write_duration(value) == raw
    assert value == Duration(value.months, value.days, value.milliseconds)


def test_the_layout_is_months_days_milliseconds_little_endian() -> None:
    assert write_duration(Duration(1, 2, 0x01020304)) == bytes.fromhex("010000000200000004030201")
    assert read_duration(b"\xff" * 12) == Duration(UINT_MAX, UINT_MAX, UINT_MAX)


def test_texts() -> None:
    assert str(Duration()) == "P0M0DT0.000S"
    assert str(Duration(1, 2, 3_004)) == "P1M2DT3.004S"
    assert repr(Duration(1, 2, 3)) == "Duration(months=1, days=2, milliseconds=3)"


@pytest.mark.parametrize("size", [0, 11, 13])
def test_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"expected a duration of 12 bytes, got {size}"):
        read_duration(bytes(size))


@pytest.mark.parametrize("name", ["months", "days", "milliseconds"])
@pytest.mark.parametrize("number", [-1, UINT_MAX + 1])
def test_a_part_beyond_32_bits_is_refused(name: str, number: int) -> None:
    with pytest.raises(OverflowError, match=f"^{name}: expected 0 to 4294967295, got {number}$"):
        Duration(**{name: number})


@pytest.mark.parametrize("number", [True, 1.0, "1", None])
def test_a_part_that_is_no_integer_is_refused(number: object) -> None:
    make: Any = Duration
    with pytest.raises(TypeError, match=r"^days: expected an int, got"):
        make(0, number, 0)


class Index:
    def __index__(self) -> int:
        return 5


def test_an_integer_like_part_becomes_an_int() -> None:
    five: Any = Index()
    assert type(Duration(five).months) is int
    assert Duration(0, 0, five) == Duration(0, 0, 5)


def test_values_are_immutable_hashable_ordered_and_survive_copies() -> None:
    value: Any = Duration(1, 2, 3)
    with pytest.raises(FrozenInstanceError):
        value.days = 6
    assert not hasattr(value, "__dict__")
    assert {value: 1}[Duration(1, 2, 3)] == 1
    assert Duration(0, 99, 99) < value < Duration(1, 3, 0)
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - its own pickle
    assert copy.deepcopy(value) == value
