"""What changed between schemas: a catalogue of kinds, the differ, and the checker's verdict per change."""

from avroforge.evolution.changes.catalogue import CATALOGUE
from avroforge.evolution.changes.change import Change, FieldRow, TypePair
from avroforge.evolution.changes.differ import Differ
from avroforge.evolution.changes.kind import ChangeClass, ChangeKind, Outcome
from avroforge.evolution.changes.verdicts import Judgement, judge

__all__ = [
    "CATALOGUE",
    "Change",
    "ChangeClass",
    "ChangeKind",
    "Differ",
    "FieldRow",
    "Judgement",
    "Outcome",
    "TypePair",
    "judge",
]
