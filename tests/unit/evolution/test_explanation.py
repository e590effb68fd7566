from __future__ import annotations

import json

import pytest

from avroforge.evolution import Direction, check_compatibility, explain


def record(*fields: dict[str, object], name: str = "R", **attributes: object) -> str:
    return json.dumps({"type": "record", "name": name, "fields": list(fields), **attributes})


def fixed(size: int) -> str:
    return json.dumps({"type": "fixed", "name": "F", "size": size})


def enum(*symbols: str, **attributes: object) -> dict[str, object]:
    return {"type": "enum", "name": "E", "symbols": symbols, **attributes}


INT_FIELD = record({"name": "a", "type": "int"})
ENUM_FIELD = record({"name": "a", "type": enum("A", default="A")})
NESTED = record(
    {"name": "a", "type": ["null", {"type": "record", "name": "S", "fields": [{"name": "b", "type": "int"}]}]}
)


@pytest.mark.parametrize(
    ("reader", "writer", "fact", "backward", "forward"),
    [
        (
            '"int"',
            '"long"',
            "int: {reads} expects int, {wrote} has long, which is no promotion",
            "keep the type, or add a new field for the new one",
            "keep the type, or add a new field for the new one",
        ),
        (
            record(name="A"),
            record(name="B", namespace="n"),
            "A: {reads} expects record 'A', {wrote} has record 'n.B'",
            "keep the name, or add 'n.B' to the aliases",
            "keep the name 'A'",
        ),
        (
            fixed(4),
            fixed(8),
            "F: {reads} expects fixed 'F' of 4 bytes, {wrote} has fixed 'F' of 8 bytes",
            "a fixed type cannot change its size: add a new field of a new type",
            "a fixed type cannot change its size: add a new field of a new type",
        ),
        (
            json.dumps(enum("A")),
            json.dumps(enum("A", "B")),
            "E: enum 'E' of {reads} lacks the symbols [B] of {wrote}",
            "keep the symbols, or give the enum a default",
            "add no symbol while schemas without an enum default still read",
        ),
        (
            INT_FIELD,
            record(),
            "R.a: {reads} needs the field 'a', {wrote} does not have it",
            "give the field a default, or an alias if it was renamed",
            "keep the field",
        ),
        (
            ENUM_FIELD,
            record(),
            "R.a: {reads} needs a field that {wrote} does not have; an enum's default is not its field's",
            "give the field a default, or an alias if it was renamed",
            "keep the field",
        ),
        (
            '["null", "int"]',
            '"long"',
            "union: no branch of the union [null, int] of {reads} takes the long of {wrote}",
            "add that branch to the union",
            "do not write that branch",
        ),
        (
            NESTED,
            NESTED.replace('"int"', '"string"'),
            (
                "R.a: no branch of the union [null, S] of {reads} takes the record 'S' of {wrote}; "
                "R.a.b: {reads} expects int, {wrote} has string, which is no promotion"
            ),
            "keep the type, or add a new field for the new one",
            "keep the type, or add a new field for the new one",
        ),
    ],
)
def test_an_explanation_says_what_and_the_way_out(
    reader: str, writer: str, fact: str, backward: str, forward: str
) -> None:
    (found,) = check_compatibility(reader, writer).incompatibilities
    neutral = fact.format(reads="the reader", wrote="the writer")
    assert explain(found) == f"{neutral}; {backward}"
    new_reads = fact.format(reads="the new schema", wrote="the old one")
    assert explain(found, Direction.BACKWARD) == f"{new_reads}; {backward}"
    new_wrote = fact.format(reads="the old schema", wrote="the new one")
    assert explain(found, Direction.FORWARD) == f"{new_wrote}; {forward}"
