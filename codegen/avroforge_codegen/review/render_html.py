"""The report as one HTML page that needs nothing but itself."""

from __future__ import annotations

import base64
import difflib
import hashlib
import html
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jinja2
from markupsafe import Markup

from avroforge.evolution.changes import ChangeClass, Outcome
from avroforge.shell.terminal import visible
from avroforge_codegen.review.matrix_picture import picture
from avroforge_codegen.review.render_text import counts
from avroforge_codegen.review.report import Level, Verdict

if TYPE_CHECKING:
    from avroforge_codegen.review.report import ChangeReport, Excerpt, Report

_FOLDER: Final = Path(__file__).parent / "templates"
_TONES: Final = {
    Verdict.COMPATIBLE: "good",
    Verdict.CONSUMERS_FIRST: "calm",
    Verdict.PRODUCERS_FIRST: "calm",
    Verdict.SEMANTIC_RISK: "warn",
    Verdict.BREAKING: "bad",
    Verdict.NOT_CHECKED: "mute",
}
_OUTCOMES: Final = {
    Outcome.READS: "good",
    Outcome.RISK: "warn",
    Outcome.FAILS: "bad",
    Outcome.UNKNOWN: "mute",
}
_LEVELS: Final = {
    Level.BREAKING: "bad",
    Level.RISK: "warn",
    Level.GOVERNANCE: "warn",
    Level.WAIVED: "calm",
    Level.NOTE: "mute",
}
_Lines = list[tuple[int, str, bool]]


def render_html(report: Report) -> str:
    """The page; every text of a schema is escaped, and no script or style but the page's own may run."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
    )
    environment.filters["content"] = _content
    environment.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    script = (_FOLDER / "page.js").read_text(encoding="utf-8")
    used = {each for change in report.changes for each in change.kind.classes}
    quiet = [each for each in report.subjects if each.verdict is Verdict.COMPATIBLE and not each.fingerprints]
    return environment.get_template("page.html.j2").render(
        report=report,
        counts=counts(report),
        tone=_tone(report),
        style=Markup(style),  # noqa: S704 - the page's own file
        script=Markup(script),  # noqa: S704 - the page's own file
        style_hash=_hash(style),
        script_hash=_hash(script),
        tones=_TONES,
        outcomes=_OUTCOMES,
        levels=[(level, tone, len(report.of(level))) for level, tone in _LEVELS.items() if report.of(level)],
        classes=[each.value for each in ChangeClass if each in used],
        changed=[each for each in report.subjects if each not in quiet],
        unchanged=quiet,
        kinds={change.fingerprint: change.kind.id for change in report.changes},
        matrix=picture,
        lines=_lines,
    )


def _tone(report: Report) -> str:
    """The colour of the whole; never a calm one where the gate closes."""
    calm = report.verdict not in {Verdict.BREAKING, Verdict.SEMANTIC_RISK}
    return "warn" if calm and report.findings else _TONES[report.verdict]


def _finalize(value: object) -> object:
    """Spell out what would reorder or hide text."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _content(text: str) -> Markup:
    """Text between tags: quotes mean nothing there, and schemas are full of them."""
    return Markup(html.escape(visible(text), quote=False) or " ")  # noqa: S704 - escaped


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _lines(change: ChangeReport) -> tuple[_Lines, _Lines]:
    """The lines of both sides: number, text, and whether the other side has another one."""
    old, new = change.old_excerpt, change.new_excerpt
    before, after = _texts(old), _texts(new)
    same_old: set[int] = set()
    same_new: set[int] = set()
    for block in difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        same_old.update(range(block.a, block.a + block.size))
        same_new.update(range(block.b, block.b + block.size))
    return _numbered(old, same_old), _numbered(new, same_new)


def _texts(excerpt: Excerpt | None) -> list[str]:
    return [] if excerpt is None else list(excerpt.lines)


def _numbered(excerpt: Excerpt | None, same: set[int]) -> _Lines:
    if excerpt is None:
        return []
    return [(excerpt.first + index, text, index not in same) for index, text in enumerate(excerpt.lines)]
