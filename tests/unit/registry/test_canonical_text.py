from __future__ import annotations

import hashlib
import json
import uuid

import pytest
from hypothesis import given
from tests.property.strategies import schemas

from avroforge.registry import Metadata, SchemaReference
from avroforge.registry.canonical_text import LONGEST_CACHED, canonical_text, guid
from avroforge.schema import parse_schema

RECORD = '{"type":"record","name":"R","namespace":"n","fields":[]}'
CASES = {
    # what Apache Avro 1.12.1 for Java prints for each
    ' {"type" : "int"}': '"int"',
    '{"type":"long","logicalType":"timestamp-millis"}': '{"type":"long","logicalType":"timestamp-millis"}',
    '{"namespace":"n","fields":[],"name":"R","type":"record"}': RECORD,
    '{"type":"record","name":"n.R","fields":[]}': RECORD,
    '{"type":"error","name":"R","fields":[]}': '{"type":"error","name":"R","fields":[]}',
    '["null",{"type":"string"}]': '["null","string"]',
    '{"type":"map","values":{"type":"array","items":"int"},"z":1,"a":[true,null]}': (
        '{"type":"map","values":{"type":"array","items":"int"},"z":1,"a":[true,null]}'
    ),
    '{"symbols":["A"],"default":"A","type":"enum","name":"E","x":0,"aliases":["m.F","G"],"doc":""}': (
        '{"type":"enum","name":"E","doc":"","symbols":["A"],"default":"A","x":0,"aliases":["m.F","G"]}'
    ),
    '{"type":"fixed","size":4,"name":"F","namespace":"n","aliases":["n.G","m.H",".I"]}': (
        '{"type":"fixed","name":"F","namespace":"n","size":4,"aliases":["G","m.H","I"]}'
    ),
    '{"type":"record","name":"n.R","fields":[{"name":"a","type":{"type":"record","name":"R2","fields":['
    '{"name":"b","type":["null","n.R"],"order":"ignore","default":null}]}},{"name":"c","type":"n.R2",'
    '"aliases":["x","x"],"doc":"d","order":"ascending","y":1}]}': (
        '{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":{"type":"record","name":"R2",'
        '"fields":[{"name":"b","type":["null","R"],"default":null,"order":"ignore"}]}},{"name":"c","type":"R2",'
        '"doc":"d","aliases":["x"],"y":1}]}'
    ),
    '{"type":"record","name":"n.R","fields":[{"name":"a","type":{"type":"enum","name":"E","namespace":"",'
    '"symbols":[]}}]}': (
        '{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":{"type":"enum","name":"E",'
        '"namespace":"","symbols":[]}}]}'
    ),
    '{"type":"int","a":[1.0,1e7,123456789.5,1e-4,0.001,-2.5E-10,1e100,0.0]}': (
        '{"type":"int","a":[1.0,1.0E7,1.234567895E8,1.0E-4,0.001,-2.5E-10,1.0E100,0.0]}'
    ),
    '{"type":"int","a":"\\u00e9\\u001f\\u2028\\"\\\\\\/\\n"}': (
        '{"type":"int","a":"é\\u001F\u2028\\"\\\\/\\n"}'
    ),
}


@pytest.mark.parametrize("text", CASES)
def test_the_text_is_the_one_that_java_prints(text: str) -> None:
    assert canonical_text(text) == CASES[text]
    assert canonical_text(CASES[text]) == CASES[text]


def test_a_reference_is_as_short_as_its_namespace_allows() -> None:
    text = '{"type":"record","name":"n.R","fields":[{"name":"a","type":"n.E"},{"name":"b","type":"m.E"}]}'
    assert [each["type"] for each in json.loads(canonical_text(text))["fields"]] == ["E", "m.E"]


def test_a_reference_named_like_a_primitive_stays_full() -> None:
    text = '{"type":"record","name":"n.R","fields":[{"name":"a","type":"n.int"}]}'
    assert json.loads(canonical_text(text))["fields"][0]["type"] == "n.int"


def test_the_normal_form_sorts_what_has_no_meaning_in_its_order() -> None:
    text = (
        '{"type":"record","name":"R","doc":"","aliases":["Z","A"],"z":{"b":1,"a":2},"y":0,"fields":[{"name":"f",'
        '"type":{"type":"bytes","scale":1,"precision":4,"note":"","logicalType":"decimal"},"doc":""}]}'
    )
    assert canonical_text(text, normalize=True) == (
        '{"type":"record","name":"R","fields":[{"name":"f","type":{"type":"bytes","logicalType":"decimal",'
        '"precision":4,"scale":1,"note":""},"doc":""}],"y":0,"z":{"a":2,"b":1},"aliases":["A","Z"]}'
    )


def test_a_long_text_is_printed_and_not_kept() -> None:
    text = json.dumps({"type": "int", "doc": "x" * LONGEST_CACHED, "a": 1})
    assert canonical_text(text) == '{"type":"int","a":1}'


@given(schemas())
def test_the_text_means_the_same(text: str) -> None:
    assert parse_schema(canonical_text(text)).key == parse_schema(text).key


def test_the_guid_is_the_md5_of_everything_that_counts() -> None:
    references = (SchemaReference("n.A", "a-value", 3), SchemaReference("n.B", "b", 258))
    metadata = Metadata({"k": "v", "a": "b"}, {"t": ("z", "y")}, ("k",))
    digest = hashlib.md5(usedforsecurity=False)
    digest.update(b'"int"')
    assert guid('"int"', (), None) == str(uuid.UUID(bytes=digest.digest()))
    digest.update(b"n.Aa-value\0\0\0\3n.Bb\0\0\1\2")
    assert guid('"int"', references, None) == str(uuid.UUID(bytes=digest.digest()))
    digest.update(b"\1tyzabkvk")
    assert guid('"int"', references, metadata) == str(uuid.UUID(bytes=digest.digest()))
