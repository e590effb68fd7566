"""What was looked at, what was found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Verdict(StrEnum):
    """How a check came out; ``not checked`` is never taken for ``ok``."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"
    UNCHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer.

    Attributes:
        name: what was looked at.
        found: what is there.
        advice: what to do; empty where nothing is to be done.
    """

    name: str
    verdict: Verdict
    found: str
    advice: str = ""

    def __str__(self) -> str:
        """What is there, and what to do."""
        return f"{self.found}; {self.advice}" if self.advice else self.found


def worst(checks: Iterable[Check]) -> Verdict:
    """A failure, else what was not checked, else a warning, else ok."""
    verdicts = {each.verdict for each in checks}
    order = (Verdict.FAILURE, Verdict.UNCHECKED, Verdict.WARNING)
    return next((each for each in order if each in verdicts), Verdict.OK)
