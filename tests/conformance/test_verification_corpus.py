"""Verify every valid corpus schema: no defect of ours, and the listed silences of the reference."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from avroforge import SchemaError
from avroforge.schema import parse_schemas
from avroforge_codegen import generate
from avroforge_codegen.verification import verify_package
from avroforge_codegen.verification.limit import LIMITS

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("AVROFORGE_SHARED", HERE.parents[2] / "shared"))
CORPUS = SHARED / "corpus"
LISTED = HERE / "verification_silences.json"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not CORPUS.exists(), reason=f"no corpus {CORPUS}; set AVROFORGE_SHARED"),
]


def test_no_mismatch_and_only_the_listed_silences() -> None:
    listed = json.loads(LISTED.read_text(encoding="utf-8"))
    silences: dict[str, list[str]] = {}
    mismatches: list[str] = []
    unverified: set[str] = set()
    verified = 0
    for path in sorted([*CORPUS.glob("valid/*.avsc"), *CORPUS.glob("probes/*.avsc")]):
        name = path.relative_to(CORPUS).as_posix()
        sources = {name: path.read_text(encoding="utf-8")}
        try:
            report = verify_package(generate(sources, package="p"), parse_schemas(sources))
        except SchemaError:
            continue  # test_bytes_java holds which, and why
        verified += 1
        mismatches += map(str, report.mismatches)
        unverified |= {f"{name} {each.name}" for each in report.unverified}
        if report.silences:
            silences[name] = sorted({each.unsaid.limit.name for each in report.silences})
    assert mismatches == []
    assert silences == listed["schemas"]
    assert sorted(unverified) == listed["unverified"]
    assert verified >= 1039


def test_every_reason_is_in_the_table() -> None:
    listed = json.loads(LISTED.read_text(encoding="utf-8"))
    known = {limit.name: f"it {limit.reason}" for limit in LIMITS}
    assert listed["reasons"].items() <= known.items()
    assert {name for names in listed["schemas"].values() for name in names} == set(listed["reasons"])
