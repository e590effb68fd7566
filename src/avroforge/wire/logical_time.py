"""Dates, times of day and timestamps of milli- and microseconds, between their numbers and `datetime` types.

Each pair is exact both ways: what Python cannot hold is refused on reading, what is finer than the unit is
refused on writing. Source: Avro 1.12, Logical Types, Date to Local Timestamp.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LOCAL_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - a local timestamp has no zone
_MILLISECOND: Final = timedelta(milliseconds=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_DAY_MILLIS: Final = 86_400_000
_DAY_MICROS: Final = 86_400_000_000
_RAW_INT: Final = '; logical_types = "raw" reads the int'
_RAW_LONG: Final = '; logical_types = "raw" reads the long'
_from_ordinal: Final = date.fromordinal


def read_date(raw: int) -> date:
    """The day that is `raw` days after 1970-01-01.

    Raises:
        OverflowError: the day lies outside the years 1 to 9999.
    """
    try:
        return _from_ordinal(raw + _EPOCH_DAY)
    except (ValueError, OverflowError):
        raise OverflowError(f"expected a date of year 1 to 9999, got day {raw}{_RAW_INT}") from None


def write_date(value: object) -> int:
    """The days from 1970-01-01 to a `date`.

    Raises:
        TypeError: no date; a datetime is none.
    """
    if type(value) is date:
        return value.toordinal() - _EPOCH_DAY
    if isinstance(value, datetime):
        raise TypeError("expected a date, which a datetime is not: pass its .date()")
    if isinstance(value, date):
        return value.toordinal() - _EPOCH_DAY
    raise TypeError("expected a date")


def read_time_millis(raw: int) -> time:
    """The time of day `raw` milliseconds after midnight.

    Raises:
        ValueError: not within one day.
    """
    if 0 <= raw < _DAY_MILLIS:
        second = raw // 1000
        return time(second // 3600, second // 60 % 60, second % 60, raw % 1000 * 1000)
    raise ValueError(f"expected a time of 0 to {_DAY_MILLIS - 1} ms, got {raw}{_RAW_INT}")


def read_time_micros(raw: int) -> time:
    """The time of day `raw` microseconds after midnight.

    Raises:
        ValueError: not within one day.
    """
    if 0 <= raw < _DAY_MICROS:
        second = raw // 1_000_000
        return time(second // 3600, second // 60 % 60, second % 60, raw % 1_000_000)
    raise ValueError(f"expected a time of 0 to {_DAY_MICROS - 1} us, got {raw}{_RAW_LONG}")


def _as_time(value: object) -> time:
    if not isinstance(value, time):
        raise TypeError("expected a time")
    if value.tzinfo is not None:
        raise TypeError("expected a time without a zone")
    return value


def write_time_millis(value: object) -> int:
    """The milliseconds from midnight to a naive `time`.

    Raises:
        TypeError: no time, or one with a zone.
        ValueError: finer than a millisecond.
    """
    if type(value) is not time or value.tzinfo is not None:
        value = _as_time(value)
    micros = value.microsecond
    if micros % 1000:
        raise ValueError("expected a time of whole milliseconds")
    return (value.hour * 3600 + value.minute * 60 + value.second) * 1000 + micros // 1000


def write_time_micros(value: object) -> int:
    """The microseconds from midnight to a naive `time`.

    Raises:
        TypeError: no time, or one with a zone.
    """
    if type(value) is not time or value.tzinfo is not None:
        value = _as_time(value)
    return (value.hour * 3600 + value.minute * 60 + value.second) * 1_000_000 + value.microsecond


def read_timestamp_millis(raw: int) -> datetime:
    """The instant `raw` milliseconds after 1970-01-01T00:00Z, in UTC.

    Raises:
        OverflowError: outside the years 1 to 9999.
    """
    try:
        return _EPOCH + _MILLISECOND * raw
    except OverflowError:
        raise OverflowError(_outside("timestamp", raw, "ms")) from None


def read_timestamp_micros(raw: int) -> datetime:
    """The instant `raw` microseconds after 1970-01-01T00:00Z, in UTC.

    Raises:
        OverflowError: outside the years 1 to 9999.
    """
    try:
        return _EPOCH + _MICROSECOND * raw
    except OverflowError:
        raise OverflowError(_outside("timestamp", raw, "us")) from None


def read_local_timestamp_millis(raw: int) -> datetime:
    """The local date and time `raw` milliseconds after 1970-01-01T00:00, without a zone.

    Raises:
        OverflowError: outside the years 1 to 9999.
    """
    try:
        return _LOCAL_EPOCH + _MILLISECOND * raw
    except OverflowError:
        raise OverflowError(_outside("local timestamp", raw, "ms")) from None


def read_local_timestamp_micros(raw: int) -> datetime:
    """The local date and time `raw` microseconds after 1970-01-01T00:00, without a zone.

    Raises:
        OverflowError: outside the years 1 to 9999.
    """
    try:
        return _LOCAL_EPOCH + _MICROSECOND * raw
    except OverflowError:
        raise OverflowError(_outside("local timestamp", raw, "us")) from None


def _outside(what: str, raw: int, unit: str) -> str:
    return f"expected a {what} of year 1 to 9999, got {raw} {unit}{_RAW_LONG}"


def nanosecond_of(value: datetime) -> int:
    """The nanoseconds beyond the microsecond that a subclass of datetime may carry, 0 to 999."""
    extra = getattr(value, "nanosecond", 0)
    return extra if isinstance(extra, int) else 0


def _plain(value: datetime) -> datetime:
    """The datetime itself out of a subclass, whose arithmetic may be its own."""
    if type(value) is datetime:
        return value
    try:
        return datetime.combine(
            date(value.year, value.month, value.day),
            time(value.hour, value.minute, value.second, value.microsecond, fold=value.fold),
            value.tzinfo,
        )
    except (TypeError, ValueError):  # a "not a time" value is a datetime whose parts are no numbers
        raise TypeError("expected a datetime") from None


def in_utc(value: object) -> datetime:
    """The same instant in UTC, to the microsecond.

    Raises:
        TypeError: no datetime, or a naive one.
        OverflowError: in UTC it lies outside the years 1 to 9999.
    """
    if not isinstance(value, datetime):
        raise TypeError("expected an aware datetime")
    if value.utcoffset() is None:
        raise TypeError("expected an aware datetime, which a naive one is not: give it its tzinfo")
    try:
        return _plain(value).astimezone(UTC)
    except OverflowError:
        raise OverflowError("expected a datetime that in UTC is of year 1 to 9999") from None


def without_zone(value: object) -> datetime:
    """A naive datetime, to the microsecond.

    Raises:
        TypeError: no datetime, or one with a zone.
    """
    if not isinstance(value, datetime):
        raise TypeError("expected a naive datetime")
    if value.tzinfo is not None:
        raise TypeError(
            "expected a naive datetime, which one with tzinfo is not: a local timestamp has no zone"
        )
    return _plain(value)


def _whole_micros(value: object) -> None:
    if isinstance(value, datetime) and nanosecond_of(value):
        raise ValueError("expected a datetime of whole microseconds")


def micros_of(value: datetime) -> int:
    """The microseconds from 1970-01-01T00:00Z to a datetime in UTC."""
    since = value - _EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds


def local_micros_of(value: datetime) -> int:
    """The microseconds from 1970-01-01T00:00 to a naive datetime."""
    since = value - _LOCAL_EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds


def write_timestamp_millis(value: object) -> int:
    """The milliseconds from 1970-01-01T00:00Z to an aware `datetime` of any zone.

    Raises:
        TypeError: no datetime, or a naive one.
        ValueError: finer than a millisecond.
        OverflowError: in UTC it lies outside the years 1 to 9999.
    """
    if type(value) is not datetime or value.tzinfo is not UTC:
        _whole_micros(value)
        value = in_utc(value)
    since = value - _EPOCH
    micros = since.microseconds
    if micros % 1000:
        raise ValueError("expected a datetime of whole milliseconds")
    return (since.days * 86400 + since.seconds) * 1000 + micros // 1000


def write_timestamp_micros(value: object) -> int:
    """The microseconds from 1970-01-01T00:00Z to an aware `datetime` of any zone.

    Raises:
        TypeError: no datetime, or a naive one.
        ValueError: a subclass of datetime that is finer than a microsecond.
        OverflowError: in UTC it lies outside the years 1 to 9999.
    """
    if type(value) is not datetime or value.tzinfo is not UTC:
        _whole_micros(value)
        value = in_utc(value)
    since = value - _EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds


def write_local_timestamp_millis(value: object) -> int:
    """The milliseconds from 1970-01-01T00:00 to a naive `datetime`.

    Raises:
        TypeError: no datetime, or one with a zone.
        ValueError: finer than a millisecond.
    """
    if type(value) is not datetime or value.tzinfo is not None:
        _whole_micros(value)
        value = without_zone(value)
    since = value - _LOCAL_EPOCH
    micros = since.microseconds
    if micros % 1000:
        raise ValueError("expected a datetime of whole milliseconds")
    return (since.days * 86400 + since.seconds) * 1000 + micros // 1000


def write_local_timestamp_micros(value: object) -> int:
    """The microseconds from 1970-01-01T00:00 to a naive `datetime`.

    Raises:
        TypeError: no datetime, or one with a zone.
        ValueError: a subclass of datetime that is finer than a microsecond.
    """
    if type(value) is not datetime or value.tzinfo is not None:
        _whole_micros(value)
        value = without_zone(value)
    since = value - _LOCAL_EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds
