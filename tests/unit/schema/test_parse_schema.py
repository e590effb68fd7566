"""One text into a model: kinds, names, positions, properties."""

from __future__ import annotations

import json
from typing import Any

import pytest

from avroforge.errors import SchemaError
from avroforge.schema import (
    ArrayType,
    EnumType,
    FixedType,
    LogicalType,
    MapType,
    PrimitiveType,
    RecordType,
    UnionType,
    kind_of,
    parse_schema,
)
from avroforge.schema.build import MAX_TYPE_DEPTH

ALIASED = {"type": "record", "name": "a.b", "aliases": ["c", "x.y", ".z", "not a name"], "fields": []}


def record(text: str) -> RecordType:
    root = parse_schema(text).type
    assert isinstance(root, RecordType)
    return root


@pytest.mark.parametrize("name", ["null", "boolean", "int", "long", "float", "double", "bytes", "string"])
def test_a_primitive_may_be_a_name_or_an_object(name: str) -> None:
    for text in (f'"{name}"', f'{{"type": "{name}"}}'):
        schema = parse_schema(text)
        assert kind_of(schema.type) == name
        assert schema.fullname is None
        assert schema.canonical_form == f'"{name}"'


def test_every_kind_has_its_node() -> None:
    text = """["null", {"type": "array", "items": "int"}, {"type": "map", "values": "long"},
      {"type": "enum", "name": "E", "symbols": ["A"], "default": "A", "doc": "d"},
      {"type": "fixed", "name": "F", "size": 3}, {"type": "error", "name": "X", "fields": []}]"""
    union = parse_schema(text).type
    assert isinstance(union, UnionType)
    null, array, map_, enum, fixed, error = union.branches
    assert isinstance(null, PrimitiveType)
    assert isinstance(array, ArrayType)
    assert kind_of(array.items) == "int"
    assert isinstance(map_, MapType)
    assert isinstance(enum, EnumType)
    assert (enum.fullname, enum.symbols, enum.default, enum.doc) == ("E", ("A",), "A", "d")
    assert isinstance(fixed, FixedType)
    assert fixed.size == 3
    assert isinstance(error, RecordType)
    assert error.is_error
    assert not error.fields


def test_names_follow_the_three_rules_of_the_specification() -> None:
    text = """{"type": "record", "name": "Example", "fields": [
      {"name": "a", "type": {"type": "enum", "name": "Simple", "symbols": ["a"]}},
      {"name": "b", "type": {"type": "fixed", "name": "Simple", "namespace": "explicit", "size": 12}},
      {"name": "c", "type": {"type": "record", "name": "a.full.Name", "namespace": "ignored", "fields": [
        {"name": "d", "type": {"type": "enum", "name": "Understanding", "symbols": ["d"]}},
        {"name": "e", "type": "Understanding"}]}}]}"""
    schema = parse_schema(text)
    assert list(schema.names) == [
        "Example",
        "Simple",
        "explicit.Simple",
        "a.full.Name",
        "a.full.Understanding",
    ]
    assert schema.defined == tuple(schema.names)


def test_an_empty_namespace_leads_back_to_the_null_namespace() -> None:
    text = """{"type": "record", "name": "R", "namespace": "n", "fields": [
      {"name": "a", "type": {"type": "enum", "name": "E", "namespace": "", "symbols": []}}]}"""
    assert list(parse_schema(text).names) == ["n.R", "E"]


@pytest.mark.parametrize("name", ["record", "array", "union", "error", "fixed"])
def test_the_name_of_a_complex_type_may_be_a_type_name(name: str) -> None:
    text = f"""{{"type": "record", "name": "{name}", "fields": [
      {{"name": "self", "type": ["null", "{name}"]}}]}}"""
    schema = parse_schema(text)
    assert parse_schema(schema.self_contained).canonical_form == schema.canonical_form


def test_a_recursive_record_refers_to_itself() -> None:
    node = record('{"type": "record", "name": "a.L", "fields": [{"name": "n", "type": ["null", "L"]}]}')
    union = node.fields[0].type
    assert isinstance(union, UnionType)
    assert union.branches[1] is node


def test_a_reference_may_be_an_object() -> None:
    node = record(
        """{"type": "record", "name": "R", "fields": [
        {"name": "a", "type": {"type": "fixed", "name": "F", "size": 1}},
        {"name": "b", "type": {"type": "F"}}]}"""
    )
    assert node.fields[0].type is node.fields[1].type


def test_type_aliases_are_full_names_and_may_be_any_string() -> None:
    node = record(json.dumps(ALIASED))
    assert node.aliases == ("a.c", "x.y", "z", "a.not a name")
    array = parse_schema(json.dumps({"type": "array", "items": ALIASED}))
    again = parse_schema(array.self_contained).names["a.b"]
    assert again.aliases == node.aliases


def test_properties_are_what_the_specification_does_not_define() -> None:
    node = record(
        """{"type": "record", "name": "R", "doc": "d", "owner": {"team": ["x", 1.5, null]}, "fields": [
        {"name": "a", "type": {"type": "array", "items": "int", "doc": "kept", "default": []},
         "order": "ignore", "aliases": ["b"], "unit": "K", "logicalType": "uuid"}]}"""
    )
    assert node.properties == {"owner": {"team": ["x", 1.5, None]}}
    assert type(node.properties["owner"]) is dict
    field = node.fields[0]
    assert (field.order, field.aliases) == ("ignore", ("b",))
    assert field.properties == {"unit": "K", "logicalType": "uuid"}
    assert isinstance(field.type, ArrayType)
    assert field.type.properties == {"doc": "kept", "default": []}


@pytest.mark.parametrize("doc", ["null", "true", "3"])
def test_documentation_that_is_no_string_does_no_harm(doc: str) -> None:
    assert record(f'{{"type": "record", "name": "R", "doc": {doc}, "fields": []}}').doc is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"type": "int", "logicalType": "date"}', LogicalType("date")),
        ('{"type": "int", "logicalType": "time-millis"}', LogicalType("time-millis")),
        ('{"type": "long", "logicalType": "time-micros"}', LogicalType("time-micros")),
        ('{"type": "long", "logicalType": "timestamp-nanos"}', LogicalType("timestamp-nanos")),
        ('{"type": "long", "logicalType": "local-timestamp-millis"}', LogicalType("local-timestamp-millis")),
        ('{"type": "string", "logicalType": "uuid"}', LogicalType("uuid")),
        ('{"type": "fixed", "name": "F", "size": 16, "logicalType": "uuid"}', LogicalType("uuid")),
        ('{"type": "fixed", "name": "F", "size": 12, "logicalType": "duration"}', LogicalType("duration")),
        ('{"type": "bytes", "logicalType": "big-decimal"}', LogicalType("big-decimal")),
        ('{"type": "bytes", "logicalType": "decimal", "precision": 4}', LogicalType("decimal", 4, 0)),
        (
            '{"type": "fixed", "name": "F", "size": 8, "logicalType": "decimal", "precision": 18}',
            LogicalType("decimal", 18),
        ),
    ],
)
def test_a_valid_logical_type_is_recognised(text: str, expected: LogicalType) -> None:
    node = parse_schema(text).type
    assert isinstance(node, PrimitiveType | FixedType)
    assert node.logical == expected
    assert node.properties == {}


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "long", "logicalType": "date"}',
        '{"type": "string", "logicalType": "date"}',
        '{"type": "bytes", "logicalType": "uuid"}',
        '{"type": "fixed", "name": "F", "size": 15, "logicalType": "uuid"}',
        '{"type": "fixed", "name": "F", "size": 16, "logicalType": "duration"}',
        '{"type": "int", "logicalType": "made-up"}',
        '{"type": "int", "logicalType": 3}',
        '{"type": "int", "logicalType": "decimal", "precision": 4}',
        '{"type": "bytes", "logicalType": "decimal"}',
        '{"type": "bytes", "logicalType": "decimal", "precision": 0}',
        '{"type": "bytes", "logicalType": "decimal", "precision": 2.5}',
        '{"type": "bytes", "logicalType": "decimal", "precision": true}',
        '{"type": "bytes", "logicalType": "decimal", "precision": 2, "scale": 3}',
        '{"type": "bytes", "logicalType": "decimal", "precision": 2, "scale": -1}',
        '{"type": "bytes", "logicalType": "decimal", "precision": 4294967296}',
        '{"type": "fixed", "name": "F", "size": 8, "logicalType": "decimal", "precision": 19}',
        '{"type": "fixed", "name": "F", "size": 0, "logicalType": "decimal", "precision": 1}',
    ],
)
def test_an_invalid_logical_type_is_ignored_and_stays_a_property(text: str) -> None:
    node = parse_schema(text).type
    assert isinstance(node, PrimitiveType | FixedType)
    assert node.logical is None
    given = json.loads(text)
    expected = {key: given[key] for key in given if key in ("logicalType", "precision", "scale")}
    assert node.properties == expected


def test_every_node_knows_its_place() -> None:
    text = '{"type": "record", "name": "R", "fields": [\n  {"name": "a", "type":\n    ["null", "int"]}]}'
    schema = parse_schema(text, path="r.avsc")
    root = schema.type
    assert isinstance(root, RecordType)
    assert root.position == (1, 1, "r.avsc")
    assert root.fields[0].position == (2, 3, "r.avsc")
    union = root.fields[0].type
    assert isinstance(union, UnionType)
    assert union.position == (3, 5, "r.avsc")
    assert union.branches[1].position == (3, 14, "r.avsc")


@pytest.mark.parametrize("levels", [MAX_TYPE_DEPTH, MAX_TYPE_DEPTH + 1, 170])
@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ('{"type": "array", "items": ', "}"),
        ('{"type": "record", "name": "R%d", "fields": [{"name": "f", "type": ', "}]}"),
    ],
)
def test_types_nest_up_to_the_limit(opening: str, closing: str, levels: int) -> None:
    start = "".join(opening % each if "%d" in opening else opening for each in range(levels))
    text = start + '"int"' + closing * levels
    if levels <= MAX_TYPE_DEPTH:
        schema = parse_schema(text)
        assert parse_schema(schema.self_contained).key == schema.key
        return
    with pytest.raises(SchemaError) as caught:
        parse_schema(text)
    assert [each.code for each in caught.value.diagnostics] == ["DEPTH"]


def test_names_known_from_elsewhere_can_be_referred_to() -> None:
    known = parse_schema('{"type": "fixed", "name": "q.F", "size": 2}')
    schema = parse_schema(
        '{"type": "record", "name": "q.R", "fields": [{"name": "f", "type": "F"}]}', names=known.names
    )
    assert list(schema.names) == ["q.R", "q.F"]
    assert schema.defined == ("q.R",)


def test_lenient_reads_what_a_registry_may_hold() -> None:
    text = """[{"type": "record", "name": "R", "fields": [
      {"name": "a", "type": "int", "default": "x"}, {"name": "b", "type": "Later"}]},
      {"type": "enum", "name": "Later", "symbols": ["A"], "default": "B"}]"""
    with pytest.raises(SchemaError) as caught:
        parse_schema(text)
    assert {each.code for each in caught.value.diagnostics} == {
        "DEFAULT_INVALID",
        "REFERENCE_FORWARD",
        "ENUM_DEFAULT",
    }
    schema = parse_schema(text, lenient=True)
    assert list(schema.names) == ["R", "Later"]
    with pytest.raises(SchemaError):
        parse_schema('{"type": "record", "name": "a-b", "fields": []}', lenient=True)


@pytest.mark.parametrize(
    ("given", "way_out"),
    [({"type": "int"}, "json.dumps makes one"), (b'"int"', "decode it as UTF-8"), (None, "NoneType")],
)
def test_what_is_no_text_is_refused(given: Any, way_out: str) -> None:  # noqa: ANN401 - what is refused
    with pytest.raises(TypeError, match=f"<schema>: expected the text of a schema, got .*{way_out}"):
        parse_schema(given)


@pytest.mark.parametrize(("typed", "meant"), [("recrod", "record"), ("enmu", "enum"), ("arrray", "array")])
def test_a_mistyped_kind_is_guessed(typed: str, meant: str) -> None:
    with pytest.raises(SchemaError, match=f"unknown type '{typed}'; did you mean '{meant}'"):
        parse_schema(f'{{"type": "{typed}", "name": "R"}}')
