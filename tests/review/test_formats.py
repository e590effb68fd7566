"""Every kind of change in every format, against files that were looked at.

``tests/review/expected/<KIND>.txt`` holds what each renderer says about the case of that kind: whole for
people's formats, the change's own part of documents. ``pytest tests/review --update-golden`` rewrites them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.review.cases import CASES
from tests.review.harness import review

from avroforge_codegen.review.render import FORMATS, render

if TYPE_CHECKING:
    from avroforge_codegen.review.report import Report

EXPECTED = Path(__file__).parent / "expected"


def part(report: Report, kind: str, form: str) -> str:
    """What one format says about one kind."""
    text = render(report, form)
    fingerprints = [change.fingerprint for change in report.changes if change.kind.id == kind]
    match form:
        case "json":
            changes = [each for each in json.loads(text)["changes"] if each["kind"] == kind]
            return json.dumps(changes, indent=1) + "\n"
        case "sarif":
            results = [each for each in json.loads(text)["runs"][0]["results"] if each["ruleId"] == kind]
            return json.dumps(results, indent=1) + "\n"
        case "html":
            cards = [
                re.search(rf'<details class="card change" id="c-{each}".*?</details>', text, re.DOTALL)
                for each in fingerprints
            ]
            return "".join(f"{card[0]}\n" for card in cards if card is not None)
        case _:
            return text


@pytest.mark.parametrize("kind", CASES)
def test_golden(kind: str, request: pytest.FixtureRequest) -> None:
    report = review(CASES[kind])
    shown = "".join(f"==== {form}\n{part(report, kind, form)}" for form in FORMATS)
    file = EXPECTED / f"{kind}.txt"
    if request.config.getoption("--update-golden"):
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8")
    assert all(kind in part(report, kind, form) for form in ("text", "markdown", "html", "json", "sarif"))


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in EXPECTED.glob("*.txt")} == set(CASES)


@pytest.mark.parametrize("form", FORMATS)
def test_equal_reviews_give_equal_bytes(form: str) -> None:
    case = CASES["FIELD_RENAMED_BREAKING"]
    assert render(review(case), form) == render(review(case), form)
