"""The layout of schema texts: what is changed, and what is left because somebody meant it."""

# ruff: noqa: ISC004 -- texts line by line

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avroforge_codegen.formatting import format_text
from avroforge_codegen.settings import FormatSettings

ROOT = Path(__file__).parents[3]
SETTINGS = FormatSettings()
CASES = {
    "order of attributes": (
        '{"fields": [{"aliases": ["b"], "mine": 1, "doc": "d", "type": "int", "default": 0, "name": "a"}], '
        '"mine": 2, "doc": "A.", "name": "A", "type": "record"}',
        '{\n  "type": "record",\n  "name": "A",\n  "doc": "A.",\n  "mine": 2,\n  "fields": '
        '[{"name": "a", "type": "int", "default": 0, "doc": "d", "aliases": ["b"], "mine": 1}]\n}\n',
    ),
    "blanks": (
        '  { "type" :"enum",\n"name":"E" , "symbols":["A" ,"B"]\t}',
        '{\n  "type": "enum",\n  "name": "E",\n  "symbols": ["A", "B"]\n}\n',
    ),
    "one line stays one line": ('{"type":"array","items":"int"}', '{"type": "array", "items": "int"}\n'),
    "several lines stay several": ('["null",\n"int"]', '[\n  "null",\n  "int"\n]\n'),
    "brackets that hug": (
        '{"type": "array", "items": {"type": "map", "values": {\n"type": "int", "logicalType": "date"}}}',
        '{"type": "array", "items": {"type": "map", "values": {\n'
        '  "type": "int",\n  "logicalType": "date"\n}}}\n',
    ),
    "rows in columns": (
        '{"type": "record", "name": "A", "fields": [\n'
        '{"name": "id",   "type": "int",    "default": 1},\n'
        '{"name": "note", "type": "string"},\n'
        '{"name":"b","type":"int"}]}',
        '{"type": "record", "name": "A", "fields": [\n'
        '  {"name": "id",   "type": "int",    "default": 1},\n'
        '  {"name": "note", "type": "string"},\n'
        '  {"name": "b", "type": "int"}\n]}\n',
    ),
    "rows that have to change": (
        '[\n{"type": "int",  "logicalType": "date"},\n{"logicalType": "x",  "type": "long"}]',
        '[\n  {"type": "int", "logicalType": "date"},\n  {"type": "long", "logicalType": "x"}\n]\n',
    ),
    "values in a column": (
        '{\n "type":   "fixed",\n "name":   "F",\n "size":   2,\n "aliases": ["G"]\n}',
        '{\n  "type":   "fixed",\n  "name":   "F",\n  "aliases": ["G"],\n  "size":   2\n}\n',
    ),
    "a blank line between fields": (
        '{"type": "record", "name": "A", "fields": [\n\n{"name": "a", "type": "int"},\n\n\n'
        '{"name": "b", "type": "int"}]}',
        '{"type": "record", "name": "A", "fields": [\n'
        '  {"name": "a", "type": "int"},\n\n  {"name": "b", "type": "int"}\n]}\n',
    ),
    "a namespace twice": (
        '{"type": "record", "name": "a.A", "fields": [{"name": "x", "type": '
        '{"type": "fixed", "name": "F", "namespace": "a", "size": 1}}]}',
        '{\n  "type": "record",\n  "name": "a.A",\n  "fields": [{"name": "x", '
        '"type": {"type": "fixed", "name": "F", "size": 1}}]\n}\n',
    ),
    "a namespace that differs": (
        '{"type": "record", "name": "A", "fields": [{"name": "x", "type": '
        '{"type": "fixed", "name": "F", "namespace": "b", "size": 1}}]}',
        None,
    ),
    "numbers and escapes as they are spelled": (
        '{"type": "record", "name": "A", "fields": [{"name": "x", "type": "double", "default": 1.50e+01, '
        '"doc": "\\u00e4\\/\\n"}]}',
        None,
    ),
    "data keeps its order": (
        '{"type": "map", "values": "int", "mine": {"type": 1, "name": 2, "doc": 3, "aliases": []}}',
        None,
    ),
    "empty lists and objects": ('{"type": "enum", "name": "E", "symbols": [\n]}', None),
    "line ends of Windows": ('["null",\r\n"int"]\r\n', '[\r\n  "null",\r\n  "int"\r\n]\r\n'),
}


@pytest.mark.parametrize("case", CASES)
def test_layout(case: str) -> None:
    text, expected = CASES[case]
    shown = format_text(text, SETTINGS)
    if expected is None:
        assert json.loads(shown, object_pairs_hook=list) == json.loads(text, object_pairs_hook=list)
        blanks = str.maketrans("", "", " \r\n")
        assert shown.translate(blanks) == text.translate(blanks)
    else:
        assert shown == expected
    assert format_text(shown, SETTINGS) == shown


def test_what_is_too_wide_goes_over_lines() -> None:
    text = '{"type": "enum", "name": "State", "symbols": ["A", "B"]}'
    assert format_text(text, FormatSettings(width=100)) == text + "\n"
    shown = format_text(text, FormatSettings(indent=4, width=40))
    assert shown == '{\n    "type": "enum",\n    "name": "State",\n    "symbols": ["A", "B"]\n}\n'


def test_depth_costs_little_stack() -> None:
    text = '{"type": "array", "items": ' * 90 + '"int"' + "}" * 90
    for each in (text, text.replace('"items": ', '"items":\n')):
        shown = format_text(each, SETTINGS)
        assert json.loads(shown) == json.loads(text)
        assert format_text(shown, SETTINGS) == shown


def test_the_example_of_the_documentation_is_formatted() -> None:
    page = (ROOT / "docs/formatting.md").read_text(encoding="utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]
    assert format_text(example, SETTINGS) == example


def test_the_schemas_of_this_repository_are_formatted() -> None:
    for path in (ROOT / "schemas").rglob("*.avsc"):
        text = path.read_text(encoding="utf-8")
        assert format_text(text, SETTINGS) == text
