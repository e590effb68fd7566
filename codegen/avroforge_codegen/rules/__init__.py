"""The lint rules as data, and the one function that applies them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.errors import Diagnostic
from avroforge_codegen.rules import documentation, layout, misspelling, python_names, style
from avroforge_codegen.rules.rule import Complaint, Finding, Rule, SchemaFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["RULES", "Complaint", "Finding", "Rule", "SchemaFile", "check"]

RULES: Final = (
    Rule("DOC_TYPE", "every named type says what it is", "error", documentation.undocumented_types),
    Rule("DOC_FIELD", "every field says what it holds", "error", documentation.undocumented_fields),
    Rule("PATH_NAMESPACE", "a file's path is its type's full name", "warning", layout.misplaced_root),
    Rule("FILE_ONE_TYPE", "one named type per file", "warning", layout.further_types),
    Rule("ROOT_UNNAMED", "a file's root can be referred to", "warning", layout.unnamed_root),
    Rule("PYTHON_NAME", "names are usable in Python as they are", "error", python_names.unusable),
    Rule("STYLE_TYPE", "named types are PascalCase", "warning", style.type_names),
    Rule("STYLE_FIELD", "fields are snake_case", "warning", style.field_names),
    Rule("STYLE_SYMBOL", "enum symbols are UPPER_CASE", "warning", style.symbol_names),
    Rule("STYLE_NAMESPACE", "namespaces are there, and lower case", "warning", style.namespaces),
    Rule(
        "LOGICAL_IGNORED",
        "a logical type of the specification has its effect",
        "error",
        misspelling.ignored_logical_types,
    ),
    Rule(
        "LOGICAL_UNKNOWN",
        "logical types are those that every reader knows",
        "warning",
        misspelling.unknown_logical_types,
    ),
    Rule("ATTRIBUTE_TYPO", "attributes are spelled right", "error", misspelling.misspelled_attributes),
)


def check(files: Iterable[SchemaFile], levels: Mapping[str, str]) -> list[Finding]:
    """Apply every rule to every file.

    Args:
        files: parsed files.
        levels: rule code -> ``error``, ``warning`` or ``off``, where it differs from the rule's own.

    Returns:
        The findings in the order of path, line and column.
    """
    findings: list[Finding] = []
    for file in files:
        for rule in RULES:
            level = levels.get(rule.code, rule.level)
            if level == "off":
                continue
            for position, message in rule.check(file):
                diagnostic = Diagnostic(rule.code, message, file.name, position.line, position.column)
                findings.append(Finding("error" if level == "error" else "warning", diagnostic))
    return sorted(
        findings, key=lambda each: (each.diagnostic.path, each.diagnostic.line, each.diagnostic.column)
    )
