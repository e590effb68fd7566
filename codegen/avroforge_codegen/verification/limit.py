"""Where the reference library cannot say: its known failures, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Stage: TypeAlias = Literal["schema", "choice", "write"]
"""Where it fails: reading the schema, choosing a union's branch (told the branch, it writes the right bytes),
or writing."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One class of failures of the reference.

    Attributes:
        name: stable, for lists of what to expect.
        reason: what it does, in words that follow "the reference".
        stage: where it fails.
        symptom: a pattern that its message, or our words for what it wrote, begin with.
    """

    name: str
    reason: str
    stage: Stage
    symptom: str


OTHER_BYTES: Final = "other bytes"
LIMITS: Final = (
    Limit(
        "last-branch",
        "writes a value that fits several branches of a union as the last of them",
        "choice",
        OTHER_BYTES,
    ),
    Limit(
        "first-shape",
        "validates a value against the first branch of its union that looks like it, and refuses it",
        "choice",
        "AvroTypeException: ",
    ),
    Limit(
        "datetime-as-date",
        "takes a datetime for a date, and fails to write it",
        "choice",
        "TypeError: unsupported operand",
    ),
    Limit(
        "uuid-of-anything",
        "asks whether a value that is no text is a uuid, and fails to ask",
        "choice",
        "AttributeError: .* has no attribute 'replace'",
    ),
    Limit(
        "decimal-sign",
        "writes a negative power of two as a decimal of one byte more than it needs",
        "write",
        f"{OTHER_BYTES} of a Decimal",
    ),
    Limit(
        "namespace",
        "reads the namespace of a name in another way than the specification says",
        "schema",
        "it knows no type",
    ),
)
UNKNOWN: Final = Limit("unknown", "fails in a way that is not listed", "write", "")


def limit_of(stage: Stage, symptom: str) -> Limit:
    """The class of a failure."""
    found = (each for each in LIMITS if each.stage == stage and re.match(each.symptom, symptom, re.DOTALL))
    return next(found, UNKNOWN)
