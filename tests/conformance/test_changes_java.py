"""Every finding of Apache's checker, on its own tables, probes and random evolutions, belongs to a change."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from tests.conformance.test_compat_java import CONFORMANCE, rows

from avroforge.errors import SchemaError
from avroforge.evolution import Direction
from avroforge.evolution.changes import Change, Differ, Outcome, judge
from avroforge.schema import parse_schema

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not (CONFORMANCE / "compat_java_tables.jsonl").exists(),
        reason=f"no oracle files under {CONFORMANCE}; set AVROFORGE_SHARED",
    ),
]
FILES = ["compat_java_tables.jsonl", "compat_java_probes.jsonl", "compat_java_fuzz.jsonl.gz"]


def reviewed(old: str, new: str) -> tuple[dict[Direction, Outcome], list[Change]]:
    before, after = parse_schema(old), parse_schema(new)
    changes = Differ([before.type, after.type]).compare(before.type, after.type).all_changes()
    outcomes = {direction: judge(before, after, changes, direction).outcome for direction in Direction}
    return outcomes, changes


@pytest.mark.parametrize("name", FILES)
def test_every_refusal_has_a_change_that_is_expected_to_fail(name: str) -> None:
    seen: Counter[str] = Counter()
    wrong: list[tuple[object, str]] = []
    for row in rows(name):
        try:
            outcomes, changes = reviewed(json.dumps(row["writer"]), json.dumps(row["reader"]))
        except SchemaError:
            seen["invalid"] += 1
            continue
        seen["reviewed"] += 1
        verdict = row.get("java_checker") or ("compatible" if row["compatible"] else "incompatible")
        if (outcomes[Direction.BACKWARD] is Outcome.FAILS) != (verdict != "compatible"):
            wrong.append((row, f"{outcomes}"))
        for change in changes:
            expected = {Direction.BACKWARD: change.kind.backward, Direction.FORWARD: change.kind.forward}
            surprises = [
                direction
                for direction in Direction
                if change.outcome(direction) is Outcome.FAILS and expected[direction] is not Outcome.FAILS
            ]
            if surprises or change.kind.id.startswith("TYPE_UNREADABLE"):
                wrong.append((row, change.kind.id))
    assert wrong == []
    assert seen["reviewed"] > 100
