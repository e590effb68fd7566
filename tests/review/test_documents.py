"""Documents for programs: each report fits its schema, and says what the report says."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.review.cases import CASES
from tests.review.harness import review

from avroforge.evolution.changes import ChangeClass, Outcome
from avroforge_codegen.review.render import render
from avroforge_codegen.review.report import Level, Verdict

ROOT = Path(__file__).parents[2]
CARGO = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
SARIF_SCHEMAS = sorted(CARGO.glob("registry/src/*/serde-sarif-*/src/schema.json"))


@cache
def own_schema() -> Any:  # noqa: ANN401 - JSON
    return json.loads((ROOT / "docs/review.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", CASES)
def test_json_fits_the_published_schema(kind: str) -> None:
    document = json.loads(render(review(CASES[kind]), "json"))
    jsonschema.Draft202012Validator(own_schema()).validate(document)


def test_the_published_schema_knows_every_word() -> None:
    schema = own_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    known = schema["$defs"]
    assert known["verdict"]["enum"] == [each.value for each in Verdict]
    assert set(known["level"]["enum"]) == {each.value for each in Level}
    assert known["outcome"]["enum"] == [each.value for each in Outcome]
    classes = known["change"]["properties"]["classes"]["items"]["enum"]
    assert classes == [each.value for each in ChangeClass]


@pytest.mark.skipif(
    not SARIF_SCHEMAS, reason="the schema of SARIF comes with: cargo fetch of serde-sarif 0.8"
)
@pytest.mark.parametrize("kind", CASES)
def test_sarif_fits_its_schema(kind: str) -> None:
    schema = json.loads(SARIF_SCHEMAS[-1].read_text(encoding="utf-8"))
    document = json.loads(render(review(CASES[kind]), "sarif"))
    jsonschema.validators.validator_for(schema)(schema).validate(document)


@pytest.mark.parametrize("kind", CASES)
def test_sarif_results_point_to_their_rules_and_to_real_places(kind: str) -> None:
    run = json.loads(render(review(CASES[kind]), "sarif"))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"]
        assert place.get("region", {"startLine": 1})["startLine"] >= 1


def test_github_says_errors_warnings_and_notices_with_the_kind_as_title() -> None:
    lines = render(review(CASES["FIELD_RENAMED_BREAKING"]), "github").splitlines()
    assert lines[0].startswith("::error file=schemas/shop/Order.avsc,line=")
    assert ",title=FIELD_RENAMED_BREAKING::field 'qty' of shop.Order" in lines[0]
    assert lines[-1] == "1 schema against old: breaking"
