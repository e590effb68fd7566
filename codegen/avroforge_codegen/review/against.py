"""The other side of a comparison, as the command line names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KINDS: Final = ("git", "dir", "archive", "baseline", "registry")
USAGE: Final = "git:REF, dir:FOLDER, archive:FILE, baseline:[FILE] or registry:NAME; a bare word is a git ref"


@dataclass(frozen=True, slots=True)
class Against:
    """What to compare with.

    Attributes:
        kind: one of `KINDS`.
        value: the ref, path or address; empty for the baseline of the settings.
        exact: compare with a git ref itself, not with the commit where HEAD left it.
    """

    kind: str
    value: str
    exact: bool = False

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


def parse_against(text: str, *, exact: bool = False) -> Against:
    """Understand ``--against``.

    Raises:
        ValueError: it is nothing that can be compared with.
    """
    kind, separator, value = text.partition(":")
    if not separator and kind not in KINDS:
        kind, value = "git", text
    if kind not in KINDS:
        raise ValueError(f"--against: expected {USAGE}; got {text!r}")
    if not value and kind != "baseline":
        raise ValueError(f"--against: {kind}: needs something behind it; expected {USAGE}")
    if value.startswith("-"):
        raise ValueError(f"--against: expected {USAGE}; got {text!r}, which looks like an option")
    return Against(kind, value, exact)
