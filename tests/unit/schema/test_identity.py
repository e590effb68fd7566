"""Canonical form, self-contained text, key and fingerprints."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avroforge.schema import parse_schema
from avroforge.schema.canonical import canonical_form
from avroforge.schema.inline import self_contained

NESTED = """{"type": "record", "name": "R", "namespace": "a", "doc": "d", "aliases": ["Old"], "fields": [
  {"name": "x", "type": {"type": "fixed", "name": "F", "size": 4, "logicalType": "decimal", "precision": 5,
   "scale": 0}, "doc": "f", "order": "descending", "aliases": ["y"], "default": "\\u0000\\u00ffab"},
  {"name": "e", "type": ["null", {"type": "enum", "name": "b.E", "symbols": ["A"], "default": "A"}],
   "default": null, "zeta": {"b": 1, "a": [true]}, "alpha": 1},
  {"name": "again", "type": {"type": "map", "values": "F"}}]}"""


def test_the_canonical_form_keeps_the_layout_only() -> None:
    assert parse_schema(NESTED).canonical_form == (
        '{"name":"a.R","type":"record","fields":[{"name":"x","type":{"name":"a.F","type":"fixed","size":4}},'
        '{"name":"e","type":["null",{"name":"b.E","type":"enum","symbols":["A"]}]},'
        '{"name":"again","type":{"type":"map","values":"a.F"}}]}'
    )


def test_the_self_contained_text_keeps_everything() -> None:
    assert parse_schema(NESTED).self_contained == (
        '{"type":"record","name":"a.R","doc":"d","aliases":["a.Old"],"fields":['
        '{"name":"x","type":{"type":"fixed","name":"a.F","size":4,"logicalType":"decimal","precision":5},'
        '"doc":"f","default":"\\u0000ÿab","order":"descending","aliases":["y"]},'
        '{"name":"e","type":["null",{"type":"enum","name":"b.E","symbols":["A"],"default":"A"}],'
        '"default":null,"alpha":1,"zeta":{"a":[true],"b":1}},'
        '{"name":"again","type":{"type":"map","values":"a.F"}}]}'
    )


@pytest.mark.parametrize(
    "text", ['"int"', "[]", '["null", "int"]', '{"type": "array", "items": "int"}', NESTED]
)
def test_the_functions_take_any_node(text: str) -> None:
    schema = parse_schema(text)
    assert canonical_form(schema.type) == schema.canonical_form
    assert self_contained(schema.type) == schema.self_contained
    assert schema.key == hashlib.sha256(schema.self_contained.encode()).hexdigest()


def shuffled(value: object, draw: st.DataObject) -> object:
    """The same JSON with the members of every schema object in another order."""
    if isinstance(value, dict):
        keys = draw.draw(st.permutations(list(value)))
        return {key: shuffled(value[key], draw) for key in keys}
    return [shuffled(each, draw) for each in value] if isinstance(value, list) else value


@given(st.data(), st.sampled_from([None, 0, 3]))
def test_white_space_and_the_order_of_attributes_leave_no_trace(
    draw: st.DataObject, indent: int | None
) -> None:
    again = parse_schema(json.dumps(shuffled(json.loads(NESTED), draw), indent=indent))
    assert again.self_contained == parse_schema(NESTED).self_contained


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            '{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}',
            '{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 4}',
        ),
        ('{"type": "int", "logicalType": "date"}', '"int"'),
        ('{"type": "int", "unit": "K"}', '{"type": "int", "unit": "C"}'),
        (
            '{"type": "enum", "name": "E", "symbols": ["A", "B"], "default": "A"}',
            '{"type": "enum", "name": "E", "symbols": ["A", "B"], "default": "B"}',
        ),
        (
            '{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "default": 1}]}',
            '{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "default": 2}]}',
        ),
        (
            '{"type": "record", "name": "R", "fields": []}',
            '{"type": "error", "name": "R", "fields": []}',
        ),
    ],
)
def test_schemas_that_mean_different_things_have_different_keys_and_one_fingerprint(
    one: str, other: str
) -> None:
    first, second = parse_schema(one), parse_schema(other)
    assert first.key != second.key
    assert first.fingerprint() == second.fingerprint()


def test_a_null_namespace_inside_a_namespace_survives() -> None:
    text = """{"type": "record", "name": "R", "fields": [
      {"name": "y", "type": {"type": "record", "name": "x.Y", "fields": [
        {"name": "z", "type": {"type": "record", "name": "Z", "namespace": "", "aliases": ["Old"],
          "fields": [{"name": "z", "type": ["null", "Z"]}]}}]}},
      {"name": "t", "type": "Z"}]}"""
    schema = parse_schema(text)
    again = parse_schema(schema.self_contained)
    assert list(again.names) == ["R", "x.Y", "Z"]
    assert again.key == schema.key
    assert '"name":"Z","namespace":""' in schema.self_contained


def test_fingerprints_of_the_three_algorithms() -> None:
    schema = parse_schema('"int"')
    assert schema.fingerprint("CRC-64-AVRO")[::-1].hex() == "7275d51a3f395c8f"
    assert schema.fingerprint("MD5").hex() == "ef524ea1b91e73173d938ade36c1db32"
    assert schema.fingerprint("SHA-256").hex() == (
        "3f2b87a9fe7cc9b13835598c3981cd45e3e355309e5090aa0933d7becb6fba45"
    )
    with pytest.raises(ValueError, match="expected CRC-64-AVRO, MD5 or SHA-256, got 'SHA-1'"):
        schema.fingerprint("SHA-1")  # type: ignore[arg-type] # what a caller without types may do
