"""Avro's JSON encoding as Apache Java 1.12.1 writes it: 300 rows, both ways."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from avroforge.formats.avro_json import bytes_of, json_of
from avroforge.schema import Schema, parse_schema
from avroforge_codegen import load_interface

SHARED = Path(os.environ.get("AVROFORGE_SHARED", Path(__file__).parents[3] / "shared"))
ORACLE = SHARED / "conformance" / "json_java.jsonl.gz"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not ORACLE.exists(), reason=f"no oracle file {ORACLE}; set AVROFORGE_SHARED"),
]


# a schema that this project refuses, see schema_verdict_differences.json
REFUSED = "valid/1141_he_avro_lang_py_avro_test_test_schema_py_ValidTestSchema_127.avsc"


@cache
def rows() -> list[dict[str, Any]]:
    # texts hold other line separators
    lines = gzip.decompress(ORACLE.read_bytes()).decode().split("\n")
    found = [json.loads(line) for line in lines if line]
    assert len(found) == 300
    return [row for row in found if row["schema"] != REFUSED]


@cache
def schema_of(path: str) -> Schema:
    text = (SHARED / "corpus" / path).read_text(encoding="utf-8")
    return parse_schema(text, path=path, lenient=True)


def exact(text: str) -> str:
    """A JSON text in one spelling; it tells 0.0 from -0.0 and 1 from 1.0."""
    return json.dumps(json.loads(text), allow_nan=False)


def zeros_unsigned(text: str) -> str:
    return json.dumps(json.loads(text, parse_float=lambda digits: float(digits) + 0.0), allow_nan=False)


def test_the_json_is_java_s() -> None:
    found: Counter[str] = Counter()
    for row in rows():
        ours = json_of(bytes.fromhex(row["hex"]), schema_of(row["schema"]))
        if row["json"] == "":
            assert ours == "{}"
            found["empty root record"] += 1
        elif exact(ours) == exact(row["json"]):
            found["equal"] += 1
        else:
            assert zeros_unsigned(ours) == zeros_unsigned(row["json"]), row["schema"]
            found["float -0.0"] += 1
    assert found == {"equal": 287, "empty root record": 6, "float -0.0": 6}


def test_java_s_text_gives_the_same_bytes() -> None:
    found: Counter[str] = Counter()
    for row in rows():
        schema = schema_of(row["schema"])
        if row["json"] == "":
            assert bytes_of("{}", schema) == b""
            found["empty root record"] += 1
            continue
        # Java writes one block per array and map, and so do we
        again = bytes_of(row["json"], schema).hex()
        refused = row.get("java_json_decode", "").startswith("AvroTypeException")
        if again == row["hex"]:
            found["equal, though Java refuses it" if refused else "equal"] += 1
        else:
            ours = json_of(bytes.fromhex(row["hex"]), schema)
            assert exact(ours) != exact(row["json"]), row["schema"]
            found["float -0.0"] += 1
    assert found == {
        "equal": 268,
        "equal, though Java refuses it": 19,
        "empty root record": 6,
        "float -0.0": 6,
    }


def test_our_own_text_gives_the_same_bytes() -> None:
    for row in rows():
        schema = schema_of(row["schema"])
        assert bytes_of(json_of(bytes.fromhex(row["hex"]), schema), schema).hex() == row["hex"]


def test_typed_objects_pass_through_json_unchanged() -> None:
    compared = 0
    for row in rows()[::5]:
        codec = load_interface(schema_of(row["schema"]), logical_types="raw")()
        value = codec.decode(bytes.fromhex(row["hex"]))
        text = codec.to_json(value)
        assert row["json"] == "" or zeros_unsigned(text) == zeros_unsigned(row["json"])
        assert codec.encode(codec.from_json(text)).hex() == row["hex"]
        compared += 1
    assert compared == 60
