"""How checks are shown, and what they mean for the exit code."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import say
from vqe_stream.check import Verdict, worst

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vqe_stream.check import Check

_EXIT: Final = {
    Verdict.OK: ExitCode.CLEAN,
    Verdict.WARNING: ExitCode.CLEAN,
    Verdict.UNCHECKED: ExitCode.FAILED,
    Verdict.FAILURE: ExitCode.FINDINGS,
}
_WIDTH: Final = max(len(each) for each in Verdict) + 2


def show(checks: Iterable[Check], form: str, *, strict: bool = False) -> ExitCode:
    """Print checks as they come.

    Args:
        checks: what was found.
        form: ``text`` or ``json``.
        strict: take warnings for failures.
    """
    found = _print_json(checks) if form == "json" else _print_text(checks)
    verdict = worst(found)
    return ExitCode.FINDINGS if strict and verdict is Verdict.WARNING else _EXIT[verdict]


def _print_json(checks: Iterable[Check]) -> list[Check]:
    found = list(checks)
    say(json.dumps({"verdict": worst(found), "checks": [asdict(each) for each in found]}, indent=2))
    return found


def _print_text(checks: Iterable[Check]) -> list[Check]:
    found = []
    for each in checks:
        found.append(each)
        say(_line(each))
    counts = Counter(each.verdict for each in found)
    say(", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]))
    return found


def _line(check: Check) -> str:
    """One line; on a terminal as many as its width asks for, set in under the first."""
    line = f"{check.verdict:<{_WIDTH}}{check.name}: {check}"
    if not sys.stdout.isatty():
        return line
    width = shutil.get_terminal_size().columns
    return textwrap.fill(
        line, width, subsequent_indent=" " * _WIDTH, break_long_words=False, break_on_hyphens=False
    )
