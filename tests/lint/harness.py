"""Lint runs over the examples of rules: what the command does, without files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.schema import parse_schemas
from avroforge_codegen.rules.check import check
from avroforge_codegen.rules.render import Outcome
from avroforge_codegen.rules.schema_file import SchemaFile, SchemaFolder
from avroforge_codegen.rules.selection import select

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from avroforge_codegen.rules import Example, Finding

ASKS_AFTER = {"IGNORE_UNUSED": ["ORDER_SET"]}
"""Rules that say something only where others have run."""


def files_of(texts: Mapping[str, str], subjects: Iterable[str] = ()) -> list[SchemaFile]:
    folder = SchemaFolder(frozenset(subjects))
    folder.files = [SchemaFile(name, name, schema, folder) for name, schema in parse_schemas(texts).items()]
    return folder.files


def lint(texts: Mapping[str, str], *names: str, subjects: Iterable[str] = ()) -> list[Finding]:
    return check(files_of(texts, subjects), select(names or ["STANDARD", "DOCS"]))


def violations(example: Example, rule: str) -> list[Finding]:
    """What one rule finds in an example."""
    asked = [rule, *ASKS_AFTER.get(rule, [])]
    found = lint(example.files, *asked, subjects=example.subjects.values())
    return [each for each in found if each.diagnostic.code == rule]


def outcome(findings: list[Finding], texts: Mapping[str, str]) -> Outcome:
    return Outcome(findings, {name: name for name in texts}, sorted(texts), {})
