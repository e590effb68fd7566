"""The report as one JSON document: what the JSON renderer prints and the HTML page holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from avroforge_codegen.review.report import Level

if TYPE_CHECKING:
    from avroforge_codegen.review.report import (
        ChangeReport,
        Excerpt,
        Matrix,
        Report,
        Spot,
        SubjectReport,
        TreeRow,
    )

FORMAT: Final = "avroforge-review"
FORMAT_VERSION: Final = 1
SCHEMA_PAGE: Final = "docs/review.schema.json"
_Json = dict[str, Any]


def document_of(report: Report) -> _Json:
    """The document; equal reports give equal documents. Described by ``docs/review.schema.json``."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "title": report.title,
        "against": report.against,
        "base": report.base,
        "verdict": report.verdict.value,
        "counts": {level.value: len(report.of(level)) for level in Level},
        "notes": list(report.notes),
        "subjects": [_subject(each) for each in report.subjects],
        "changes": [_change(each) for each in report.changes],
    }


def _subject(subject: SubjectReport) -> _Json:
    return {
        "name": subject.name,
        "type": subject.type,
        "mode": subject.mode.value,
        "mode_source": subject.mode_source,
        "verdict": subject.verdict.value,
        "reason": subject.reason,
        "backward": subject.backward.value,
        "forward": subject.forward.value,
        "waived": subject.waived,
        "changes": list(subject.fingerprints),
        "versions": [
            {
                "version": each.version,
                "id": each.schema_id,
                "backward": each.backward.value,
                "forward": each.forward.value,
                "demanded": each.demanded,
            }
            for each in subject.versions
        ],
        "matrix": None if subject.matrix is None else _matrix(subject.matrix),
        "tree": None if subject.tree is None else _tree(subject.tree),
    }


def _matrix(matrix: Matrix) -> _Json:
    return {"labels": list(matrix.labels), "reads": [list(row) for row in matrix.cells]}


def _tree(row: TreeRow) -> _Json:
    found: _Json = {"name": row.name, "type": row.type, "status": row.status}
    if row.old_name:
        found["old_name"] = row.old_name
    if row.old_type:
        found["old_type"] = row.old_type
    if row.fingerprints:
        found["changes"] = list(row.fingerprints)
    if row.rows:
        found["rows"] = [_tree(each) for each in row.rows]
    if row.hidden:
        found["hidden"] = row.hidden
    return found


def _change(change: ChangeReport) -> _Json:
    waiver = change.waiver
    return {
        "fingerprint": change.fingerprint,
        "kind": change.kind.id,
        "classes": [each.value for each in change.kind.classes],
        "level": change.level.value,
        "path": change.path,
        "message": change.message,
        "explanation": change.explanation,
        "fix": change.fix,
        "page": change.kind.page,
        "backward": change.backward.value,
        "forward": change.forward.value,
        "old": _side(change.old, change.old_spot, change.old_excerpt),
        "new": _side(change.new, change.new_spot, change.new_excerpt),
        "subjects": list(change.subjects),
        "versions": list(change.versions),
        "waiver": None if waiver is None else {"reason": waiver.reason, "expires": str(waiver.expires)},
    }


def _side(words: str, spot: Spot, lines: Excerpt | None) -> _Json | None:
    if not spot.file:
        return None
    excerpt = None if lines is None else {"first": lines.first, "lines": list(lines.lines)}
    return {
        "words": words,
        "file": spot.file,
        "line": spot.line,
        "column": spot.column,
        "excerpt": excerpt,
    }
