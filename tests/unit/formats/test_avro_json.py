from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.property.strategies import data_for, schemas

from avroforge.errors import DecodeError, EncodeError
from avroforge.record import values_equal
from avroforge_codegen import load_interface

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def codec(schema: object, **options: Any) -> Any:  # noqa: ANN401 - load_interface's own
    return load_interface(json.dumps(schema), **options)()


def record(*fields: dict[str, object]) -> dict[str, object]:
    return {"type": "record", "name": "a.R", "fields": list(fields)}


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_every_value_passes_through_json_unchanged(data: st.DataObject) -> None:
    interface = load_interface(data.draw(schemas(), label="schema"))()
    value = data.draw(data_for(interface), label="value")
    text = interface.to_json(value)
    again = interface.from_json(text.encode())
    assert values_equal(again, value)
    assert interface.to_json(again) == text  # not the bytes: JSON has one NaN, a double has many
    assert json.loads(interface.to_json(value, indent=2)) == json.loads(text)


@pytest.mark.parametrize(
    ("schema", "value", "text"),
    [
        ("null", None, "null"),
        ("boolean", True, "true"),
        ("long", 2**63 - 1, "9223372036854775807"),
        ("double", math.nan, '"NaN"'),
        ("float", math.inf, '"Infinity"'),
        ("double", -math.inf, '"-Infinity"'),
        ("float", 0.1, "0.10000000149011612"),
        ("double", -0.0, "-0.0"),
        ("bytes", b"\x00\xff\x7f", '"\\u0000ÿ\x7f"'),
        ({"type": "fixed", "name": "F", "size": 2}, b"\x80a", '"\x80a"'),
        ({"type": "map", "values": "int"}, {"é": 1}, '{"é":1}'),
        (["null", "string"], None, "null"),
        (["null", "string"], "x", '{"string":"x"}'),
        ({"type": "record", "name": "E", "fields": []}, None, "{}"),
    ],
)
def test_what_each_type_becomes(schema: object, value: object, text: str) -> None:
    interface = codec(schema)
    if value is None and schema not in ("null", ["null", "string"]):
        value = interface.decode(b"")
    assert interface.to_json(value) == text
    assert interface.encode(interface.from_json(text)) == interface.encode(value)


def test_branches_carry_full_names() -> None:
    interface = codec(
        [record({"name": "x", "type": "int"}), {"type": "enum", "name": "b.E", "symbols": ["A"]}]
    )
    classes = interface.classes()
    assert interface.to_json(classes["a.R"](x=1)) == '{"a.R":{"x":1}}'
    assert interface.to_json(classes["b.E"].A) == '{"b.E":"A"}'


def test_logical_types_are_their_underlying_json() -> None:
    interface = codec({"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2})
    assert interface.to_json(Decimal("1.28")) == '"\\u0000\x80"'
    assert interface.from_json('"\\u0000\\u0080"') == Decimal("1.28")


FIELDS = codec(
    record(
        {"name": "count", "type": "int", "default": 3},
        {"name": "ratio", "type": "float"},
        {"name": "key", "type": ["null", "string"]},
        {"name": "raw", "type": {"type": "fixed", "name": "a.F", "size": 2}},
        {"name": "list", "type": {"type": "array", "items": {"type": "map", "values": "boolean"}}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "kind", "type": {"type": "enum", "name": "a.K", "symbols": ["RED", "BLUE"]}},
    )
)
GOOD = {
    "count": 1,
    "ratio": 0.5,
    "key": {"string": "k"},
    "raw": "ab",
    "list": [{"x": True}],
    "day": 20000,
    "kind": "RED",
}


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"count": 1.5}, "R.count", "expected int, got number 1.5"),
        ({"count": True}, "R.count", "expected int, got boolean true"),
        ({"count": 2**31}, "R.count", "int: expected -2147483648 to 2147483647, got 2147483648"),
        ({"ratio": 1e39}, "R.ratio", "expected a float of 32 bits, got 1e+39"),
        ({"ratio": "nan"}, "R.ratio", 'a number or one of "NaN", "Infinity", "-Infinity"'),
        ({"key": "plain"}, "R.key", "expected null or {\"string\": ...}, got string 'plain'"),
        ({"key": {"null": None}}, "R.key", "expected null or {\"string\": ...}, got an object of 'null'"),
        ({"key": {"string": "a", "x": 1}}, "R.key", "got an object of 'string', 'x'"),
        ({"raw": "abc"}, "R.raw", "expected fixed of 2 bytes, got 3"),
        ({"raw": "aŁ"}, "R.raw", r"as characters \u0000 to \u00ff, got \u0141"),
        ({"list": [{"x": 1}]}, "R.list[0]['x']", "expected boolean, got number 1"),
        ({"list": {}}, "R.list", "expected array, got an empty object"),
        ({"day": -(2**31)}, "R.day", "date: "),
        ({"kind": "GREEN"}, "R.kind", "expected one of RED, BLUE, got string 'GREEN'"),
        ({"conut": 1}, "R", "got unknown field 'conut'; did you mean 'count'?"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(change: dict[str, object], path: str, reason: str) -> None:
    text = json.dumps({**GOOD, **change}, indent=1, ensure_ascii=False)
    with pytest.raises(DecodeError) as caught:
        FIELDS.from_json(text)
    assert caught.value.path == path
    assert reason in caught.value.reason
    assert caught.value.reason.startswith("line ")
    assert 0 < caught.value.offset < len(text.encode())


def test_line_column_and_offset_point_at_the_value() -> None:
    text = '{\n  "x": "ż", "y":\n    true}'
    interface = codec(record({"name": "x", "type": "string"}, {"name": "y", "type": "int"}))
    with pytest.raises(DecodeError) as caught:
        interface.from_json(text)
    assert caught.value.reason.startswith("line 3 column 5: ")
    assert text.encode()[caught.value.offset :] == b"true}"


@pytest.mark.parametrize("name", ["count", "key"])
def test_a_missing_field_is_refused_with_or_without_a_default(name: str) -> None:
    text = json.dumps({key: value for key, value in GOOD.items() if key != name})
    with pytest.raises(DecodeError, match=rf"R\.{name} .*the field is missing"):
        FIELDS.from_json(text)


def test_fields_may_come_in_any_order() -> None:
    assert FIELDS.from_json(json.dumps(dict(reversed(GOOD.items())))) == FIELDS.from_json(json.dumps(GOOD))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1,]",
        '{"count":1,"count":2}',
        "1 2",
        "nul",
        '"\ud800"',
        b"\xff",
        "[" * 5000,
        '"\\ud800"',
        "1e999",
    ],
)
def test_what_is_no_json_is_one_decode_error(text: str | bytes) -> None:
    with pytest.raises(DecodeError):
        FIELDS.from_json(text)


def test_endless_nesting_is_an_error_both_ways() -> None:
    interface = codec(
        record({"name": "next", "type": ["null", "a.R"], "default": None}),
    )
    cls = interface.classes()["a.R"]
    value = None
    text = "null"
    for _ in range(150):
        value = cls(next=value)
        text = f'{{"a.R":{{"next":{text}}}}}'
    with pytest.raises(EncodeError):
        interface.to_json(value)
    with pytest.raises(DecodeError):
        interface.from_json(f'{{"next":{text}}}')
