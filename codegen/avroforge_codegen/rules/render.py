"""Findings in the formats that people and programs read."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from avroforge.shell.terminal import counted, visible
from avroforge_codegen.rules import RULES
from avroforge_codegen.workflow_command import annotation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from avroforge_codegen.rules import Finding

_SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST_ANNOTATIONS: Final = 50
"""GitHub shows ten of a kind per step; what is far beyond only fills the log."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found.

    Attributes:
        findings: in the order of path, line and column, under the paths that a user can open.
        names: path that a user can open -> path as the settings name it.
        files: the files that were checked, by the paths that a user can open.
        ignored: rule, level or ``*`` -> paths, as the settings have them already.
    """

    findings: Sequence[Finding]
    names: Mapping[str, str]
    files: Sequence[str]
    ignored: Mapping[str, Sequence[str]]


def render(outcome: Outcome, form: str) -> str:
    """The text of an outcome; equal outcomes give equal texts."""
    return ERROR_FORMATS[form](outcome)


def _text(outcome: Outcome) -> str:
    findings = outcome.findings
    lines = [f"{each.diagnostic} ({each.severity})" for each in findings]
    errors = sum(each.severity == "error" for each in findings)
    counts = (
        counted(len(outcome.files), "file"),
        counted(errors, "error"),
        counted(len(findings) - errors, "warning"),
    )
    fixable = sum(bool(each.edits) for each in findings)
    hint = f"; --fix puts {fixable} right" if fixable else ""
    return "\n".join([*lines, f"{', '.join(counts)}{hint}"]) + "\n"


def _json(outcome: Outcome) -> str:
    listed = [
        {
            "code": each.diagnostic.code,
            "severity": each.severity,
            "message": each.diagnostic.message,
            "path": each.diagnostic.path,
            "line": each.diagnostic.line,
            "column": each.diagnostic.column,
            "fixable": bool(each.edits),
        }
        for each in outcome.findings
    ]
    return json.dumps(listed, indent=2) + "\n"


def _github(outcome: Outcome) -> str:
    lines = [
        annotation(each.severity, each.diagnostic.message, _place(each), each.diagnostic.code)
        for each in sorted(outcome.findings, key=lambda each: each.severity)
    ]
    left = len(lines) - _MOST_ANNOTATIONS
    if left > 0:
        lines[_MOST_ANNOTATIONS:] = [f"::warning title=avroforge::{left} more findings, see `avroforge lint`"]
    return "".join(f"{line}\n" for line in lines)


def _place(finding: Finding) -> tuple[str, int, int]:
    return finding.diagnostic.path, finding.diagnostic.line, finding.diagnostic.column


def _junit(outcome: Outcome) -> str:
    found = {path: list(each) for path, each in groupby(outcome.findings, lambda each: each.diagnostic.path)}
    total = sum(len(found.get(path, [])) or 1 for path in {*outcome.files, *found})
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="avroforge lint" tests="{total}" failures="{len(outcome.findings)}">',
    ]
    for path in sorted({*outcome.files, *found}):
        here = found.get(path, [])
        name = f'name="{_xml(path)}"'
        lines.append(f'  <testsuite {name} tests="{len(here) or 1}" failures="{len(here)}">')
        lines += [_junit_case(each) for each in here]
        if not here:
            lines.append(f'    <testcase classname="{_xml(path)}" name="lint"/>')
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _junit_case(finding: Finding) -> str:
    said = finding.diagnostic
    case = f'<testcase classname="{_xml(said.path)}" name="{said.code} {said.line}:{said.column}">'
    failure = f'<failure type="{finding.severity}" message="{_xml(said.message)}">{_xml(str(said))}</failure>'
    return f"    {case}{failure}</testcase>"


def _xml(text: str) -> str:
    """Text of an XML document: most control characters have no place in one, not even as references."""
    return html.escape(visible(text).replace("\n", " "))


def _sarif(outcome: Outcome) -> str:
    codes = list(dict.fromkeys(each.diagnostic.code for each in outcome.findings))
    rules = [_sarif_rule(code) for code in codes]
    run = {
        "tool": {"driver": {"name": "avroforge", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(each, codes) for each in outcome.findings],
    }
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _sarif_rule(code: str) -> dict[str, Any]:
    rule = RULES.get(code)
    if rule is None:
        # what the specification forbids is no matter of rules
        return {"id": code, "shortDescription": {"text": "the Avro specification forbids it"}}
    return {
        "id": code,
        "shortDescription": {"text": rule.what},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"wrong: {rule.wrong.shown}\nright: {rule.right.shown}"},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"tags": [rule.level.value]},
    }


def _sarif_result(finding: Finding, codes: Sequence[str]) -> dict[str, Any]:
    said = finding.diagnostic
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(PurePosixPath(said.path).as_posix())}}
    if said.line:
        place["region"] = {"startLine": said.line, "startColumn": max(said.column, 1)}
    return {
        "ruleId": said.code,
        "ruleIndex": codes.index(said.code),
        "level": finding.severity,
        "message": {"text": visible(said.message)},
        "locations": [{"physicalLocation": place}],
    }


def _config_ignore(outcome: Outcome) -> str:
    paths: dict[str, set[str]] = {rule: set(listed) for rule, listed in outcome.ignored.items()}
    for each in outcome.findings:
        if each.diagnostic.code in RULES:
            path = each.diagnostic.path
            paths.setdefault(each.diagnostic.code, set()).add(outcome.names.get(path, path))
    lines = ["# in avroforge.toml, instead of the section there", "[lint.ignore]"]
    for rule in (*(each for each in paths if each not in RULES), *(each for each in RULES if each in paths)):
        key = rule if rule.isidentifier() else json.dumps(rule)
        lines += [f"{key} = [", *(f"    {json.dumps(path)}," for path in sorted(paths[rule])), "]"]
    return "\n".join([*lines, ""])


ERROR_FORMATS: Final[Mapping[str, Callable[[Outcome], str]]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "junit": _junit,
    "sarif": _sarif,
    "config-ignore": _config_ignore,
}
