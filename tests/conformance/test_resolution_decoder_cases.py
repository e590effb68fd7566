"""The malicious and odd messages again, read and skipped by a reader of another schema."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from avroforge.codec.resolve import reader_for
from avroforge.errors import DecodeError
from avroforge_codegen import load_interface

SHARED = Path(os.environ.get("AVROFORGE_SHARED", Path(__file__).parents[3] / "shared"))
ORACLE = SHARED / "conformance" / "decoder_cases.json"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not ORACLE.exists(), reason=f"no oracle file {ORACLE}; set AVROFORGE_SHARED"),
]
CONTENT = {"bool_2", "invalid_utf8", "utf8_surrogate", "utf8_overlong"}
"""What reading refuses for its content alone: skipping looks at extents only."""
LOGICAL = {
    "decimal_huge_bytes",
    "timestamp_out_of_range",
    "date_out_of_range",
    "uuid_bad",
    "time_out_of_range",
}


def cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ORACLE.read_text()) if ORACLE.exists() else []
    return found


def wrapped(*fields: dict[str, Any]) -> str:
    return json.dumps({"type": "record", "name": "Wrapper", "fields": list(fields)})


def message(case: dict[str, Any]) -> bytes:
    return b"".join(bytes.fromhex(text) * times for text, times in case["data"])


def verdict(writer: str, reader: str, data: bytes) -> str:
    try:
        reader_for(writer, load_interface(reader))(data)
    except DecodeError:
        return "reject"
    return "accept"


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["name"]))
def test_read_by_another_schema(case: dict[str, Any]) -> None:
    written = {"name": "value", "type": case["schema"]}
    added = {"name": "added", "type": "int", "default": 1}
    assert verdict(wrapped(written), wrapped(added, written), message(case)) == case["expect"]


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["name"]))
def test_skipped_by_another_schema(case: dict[str, Any]) -> None:
    written = {"name": "value", "type": case["schema"]}
    added = {"name": "added", "type": "int", "default": 1}
    expected = "accept" if case["name"] in CONTENT | LOGICAL else case["expect"]
    assert verdict(wrapped(written), wrapped(added), message(case)) == expected
