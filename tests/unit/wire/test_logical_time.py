"""Dates, times and timestamps: exact both ways, refused where Python or the unit has no room."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avroforge.wire import logical
from avroforge.wire.varint import write_long

if TYPE_CHECKING:
    from collections.abc import Callable

DAY_FIRST, DAY_LAST = -719_162, 2_932_896
SECOND_FIRST, SECOND_END = DAY_FIRST * 86_400, (DAY_LAST + 1) * 86_400
LONGS = st.integers(-(2**63), 2**63 - 1)
RANGES = {
    "date": (DAY_FIRST, DAY_LAST),
    "time_millis": (0, 86_400_000 - 1),
    "time_micros": (0, 86_400_000_000 - 1),
    "timestamp_millis": (SECOND_FIRST * 1000, SECOND_END * 1000 - 1),
    "timestamp_micros": (SECOND_FIRST * 1_000_000, SECOND_END * 1_000_000 - 1),
    "local_timestamp_millis": (SECOND_FIRST * 1000, SECOND_END * 1000 - 1),
    "local_timestamp_micros": (SECOND_FIRST * 1_000_000, SECOND_END * 1_000_000 - 1),
}
NAMES = sorted(RANGES)
RAW_LONG = '; logical_types = "raw" reads the long'
ZONES = [
    timezone(timedelta(hours=14)),
    timezone(-timedelta(hours=23, minutes=59, seconds=59, microseconds=999_999)),
    timezone(timedelta(microseconds=1)),
    ZoneInfo("Europe/Warsaw"),
    ZoneInfo("America/St_Johns"),
    ZoneInfo("UTC"),
]


def pair(name: str) -> tuple[Callable[[int], Any], Callable[[object], int]]:
    return getattr(logical, f"read_{name}"), getattr(logical, f"write_{name}")


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_every_number_python_can_hold_comes_back(name: str, data: st.DataObject) -> None:
    read, write = pair(name)
    raw = data.draw(st.integers(*RANGES[name]))
    assert write(read(raw)) == raw


@pytest.mark.parametrize("name", NAMES)
def test_the_first_and_the_last_number_come_back(name: str) -> None:
    read, write = pair(name)
    for raw in RANGES[name]:
        assert write(read(raw)) == raw


@pytest.mark.parametrize("name", NAMES)
@given(raw=LONGS)
def test_a_number_is_read_exactly_or_refused(name: str, raw: int) -> None:
    read, write = pair(name)
    low, high = RANGES[name]
    if low <= raw <= high:
        assert write(read(raw)) == raw
    else:
        with pytest.raises((ValueError, OverflowError), match=r'logical_types = "raw" reads the (int|long)'):
            read(raw)


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        (
            "date",
            2_932_897,
            'expected a date of year 1 to 9999, got day 2932897; logical_types = "raw" reads the int',
        ),
        (
            "time_millis",
            -1,
            'expected a time of 0 to 86399999 ms, got -1; logical_types = "raw" reads the int',
        ),
        (
            "time_micros",
            86_400_000_000,
            'expected a time of 0 to 86399999999 us, got 86400000000; logical_types = "raw" reads the long',
        ),
        (
            "timestamp_millis",
            -(2**63),
            "expected a timestamp of year 1 to 9999, got -9223372036854775808 ms" + RAW_LONG,
        ),
        (
            "local_timestamp_micros",
            2**63 - 1,
            "expected a local timestamp of year 1 to 9999, got 9223372036854775807 us" + RAW_LONG,
        ),
    ],
)
def test_a_refused_number_is_named_with_the_way_out(name: str, raw: int, message: str) -> None:
    read, _ = pair(name)
    with pytest.raises((ValueError, OverflowError)) as caught:
        read(raw)
    assert str(caught.value) == message


def test_known_values() -> None:
    assert logical.read_date(0) == date(1970, 1, 1)
    assert logical.read_date(-1) == date(1969, 12, 31)
    assert logical.read_time_millis(45_296_789) == time(12, 34, 56, 789_000)
    assert logical.read_time_micros(86_399_999_999) == time.max
    assert logical.read_timestamp_millis(-1) == datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
    assert logical.read_timestamp_micros(1) == datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    assert logical.read_local_timestamp_millis(0) == datetime.fromisoformat("1970-01-01T00:00:00")
    assert logical.read_local_timestamp_micros(-1) == datetime.fromisoformat("1969-12-31T23:59:59.999999")


def test_a_timestamp_is_read_in_utc_and_a_local_one_without_a_zone() -> None:
    assert logical.read_timestamp_millis(0).tzinfo is UTC
    assert logical.read_timestamp_micros(0).tzinfo is UTC
    assert logical.read_local_timestamp_millis(0).tzinfo is None
    assert logical.read_local_timestamp_micros(0).tzinfo is None


@pytest.mark.parametrize("unit", ["millis", "micros"])
@pytest.mark.parametrize("zone", ZONES, ids=str)
@given(moment=st.datetimes(datetime.fromisoformat("0001-01-03"), datetime.fromisoformat("9999-12-29")))
def test_any_zone_is_converted_exactly(unit: str, zone: tzinfo, moment: datetime) -> None:
    read, write = pair(f"timestamp_{unit}")
    aware = moment.replace(tzinfo=zone)
    if unit == "millis":
        try:
            raw = write(aware)
        except ValueError:
            assert aware.astimezone(UTC).microsecond % 1000
            return
    else:
        raw = write(aware)
    assert read(raw) == aware.astimezone(UTC)


def test_the_fold_of_an_ambiguous_hour_counts() -> None:
    first = datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Warsaw"))
    second = first.replace(fold=1)
    assert logical.write_timestamp_millis(second) - logical.write_timestamp_millis(first) == 3_600_000


@pytest.mark.parametrize("unit", ["millis", "micros"])
@pytest.mark.parametrize(
    "moment",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=1)), microsecond=0),
    ],
    ids=["before year 1", "after year 9999"],
)
def test_a_datetime_that_leaves_python_in_utc_is_refused(unit: str, moment: datetime) -> None:
    _, write = pair(f"timestamp_{unit}")
    with pytest.raises(OverflowError, match="expected a datetime that in UTC is of year 1 to 9999"):
        write(moment)


@pytest.mark.parametrize("unit", ["millis", "micros"])
def test_aware_and_naive_are_not_mixed(unit: str) -> None:
    naive = datetime.fromisoformat("2024-02-29T12:00:00")
    _, write = pair(f"timestamp_{unit}")
    with pytest.raises(TypeError, match="expected an aware datetime, which a naive one is not"):
        write(naive)
    _, write_local = pair(f"local_timestamp_{unit}")
    with pytest.raises(TypeError, match="a local timestamp has no zone"):
        write_local(naive.replace(tzinfo=UTC))


class NoOffset(tzinfo):
    def utcoffset(self, moment: datetime | None, /) -> timedelta | None:
        del moment
        return None

    def dst(self, moment: datetime | None, /) -> timedelta | None:
        del moment
        return None

    def tzname(self, moment: datetime | None, /) -> str | None:
        del moment
        return None


def test_a_zone_without_an_offset_is_neither_aware_nor_local() -> None:
    moment = datetime(2024, 2, 29, tzinfo=NoOffset())
    with pytest.raises(TypeError):
        logical.write_timestamp_micros(moment)
    with pytest.raises(TypeError):
        logical.write_local_timestamp_micros(moment)


def test_a_datetime_is_not_a_date_nor_a_date_a_datetime() -> None:
    with pytest.raises(TypeError, match=r"which a datetime is not: pass its .date\(\)"):
        logical.write_date(datetime(2024, 2, 29, tzinfo=UTC))
    for unit in ("millis", "micros"):
        for name in (f"timestamp_{unit}", f"local_timestamp_{unit}"):
            _, write = pair(name)
            with pytest.raises(TypeError, match=r"expected an? (aware|naive) datetime"):
                write(date(2024, 2, 29))


def test_finer_than_a_millisecond_is_refused_not_rounded() -> None:
    with pytest.raises(ValueError, match="whole milliseconds"):
        logical.write_time_millis(time(12, 0, 0, 1))
    aware = datetime(2024, 2, 29, 0, 0, 0, 999_999, tzinfo=UTC)
    with pytest.raises(ValueError, match="whole milliseconds"):
        logical.write_timestamp_millis(aware)
    with pytest.raises(ValueError, match="whole milliseconds"):
        logical.write_local_timestamp_millis(aware.replace(tzinfo=None))


def test_a_time_with_a_zone_is_refused() -> None:
    for name in ("time_millis", "time_micros"):
        _, write = pair(name)
        with pytest.raises(TypeError, match="expected a time without a zone"):
            write(time(12, tzinfo=UTC))


class Day(date):
    pass


class Clock(time):
    pass


class Moment(datetime):
    nanosecond = 0

    def __sub__(self, other: object) -> Any:  # noqa: ANN401 - never called
        raise AssertionError("a subclass's own arithmetic is not used")


class FineMoment(Moment):
    nanosecond = 7


class NoMoment(datetime):
    @property
    def year(self) -> Any:  # noqa: ANN401 - no number, as in a "not a time" value
        return float("nan")


def test_a_subclass_counts_as_what_it_extends() -> None:
    assert logical.write_date(Day(1970, 1, 2)) == 1
    assert logical.write_time_millis(Clock(0, 0, 1)) == 1000
    assert logical.write_time_micros(Clock(0, 0, 1)) == 1_000_000
    aware = Moment(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert logical.write_timestamp_millis(aware) == 1000
    assert logical.write_timestamp_micros(aware) == 1_000_000
    naive = aware.replace(tzinfo=None)
    assert logical.write_local_timestamp_millis(naive) == 1000
    assert logical.write_local_timestamp_micros(naive) == 1_000_000


def test_nanoseconds_that_a_subclass_carries_are_not_dropped() -> None:
    aware = FineMoment(1970, 1, 1, tzinfo=UTC)
    for unit in ("millis", "micros"):
        _, write = pair(f"timestamp_{unit}")
        with pytest.raises(ValueError, match="whole microseconds"):
            write(aware)
        _, write_local = pair(f"local_timestamp_{unit}")
        with pytest.raises(ValueError, match="whole microseconds"):
            write_local(aware.replace(tzinfo=None))


def test_a_subclass_that_is_no_point_in_time_is_refused() -> None:
    with pytest.raises(TypeError, match="expected a datetime"):
        logical.write_timestamp_micros(NoMoment(1970, 1, 1, tzinfo=UTC))
    with pytest.raises(TypeError, match="expected a datetime"):
        logical.write_local_timestamp_micros(NoMoment.fromisoformat("1970-01-01"))


def by_fastavro(kind: str, name: str, value: object) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, {"type": kind, "logicalType": name}, value)
    return out.getvalue()


@given(value=st.dates())
def test_dates_equal_those_of_fastavro(value: date) -> None:
    assert write_long(logical.write_date(value)) == by_fastavro("int", "date", value)


@given(value=st.times())
def test_times_equal_those_of_fastavro(value: time) -> None:
    assert write_long(logical.write_time_micros(value)) == by_fastavro("long", "time-micros", value)
    coarse = value.replace(microsecond=value.microsecond // 1000 * 1000)
    assert write_long(logical.write_time_millis(coarse)) == by_fastavro("int", "time-millis", coarse)


@given(value=st.datetimes())
def test_timestamps_equal_those_of_fastavro(value: datetime) -> None:
    aware = value.replace(tzinfo=UTC)
    written = write_long(logical.write_timestamp_micros(aware))
    assert written == by_fastavro("long", "timestamp-micros", aware)
    local = write_long(logical.write_local_timestamp_micros(value))
    assert local == by_fastavro("long", "local-timestamp-micros", value)
    coarse = aware.replace(microsecond=aware.microsecond // 1000 * 1000)
    written = write_long(logical.write_timestamp_millis(coarse))
    assert written == by_fastavro("long", "timestamp-millis", coarse)
