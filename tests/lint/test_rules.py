"""Every rule finds its example of wrong, in every format, and nothing in its example of right.

``tests/lint/expected/<RULE>.txt`` holds what each format says, and the texts that ``--fix`` makes;
``pytest tests/lint --update-golden`` rewrites them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.lint.harness import lint, outcome, violations

from avroforge.schema import parse_schemas
from avroforge_codegen.rules import RULES, Level
from avroforge_codegen.rules.fixing import fixed_texts, meaning
from avroforge_codegen.rules.render import ERROR_FORMATS, render

if TYPE_CHECKING:
    from avroforge_codegen.rules import Rule

EXPECTED = Path(__file__).parent / "expected"
BY_ID = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
FIXABLE = [rule for rule in RULES.values() if rule.fix]


@BY_ID
def test_golden(rule: Rule, request: pytest.FixtureRequest) -> None:
    findings = violations(rule.wrong, rule.id)
    said = outcome(findings, rule.wrong.files)
    shown = "".join(f"==== {form}\n{render(said, form)}" for form in ERROR_FORMATS)
    for name, text in fixed_texts(rule.wrong.files, findings).items():
        shown += f"==== fixed {name}\n{text}"
    file = EXPECTED / f"{rule.id}.txt"
    if request.config.getoption("--update-golden"):
        file.write_text(shown, encoding="utf-8")
    assert findings
    assert all(rule.id in render(said, form) for form in ERROR_FORMATS)
    assert shown == file.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in EXPECTED.glob("*.txt")} == set(RULES)


@BY_ID
def test_right_is_right(rule: Rule) -> None:
    assert violations(rule.right, rule.id) == []


@BY_ID
def test_findings_stand_at_a_place_of_the_text(rule: Rule) -> None:
    for each in violations(rule.wrong, rule.id):
        line = rule.wrong.files[each.diagnostic.path].split("\n")[each.diagnostic.line - 1]
        assert line[each.diagnostic.column - 1] in '{["-0123456789n'


@BY_ID
def test_rules_are_complete(rule: Rule) -> None:
    assert "\n" not in rule.what + rule.why
    assert rule.what[0].islower() or rule.what[0] == "`"
    assert rule.why.endswith(".")
    assert (rule.fix is not None) == any(each.edits for each in violations(rule.wrong, rule.id))


@pytest.mark.parametrize("rule", FIXABLE, ids=lambda rule: rule.id)
def test_a_fix_leaves_nothing_to_find_and_the_meaning_as_it_was(rule: Rule) -> None:
    fixed = {**rule.wrong.files, **fixed_texts(rule.wrong.files, violations(rule.wrong, rule.id))}
    asked = [rule.id, "ORDER_SET"] if rule.id == "IGNORE_UNUSED" else [rule.id]
    assert lint(fixed, *asked, subjects=rule.wrong.subjects.values()) == []
    before, after = parse_schemas(rule.wrong.files), parse_schemas(fixed)
    but = set() if rule.fix_changes == "nothing" else {rule.fix_changes}
    for name in before:
        assert meaning(before[name], but) == meaning(after[name], but)
        assert (before[name].key == after[name].key) == (rule.fix_changes == "nothing")


def test_levels_build_on_each_other() -> None:
    assert len(RULES) >= 45
    assert Level.MINIMAL.includes < Level.BASIC.includes < Level.STANDARD.includes < Level.STRICT.includes
    assert Level.DOCS.includes == {Level.DOCS}
    assert Level.STRICT.includes == set(Level)
