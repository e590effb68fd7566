"""Linting schemas that are drawn, and written down in any way: places, fixes, exceptions."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lint.harness import files_of
from tests.property.spelling import spelled
from tests.property.strategies import schemas

from avroforge_codegen.rules import RULES, Finding
from avroforge_codegen.rules.check import check
from avroforge_codegen.rules.fixing import changes_of, fixed_texts, meaning
from avroforge_codegen.rules.selection import select

EVERYTHING = select(["STRICT"])
PROFILE = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])


def lint(text: str) -> list[Finding]:
    return check(files_of({"a.avsc": text}), EVERYTHING)


@PROFILE
@given(st.data())
def test_fixes_end_and_keep_the_meaning(data: st.DataObject) -> None:
    text = data.draw(spelled(json.loads(data.draw(schemas()))))
    before, allowed = files_of({"a.avsc": text})[0].schema, set[str]()
    findings = lint(text)
    while changed := fixed_texts({"a.avsc": text}, findings):
        allowed |= changes_of(findings)
        text = changed["a.avsc"]
        findings = lint(text)
    assert meaning(before, allowed) == meaning(files_of({"a.avsc": text})[0].schema, allowed)


@PROFILE
@given(st.data())
def test_an_exception_on_the_root_excepts_everything_and_changes_nothing(data: st.DataObject) -> None:
    root = json.loads(data.draw(schemas()))
    if not isinstance(root, dict):
        return
    text = data.draw(spelled(root))
    excepted = data.draw(spelled({**root, "x-lint-ignore": list(RULES)}))
    assert files_of({"a.avsc": excepted})[0].schema.key == files_of({"a.avsc": text})[0].schema.key
    found = {each.diagnostic.code for each in lint(excepted)}
    # the exception itself has a rule, which it may not except
    assert found <= {"IGNORE_UNUSED"}
