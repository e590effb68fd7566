"""Apply rules to files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.errors import Diagnostic
from avroforge_codegen.rules.ignore import ignored
from avroforge_codegen.rules.rule import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avroforge_codegen.rules.schema_file import SchemaFile
    from avroforge_codegen.rules.selection import Selection


def check(files: Iterable[SchemaFile], selection: Selection) -> list[Finding]:
    """Every violation that neither the settings nor the text itself excepts.

    Returns:
        The findings in the order of path, line and column.
    """
    findings: list[Finding] = []
    for file in files:
        for rule in selection.rules:
            if selection.spares(rule, file.name):
                continue
            ignores = [each for each in file.ignores if rule.id in (each.rules or ())]
            for position, message, edits in rule.check(file):
                if ignores and ignored(ignores, rule.id, file.offset(position)):
                    continue
                diagnostic = Diagnostic(rule.id, message, file.name, position.line, position.column)
                findings.append(Finding(selection.weight(rule), diagnostic, edits))
            file.ran.add(rule.id)
    return sorted(findings, key=lambda each: _place(each.diagnostic))


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    return diagnostic.path, diagnostic.line, diagnostic.column, diagnostic.code
