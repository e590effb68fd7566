from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.property.strategies import data_for, schemas
from tests.unit.codec.harness import ARRAYS

from avroforge.errors import DecodeError, EncodeError
from avroforge.record import values_equal
from avroforge.wire.logical import Duration, LocalTimestampNanos, TimestampNanos
from avroforge_codegen import load_interface
from avroforge_codegen.pipeline import Options

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def codec(schema: object, **options: Any) -> Any:  # noqa: ANN401 - load_interface's own
    return load_interface(json.dumps(schema), **options)()


def logical(underlying: str, name: str, **attributes: int) -> dict[str, object]:
    return {"type": underlying, "logicalType": name, **attributes}


FIXED = {"type": "fixed", "name": "F", "size": 12, "logicalType": "duration"}
SUIT = {"type": "enum", "name": "Suit", "symbols": ["A", "B"]}
POINT = {"type": "record", "name": "P", "fields": [{"name": "x", "type": "int", "default": 1}]}


@pytest.mark.parametrize("arrays", ARRAYS)
@pytest.mark.parametrize("logical_types", ["typed", "raw"])
@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_every_value_passes_through_unchanged(arrays: str, logical_types: str, data: st.DataObject) -> None:
    schema = data.draw(schemas(), label="schema")
    interface: Any = load_interface(schema, arrays=arrays, logical_types=logical_types)()  # type: ignore[arg-type]  # two texts each
    value = data.draw(data_for(interface), label="value")
    text = interface.to_plain_json(value)
    again = interface.from_plain_json(text)
    assert interface.to_plain_json(again) == text  # not the bytes: JSON has one NaN, a double has many
    assert values_equal(again, interface.decode(interface.encode(value)))
    assert json.loads(interface.to_plain_json(value, indent=2)) == interface.to_dict(value)


@pytest.mark.parametrize(
    ("schema", "value", "text"),
    [
        ("null", None, "null"),
        ("long", 2**63 - 1, "9223372036854775807"),
        ("double", math.nan, '"NaN"'),
        ("float", -math.inf, '"-Infinity"'),
        ("bytes", b"\x00\xffa", '"\\u0000ÿa"'),
        (logical("int", "date"), dt.date(2026, 2, 3), '"2026-02-03"'),
        (logical("long", "time-micros"), dt.time(1, 2, 3, 4), '"01:02:03.000004"'),
        (
            logical("long", "timestamp-millis"),
            dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
            '"2026-01-02T00:00:00Z"',
        ),
        (logical("long", "local-timestamp-micros"), dt.datetime(2026, 1, 2, 3), '"2026-01-02T03:00:00"'),  # noqa: DTZ001 - local
        (logical("long", "timestamp-nanos"), TimestampNanos(1), '"1970-01-01T00:00:00.000000001Z"'),
        *(
            (logical("long", "timestamp-nanos"), TimestampNanos(n), f'"{TimestampNanos(n)}"')
            for n in (-(2**63), 2**63 - 1)
        ),
        *(
            (logical("long", "local-timestamp-nanos"), LocalTimestampNanos(n), f'"{LocalTimestampNanos(n)}"')
            for n in (-(2**63), 2**63 - 1)
        ),
        (
            logical("long", "local-timestamp-nanos"),
            LocalTimestampNanos(-1),
            '"1969-12-31T23:59:59.999999999"',
        ),
        (logical("bytes", "decimal", precision=4, scale=2), Decimal("-1.50"), '"-1.50"'),
        (logical("bytes", "big-decimal"), Decimal("1E+3"), '"1E+3"'),
        (logical("string", "uuid"), UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (FIXED, Duration(1, 2, 3004), '"P1M2DT3.004S"'),
        (["null", "string"], None, "null"),
        (["null", "string"], "x", '"x"'),
        (["null", "int", "string", POINT], 5, "5"),
        (["double", "null"], math.nan, '"NaN"'),
        (["double", "string"], "NaN", '"NaN"'),
        (["double", "string"], math.nan, '{"double":"NaN"}'),
        (["double", "string"], 0.5, "0.5"),
        (["double", "string", POINT], 0.5, '{"double":0.5}'),
        (["string", SUIT], "A", '{"string":"A"}'),
        (["string", "bytes"], b"A", '{"bytes":"A"}'),
        ([POINT, {"type": "map", "values": "int"}], {"x": 1}, '{"map":{"x":1}}'),
        (
            ["int", logical("long", "timestamp-millis")],
            dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
            '"1970-01-01T00:00:00Z"',
        ),
        (["string", logical("int", "date")], dt.date(1970, 1, 1), '{"int":"1970-01-01"}'),
    ],
)
def test_what_each_type_becomes(schema: object, value: object, text: str) -> None:
    interface = codec(schema)
    assert interface.to_plain_json(value) == text
    assert values_equal(interface.from_plain_json(text), value)


def test_a_branch_that_shares_its_python_type_keeps_its_wrapper() -> None:
    interface = codec(["int", "long"])
    long = interface.decode(b"\x02\x0a")
    assert interface.to_plain_json(long) == '{"long":5}'
    assert interface.from_plain_json('{"long":5}') == long


@pytest.mark.parametrize("frozen", [False, True])
def test_missing_fields_take_their_default_and_objects_their_class(*, frozen: bool) -> None:
    interface = codec(POINT, options=Options("p", frozen=frozen))
    value = interface.from_dict({})
    assert type(value) is interface.classes()["P"]
    assert value.x == 1
    assert interface.to_dict(dataclasses.replace(value, x=3)) == {"x": 3}


def test_a_self_evident_union_also_reads_a_named_branch() -> None:
    assert codec(["null", "string"]).from_plain_json('{"string": "x"}') == "x"
    assert codec(["null", POINT]).from_plain_json('{"x": 4}').x == 4


@pytest.mark.parametrize(
    ("schema", "text", "message"),
    [
        (POINT, '{"y": 1}', r"P\.y at byte 0: expected a field of P, got an unknown field"),
        (POINT, '{"x": "1"}', r"P\.x at byte 0: expected int, got str '1'"),
        (POINT, "[", r"P at byte 1: expected JSON: expecting value \(line 1, column 2\)"),
        (POINT, b"\xff", "P at byte 0: expected JSON in UTF-8"),
        ("bytes", '"\u0100"', r"bytes at byte 0: expected bytes as characters"),
        (logical("int", "date"), "5", r"int at byte 0: expected date as text, got int 5"),
        (logical("int", "date"), '"soon"', r"expected date as text \(Invalid isoformat"),
        (logical("long", "time-micros"), '"00:00:00.0000001"', "finer than a microsecond"),
        (logical("long", "timestamp-micros"), '"2026-01-01T00:00:00.1234567Z"', "finer than a microsecond"),
        (logical("long", "timestamp-micros"), '"2026-01-01T00:00:00"', "expected timestamp-micros"),
        (logical("long", "timestamp-nanos"), '"2026-01-01T00:00:00.1234567891Z"', "expected timestamp-nanos"),
        (logical("bytes", "decimal", precision=4, scale=2), '"1.555"', "expected decimal"),
        (logical("bytes", "decimal", precision=4, scale=2), "1.5", "expected decimal as text, got float 1.5"),
        (logical("bytes", "decimal", precision=4, scale=2), '"x"', "expected decimal as text"),
        (FIXED, '"P1Y"', "expected a duration such as P1M2DT3.004S"),
        (["int", "long"], "5", r'expected \{"int": ...\} or \{"long": ...\}, got int 5'),
        (["null", "int", "string"], "true", "expected null or int or string, got bool True"),
        (["null", "int"], '"x"', "expected null or int"),
        (SUIT, '"C"', "expected one of the symbols A, B"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(schema: object, text: str | bytes, message: str) -> None:
    with pytest.raises(DecodeError, match=message):
        codec(schema).from_plain_json(text)


def test_wrong_values_are_refused_before_they_are_written() -> None:
    with pytest.raises(EncodeError, match="int: expected int, got str 'x'"):
        codec("int").to_plain_json("x")
    with pytest.raises(EncodeError, match=r"P\.x: expected int, got str 'x'"):
        codec(POINT).from_dict({"x": "x"})


def test_deep_text_is_an_error_of_its_own() -> None:
    with pytest.raises(DecodeError, match="nested deeper"):
        codec("int").from_plain_json("[" * 100_000)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NaN", "NaN is no number there"),
        ("[1, -Infinity]", "-Infinity is no number there"),
        ('{"x": 1, "x": 1}', "duplicate key 'x'"),
        ("[1.5, -1e400]", "-1e400 is beyond a double"),
        (5, "expected JSON as text or bytes, got int"),
        (None, "expected JSON as text or bytes, got NoneType"),
        ("1" * 5000, "more digits than Python converts"),
        (b'"\xff"', "UTF-8"),
        ('"x"'.encode("utf-16"), "UTF-8"),
        ("\ufeff1", "expecting value"),
        ('{"x":' * 100_000, "nested deeper"),
    ],
    ids=str,
)
def test_what_is_no_json_is_refused_before_any_value_is_built(text: str | bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        codec(POINT).from_plain_json(text)


def test_the_offset_counts_bytes() -> None:
    with pytest.raises(DecodeError) as caught:
        codec({"type": "map", "values": "string"}).from_plain_json('{"\u00e9": "\u20ac" ?}')
    assert caught.value.offset == len('{"\u00e9": "\u20ac" '.encode())


def test_nesting_beyond_python_s_stack_is_an_error_of_the_value() -> None:
    chain: Any = None
    for _ in range(5_000):
        chain = {"next": chain}
    node = {"type": "record", "name": "N", "fields": [{"name": "next", "type": ["null", "N"]}]}
    for build in (codec(node).from_dict, codec(node).deserialize):
        with pytest.raises(EncodeError, match="endless nesting"):
            build(chain)
    with pytest.raises(DecodeError, match=r"endless nesting|nested deeper"):
        codec(node).from_plain_json('{"next": ' * 900 + "null" + "}" * 900)
