"""The report as plain text, for terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.shell.terminal import counted, visible
from avroforge_codegen.review.report import Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge_codegen.review.report import ChangeReport, Report, SubjectReport

_HEADS = {
    Level.BREAKING: "breaking",
    Level.RISK: "semantic risk",
    Level.GOVERNANCE: "what is checked",
    Level.WAIVED: "waived",
    Level.NOTE: "also changed",
}


def render_text(report: Report) -> str:
    """Everything, the worst first."""
    return "\n".join(map(_plain, _lines(report))) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"{report.title}: {report.label}"
    yield from (f"note: {note}" for note in report.notes)
    yield ""
    unchanged = 0
    for subject in report.subjects:
        if subject.verdict is Verdict.COMPATIBLE and not subject.fingerprints:
            unchanged += 1
        else:
            yield from _subject(subject)
    if unchanged:
        yield f"{counted(unchanged, 'schema')} unchanged"
    for level in Level:
        changes = report.of(level)
        if changes:
            yield ""
            yield f"{_HEADS[level]}:"
            for change in changes:
                yield from _change(change)
    yield ""
    yield summary(report)


def _plain(line: str) -> str:
    """One line, with nothing in it that a terminal or the log of a workflow run would obey."""
    shown = visible(" ".join(line.split("\n")))
    return f"./{shown}" if shown.startswith("::") else shown


def _subject(subject: SubjectReport) -> Iterator[str]:
    waived = f", {subject.waived} waived" if subject.waived else ""
    yield f"{subject.name}: {subject.label} ({subject.mode} by {subject.mode_source}{waived})"
    broken = [each for each in subject.versions if "fails" in {each.backward, each.forward}]
    for each in broken:
        counts = "" if each.demanded else ", which the mode does not count"
        yield (
            f"  version {each.version} (id {each.schema_id}): its data {each.backward} in the new schema, "
            f"new data {each.forward} in it{counts}"
        )


def _change(change: ChangeReport) -> Iterator[str]:
    yield f"{change.spot}: {change.kind.id} {change.message}"
    yield f"    {change.explanation}"
    if change.is_about_data:
        yield f"    new reads old: {change.backward}; old reads new: {change.forward}"
    if change.old_spot.file and str(change.old_spot) != str(change.spot):
        yield f"    before: {change.old_spot}"
    if change.versions:
        yield f"    breaks: {', '.join(change.versions)}"
    if change.fix:
        yield f"    fix: {change.fix}"
    if change.waiver is not None:
        yield f"    waived until {change.waiver.expires}: {change.waiver.reason}"
    yield f"    fingerprint {change.fingerprint}"


def render_findings(report: Report) -> str:
    """What closes the gate, one line each, and the count."""
    lines = [f"note: {note}" for note in report.notes]
    unchecked = [each for each in report.subjects if each.verdict is Verdict.NOT_CHECKED]
    lines.extend(f"{subject.name}: {subject.label}" for subject in unchecked)
    for change in report.findings:
        fix = f"; {change.fix}" if change.fix else ""
        versions = f" (breaks {', '.join(change.versions)})" if change.versions else ""
        line = f"{change.spot}: {change.kind.id} {change.message}{versions}; {change.explanation}{fix}"
        lines.append(f"{line} [{change.fingerprint}]")
    lines.append(summary(report))
    return "\n".join(map(_plain, lines)) + "\n"


def counts(report: Report) -> str:
    """How many changes of which weight."""
    words = {
        Level.BREAKING: ("breaking change", "breaking changes"),
        Level.RISK: ("risk", "risks"),
        Level.GOVERNANCE: ("governance finding", "governance findings"),
        Level.WAIVED: ("waived", "waived"),
    }
    numbers = {level: len(report.of(level)) for level in words}
    parts = [f"{number} {words[level][number != 1]}" for level, number in numbers.items() if number]
    return ", ".join(parts) or "nothing breaks"


def summary(report: Report) -> str:
    """The last line: counts and the verdict."""
    return f"{counts(report)}: {report.verdict}"
