from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from avroforge.errors import SchemaError
from avroforge.evolution import IncompatibilityKind, check_compatibility
from avroforge.schema import PrimitiveType, RecordField, RecordType, UnionType, parse_schema

if TYPE_CHECKING:
    from avroforge.schema import AvroType
    from avroforge.schema.model import PrimitiveName

READER = """{
  "type": "record",
  "name": "Order",
  "namespace": "shop",
  "fields": [
    {"name": "sku", "type": "string"},
    {"name": "qty", "type": "int"},
    {"name": "lines", "type": {"type": "array", "items": {
      "type": "map", "values": {"type": "enum", "name": "State", "symbols": ["NEW"]}}}},
    {"name": "note", "type": "string"}
  ]
}"""
WRITER = (
    READER.replace('"int"', '"long"').replace('["NEW"]', '["NEW", "OLD", "GONE"]').replace("note", "memo")
)


def record(*fields: dict[str, object], name: str = "R", **attributes: object) -> str:
    return json.dumps({"type": "record", "name": name, "fields": list(fields), **attributes})


def test_every_incompatibility_has_kind_path_pointer_message_and_both_places() -> None:
    result = check_compatibility(reader=READER, writer=WRITER)
    assert not result.compatible
    found = [
        (each.kind, each.path, each.pointer, each.message, each.line, each.column, each.writer_position[:2])
        for each in result.incompatibilities
    ]
    assert found == [
        (
            IncompatibilityKind.TYPE_MISMATCH,
            "Order.qty",
            "/fields/1/type",
            "reader type: INT not compatible with writer type: LONG",
            7,
            29,
            (7, 29),
        ),
        (
            IncompatibilityKind.MISSING_ENUM_SYMBOLS,
            "Order.lines[]{}",
            "/fields/2/type/items/values/symbols",
            "[GONE, OLD]",
            9,
            32,
            (9, 32),
        ),
        (
            IncompatibilityKind.READER_FIELD_MISSING_DEFAULT_VALUE,
            "Order.note",
            "/fields/3",
            "note",
            10,
            5,
            (1, 1),
        ),
    ]


def test_text_and_parsed_schemas_give_the_same() -> None:
    assert check_compatibility(parse_schema(READER), parse_schema(WRITER)) == check_compatibility(
        READER, WRITER
    )


def test_an_invalid_text_is_a_schema_error() -> None:
    with pytest.raises(SchemaError):
        check_compatibility('"int"', '{"type": "enum"}')


def test_a_missing_branch_keeps_why_its_counterpart_does_not_fit() -> None:
    inner = {"type": "record", "name": "S", "fields": [{"name": "b", "type": ["null", "int"]}]}
    reader = record({"name": "a", "type": ["null", inner]})
    (found,) = check_compatibility(reader, reader.replace('"int"', '"string"')).incompatibilities
    assert (found.kind, found.pointer) == (IncompatibilityKind.MISSING_UNION_BRANCH, "/fields/0/type/1")
    (cause,) = found.causes
    assert (cause.kind, cause.path) == (IncompatibilityKind.MISSING_UNION_BRANCH, "R.a.b")
    assert cause.message == "reader union lacking writer type: STRING"


def test_a_field_that_matches_two_of_the_writers_has_no_verdict() -> None:
    reader = record({"name": "c", "type": "int", "aliases": ["a", "b"]})
    writer = record({"name": "a", "type": "int"}, {"name": "b", "type": "int"})
    with pytest.raises(SchemaError, match="matches several fields of the writer's record 'R'") as caught:
        check_compatibility(reader, writer)
    assert caught.value.code == "ALIAS_AMBIGUOUS"
    assert caught.value.line == 1


def test_recursive_schemas_end() -> None:
    text = record({"name": "head", "type": "int"}, {"name": "tail", "type": ["null", "Node"]}, name="Node")
    assert check_compatibility(text, text).compatible
    (found,) = check_compatibility(text, text.replace('"int"', '"long"')).incompatibilities
    assert found.path == "Node.head"


def test_a_chain_of_20000_records_is_not_too_deep() -> None:
    def chain(last: PrimitiveName) -> RecordType:
        inner: AvroType = PrimitiveType(last)
        for index in range(20_000):
            inner = RecordType(f"R{index}", (RecordField("next", UnionType((PrimitiveType("null"), inner))),))
        assert isinstance(inner, RecordType)
        return inner

    reader = replace(parse_schema('"null"'), type=chain("int"))
    writer = replace(parse_schema('"null"'), type=chain("string"))
    (found,) = check_compatibility(reader, writer).incompatibilities
    assert [cause.message for cause in found.causes] == ["reader union lacking writer type: STRING"]
    assert check_compatibility(reader, reader).compatible


def test_types_used_twice_at_every_level_do_not_multiply() -> None:
    names = "null"
    for index in range(60):
        inner = names if index else '"int"'
        names = json.dumps(
            {
                "type": "record",
                "name": f"R{index}",
                "fields": [
                    {"name": "a", "type": json.loads(inner)},
                    {"name": "b", "type": f"R{index - 1}" if index else "int"},
                ],
            }
        )
    started = time.monotonic()
    found = check_compatibility(names, names.replace('"int"', '"string"')).incompatibilities
    assert time.monotonic() - started < 5
    assert len(found) == 2


def test_a_wide_union_of_records_is_linear_enough() -> None:
    branches = [json.loads(record({"name": "x", "type": "int"}, name=f"R{index}")) for index in range(150)]
    text = json.dumps(branches)
    started = time.monotonic()
    assert check_compatibility(text, text).compatible
    assert time.monotonic() - started < 5
