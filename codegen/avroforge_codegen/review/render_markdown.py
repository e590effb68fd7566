"""The report as Markdown for a pull-request comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from avroforge.shell.terminal import counted, visible
from avroforge_codegen.review.report import Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge_codegen.review.report import ChangeReport, Excerpt, Report, SubjectReport

TAG: Final = "<!-- avroforge-review -->"
"""Hidden first line by which the comment of an earlier run is found and replaced."""
MOST_CHARACTERS: Final = 60_000
"""GitHub takes comments of 65,536 characters."""
_SPECIAL: Final = re.compile(r"[\\`*\[\]~!|<>&@#$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LINK: Final = re.compile(r"://|(?<=www)\.", re.IGNORECASE)
"""What GitHub makes a link of, with or without brackets."""
_HEADS: Final = {
    Level.BREAKING: "Breaking",
    Level.RISK: "Semantic risk",
    Level.GOVERNANCE: "What is checked",
    Level.WAIVED: "Waived",
    Level.NOTE: "Also changed",
}
_SIGNS: Final = {
    Verdict.COMPATIBLE: "🟢",
    Verdict.CONSUMERS_FIRST: "🔵",
    Verdict.PRODUCERS_FIRST: "🔵",
    Verdict.SEMANTIC_RISK: "🟠",
    Verdict.BREAKING: "🔴",
    Verdict.NOT_CHECKED: "⚪",
}
_ROOM_FOR_POINTER: Final = 600


def render_markdown(report: Report, *, artifact: str = "", most: int = MOST_CHARACTERS) -> str:
    """The comment; what does not fit is cut with a pointer to the whole report.

    Args:
        report: the review.
        artifact: address of the whole report, for the pointer.
        most: characters that fit.
    """
    kept: list[str] = []
    size = 0
    blocks = list(_blocks(report))
    for number, block in enumerate(blocks):
        size += len(block) + 2
        if size > most - _ROOM_FOR_POINTER:
            kept.append(_pointer(len(blocks) - number, artifact))
            break
        kept.append(block)
    return "\n\n".join(kept) + "\n"


def _pointer(left: int, artifact: str) -> str:
    where = f"[in the whole report](<{_address(artifact)}>)" if artifact else "in the report of this run"
    return f"**{left} more entries do not fit here; they are {where}.**"


def _address(text: str) -> str:
    return re.sub(r"[<>\s\\]", "", text)


def _blocks(report: Report) -> Iterator[str]:
    yield f"{TAG}\n## {_sign(report)} Schemas: {report.label}"
    yield f"{escape(report.title)}."
    if report.notes:
        yield "\n".join(f"* {escape(note)}" for note in report.notes)
    shown = [each for each in report.subjects if each.fingerprints or each.verdict is not Verdict.COMPATIBLE]
    if shown:
        head = "| subject | verdict | new reads old | old reads new | mode |\n|---|---|---|---|---|"
        yield "\n".join([head, *map(_subject, shown)])
    unchanged = len(report.subjects) - len(shown)
    if unchanged:
        yield f"{counted(unchanged, 'schema')} unchanged."
    for level, head in _HEADS.items():
        changes = report.of(level)
        if not changes:
            continue
        if level is Level.NOTE:
            yield "\n".join(
                [
                    f"<details><summary>{head}: {counted(len(changes), 'change')}</summary>\n",
                    *map(_line, changes),
                    "\n</details>",
                ]
            )
            continue
        yield f"### {head}"
        for change in changes:
            yield _change(change)


def _sign(report: Report) -> str:
    """The sign of the verdict; never a calm one where the gate closes."""
    calm = report.verdict not in {Verdict.BREAKING, Verdict.SEMANTIC_RISK}
    return _SIGNS[Verdict.SEMANTIC_RISK if calm and report.findings else report.verdict]


def _subject(subject: SubjectReport) -> str:
    cells = (
        code(subject.name),
        f"{_SIGNS[subject.verdict]} {escape(subject.label)}",
        subject.backward,
        subject.forward,
        f"{subject.mode}",
    )
    return f"| {' | '.join(cells)} |"


def _line(change: ChangeReport) -> str:
    return f"* {code(change.kind.id)} {_where(change)} {escape(change.message)}"


def _where(change: ChangeReport) -> str:
    return code(str(change.spot))


def _change(change: ChangeReport) -> str:
    lines = [
        f"**{code(change.kind.id)}** {escape(change.message)}",
        "",
        f"* {_where(change)}{_directions(change)}",
        f"* {escape(change.explanation)}",
    ]
    if change.versions:
        lines.append(f"* breaks {escape(', '.join(change.versions))}")
    if change.fix:
        lines.append(f"* fix: {escape(change.fix)}")
    if change.waiver is not None:
        lines.append(f"* waived until {change.waiver.expires}: {escape(change.waiver.reason)}")
    lines.append(f"* fingerprint {code(change.fingerprint)}")
    diff = _diff(change.old_excerpt, change.new_excerpt)
    if diff:
        lines += ["", diff]
    return "\n".join(lines)


def _directions(change: ChangeReport) -> str:
    if not change.is_about_data:
        return ""
    return f"; new reads old: **{change.backward}**, old reads new: **{change.forward}**"


def _diff(old: Excerpt | None, new: Excerpt | None) -> str:
    if old is not None and new is not None and old.lines == new.lines:
        return ""
    lines = [f"- {visible(line)}" for line in (old.lines if old is not None else ())]
    lines += [f"+ {visible(line)}" for line in (new.lines if new is not None else ())]
    if not lines:
        return ""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}diff", *lines, fence])


def escape(text: str) -> str:
    """Text that Markdown and GitHub show as it is: no markup, no link, no mention, no reference."""
    return _LINK.sub(_entities, _SPECIAL.sub(_entity, _on_one_line(text)))


def code(text: str) -> str:
    """Text in code type, whatever is in it: backticks could be closed by a backtick."""
    return f"<code>{escape(text)}</code>"


def _entity(match: re.Match[str]) -> str:
    # a backslash is Markdown's own escape; the rest means something to HTML or GitHub
    return f"\\{match[0]}" if match[0] in "\\`*_[]~!|" else f"&#{ord(match[0])};"


def _entities(match: re.Match[str]) -> str:
    return "".join(f"&#{ord(character)};" for character in match[0])


def _on_one_line(text: str) -> str:
    return " ".join(visible(text).split())
