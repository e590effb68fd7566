"""Every corpus schema on bytes that a neutral encoder wrote with explicitly chosen branches."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.codec.harness import ARRAYS

from avroforge import DecodeError, SchemaError
from avroforge.record import AvroRecordBase, values_equal
from avroforge.schema import parse_schema
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from avroforge.codec.ir import Storage
    from avroforge.codec.lower import LogicalMode

SHARED = Path(os.environ.get("AVROFORGE_SHARED", Path(__file__).parents[3] / "shared"))
BYTES = SHARED / "conformance" / "bytes.jsonl.gz"
REFUSED = Path(__file__).with_name("bytes_refused.json")

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not BYTES.exists(), reason=f"no oracle file {BYTES}; set AVROFORGE_SHARED"),
]


@cache
def rows(name: str) -> list[dict[str, Any]]:
    text = gzip.decompress((SHARED / "conformance" / name).read_bytes()).decode()
    return [json.loads(line) for line in text.split("\n") if line]


def listed() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(REFUSED.read_text(encoding="utf-8"))
    return found


def source(path: str) -> str:
    return (SHARED / "corpus" / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("logical_types", ["typed", "raw"])
@pytest.mark.parametrize("arrays", ARRAYS)
def test_decoding_and_encoding_gives_the_same_bytes(arrays: Storage, logical_types: LogicalMode) -> None:
    refused: dict[str, str] = {}
    unheld: dict[str, str] = {}
    differing: list[str] = []
    counted: Counter[str] = Counter()
    for row in rows(BYTES.name):
        path = row["schema"]
        try:
            codec = load_interface(source(path), arrays=arrays, logical_types=logical_types)()
        except SchemaError as error:
            refused[path] = error.code
            continue
        counted["schemas with data"] += bool(row["data"])
        for number, text in enumerate(row["data"]):
            data = bytes.fromhex(text)
            try:
                value = codec.decode(data)
            except DecodeError as error:
                unheld[f"{path} {number}"] = error.reason
                continue
            counted["byte strings"] += 1
            again = codec.decode(data)
            equal = value == again if isinstance(value, AvroRecordBase) else values_equal(value, again)
            if codec.encode(value) != data or not equal:
                differing.append(f"{path} {number}")
    assert differing == []
    assert refused.keys() == listed()["schemas"].keys()
    assert set(unheld) == (set(listed()["unheld in typed mode"]) if logical_types == "typed" else set())
    assert counted["schemas with data"] >= 1025
    assert counted["byte strings"] + len(unheld) >= 3560


def test_what_is_refused_is_refused_for_the_listed_reason() -> None:
    for path, reason in listed()["schemas"].items():
        with pytest.raises(SchemaError) as caught:
            parse_schema(source(path), path=path)
        code = reason.partition(":")[0]
        assert code in {each.code for each in caught.value.diagnostics}, path


def test_the_embedded_schema_is_the_source_and_has_its_fingerprint() -> None:
    checked = 0
    for row in rows("fingerprints_java.jsonl.gz"):
        path = row["schema"]
        if "crc64_le" not in row or path in listed()["schemas"]:
            continue
        text = source(path)
        interface = load_interface(text)
        assert text == interface.SCHEMA
        assert interface.FINGERPRINT.hex() == row["crc64_le"]
        assert interface.schema().canonical_form == parse_schema(text).canonical_form
        checked += 1
    assert checked >= 1030
