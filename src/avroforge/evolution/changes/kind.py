"""What a kind of change is: an entry of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChangeClass(StrEnum):
    """What a kind of change is about.

    ``BACKWARD``, ``FORWARD`` and ``FULL`` name the compatibility that is lost. ``SEMANTIC`` is compatible
    everywhere and gives wrong values; with ``RUNTIME`` a checker accepts and a decoder fails or differs.
    ``IDENTITY`` makes another schema of equal meaning; ``PROJECTION`` is seen by readers that use the
    writer's schema; ``CODEGEN`` breaks callers of generated Python; ``GOVERNANCE`` changes what is checked.
    """

    BACKWARD = "BACKWARD"
    FORWARD = "FORWARD"
    FULL = "FULL"
    SEMANTIC = "SEMANTIC"
    RUNTIME = "RUNTIME"
    IDENTITY = "IDENTITY"
    PROJECTION = "PROJECTION"
    CODEGEN = "CODEGEN"
    GOVERNANCE = "GOVERNANCE"


class Outcome(StrEnum):
    """What one side makes of the other's data.

    ``reads``: everything, as it was meant. ``risk``: a checker says yes, and values may come out different
    or a decoder may fail. ``unknown``: the pair has no verdict. ``fails``: it cannot read it.
    """

    READS = "reads"
    RISK = "risk"
    UNKNOWN = "unknown"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """One kind of change, as data.

    Attributes:
        id: stable upper-case identifier.
        classes: what it is about, the most important first.
        backward: what the new schema makes of old data.
        forward: what the old schema makes of new data.
        inverse: the kind of the same change made the other way round.
        summary: what happened; ``{type}``, ``{name}``, ``{old}`` and ``{new}`` are filled in.
        explanation: whom it hurts, and how.
        fix: how to make the change without that; empty where nothing is to be done.
    """

    id: str
    classes: tuple[ChangeClass, ...]
    backward: Outcome
    forward: Outcome
    inverse: str
    summary: str
    explanation: str
    fix: str = ""

    @property
    def page(self) -> str:
        """Where the documentation describes this kind."""
        return f"docs/changes.md#{self.id.lower()}"
