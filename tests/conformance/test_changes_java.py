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
REFUSED = {
    # pairs that are no schemas, to Java as to us: in the table they are errors, not verdicts
    "compat_java_probes.jsonl": {
        "enum_default_invalid_symbol": "ENUM_DEFAULT",
        "enum_default_invalid_symbol_noextra": "ENUM_DEFAULT",
        "new_field_bad_default_type": "DEFAULT_INVALID",
        "default_long_overflow": "DEFAULT_INVALID",
        "default_float_for_long": "DEFAULT_INVALID",
        "type_wrapped": "TYPE_UNKNOWN",
    }
}
FILES = ["compat_java_tables.jsonl", "compat_java_probes.jsonl", "compat_java_fuzz.jsonl.gz"]


def _refused(name: str) -> dict[str, int]:
    return {f"{row}: {code}": 1 for row, code in REFUSED.get(name, {}).items()}


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
        except SchemaError as error:
            seen[f"{row['name']}: {error.code}"] += 1
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
    assert seen == {"reviewed": len(rows(name)) - len(REFUSED.get(name, {})), **_refused(name)}
