"""The page of the rules is fresh, and documents for programs fit their schemas."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from tests.lint.harness import outcome, violations
from tests.review.test_documents import SARIF_SCHEMAS

from avroforge.errors import Diagnostic
from avroforge_codegen.cli import run
from avroforge_codegen.rules import RULES, Finding
from avroforge_codegen.rules.page import rules_page
from avroforge_codegen.rules.render import render

if TYPE_CHECKING:
    from avroforge_codegen.rules import Rule

PAGE = Path(__file__).parents[2] / "docs/lint.md"
BY_ID = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
HOSTILE = Finding(
    "error", Diagnostic("DOC_FIELD", 'a\x00\x1b[31m<b>"&\n::error::\u202e%0A]]>', 'x\n,:"<&.avsc', 1, 2)
)


def shown(rule: Rule, form: str) -> str:
    return render(outcome(violations(rule.wrong, rule.id), rule.wrong.files), form)


def test_the_page_of_rules(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        PAGE.write_text(rules_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == rules_page()
    assert re.findall(r"^## (\w+)$", rules_page(), re.MULTILINE) == list(RULES)


def test_the_list_names_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "--list"]) == 0
    assert [line[2:].split()[0] for line in capsys.readouterr().out.splitlines()] == list(RULES)


@BY_ID
def test_every_rule_explains_itself(rule: Rule, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "--explain", rule.id.lower()]) == 0
    out = capsys.readouterr().out
    assert rule.why in out
    assert rule.wrong.shown in out


@pytest.mark.skipif(
    not SARIF_SCHEMAS, reason="the schema of SARIF comes with: cargo fetch of serde-sarif 0.8"
)
@BY_ID
def test_sarif_fits_its_schema(rule: Rule) -> None:
    schema = json.loads(SARIF_SCHEMAS[-1].read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(json.loads(shown(rule, "sarif")))


@BY_ID
def test_the_printed_exceptions_except_what_was_found(rule: Rule) -> None:
    ignore = tomllib.loads(shown(rule, "config-ignore"))["lint"]["ignore"]
    assert ignore == {rule.id: sorted({each.diagnostic.path for each in violations(rule.wrong, rule.id)})}


def test_hostile_texts_stay_inside_their_documents() -> None:
    said = outcome([HOSTILE], {})
    case = ET.fromstring(render(said, "junit"))[0][0]  # noqa: S314 - our own text
    assert case.find("failure") is not None
    (line,) = render(said, "github").splitlines()
    assert line.startswith("::error file=x%0A%2C%3A")
    assert json.loads(render(said, "json"))[0]["message"] == HOSTILE.diagnostic.message
    (result,) = json.loads(render(said, "sarif"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "x%0A%2C%3A%22%3C%26.avsc"
    assert tomllib.loads(render(said, "config-ignore"))["lint"]["ignore"] == {"DOC_FIELD": ['x\n,:"<&.avsc']}


def test_many_findings_do_not_fill_the_log_of_a_workflow() -> None:
    many = [Finding("warning", Diagnostic("DOC_FIELD", "x", "a.avsc", line, 1)) for line in range(1, 70)]
    lines = render(outcome(many, {}), "github").splitlines()
    assert len(lines) == 51
    assert lines[-1] == "::warning title=avroforge::19 more findings, see `avroforge lint`"
