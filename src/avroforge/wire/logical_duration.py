"""Durations: three unsigned numbers of 32 bits that do not convert into each other.

Source: Avro 1.12, Logical Types, Duration.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Final, SupportsIndex

_UINT_MAX: Final = 2**32 - 1
_LAYOUT: Final = Struct("<III")
_SIZE: Final = _LAYOUT.size


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """An amount of time: months, days and milliseconds, each 0 to 4,294,967,295.

    The three are independent (a month has no fixed number of days), so equality and order compare months
    first, then days, then milliseconds; another split of a similar amount is another value. ``str()`` is
    ISO 8601.

    Raises:
        TypeError: a part is no integer.
        OverflowError: a part does not fit 32 bits unsigned.
    """

    months: int = 0
    days: int = 0
    milliseconds: int = 0

    def __post_init__(self) -> None:
        for name in ("months", "days", "milliseconds"):
            number = getattr(self, name)
            if type(number) is not int:
                if isinstance(number, bool) or not isinstance(number, SupportsIndex):
                    raise TypeError(f"{name}: expected an int, got {type(number).__name__}")
                number = number.__index__()
                object.__setattr__(self, name, number)
            if not 0 <= number <= _UINT_MAX:
                raise OverflowError(f"{name}: expected 0 to {_UINT_MAX}, got {number}")

    def __str__(self) -> str:
        seconds, fraction = divmod(self.milliseconds, 1000)
        return f"P{self.months}M{self.days}DT{seconds}.{fraction:03d}S"


_new: Final = object.__new__
_set_months: Final = vars(Duration)["months"].__set__
_set_days: Final = vars(Duration)["days"].__set__
_set_milliseconds: Final = vars(Duration)["milliseconds"].__set__


def read_duration(raw: bytes) -> Duration:
    """The duration in twelve bytes.

    Raises:
        ValueError: not twelve bytes.
    """
    if len(raw) != _SIZE:
        raise ValueError(f"expected a duration of {_SIZE} bytes, got {len(raw)}")
    months, days, milliseconds = _LAYOUT.unpack(raw)
    value = _new(Duration)
    _set_months(value, months)
    _set_days(value, days)
    _set_milliseconds(value, milliseconds)
    return value


def write_duration(value: object) -> bytes:
    """The twelve bytes of a `Duration`.

    Raises:
        TypeError: anything else.
    """
    if isinstance(value, Duration):
        return _LAYOUT.pack(value.months, value.days, value.milliseconds)
    raise TypeError("expected a Duration")
