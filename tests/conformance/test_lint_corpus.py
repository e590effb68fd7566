"""Every rule over every schema of the corpus: findings stand in the text, fixes end and keep the meaning."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from tests.lint.harness import files_of

from avroforge.errors import SchemaError
from avroforge_codegen.rules import RULES, Finding
from avroforge_codegen.rules.check import check
from avroforge_codegen.rules.fixing import changes_of, fixed_texts, meaning
from avroforge_codegen.rules.selection import select

SHARED = Path(os.environ.get("AVROFORGE_SHARED", Path(__file__).parents[3] / "shared"))
CORPUS = SHARED / "corpus"
EVERYTHING = select(["STRICT"])

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not CORPUS.exists(), reason=f"no corpus under {SHARED}; set AVROFORGE_SHARED"),
]


def lint(text: str) -> list[Finding]:
    return check(files_of({"a.avsc": text}), EVERYTHING)


def test_findings_stand_in_the_text_and_fixes_keep_the_meaning() -> None:
    seen: Counter[str] = Counter()
    fixed = 0
    for path in sorted(CORPUS.glob("*/*.avsc")):
        try:
            text = path.read_bytes().decode()
            findings = lint(text)
        except (SchemaError, UnicodeDecodeError):
            continue  # counted in test_schema_java
        seen.update(each.diagnostic.code for each in findings)
        lines = text.split("\n")
        for each in findings:
            assert lines[each.diagnostic.line - 1][each.diagnostic.column - 1 :], (path.name, each)
        before, allowed = files_of({"a.avsc": text})[0].schema, set[str]()
        while changed := fixed_texts({"a.avsc": text}, findings):
            assert changed["a.avsc"] != text
            fixed += 1
            allowed |= changes_of(findings)
            text = changed["a.avsc"]
            findings = lint(text)
        after = files_of({"a.avsc": text})[0].schema
        assert meaning(before, allowed) == meaning(after, allowed), path.name
        assert allowed or before.key == after.key, path.name
    assert set(seen) <= set(RULES)
    # what nobody in the corpus does is held by the rules' own examples
    assert len(seen) > 40
    assert fixed > 50
