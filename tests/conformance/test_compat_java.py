"""Verdicts of Apache Java 1.12.1: its own tables, probes of corners, and random evolutions."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from avroforge.errors import SchemaError
from avroforge.evolution import check_compatibility

SHARED = Path(os.environ.get("AVROFORGE_SHARED", Path(__file__).parents[3] / "shared"))
CONFORMANCE = SHARED / "conformance"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not (CONFORMANCE / "compat_java_tables.jsonl").exists(),
        reason=f"no oracle files under {CONFORMANCE}; set AVROFORGE_SHARED",
    ),
]


def rows(name: str) -> list[dict[str, Any]]:
    data = (CONFORMANCE / name).read_bytes()
    text = gzip.decompress(data).decode() if name.endswith(".gz") else data.decode()
    return [json.loads(line) for line in text.split("\n") if line]


def judge(row: dict[str, Any]) -> tuple[str, list[str]]:
    """Our verdict and reasons in the words of the oracle files."""
    try:
        result = check_compatibility(json.dumps(row["reader"]), json.dumps(row["writer"]))
    except SchemaError:
        return "error", []
    reasons = [f"{each.kind} | {each.pointer} | {each.message}" for each in result.incompatibilities]
    return "compatible" if result.compatible else "incompatible", reasons


def test_apaches_tables() -> None:
    different = []
    table = rows("compat_java_tables.jsonl")
    for row in table:
        result = check_compatibility(json.dumps(row["reader"]), json.dumps(row["writer"]))
        found = result.incompatibilities
        ours = (result.compatible, [each.message for each in found], [each.pointer for each in found])
        if ours != (row["compatible"], row["messages"], row["locations"]):
            different.append((row, ours))
    assert different == []
    assert len(table) == 132


@pytest.mark.parametrize(
    ("name", "count"), [("compat_java_probes.jsonl", 155), ("compat_java_fuzz.jsonl.gz", 4000)]
)
def test_verdicts_and_reasons(name: str, count: int) -> None:
    verdicts, reasons = [], []
    table = rows(name)
    for row in table:
        verdict, found = judge(row)
        expected = row["java_checker"].partition(":")[0]
        if verdict != expected:
            verdicts.append((row.get("name"), verdict, row))
        elif found != row["java_incompatibilities"]:
            reasons.append((found, row))
    assert verdicts == []
    assert reasons == []
    assert len(table) == count
