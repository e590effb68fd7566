"""Timestamps of nanoseconds, as values of their own that keep every digit.

A 64-bit count of nanoseconds reaches from 1677-09-21 to 2262-04-11, so every one has a date in Python; only
its last three digits have no place in a `datetime`. Source: Avro 1.12, Logical Types, Timestamps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, SupportsIndex

from avroforge.wire.logical_time import (
    in_utc,
    local_micros_of,
    micros_of,
    nanosecond_of,
    read_local_timestamp_micros,
    without_zone,
)
from avroforge.wire.varint import LONG_MAX, LONG_MIN

_BILLION: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, order=True)
class _Nanoseconds:
    nanoseconds: int

    def __post_init__(self) -> None:
        number: object = self.nanoseconds
        if type(number) is not int:
            if isinstance(number, bool) or not isinstance(number, SupportsIndex):
                raise TypeError(f"expected an int of nanoseconds, got {type(number).__name__}")
            object.__setattr__(self, "nanoseconds", number.__index__())
        if not LONG_MIN <= self.nanoseconds <= LONG_MAX:
            raise OverflowError(f"expected nanoseconds that fit 64 bits, got {self.nanoseconds}")

    def _moment(self, *, truncate: bool) -> datetime:
        micros, rest = divmod(self.nanoseconds, 1000)
        if rest and not truncate:
            raise ValueError(f"expected whole microseconds, got {self}; truncate=True drops the last digits")
        return read_local_timestamp_micros(micros)

    def __str__(self) -> str:
        seconds, fraction = divmod(self.nanoseconds, _BILLION)
        return f"{read_local_timestamp_micros(seconds * 1_000_000).isoformat()}.{fraction:09d}"


@dataclass(frozen=True, slots=True, order=True)
class TimestampNanos(_Nanoseconds):
    """An instant: nanoseconds since 1970-01-01T00:00Z, a signed number of 64 bits.

    ``str()`` is ISO 8601 with nine fractional digits and ``Z``.

    Raises:
        TypeError: no integer.
        OverflowError: does not fit 64 bits.
    """

    def __str__(self) -> str:
        return f"{_Nanoseconds.__str__(self)}Z"

    @classmethod
    def from_datetime(cls, value: datetime) -> TimestampNanos:
        """The instant of an aware datetime of any zone, exactly.

        Raises:
            TypeError: no datetime, or a naive one.
            OverflowError: outside 1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z.
        """
        return cls(micros_of(in_utc(value)) * 1000 + nanosecond_of(value))

    def to_datetime(self, *, truncate: bool = False) -> datetime:
        """The aware datetime in UTC.

        Args:
            truncate: drop what is finer than a microsecond (towards the past) instead of raising.

        Raises:
            ValueError: finer than a microsecond.
        """
        return self._moment(truncate=truncate).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class LocalTimestampNanos(_Nanoseconds):
    """A local date and time without a zone: nanoseconds since 1970-01-01T00:00, a signed number of 64 bits.

    ``str()`` is ISO 8601 with nine fractional digits.

    Raises:
        TypeError: no integer.
        OverflowError: does not fit 64 bits.
    """

    @classmethod
    def from_datetime(cls, value: datetime) -> LocalTimestampNanos:
        """The local date and time of a naive datetime, exactly.

        Raises:
            TypeError: no datetime, or one with a zone.
            OverflowError: outside 1677-09-21T00:12:43.145224192 to 2262-04-11T23:47:16.854775807.
        """
        return cls(local_micros_of(without_zone(value)) * 1000 + nanosecond_of(value))

    def to_datetime(self, *, truncate: bool = False) -> datetime:
        """The naive datetime.

        Args:
            truncate: drop what is finer than a microsecond (towards the past) instead of raising.

        Raises:
            ValueError: finer than a microsecond.
        """
        return self._moment(truncate=truncate)


_new: Final = object.__new__
_set_nanoseconds: Final = vars(_Nanoseconds)["nanoseconds"].__set__


def read_timestamp_nanos(raw: int) -> TimestampNanos:
    """The instant `raw` nanoseconds after 1970-01-01T00:00Z; `raw` is a long that was read."""
    value = _new(TimestampNanos)
    _set_nanoseconds(value, raw)
    return value


def read_local_timestamp_nanos(raw: int) -> LocalTimestampNanos:
    """The local date and time `raw` nanoseconds after 1970-01-01T00:00; `raw` is a long that was read."""
    value = _new(LocalTimestampNanos)
    _set_nanoseconds(value, raw)
    return value


def write_timestamp_nanos(value: object) -> int:
    """The nanoseconds of a `TimestampNanos`.

    Raises:
        TypeError: anything else.
    """
    if isinstance(value, TimestampNanos):
        return value.nanoseconds
    raise TypeError("expected a TimestampNanos (TimestampNanos.from_datetime makes one)")


def write_local_timestamp_nanos(value: object) -> int:
    """The nanoseconds of a `LocalTimestampNanos`.

    Raises:
        TypeError: anything else.
    """
    if isinstance(value, LocalTimestampNanos):
        return value.nanoseconds
    raise TypeError("expected a LocalTimestampNanos (LocalTimestampNanos.from_datetime makes one)")
