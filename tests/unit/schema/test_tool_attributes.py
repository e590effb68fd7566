"""What speaks to tools is no part of a schema: not of its meaning, not of what is registered or generated."""

from __future__ import annotations

import pytest

from avroforge.registry.wanted import wanted_with_references
from avroforge.schema import parse_schema
from avroforge.schema.tool_attributes import without_tool_attributes
from avroforge_codegen import generate, load_interface

PLAIN = (
    '{"type": "record", "name": "a.A", "fields": [{"name": "x", '
    '"type": {"type": "fixed", "name": "F", "size": 2}}]}'
)
MARKED = (
    '{"type": "record", "x-lint-ignore": ["DOC_TYPE"], "name": "a.A", "fields": [{"name": "x", '
    '"type": {"x-lint-ignore": "A", "type": "fixed", "name": "F", "size": 2}, '
    '"x-lint-ignore": {"B": "why"}}]}'
)


def test_the_model_has_no_trace_and_the_text_is_kept() -> None:
    plain, marked = parse_schema(PLAIN), parse_schema(MARKED)
    assert marked.self_contained == plain.self_contained
    assert marked.key == plain.key
    assert marked.text == MARKED


def test_generated_code_differs_in_the_text_of_the_file_only() -> None:
    marked, plain = (load_interface(text) for text in (MARKED, PLAIN))
    assert marked.SCHEMA == MARKED
    assert parse_schema(PLAIN).self_contained == marked.SELF_CONTAINED
    assert plain.SELF_CONTAINED == plain.SCHEMA == PLAIN
    assert marked.schema().self_contained == plain.schema().self_contained
    assert generate({"a/A.avsc": MARKED}, package="p")["p/a.py"].count("x-lint-ignore") == MARKED.count(
        "x-lint"
    )


def test_a_text_registered_with_references_is_verbatim_but_for_tools() -> None:
    schema = parse_schema(MARKED, path="a/A.avsc")
    (wanted,) = wanted_with_references({"s": schema}, {"s": None}, {"a/A.avsc": schema})
    assert wanted.text == PLAIN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"x-lint-ignore": "A"}', "{}"),
        ('{ "x-lint-ignore": [] , "type": "int" }', '{ "type": "int" }'),
        ('{"type": "int",\n  "x-lint-ignore": {"A": ","}\n}', '{"type": "int"\n}'),
        ('["null", {"type": "map", "values": {"type": "int", "x-lint-ignore": 1}}]', None),
        ('{"type": "int", "mine": {"x-lint-ignore": 1}}', '{"type": "int", "mine": {"x-lint-ignore": 1}}'),
        ('{"type": "int", "doc": "\\"x-lint-ignore\\""}', '{"type": "int", "doc": "\\"x-lint-ignore\\""}'),
    ],
)
def test_only_attributes_of_types_and_fields_go(text: str, expected: str | None) -> None:
    wanted = '["null", {"type": "map", "values": {"type": "int"}}]' if expected is None else expected
    assert without_tool_attributes(text) == wanted
