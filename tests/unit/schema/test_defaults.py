"""Defaults: which JSON values are values of which type (Avro 1.12, the table of field defaults)."""

from __future__ import annotations

import json
import time

import pytest

from avroforge.errors import SchemaError
from avroforge.schema import RecordType, UnionType, parse_schema
from avroforge.schema.defaults import default_branch, default_mismatch

ENUM = '{"type": "enum", "name": "E", "symbols": ["A", "B"]}'
FIXED = '{"type": "fixed", "name": "F", "size": 2}'
POINT = """{"type": "record", "name": "P", "fields": [
  {"name": "x", "type": "int"}, {"name": "y", "type": "int", "default": 7}]}"""


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ('"null"', "null"),
        ('"boolean"', "true"),
        ('"int"', "-2147483648"),
        ('"int"', "2147483647"),
        ('"long"', "9223372036854775807"),
        ('"float"', "1"),
        ('"float"', "3.4028234663852886e38"),
        ('"double"', "1e308"),
        ('"double"', "-0"),
        ('"bytes"', r'"\u0000\u00ff"'),
        ('"string"', '"é\U0001f600"'),
        (ENUM, '"B"'),
        (FIXED, r'"\u00ff\u0000"'),
        ('{"type": "array", "items": "int"}', "[1, 2]"),
        ('{"type": "map", "values": "int"}', '{"a": 1}'),
        (POINT, '{"x": 1}'),
        (POINT, '{"x": 1, "y": 2, "unknown": 3}'),
        ('["null", "int"]', "null"),
        ('["null", "int"]', "3"),
        (f'["null", {POINT}]', '{"x": 3}'),
        ('{"type": "int", "logicalType": "date"}', "3"),
    ],
)
def test_accepts_a_value_of_the_type(type_: str, value: str) -> None:
    parse_schema(
        f'{{"type": "record", "name": "R", "fields": [{{"name": "f", "type": {type_}, "default": {value}}}]}}'
    )


@pytest.mark.parametrize(
    ("type_", "value", "words"),
    [
        ('"null"', '"null"', "expected null, got string 'null'"),
        ('"boolean"', "1", "expected a boolean, got number 1"),
        ('"int"', "2147483648", "expected an integer of 32 bits"),
        ('"int"', "1.0", "expected an integer of 32 bits, got number 1.0"),
        ('"int"', "true", "got boolean true"),
        ('"long"', "9223372036854775808", "expected an integer of 64 bits"),
        ('"float"', "3.5e38", "expected a number that a float can hold"),
        ('"float"', '"NaN"', "expected a number (float), got string 'NaN'"),
        ('"double"', "true", "expected a number (double), got boolean true"),
        ('"double"', "1" + "0" * 350, "expected a number that a double can hold"),
        ('"bytes"', "[1]", "expected a string"),
        ('"bytes"', '"\u0100"', r"expected characters up to '\xff'"),
        ('"string"', "null", "expected a string, got null"),
        (ENUM, '"C"', "expected a symbol of enum 'E', got string 'C'"),
        (FIXED, '"abc"', "expected 2 bytes (fixed 'F'), got 3 bytes"),
        ('{"type": "array", "items": "int"}', "{}", "expected an array, got an empty object"),
        ('{"type": "array", "items": "int"}', '[1, "x"]', "at '[1]': expected an integer"),
        ('{"type": "map", "values": "int"}', '{"k": null}', "at '['k']': expected an integer"),
        (POINT, "{}", "at 'x': expected a value of int, got nothing"),
        (POINT, '{"x": 1, "y": "2"}', "at 'y': expected an integer"),
        ('["null", "int"]', '"null"', "did you mean null without quotes?"),
        ('["null", "int"]', '{"int": 1}', "a default is the bare value, without its branch's name"),
        (f'{{"type": "array", "items": {POINT}}}', '[{"x": []}]', "at '[0].x': expected an integer"),
    ],
)
def test_refuses_anything_else_and_says_where(type_: str, value: str, words: str) -> None:
    before = f'{{"type": "record", "name": "R", "fields": [{{"name": "f", "type": {type_}, "default":\n '
    with pytest.raises(SchemaError) as caught:
        parse_schema(f"{before}{value}}}]}}")
    (found,) = caught.value.diagnostics
    assert found.code == "DEFAULT_INVALID"
    assert (found.line, found.column) == (before.count("\n") + 1, 2)
    assert words in found.message


def test_a_default_may_use_a_type_that_is_complete_only_later() -> None:
    parse_schema(
        """{"type": "record", "name": "Tree", "fields": [
        {"name": "children", "type": [{"type": "array", "items": "Tree"}, "null"],
         "default": [{"children": []}, {"children": null}, {"children": [{"children": []}]}]}]}"""
    )


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "record", "name": "R", "fields": [{"name": "f", "type": "R", "default": {}}]}',
        """{"type": "record", "name": "A", "fields": [{"name": "b", "default": {}, "type":
         {"type": "record", "name": "B", "fields": [
          {"name": "a", "type": ["A", "null"], "default": {}}]}}]}""",
    ],
)
def test_refuses_a_default_that_never_ends(text: str) -> None:
    with pytest.raises(SchemaError) as caught:
        parse_schema(text)
    assert {each.code for each in caught.value.diagnostics} == {"DEFAULT_INVALID"}


def chain(length: int, fields: int) -> str:
    types: list[object] = [{"type": "record", "name": "R0", "fields": []}]
    for each in range(1, length):
        inner = {"type": f"R{each - 1}", "default": {}}
        types.append(
            {
                "type": "record",
                "name": f"R{each}",
                "fields": [{"name": f"f{n}", **inner} for n in range(fields)],
            }
        )
    return json.dumps(types)


@pytest.mark.parametrize(("length", "fields"), [(2000, 1), (60, 2), (12, 12)])
def test_refuses_a_small_text_that_stands_for_a_huge_default(length: int, fields: int) -> None:
    start = time.perf_counter()
    with pytest.raises(SchemaError) as caught:
        parse_schema(chain(length, fields))
    assert {each.code for each in caught.value.diagnostics} == {"DEFAULT_INVALID"}
    assert time.perf_counter() - start < 10


def test_accepts_defaults_of_defaults_within_the_limits() -> None:
    parse_schema(chain(40, 1))
    parse_schema(chain(10, 2))


def test_unions_of_similar_records_do_not_multiply_the_work() -> None:
    value: object = 1
    for _ in range(50):
        value = {"f": value}
    union: list[object] = ["null", "A", {"type": "record", "name": "B", "fields": [
        {"name": "f", "type": ["null", "A", "B"]}]}]  # fmt: skip
    text = json.dumps(
        {"type": "record", "name": "A", "fields": [{"name": "f", "type": union, "default": value}]}
    )
    start = time.perf_counter()
    with pytest.raises(SchemaError):
        parse_schema(text)
    assert time.perf_counter() - start < 5


def test_finds_the_branch_that_a_union_s_default_belongs_to() -> None:
    union = parse_schema(f'["null", "int", "double", "string", {ENUM}, {POINT}]').type
    assert isinstance(union, UnionType)
    found = [default_branch(union, value) for value in (None, 1, 1.5, 3_000_000_000, "B", {"x": 1})]
    assert found == [0, 1, 2, 2, 3, 5]
    with pytest.raises(ValueError, match="matches no branch"):
        default_branch(union, [])


def test_says_what_is_wrong_with_a_value() -> None:
    node = parse_schema(POINT).type
    assert isinstance(node, RecordType)
    assert default_mismatch(node, {"x": 1}) is None
    wrong = default_mismatch(node, {"x": 1.5})
    assert wrong is not None
    assert (wrong.path, wrong.expected, wrong.got) == ("x", "an integer of 32 bits", "number 1.5")
