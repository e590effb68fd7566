"""Logical types across schemas: another scale or unit gives the right value or an error."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from avroforge.errors import DecodeError, ResolutionError
from avroforge.runtime import TimestampNanos
from avroforge.wire.varint import write_long
from avroforge_codegen import load_interface


def logical(base: str, name: str, **more: int) -> dict[str, Any]:
    return {"type": base, "logicalType": name, **more}


def decimal(scale: int, precision: int = 12) -> dict[str, Any]:
    return logical("bytes", "decimal", precision=precision, scale=scale)


def fixed_decimal(scale: int, precision: int = 12) -> dict[str, Any]:
    return {
        "type": "fixed",
        "name": "D",
        "size": 8,
        "logicalType": "decimal",
        "precision": precision,
        "scale": scale,
    }


def read(writer: Any, reader: Any, data: bytes, **options: Any) -> Any:  # noqa: ANN401 - JSON, any value
    return load_interface(json.dumps(reader), **options)().decode(data, writer_schema=json.dumps(writer))


def unscaled(number: int) -> bytes:
    raw = number.to_bytes(8, "big", signed=True)
    return write_long(8) + raw


@pytest.mark.parametrize(
    ("writer", "reader", "expected"),
    [
        (decimal(2), decimal(4), "12.3400"),
        (decimal(2), decimal(2, 4), "12.34"),
        (decimal(2), logical("bytes", "big-decimal"), "12.34"),
        (decimal(1), decimal(0), None),
        (decimal(2), decimal(2, 3), None),
        (decimal(2), decimal(4, 5), None),
    ],
)
def test_decimals_of_another_scale_or_precision(writer: Any, reader: Any, expected: str | None) -> None:  # noqa: ANN401 - JSON
    if expected is None:
        with pytest.raises(DecodeError, match="expected a Decimal"):
            read(writer, reader, unscaled(1234))
    else:
        assert str(read(writer, reader, unscaled(1234))) == expected


def test_fixed_decimals_of_another_scale() -> None:
    assert str(read(fixed_decimal(2), fixed_decimal(3), unscaled(-1234)[1:])) == "-12.340"


def test_a_scale_that_only_drops_zeros_is_held() -> None:
    assert str(read(decimal(4), decimal(2), unscaled(123400))) == "12.34"


@pytest.mark.parametrize(
    ("writer", "reader", "number", "expected"),
    [
        ("timestamp-millis", "timestamp-micros", 1_767_225_600_001, datetime(2026, 1, 1, 0, 0, 0, 1000, UTC)),
        ("timestamp-micros", "timestamp-millis", -1_000, datetime(1969, 12, 31, 23, 59, 59, 999000, UTC)),
        ("local-timestamp-millis", "local-timestamp-micros", 5, datetime(1970, 1, 1, microsecond=5000)),  # noqa: DTZ001 - local
        ("timestamp-nanos", "timestamp-micros", 5_000, datetime(1970, 1, 1, microsecond=5, tzinfo=UTC)),
    ],
)
def test_timestamps_of_another_unit(writer: str, reader: str, number: int, expected: datetime) -> None:
    assert read(logical("long", writer), logical("long", reader), write_long(number)) == expected


def test_a_finer_timestamp_becomes_nanoseconds() -> None:
    value = read(logical("long", "timestamp-millis"), logical("long", "timestamp-nanos"), write_long(7))
    assert value == TimestampNanos(7_000_000)


def test_a_time_of_day_is_promoted_and_scaled() -> None:
    value = read(logical("int", "time-millis"), logical("long", "time-micros"), write_long(61_001))
    assert value == time(0, 1, 1, 1000)


@pytest.mark.parametrize(
    ("writer", "reader", "number", "reason"),
    [
        ("timestamp-micros", "timestamp-millis", 1_500, "whole number of units of timestamp-millis"),
        ("timestamp-millis", "timestamp-nanos", 2**62, "expected -9223372036854775808 to"),
    ],
)
def test_a_unit_that_cannot_hold_the_value_is_an_error(
    writer: str, reader: str, number: int, reason: str
) -> None:
    with pytest.raises(DecodeError, match=reason) as caught:
        read(logical("long", writer), logical("long", reader), write_long(number))
    assert caught.value.offset == 0


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        (logical("int", "date"), logical("long", "timestamp-millis")),
        (logical("int", "date"), logical("int", "time-millis")),
        (logical("long", "timestamp-millis"), logical("long", "local-timestamp-millis")),
    ],
)
def test_another_kind_of_logical_type_is_an_error(writer: Any, reader: Any) -> None:  # noqa: ANN401 - JSON
    with pytest.raises(ResolutionError, match='logical_types = "raw"'):
        read(writer, reader, b"\x02")


def test_one_side_without_a_logical_type() -> None:
    assert read("int", logical("long", "timestamp-millis"), write_long(1)) == datetime(
        1970, 1, 1, microsecond=1000, tzinfo=UTC
    )
    assert read(logical("long", "timestamp-millis"), "double", write_long(1)) == 1.0
    assert read("bytes", decimal(2), unscaled(1234)) == Decimal("12.34")
    assert read(decimal(2), "bytes", unscaled(1234)) == unscaled(1234)[1:]
    text = b"\x48" + b"12345678-1234-5678-1234-567812345678"
    assert str(read("bytes", logical("string", "uuid"), text)) == text[1:].decode()


def test_raw_logical_types_are_not_converted() -> None:
    raw = {"logical_types": "raw"}
    assert read(decimal(2), decimal(4), unscaled(1234), **raw) == unscaled(1234)[1:]
    assert read(logical("long", "timestamp-millis"), logical("long", "timestamp-micros"), b"\x06", **raw) == 3
    assert read(logical("int", "date"), logical("long", "timestamp-millis"), b"\x06", **raw) == 3


def test_a_logical_value_that_python_cannot_hold_is_an_error() -> None:
    writer = logical("int", "date")
    with pytest.raises(DecodeError, match="year 1 to 9999"):
        read(["null", writer], writer, b"\x02" + write_long(2**31 - 1))


def test_a_default_that_python_cannot_hold_is_an_error_where_it_is_needed() -> None:
    field = {"name": "u", "type": logical("string", "uuid"), "default": "none"}
    reader = {"type": "record", "name": "R", "fields": [field]}
    writer = {"type": "record", "name": "R", "fields": [{"name": "x", "type": "int"}]}
    with pytest.raises(DecodeError, match="the default that the reader's schema gives") as caught:
        read(writer, reader, b"\x02")
    assert caught.value.path == "R.u"
