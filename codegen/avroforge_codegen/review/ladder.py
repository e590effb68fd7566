"""The step of the ladder that a subject stands on, and the weight of changes outside its schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.evolution.changes import ChangeClass, Outcome
from avroforge_codegen.review.report import Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection

    from avroforge.evolution.changes import Change
    from avroforge_codegen.review.units import Unit

LEVELS: Final = (Level.BREAKING, Level.RISK, Level.GOVERNANCE, Level.NOTE, Level.WAIVED)
LADDER: Final = (
    Verdict.BREAKING,
    Verdict.SEMANTIC_RISK,
    Verdict.NOT_CHECKED,
    Verdict.PRODUCERS_FIRST,
    Verdict.CONSUMERS_FIRST,
    Verdict.COMPATIBLE,
)
"""From the worst to the best."""


def verdict_of(
    unit: Unit, levels: Collection[Level | None], backward: Outcome, forward: Outcome
) -> tuple[Verdict, str]:
    """The verdict on a unit, with the reason where it is not checked.

    Args:
        unit: the unit.
        levels: those of its changes that nobody approved.
        backward: what its new schema makes of old data.
        forward: what its old schema makes of new data.
    """
    if unit.unchecked:
        return Verdict.NOT_CHECKED, unit.unchecked
    if not unit.mode.directions:
        return Verdict.NOT_CHECKED, "mode NONE demands nothing"
    if Level.BREAKING in levels:
        return Verdict.BREAKING, ""
    if Level.RISK in levels:
        return Verdict.SEMANTIC_RISK, ""
    if backward is forward is Outcome.READS:
        return Verdict.COMPATIBLE, ""
    if forward is Outcome.READS:
        return Verdict.PRODUCERS_FIRST, ""
    return Verdict.CONSUMERS_FIRST, ""


def level_elsewhere(change: Change) -> Level:
    """The weight of a change that no checker speaks about: a weaker check is a finding."""
    weighs = ChangeClass.GOVERNANCE in change.kind.classes and change.kind.fix
    return Level.GOVERNANCE if weighs else Level.NOTE


def worse(one: Level, other: Level) -> Level:
    """The heavier of two levels."""
    return min(one, other, key=LEVELS.index)
