"""The report for programs: JSON, SARIF, and annotations of GitHub's workflow runs."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from avroforge.evolution.changes import CATALOGUE
from avroforge.shell.terminal import visible
from avroforge_codegen.review.document import document_of
from avroforge_codegen.review.report import Level
from avroforge_codegen.workflow_command import annotation, command_data

if TYPE_CHECKING:
    from avroforge.evolution.changes import ChangeKind
    from avroforge_codegen.review.report import ChangeReport, Report, Spot

_SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_LEVELS: Final = {
    Level.BREAKING: "error",
    Level.RISK: "warning",
    Level.GOVERNANCE: "warning",
    Level.NOTE: "note",
    Level.WAIVED: "note",
}
_GITHUB_LEVELS: Final = {
    Level.BREAKING: "error",
    Level.RISK: "warning",
    Level.GOVERNANCE: "warning",
    Level.WAIVED: "notice",
}
_WORDS: Final = {"type": "TYPE", "name": "NAME", "old": "OLD", "new": "NEW"}
_MOST_ANNOTATIONS: Final = 50
"""GitHub shows ten of a kind per step; what is far beyond only fills the log."""


def render_json(report: Report) -> str:
    """One JSON document; ``docs/review.schema.json`` describes it."""
    return json.dumps(document_of(report), indent=2) + "\n"


def render_sarif(report: Report) -> str:
    """SARIF 2.1.0: one run, a rule per kind of change that occurs, a result per change."""
    kinds = {change.kind.id: change.kind for change in report.changes}
    rules = [_rule(kind) for kind in CATALOGUE.values() if kind.id in kinds]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "avroforge", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "properties": {"title": report.title, "verdict": report.verdict.value, "base": report.base},
        "results": [_result(change, index[change.kind.id]) for change in report.changes],
    }
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(kind: ChangeKind) -> dict[str, Any]:
    return {
        "id": kind.id,
        "shortDescription": {"text": kind.id.replace("_", " ").lower()},
        "fullDescription": {"text": kind.explanation.format_map(_WORDS)},
        "help": {"text": kind.fix.format_map(_WORDS) or "nothing is to be done"},
        "properties": {"tags": [each.value for each in kind.classes]},
    }


def _result(change: ChangeReport, rule: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": change.kind.id,
        "ruleIndex": rule,
        "level": _SARIF_LEVELS[change.level],
        "message": {"text": visible(_sentence(change))},
        "locations": [{"physicalLocation": _place(change.spot)}],
        "partialFingerprints": {"avroforge/v1": change.fingerprint},
        "properties": {
            "backward": change.backward.value,
            "forward": change.forward.value,
            "subjects": list(change.subjects),
            "versions": list(change.versions),
        },
    }
    if change.old_spot.file and change.new_spot.file:
        place = _place(change.old_spot)
        found["relatedLocations"] = [{"physicalLocation": place, "message": {"text": "before"}}]
    if change.waiver is not None:
        reason = f"{change.waiver.reason} (until {change.waiver.expires})"
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return found


def _place(spot: Spot) -> dict[str, Any]:
    path = PurePosixPath(spot.file or "avroforge.toml").as_posix()
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(path)}}
    if spot.line:
        place["region"] = {"startLine": spot.line, "startColumn": max(spot.column, 1)}
    return place


def _sentence(change: ChangeReport) -> str:
    parts = [change.message, change.explanation]
    if change.versions:
        parts.append(f"breaks {', '.join(change.versions)}")
    if change.fix:
        parts.append(f"fix: {change.fix}")
    return "; ".join(parts)


def render_github(report: Report) -> str:
    """Workflow commands, one line each: errors, warnings, and notices for what is waived."""
    lines = [_annotation(change) for level in _GITHUB_LEVELS for change in report.of(level)]
    left = len(lines) - _MOST_ANNOTATIONS
    if left > 0:
        lines[_MOST_ANNOTATIONS:] = [f"::warning title=avroforge::{left} more findings are in the report"]
    lines.append(f"{command_data(report.title)}: {report.label}")
    return "\n".join(lines) + "\n"


def _annotation(change: ChangeReport) -> str:
    spot = change.spot
    message = f"{_sentence(change)} [{change.fingerprint}]"
    place = (spot.file, spot.line, spot.column)
    return annotation(_GITHUB_LEVELS[change.level], message, place, change.kind.id)
