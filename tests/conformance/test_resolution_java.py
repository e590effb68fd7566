"""What Apache Java reads of another schema's bytes, and what the specification says where Java departs."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.codec.harness import ARRAYS

from avroforge.codec import walk_resolve
from avroforge.codec.binding import schema_of
from avroforge.codec.bound import Sides
from avroforge.codec.plan_shape import PlanShapes
from avroforge.codec.resolve_program import compile_plan
from avroforge.errors import DecodeError, ResolutionError
from avroforge.evolution.plan import Same
from avroforge.evolution.resolution import resolve_schemas
from avroforge.record import values_equal
from avroforge.schema import parse_schema
from avroforge.wire.limits import Budget
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from avroforge.interface import AvroInterfaceBase

SHARED = Path(os.environ.get("AVROFORGE_SHARED", Path(__file__).parents[3] / "shared"))
ORACLE = SHARED / "conformance" / "resolution_java.jsonl.gz"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not ORACLE.exists(), reason=f"no oracle file {ORACLE}; set AVROFORGE_SHARED"),
]


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(ORACLE.read_bytes()).decode().split("\n") if line]


def interface(row: dict[str, Any], arrays: str = "list") -> type[AvroInterfaceBase[Any]]:
    return load_interface(json.dumps(row["reader"]), arrays=arrays, logical_types="raw")  # type: ignore[arg-type]  # the two words


def outcome(row: dict[str, Any], arrays: str) -> str:
    """What we make of a row, in the words of the file: the bytes in the reader's schema, or an error."""
    codec = interface(row, arrays)()
    try:
        value = codec.decode(bytes.fromhex(row["hex"]), writer_schema=json.dumps(row["writer"]))
    except (DecodeError, ResolutionError):
        return "error"
    return codec.encode(value).hex()


@pytest.mark.parametrize("arrays", ARRAYS)
def test_values(arrays: str) -> None:
    counts: Counter[str] = Counter()
    different = []
    for row in rows():
        expected = row.get("spec", row["java"])
        ours = outcome(row, arrays)
        incompatible = row["checker"].startswith("incompatible")
        if ours == expected:
            counts["equal"] += 1
        elif ours == "error" and expected.startswith("error"):
            counts["both refuse"] += 1
        elif ours == "error" and "invalid_utf8" in row["tags"]:
            counts["invalid UTF-8"] += 1
        elif ours == "error" and incompatible:
            counts["refused, incompatible"] += 1
        else:
            different.append((row["id"], ours, expected))
    assert different == []
    assert counts == {"equal": 1294, "both refuse": 192, "invalid UTF-8": 14}


def test_the_compiled_reader_reads_every_valid_row_and_agrees_with_the_walk() -> None:
    compiled_rows = 0
    for row in rows():
        target = interface(row)
        writer = parse_schema(json.dumps(row["writer"]), lenient=True)
        sides = Sides(writer, target)
        try:
            plan = resolve_schemas(writer, schema_of(target), typed=False)
        except ResolutionError:
            continue
        shapes = PlanShapes(plan, sides)
        data = bytes.fromhex(row["hex"])
        try:
            expected = walk_resolve.decode(data, plan, sides, shapes)
        except DecodeError:
            continue
        if isinstance(plan, Same):
            continue
        value, end = compile_plan(plan, sides, shapes)(data, 0, Budget())
        assert end == len(data), row["id"]
        assert values_equal(value, expected), row["id"]
        compiled_rows += 1
    assert compiled_rows > 1100
