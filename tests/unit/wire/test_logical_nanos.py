"""Nanosecond timestamps: every digit of every 64-bit number is kept."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avroforge.wire import logical
from avroforge.wire.logical import LocalTimestampNanos, TimestampNanos

LONGS = st.integers(-(2**63), 2**63 - 1)
FIRST, LAST = -(2**63), 2**63 - 1
BOTH = pytest.mark.parametrize("kind", [TimestampNanos, LocalTimestampNanos])
Kind = type[TimestampNanos] | type[LocalTimestampNanos]


@given(raw=LONGS)
def test_every_long_comes_back(raw: int) -> None:
    assert logical.write_timestamp_nanos(logical.read_timestamp_nanos(raw)) == raw
    assert logical.write_local_timestamp_nanos(logical.read_local_timestamp_nanos(raw)) == raw


@given(raw=LONGS)
def test_what_is_read_equals_what_is_constructed(raw: int) -> None:
    assert logical.read_timestamp_nanos(raw) == TimestampNanos(raw)
    assert logical.read_local_timestamp_nanos(raw) == LocalTimestampNanos(raw)


@BOTH
@given(raw=LONGS)
def test_the_text_has_every_digit(kind: Kind, raw: int) -> None:
    text = str(kind(raw))
    zone = "Z" if kind is TimestampNanos else ""
    moment, _, fraction = text.removesuffix(zone).rpartition(".")
    since = datetime.fromisoformat(moment) - datetime.fromisoformat("1970-01-01")
    assert text.endswith(zone)
    assert len(fraction) == 9
    assert (since.days * 86_400 + since.seconds) * 10**9 + int(fraction) == raw


def test_texts() -> None:
    assert str(TimestampNanos(0)) == "1970-01-01T00:00:00.000000000Z"
    assert str(TimestampNanos(-1)) == "1969-12-31T23:59:59.999999999Z"
    assert str(TimestampNanos(FIRST)) == "1677-09-21T00:12:43.145224192Z"
    assert str(TimestampNanos(LAST)) == "2262-04-11T23:47:16.854775807Z"
    assert str(LocalTimestampNanos(LAST)) == "2262-04-11T23:47:16.854775807"
    assert repr(TimestampNanos(-1)) == "TimestampNanos(nanoseconds=-1)"
    assert repr(LocalTimestampNanos(1)) == "LocalTimestampNanos(nanoseconds=1)"


@BOTH
@given(raw=LONGS)
def test_a_datetime_comes_back_or_digits_would_be_lost(kind: Kind, raw: int) -> None:
    value = kind(raw)
    if raw % 1000:
        with pytest.raises(ValueError, match=r"expected whole microseconds.*truncate=True"):
            value.to_datetime()
    else:
        assert kind.from_datetime(value.to_datetime()) == value
    truncated = value.to_datetime(truncate=True)
    if raw >= FIRST + 1000:  # below, the whole microsecond lies outside 64 bits
        assert kind.from_datetime(truncated).nanoseconds == raw - raw % 1000


@BOTH
def test_the_zone_of_the_datetime_follows_the_type(kind: Kind) -> None:
    assert kind(0).to_datetime().tzinfo is (UTC if kind is TimestampNanos else None)


def test_from_datetime_converts_any_zone_exactly() -> None:
    zone = timezone(timedelta(hours=-3, microseconds=1))
    value = datetime(2024, 2, 29, 12, 0, 0, 5, tzinfo=zone)
    assert TimestampNanos.from_datetime(value).to_datetime() == value


def test_from_datetime_does_not_mix_aware_and_naive() -> None:
    naive = datetime.fromisoformat("2024-02-29")
    with pytest.raises(TypeError, match="aware"):
        TimestampNanos.from_datetime(naive)
    with pytest.raises(TypeError, match="naive"):
        LocalTimestampNanos.from_datetime(naive.replace(tzinfo=UTC))


def test_from_datetime_keeps_the_nanoseconds_of_a_subclass() -> None:
    class Fine(datetime):
        nanosecond = 7

    assert TimestampNanos.from_datetime(Fine(1970, 1, 1, tzinfo=UTC)).nanoseconds == 7


@pytest.mark.parametrize("year", [1, 1677, 2263, 9999])
def test_a_datetime_beyond_64_bits_of_nanoseconds_is_refused(year: int) -> None:
    moment = datetime(year, 1, 1, tzinfo=UTC)
    with pytest.raises(OverflowError, match="fit 64 bits"):
        TimestampNanos.from_datetime(moment)
    with pytest.raises(OverflowError, match="fit 64 bits"):
        LocalTimestampNanos.from_datetime(moment.replace(tzinfo=None))


@BOTH
@pytest.mark.parametrize("number", [FIRST - 1, LAST + 1])
def test_a_number_beyond_64_bits_is_refused(kind: Kind, number: int) -> None:
    with pytest.raises(OverflowError, match=r"expected nanoseconds that fit 64 bits, got -?92233"):
        kind(number)


@BOTH
@pytest.mark.parametrize("number", [True, 1.0, "1", None])
def test_what_is_no_integer_is_refused(kind: Kind, number: object) -> None:
    make: Any = kind
    with pytest.raises(TypeError, match="expected an int of nanoseconds, got"):
        make(number)


class Index:
    def __index__(self) -> int:
        return 5


@BOTH
def test_an_integer_like_scalar_becomes_an_int(kind: Kind) -> None:
    five: Any = Index()
    assert type(kind(five).nanoseconds) is int
    assert kind(five) == kind(5)


@BOTH
def test_values_are_immutable_hashable_ordered_and_survive_copies(kind: Kind) -> None:
    value: Any = kind(5)
    with pytest.raises(FrozenInstanceError):
        value.nanoseconds = 6
    assert not hasattr(value, "__dict__")
    assert {value: 1}[kind(5)] == 1
    assert kind(4) < value < kind(6)
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - its own pickle
    assert copy.deepcopy(value) == value


def test_an_instant_is_no_local_timestamp() -> None:
    instant: object = TimestampNanos(0)
    assert instant != LocalTimestampNanos(0)
    with pytest.raises(TypeError):
        _ = TimestampNanos(0) < LocalTimestampNanos(1)  # type: ignore[operator]  # that it fails is the point
    with pytest.raises(TypeError, match="expected a LocalTimestampNanos"):
        logical.write_local_timestamp_nanos(instant)
    with pytest.raises(TypeError, match=r"TimestampNanos\.from_datetime makes one"):
        logical.write_timestamp_nanos(datetime(2024, 1, 1, tzinfo=UTC))
