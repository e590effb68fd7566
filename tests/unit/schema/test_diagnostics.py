"""Every diagnostic of the parser: its code, its words and the exact place it points at.

In each text ``<>`` stands before the JSON value that the diagnostic points at.
"""

from __future__ import annotations

import json
import pickle

import pytest

from avroforge.errors import SchemaError
from avroforge.schema import parse_schema


def record(fields: str, **attributes: str) -> str:
    extra = "".join(f', "{name}": {value}' for name, value in attributes.items())
    return f'{{"type": "record", "name": "q.R"{extra},\n "fields": [{fields}]}}'


CASES = [
    ("JSON_SYNTAX", '{"type":<>}', "expected a JSON value, got '}'"),
    (
        "JSON_DUPLICATE_KEY",
        '{"type": "int",\n <>"type": "long"}',
        "duplicate member 'type' (first at line 1)",
    ),
    ("JSON_NUMBER", '{"type": "int", "x": <>-1e999}', "got -1e999"),
    (
        "NAME_INVALID",
        '{"type": "record", "name": <>"bad-name", "fields": []}',
        "expected a record name of letters, digits and '_', not starting with a digit, got 'bad-name'",
    ),
    ("NAME_INVALID", '{"type": "enum", "name": <>"a..b", "symbols": []}', "got 'a..b'"),
    ("NAME_INVALID", '{"type": "enum", "name": <>".b", "symbols": []}', "got '.b'"),
    ("NAME_INVALID", '{"type": "enum", "name": <>"B\\n", "symbols": []}', r"got 'B\n'"),
    ("NAME_INVALID", '{"type": "enum", "name": <>"é", "symbols": []}', r"got '\xe9'"),
    ("NAME_INVALID", '{"type": "enum", "name": <>"ns.int", "symbols": []}', "a primitive type's name"),
    ("NAME_INVALID", record('{"name": <>"1a", "type": "int"}'), "expected a field name"),
    ("NAME_INVALID", record('{"name": <>"a.b", "type": "int"}'), "expected a field name"),
    (
        "NAMESPACE_INVALID",
        '{"type": "record", "name": "R", "namespace": <>"a..b", "fields": []}',
        "expected a namespace of names separated by '.', got 'a..b'",
    ),
    (
        "NAME_DUPLICATE",
        record(
            '{"name": "a", "type": {"type": "fixed", "name": "F", "size": 1}},\n'
            '{"name": "b", "type": {"type": "fixed", "name": <>"F", "size": 1}}'
        ),
        "duplicate definition of 'q.F' (first at line 2)",
    ),
    ("REFERENCE_UNKNOWN", record('{"name": "a", "type": <>"strng"}'), "did you mean 'string'?"),
    ("REFERENCE_UNKNOWN", record('{"name": "a", "type": <>"String"}'), "did you mean 'string'?"),
    ("REFERENCE_UNKNOWN", record('{"name": "a", "type": <>"other.R"}'), "did you mean 'q.R'?"),
    ("REFERENCE_UNKNOWN", record('{"name": "a", "type": <>"X"}'), "unknown type 'X' (read as 'q.X')"),
    ("REFERENCE_UNKNOWN", record('{"name": "a", "type": {"type": <>"X"}}'), "unknown type 'X'"),
    (
        "REFERENCE_UNKNOWN",
        record('{"name": "a", "type": <>"map", "values": "int"}'),
        '{"type": "map", "values":',
    ),
    (
        "REFERENCE_UNKNOWN",
        '[{"type": "enum", "name": "E", "symbols": []},' + record('{"name": "e", "type": <>"E"}') + "]",
        "a type without namespace cannot be referenced from inside a namespace",
    ),
    (
        "REFERENCE_FORWARD",
        record(
            '{"name": "a", "type": <>"F"},\n{"name": "b", "type": {"type": "fixed", "name": "F", "size": 1}}'
        ),
        "type 'q.F' is used before its definition at line 3; define it at its first use",
    ),
    ("TYPE_UNKNOWN", "<>3", "expected a schema (a type name, an object or an array), got number 3"),
    ("TYPE_UNKNOWN", "[<>null]", "got null"),
    ("TYPE_UNKNOWN", '{"type": <>{"type": "int"}}', "write the inner schema itself here"),
    ("TYPE_UNKNOWN", '{"type": <>["null", "int"]}', "write the inner schema itself here"),
    ("TYPE_UNKNOWN", record("<>3"), "expected a field (an object), got number 3"),
    ("ATTRIBUTE_MISSING", "<>{}", "missing attribute 'type' in a schema object"),
    ("ATTRIBUTE_MISSING", '<>{"type": "array"}', "missing attribute 'items' in array schema"),
    ("ATTRIBUTE_MISSING", '<>{"type": "map"}', "missing attribute 'values' in map schema"),
    ("ATTRIBUTE_MISSING", '<>{"type": "record", "name": "R"}', "missing attribute 'fields' in record 'R'"),
    ("ATTRIBUTE_MISSING", '<>{"type": "enum", "symbols": []}', "missing attribute 'name' in enum schema"),
    ("ATTRIBUTE_MISSING", '<>{"type": "enum", "name": "E"}', "missing attribute 'symbols' in enum 'E'"),
    ("ATTRIBUTE_MISSING", '<>{"type": "fixed", "name": "F"}', "missing attribute 'size' in fixed 'F'"),
    ("ATTRIBUTE_MISSING", record('<>{"type": "int"}'), "missing attribute 'name' in a field of record 'q.R'"),
    ("ATTRIBUTE_MISSING", record('<>{"name": "a"}'), "missing attribute 'type' in field 'a' of record 'q.R'"),
    (
        "ATTRIBUTE_TYPE",
        '{"type": "record", "name": <>3, "fields": []}',
        "expected a string for attribute 'name'",
    ),
    ("ATTRIBUTE_TYPE", '{"type": "record", "name": <>null, "fields": []}', "attribute 'name'"),
    ("ATTRIBUTE_TYPE", '{"type": "record", "name": "R", "fields": <>{}}', "expected an array of fields"),
    ("ATTRIBUTE_TYPE", '{"type": "enum", "name": "E", "symbols": <>"A B"}', "expected an array of strings"),
    ("ATTRIBUTE_TYPE", record("", namespace="<>3"), "expected a string for attribute 'namespace'"),
    ("ATTRIBUTE_TYPE", record("", aliases='<>"A"'), "expected an array of strings"),
    ("ATTRIBUTE_TYPE", record("", aliases='["A", <>3]'), "expected an array of strings"),
    (
        "ATTRIBUTE_TYPE",
        record('{"name": "a", "type": "int", "order": <>"up"}'),
        "expected 'ascending', 'descending' or 'ignore' for attribute 'order' of field 'a'",
    ),
    (
        "FIELD_UNIQUE",
        record('{"name": "std", "type": "int"},\n\n {"name": <>"std", "type": "long"}'),
        "duplicate field 'std' in record 'q.R' (first at line 2)",
    ),
    ("ENUM_SYMBOL", '{"type": "enum", "name": "E", "symbols": ["A", <>"b c"]}', "got string 'b c'"),
    ("ENUM_SYMBOL", '{"type": "enum", "name": "E", "symbols": [<>7]}', "got number 7"),
    (
        "ENUM_SYMBOL_UNIQUE",
        '{"type": "enum", "name": "E", "symbols": ["A", <>"A"]}',
        "duplicate symbol 'A' in enum 'E' (first at line 1)",
    ),
    (
        "ENUM_DEFAULT",
        '{"type": "enum", "name": "E", "symbols": ["GREEN"], "default": <>"GREN"}',
        "expected a symbol of enum 'E' as its default, got string 'GREN'; did you mean 'GREEN'?",
    ),
    ("ENUM_DEFAULT", '{"type": "enum", "name": "E", "symbols": ["A"], "default": <>null}', "got null"),
    ("FIXED_SIZE", '{"type": "fixed", "name": "F", "size": <>-1}', "got number -1"),
    ("FIXED_SIZE", '{"type": "fixed", "name": "F", "size": <>16.0}', "got number 16.0"),
    ("FIXED_SIZE", '{"type": "fixed", "name": "F", "size": <>"16"}', "got string '16'"),
    ("FIXED_SIZE", '{"type": "fixed", "name": "F", "size": <>true}', "got boolean true"),
    ("FIXED_SIZE", '{"type": "fixed", "name": "F", "size": <>4294967296}', "from 0 to 2147483647"),
    ("UNION_NESTED", '["null", <>["int"]]', "a union may not immediately contain another union"),
    ("UNION_DUPLICATE", '["int", <>{"type": "int", "logicalType": "date"}]', "duplicate branch 'int'"),
    (
        "UNION_DUPLICATE",
        '[{"type": "array", "items": "int"}, <>{"type": "array", "items": "long"}]',
        "duplicate branch 'array' in union (first at line 1, column 2)",
    ),
    ("UNION_DUPLICATE", '[{"type": "fixed", "name": "F", "size": 1}, <>"F"]', "duplicate branch 'F'"),
    (
        "DEFAULT_INVALID",
        record('{"name": "a", "type": "int", "default": <>"1"}'),
        "default of field 'a' of record 'q.R': expected an integer of 32 bits, got string '1'",
    ),
    ("DEPTH", '{"type": "int", "x": <>' + "[" * 65 + "]" * 65 + "}", "nested at most 64 deep"),
]


@pytest.mark.parametrize(("code", "text", "words"), CASES)
def test_points_at_the_offending_value(code: str, text: str, words: str) -> None:
    before, marked, after = text.partition("<>")
    assert marked
    with pytest.raises(SchemaError) as caught:
        parse_schema(before + after, path="s/q.avsc")
    assert [each.code for each in caught.value.diagnostics] == [code]
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    assert (caught.value.path, caught.value.line, caught.value.column) == ("s/q.avsc", line, column)
    assert words in caught.value.message
    assert str(caught.value) == f"s/q.avsc:{line}:{column}: {code} {caught.value.message}"


def test_the_style_guide_s_own_example() -> None:
    text = record(
        '{"name": "a", "type": "int"},\n {"name": "std", "type": "int"},\n {"name": "std", "type": "int"}'
    )
    with pytest.raises(SchemaError) as caught:
        parse_schema(text, path="schemas/qp/VQEResult.avsc")
    assert str(caught.value) == (
        "schemas/qp/VQEResult.avsc:4:11: FIELD_UNIQUE duplicate field 'std' in record 'q.R' (first at line 3)"
    )


def test_goes_on_after_an_error_and_reports_each_fault_once() -> None:
    text = record(
        """{"name": "1a", "type": "int"},
        {"name": "b", "type": "unknown", "default": 3},
        {"name": "c", "type": ["null", "unknown", {"type": "fixed", "name": "F"}]},
        {"name": "d", "type": "F", "default": "x"},
        {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A", "A"]}, "default": "B"},
        {"name": "e", "type": {"type": "record", "name": "S"}}"""
    )
    with pytest.raises(SchemaError) as caught:
        parse_schema(text)
    assert [each.code for each in caught.value.diagnostics] == [
        "NAME_INVALID",
        "REFERENCE_UNKNOWN",
        "REFERENCE_UNKNOWN",
        "ATTRIBUTE_MISSING",
        "DEFAULT_INVALID",
        "ENUM_SYMBOL_UNIQUE",
        "DEFAULT_INVALID",
        "FIELD_UNIQUE",
        "ATTRIBUTE_MISSING",
    ]


def test_the_error_survives_pickling() -> None:
    with pytest.raises(SchemaError) as caught:
        parse_schema("{}")
    assert pickle.loads(pickle.dumps(caught.value)).diagnostics == caught.value.diagnostics  # noqa: S301 -- our own


def test_names_from_a_schema_cannot_reach_the_terminal_as_they_are() -> None:
    name = "R\x1b[31m\u202e" + "x" * 100_000
    text = json.dumps({"type": "record", "name": name, "fields": [3]})
    with pytest.raises(SchemaError) as caught:
        parse_schema(text)
    for finding in caught.value.diagnostics:
        assert finding.message.isprintable()
        assert len(finding.message) <= 2000


def test_a_thousand_unknown_names_do_not_take_for_ever() -> None:
    fields = ",".join(f'{{"name": "f{each}", "type": "Unknown{each}"}}' for each in range(1000))
    with pytest.raises(SchemaError) as caught:
        parse_schema(record(fields))
    assert len(caught.value.diagnostics) == 1000
