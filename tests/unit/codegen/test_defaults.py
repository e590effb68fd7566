"""What a schema's default is in Python: built per object, equal to what decoding would give."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from tests.unit.codec.harness import codec_of

from avroforge.record import values_equal
from avroforge.runtime import Bytes, Int, Long
from avroforge.wire.logical import Duration

ENUM = {"type": "enum", "name": "basic", "symbols": ["A", "None", "mro"]}
FIXED = {"type": "fixed", "name": "bfix", "size": 2}
INNER = {
    "type": "record",
    "name": "I",
    "fields": [{"name": "x", "type": "int"}, {"name": "y", "type": "string", "default": "d"}],
}


def default(kind: object, value: object, **modes: str) -> Any:  # noqa: ANN401 - a class known at run time only
    schema = {"type": "record", "name": "R", "fields": [{"name": "f", "type": kind, "default": value}]}
    codec = codec_of(json.dumps(schema), **modes)
    first, second = codec.deserialize({}), codec.classes()["R"]()
    assert first == second
    assert values_equal(codec.decode(codec.encode(first)), first)
    if isinstance(first.f, list | dict):
        assert first.f is not second.f
    return first.f


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        *(("null", None, None), ("boolean", False, False), ("int", -7, -7), ("long", 2**62, 2**62)),
        *(
            ("double", 1, 1.0),
            ("double", -1.5e300, -1.5e300),
            ("float", 0.5, 0.5),
            ("string", '"\\\n', '"\\\n'),
        ),
        *(("bytes", '\x00ÿ"', b'\x00\xff"'), (FIXED, "\x00ÿ", b"\x00\xff"), ("string", "", "")),
        *(
            ({"type": "array", "items": "int"}, [], []),
            ({"type": "array", "items": "string"}, ["a", "\ud800"[:0]], ["a", ""]),
        ),
        *(({"type": "map", "values": "int"}, {}, {}), ({"type": "map", "values": "int"}, {'"': 1}, {'"': 1})),
        *((["null", "int"], None, None), (["int", "null"], 5, 5), (["string", "int"], "x", "x")),
        *(
            (["int", "long"], 5, Int(5)),
            (["long", "int"], 5, Long(5)),
            (["bytes", FIXED], "ab", Bytes(b"ab")),
        ),
        ({"type": "array", "items": ["int", "long"]}, [1, 2**40], [Int(1), Long(2**40)]),
    ],
    ids=str,
)
def test_a_default_is_the_value_the_schema_means(kind: object, value: object, expected: object) -> None:
    found = default(kind, value)
    assert type(found) is type(expected)
    assert found == expected


def test_enums_records_and_wrappers_defined_behind_the_field_are_found() -> None:
    assert default(ENUM, "mro").value == "mro"
    assert default(["null", ENUM], None) is None
    assert default([ENUM, "null"], "None").value == "None"
    assert default([FIXED, "bytes"], "ab").value == b"ab"
    inner = default(INNER, {"x": 1})
    assert (inner.x, inner.y) == (1, "d")
    assert default({"type": "array", "items": INNER}, [{"x": 1, "y": "z"}])[0].y == "z"


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "int", "logicalType": "date"}, 1, dt.date(1970, 1, 2)),
        ({"type": "int", "logicalType": "time-millis"}, 1000, dt.time(0, 0, 1)),
        ({"type": "long", "logicalType": "timestamp-millis"}, 0, dt.datetime(1970, 1, 1, tzinfo=dt.UTC)),
        ({"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}, "\x7b", Decimal("1.23")),
        ({"type": "string", "logicalType": "uuid"}, str(UUID(int=5)), UUID(int=5)),
        (
            {"type": "fixed", "name": "D", "size": 12, "logicalType": "duration"},
            "\x01" + "\0" * 11,
            Duration(1, 0, 0),
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_logical_default_is_the_python_value_and_the_raw_one_in_raw_mode(
    schema: object, value: object, expected: object
) -> None:
    assert default(schema, value) == expected
    assert default(schema, value, logical_types="raw") in (value, str(value).encode("latin-1"))


def test_a_default_that_python_cannot_hold_leaves_the_field_without_one() -> None:
    kind = {"type": "int", "logicalType": "date"}
    schema = {"type": "record", "name": "R", "fields": [{"name": "f", "type": kind, "default": 2**31 - 1}]}
    with pytest.raises(TypeError, match="required keyword-only argument"):
        codec_of(json.dumps(schema)).classes()["R"]()
    assert default(kind, 2**31 - 1, logical_types="raw") == 2**31 - 1


def test_arrays_of_numbers_are_arrays_in_numpy_mode() -> None:
    found = default({"type": "array", "items": "double"}, [1, 2.5], arrays="numpy")
    assert isinstance(found, np.ndarray)
    assert found.tolist() == [1.0, 2.5]
    assert default({"type": "array", "items": "int"}, [], arrays="numpy").dtype == np.int32


def test_infinite_defaults_do_not_exist_but_large_ones_do() -> None:
    assert math.isfinite(default("double", 1.7976931348623157e308))
