"""Every logical type of Avro 1.12: its pair of conversions, and the table that names them.

``read_<name>`` turns the underlying value, once read, into the Python value; ``write_<name>`` goes back. Both
are exact: nothing is clipped or rounded. What Python cannot hold raises `ValueError` or `OverflowError` on
reading, what the logical type cannot hold raises these or `TypeError` on writing; the caller adds the path.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from avroforge.wire.logical_decimal import (
    MAX_DECIMAL_DIGITS,
    read_big_decimal,
    read_decimal,
    write_big_decimal,
    write_decimal,
    write_decimal_fixed,
)
from avroforge.wire.logical_duration import Duration, read_duration, write_duration
from avroforge.wire.logical_nanos import (
    LocalTimestampNanos,
    TimestampNanos,
    read_local_timestamp_nanos,
    read_timestamp_nanos,
    write_local_timestamp_nanos,
    write_timestamp_nanos,
)
from avroforge.wire.logical_time import (
    read_date,
    read_local_timestamp_micros,
    read_local_timestamp_millis,
    read_time_micros,
    read_time_millis,
    read_timestamp_micros,
    read_timestamp_millis,
    write_date,
    write_local_timestamp_micros,
    write_local_timestamp_millis,
    write_time_micros,
    write_time_millis,
    write_timestamp_micros,
    write_timestamp_millis,
)
from avroforge.wire.logical_uuid import read_uuid, read_uuid_fixed, write_uuid, write_uuid_fixed

if TYPE_CHECKING:
    from collections.abc import Mapping

Argument: TypeAlias = Literal["precision", "scale", "size"]


@dataclass(frozen=True, slots=True)
class Conversion:
    """The two functions of one logical type over one underlying type.

    Attributes:
        read: name of the function of this module that reads; it takes `arguments` but ``size``, which the
            bytes themselves have.
        write: name of the function of this module that writes; it takes all of `arguments`, in order.
        arguments: what the functions take behind the value.
        annotation: module and name of the Python type.
    """

    read: str
    write: str
    arguments: tuple[Argument, ...]
    annotation: tuple[str, str]


_DATETIME: Final = ("datetime", "datetime")
_DECIMAL: Final = ("decimal", "Decimal")
_UUID: Final = ("uuid", "UUID")


def _pair(name: str, annotation: tuple[str, str]) -> Conversion:
    return Conversion(f"read_{name}", f"write_{name}", (), annotation)


CONVERSIONS: Final[Mapping[tuple[str, str], Conversion]] = MappingProxyType(
    {
        ("date", "int"): _pair("date", ("datetime", "date")),
        ("time-millis", "int"): _pair("time_millis", ("datetime", "time")),
        ("time-micros", "long"): _pair("time_micros", ("datetime", "time")),
        ("timestamp-millis", "long"): _pair("timestamp_millis", _DATETIME),
        ("timestamp-micros", "long"): _pair("timestamp_micros", _DATETIME),
        ("timestamp-nanos", "long"): _pair("timestamp_nanos", ("avroforge.runtime", "TimestampNanos")),
        ("local-timestamp-millis", "long"): _pair("local_timestamp_millis", _DATETIME),
        ("local-timestamp-micros", "long"): _pair("local_timestamp_micros", _DATETIME),
        ("local-timestamp-nanos", "long"): _pair(
            "local_timestamp_nanos", ("avroforge.runtime", "LocalTimestampNanos")
        ),
        ("decimal", "bytes"): Conversion("read_decimal", "write_decimal", ("precision", "scale"), _DECIMAL),
        ("decimal", "fixed"): Conversion(
            "read_decimal", "write_decimal_fixed", ("precision", "scale", "size"), _DECIMAL
        ),
        ("big-decimal", "bytes"): _pair("big_decimal", _DECIMAL),
        ("uuid", "string"): _pair("uuid", _UUID),
        ("uuid", "fixed"): _pair("uuid_fixed", _UUID),
        ("duration", "fixed"): _pair("duration", ("avroforge.runtime", "Duration")),
    }
)
"""By logical name and underlying kind (``int``, ``long``, ``bytes``, ``fixed``, ``string``)."""

__all__ = [
    "CONVERSIONS",
    "MAX_DECIMAL_DIGITS",
    "Argument",
    "Conversion",
    "Duration",
    "LocalTimestampNanos",
    "TimestampNanos",
    "read_big_decimal",
    "read_date",
    "read_decimal",
    "read_duration",
    "read_local_timestamp_micros",
    "read_local_timestamp_millis",
    "read_local_timestamp_nanos",
    "read_time_micros",
    "read_time_millis",
    "read_timestamp_micros",
    "read_timestamp_millis",
    "read_timestamp_nanos",
    "read_uuid",
    "read_uuid_fixed",
    "write_big_decimal",
    "write_date",
    "write_decimal",
    "write_decimal_fixed",
    "write_duration",
    "write_local_timestamp_micros",
    "write_local_timestamp_millis",
    "write_local_timestamp_nanos",
    "write_time_micros",
    "write_time_millis",
    "write_timestamp_micros",
    "write_timestamp_millis",
    "write_timestamp_nanos",
    "write_uuid",
    "write_uuid_fixed",
]
