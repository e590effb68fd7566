"""The compiled text of a plan: no word of a schema is in it, and threads share one reader."""

from __future__ import annotations

import io
import json
import tokenize
from concurrent.futures import ThreadPoolExecutor
from keyword import iskeyword
from typing import Any

from avroforge.codec.binding import schema_of
from avroforge.codec.bound import Sides
from avroforge.codec.plan_shape import PlanShapes
from avroforge.codec.resolve import reader_for
from avroforge.codec.resolve_program import _Program
from avroforge.evolution.resolution import resolve_schemas
from avroforge.schema import parse_schema
from avroforge_codegen import load_interface

ENUM = {"type": "enum", "name": "Colour", "symbols": ["red", "green"]}
WRITER: dict[str, Any] = {
    "type": "record",
    "name": "import_os",
    "fields": [
        {"name": "colour", "type": ENUM},
        {"name": "exec", "type": ["null", "string", {"type": "map", "values": "int"}]},
        {"name": "gone", "type": {"type": "array", "items": "Colour"}},
        {"name": "kept", "type": {"type": "array", "items": "int"}},
    ],
}
READER: dict[str, Any] = {
    "type": "record",
    "name": "import_os",
    "fields": [
        {"name": "colour", "type": {**ENUM, "symbols": ["green", "red"]}},
        {"name": "kept", "type": {"type": "array", "items": "long"}},
        {"name": "text", "type": "string", "default": '"""; raise SystemExit'},
        {"name": "made", "type": {"type": "map", "values": "string"}, "default": {"'": "\\"}},
    ],
}


def test_identifiers_are_numbers_and_texts_are_not_in_the_code() -> None:
    target = load_interface(json.dumps(READER))
    writer = parse_schema(json.dumps(WRITER))
    sides = Sides(writer, target)
    plan = resolve_schemas(writer, schema_of(target))
    program = _Program(sides, PlanShapes(plan, sides))
    program.names.plan_reader(plan)
    text = "\n".join(program.text())
    attributes = {"colour", "kept", "text", "made", "append", "decode", "spend", "enter", "depth"}
    allowed = {
        *program.names.variables,
        *attributes,
        "d",
        "p",
        "q",
        "c",
        "len",
        "range",
        "list",
        "dict",
        "str",
        "Any",
        "_",
    }
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING:
            assert token.string == 'b""'
        if token.type == tokenize.NAME and not iskeyword(token.string) and token.string not in allowed:
            assert token.string.lstrip("_")[:1].isalpha()
            assert token.string.lstrip("_")[1:].isdigit()


def test_many_threads_get_one_reader() -> None:
    target = load_interface(json.dumps(READER))
    message = bytes([2, 0, 0, 4, 2, 4, 0])

    def read(number: int) -> tuple[object, list[int]]:
        reader = reader_for(json.dumps({**WRITER, "doc": f"version {number % 4}"}), target)
        return reader, reader(message).kept

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(read, range(200)))
    assert all(kept == [1, 2] for _, kept in found)
    assert len({id(reader_for(json.dumps({**WRITER, "doc": f"version {n}"}), target)) for n in range(4)}) <= 4
    assert reader_for(json.dumps({**WRITER, "doc": "version 1"}), target) in {reader for reader, _ in found}
