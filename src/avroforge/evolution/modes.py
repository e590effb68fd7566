"""The seven compatibility modes, and a candidate schema judged against a subject's history.

Source: Confluent Schema Registry, compatibility types; BACKWARD means that the new schema can read
what the old one wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from avroforge.errors import Diagnostic, SchemaError
from avroforge.evolution.compatibility import check_compatibility
from avroforge.evolution.incompatibility import Compatibility
from avroforge.schema import Schema, parse_schema

if TYPE_CHECKING:
    from collections.abc import Sequence


class CompatibilityMode(StrEnum):
    """What a subject demands of its next schema, in the spelling registries use."""

    NONE = "NONE"
    BACKWARD = "BACKWARD"
    BACKWARD_TRANSITIVE = "BACKWARD_TRANSITIVE"
    FORWARD = "FORWARD"
    FORWARD_TRANSITIVE = "FORWARD_TRANSITIVE"
    FULL = "FULL"
    FULL_TRANSITIVE = "FULL_TRANSITIVE"

    @property
    def transitive(self) -> bool:
        """Whether every registered version counts, not only the latest."""
        return self.endswith("_TRANSITIVE")

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Who must be able to read whom: none, one or both directions."""
        match self:
            case CompatibilityMode.NONE:
                return ()
            case CompatibilityMode.BACKWARD | CompatibilityMode.BACKWARD_TRANSITIVE:
                return (Direction.BACKWARD,)
            case CompatibilityMode.FORWARD | CompatibilityMode.FORWARD_TRANSITIVE:
                return (Direction.FORWARD,)
            case CompatibilityMode.FULL | CompatibilityMode.FULL_TRANSITIVE:
                return (Direction.BACKWARD, Direction.FORWARD)


class Direction(StrEnum):
    """Who reads: BACKWARD, the candidate reads the old data; FORWARD, the old schema reads the new data."""

    BACKWARD = "BACKWARD"
    FORWARD = "FORWARD"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The candidate against one historic version, in one direction.

    Attributes:
        version: the version's number at its subject.
        direction: who reads whom.
        compatibility: the reasons; empty when compatible, and when the pair was refused.
        refusal: why the pair can have no verdict (an alias matches several fields), which is no "yes".
    """

    version: int
    direction: Direction
    compatibility: Compatibility
    refusal: Diagnostic | None = None

    @property
    def compatible(self) -> bool:
        """Whether this version stays readable, or stays able to read."""
        return self.refusal is None and self.compatibility.compatible


@dataclass(frozen=True, slots=True)
class Evolution:
    """A candidate against its subject's history: one verdict per version and direction that counts.

    Attributes:
        mode: the mode that was applied.
        verdicts: oldest version first; empty for mode NONE and for an empty history.
    """

    mode: CompatibilityMode
    verdicts: tuple[Verdict, ...]

    @property
    def compatible(self) -> bool:
        """Whether the mode allows the candidate."""
        return not self.broken

    @property
    def broken(self) -> tuple[Verdict, ...]:
        """Every verdict against the candidate, not only the first."""
        return tuple(each for each in self.verdicts if not each.compatible)


def check_evolution(
    candidate: str | Schema,
    history: Sequence[str | Schema],
    mode: CompatibilityMode,
    *,
    versions: Sequence[int] | None = None,
) -> Evolution:
    """Judge a candidate against the versions that its subject's mode makes count.

    Args:
        candidate: the next schema, as text or parsed.
        history: the registered schemas, oldest first, as text or parsed. Texts are parsed leniently:
            what a registry accepted once stays in its history.
        mode: the subject's compatibility mode.
        versions: the version number of each schema in `history`; 1, 2, 3 ... when not given.

    Returns:
        One verdict per version and direction.

    Raises:
        SchemaError: the candidate, or a historic text, is no valid schema.
        ValueError: `versions` and `history` differ in length.
    """
    candidate = parse_schema(candidate) if isinstance(candidate, str) else candidate
    numbers = range(1, len(history) + 1) if versions is None else versions
    dated = list(zip(numbers, history, strict=True))
    if not mode.transitive:
        dated = dated[-1:]
    verdicts = []
    for version, historic in dated if mode.directions else ():
        old = parse_schema(historic, lenient=True) if isinstance(historic, str) else historic
        for direction in mode.directions:
            reader, writer = (candidate, old) if direction is Direction.BACKWARD else (old, candidate)
            verdicts.append(_verdict(version, direction, reader, writer))
    return Evolution(mode, tuple(verdicts))


def _verdict(version: int, direction: Direction, reader: Schema, writer: Schema) -> Verdict:
    try:
        return Verdict(version, direction, check_compatibility(reader, writer))
    except SchemaError as refused:
        # Both schemas are parsed: only the pair itself can be refused here.
        return Verdict(version, direction, Compatibility(), refused.diagnostics[0])
