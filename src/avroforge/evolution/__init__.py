"""Schema evolution: who can still read what whom wrote, and why not."""

from avroforge.evolution.compatibility import PROMOTIONS, check_compatibility, names_match
from avroforge.evolution.explanation import explain
from avroforge.evolution.incompatibility import Compatibility, Incompatibility, IncompatibilityKind
from avroforge.evolution.modes import CompatibilityMode, Direction, Evolution, Verdict, check_evolution

__all__ = [
    "PROMOTIONS",
    "Compatibility",
    "CompatibilityMode",
    "Direction",
    "Evolution",
    "Incompatibility",
    "IncompatibilityKind",
    "Verdict",
    "check_compatibility",
    "check_evolution",
    "explain",
    "names_match",
]
