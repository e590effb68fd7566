from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from avroforge.errors import SchemaError
from avroforge.evolution import CompatibilityMode, Direction, check_evolution
from avroforge.schema import parse_schema

if TYPE_CHECKING:
    from collections.abc import Mapping


def record(*fields: Mapping[str, object]) -> str:
    return json.dumps({"type": "record", "name": "R", "fields": list(fields)})


A = {"name": "a", "type": "int"}
B = {"name": "b", "type": "int"}
B0 = {"name": "b", "type": "int", "default": 0}
ONLY_A, WITH_B, WITH_B0 = record(A), record(A, B), record(A, B0)


@pytest.mark.parametrize(
    ("mode", "directions", "transitive"),
    [
        ("NONE", "", False),
        ("BACKWARD", "B", False),
        ("BACKWARD_TRANSITIVE", "B", True),
        ("FORWARD", "F", False),
        ("FORWARD_TRANSITIVE", "F", True),
        ("FULL", "BF", False),
        ("FULL_TRANSITIVE", "BF", True),
    ],
)
def test_the_seven_modes(mode: str, directions: str, *, transitive: bool) -> None:
    found = CompatibilityMode(mode)
    assert "".join(each[0] for each in found.directions) == directions
    assert found.transitive is transitive


@pytest.mark.parametrize(
    ("candidate", "history", "allowed"),
    [
        (ONLY_A, [WITH_B], {"NONE", "BACKWARD", "BACKWARD_TRANSITIVE"}),
        (WITH_B, [ONLY_A], {"NONE", "FORWARD", "FORWARD_TRANSITIVE"}),
        (WITH_B0, [ONLY_A], set(CompatibilityMode)),
        (WITH_B, [ONLY_A, WITH_B0], set(CompatibilityMode) - {"BACKWARD_TRANSITIVE", "FULL_TRANSITIVE"}),
        (record(B), [ONLY_A], {"NONE"}),
        (record(B), [], set(CompatibilityMode)),
    ],
)
def test_what_a_mode_allows(candidate: str, history: list[str], allowed: set[str]) -> None:
    found = {mode for mode in CompatibilityMode if check_evolution(candidate, history, mode).compatible}
    assert found == allowed


def test_every_broken_version_is_listed() -> None:
    history = [ONLY_A, WITH_B0, ONLY_A]
    evolution = check_evolution(WITH_B, history, CompatibilityMode.FULL_TRANSITIVE, versions=[1, 4, 7])
    assert len(evolution.verdicts) == 6
    assert [(each.version, each.direction) for each in evolution.broken] == [
        (1, Direction.BACKWARD),
        (7, Direction.BACKWARD),
    ]


def test_parsed_schemas_are_taken_too() -> None:
    schemas = [parse_schema(ONLY_A)]
    assert check_evolution(parse_schema(WITH_B0), schemas, CompatibilityMode.FULL).compatible


def test_a_pair_without_a_verdict_is_not_compatible() -> None:
    candidate = record({"name": "c", "type": "int", "aliases": ["a", "b"]})
    (broken,) = check_evolution(candidate, [WITH_B], CompatibilityMode.BACKWARD).broken
    assert broken.refusal is not None
    assert broken.refusal.code == "ALIAS_AMBIGUOUS"


def test_history_is_parsed_leniently_and_the_candidate_is_not() -> None:
    wrong_default = record({"name": "a", "type": "int", "default": "x"})
    assert check_evolution(ONLY_A, [wrong_default], CompatibilityMode.FULL).compatible
    with pytest.raises(SchemaError):
        check_evolution(wrong_default, [ONLY_A], CompatibilityMode.FULL)


def test_versions_must_match_the_history() -> None:
    with pytest.raises(ValueError, match="zip"):
        check_evolution(ONLY_A, [ONLY_A], CompatibilityMode.BACKWARD, versions=[1, 2])
