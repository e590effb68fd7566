"""What the texts of one run share while their types are built."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.errors import Diagnostic
    from avroforge.schema.declarations import Declaration
    from avroforge.schema.model import NamedType, Position, RecordField


@dataclass(slots=True)
class PendingDefault:
    """A field default to check once every type is complete."""

    record: str
    field: RecordField
    position: Position


@dataclass(slots=True)
class Scope:
    """What the texts of one run share.

    Attributes:
        known: types from outside this run.
        declared: where each full name of the run is defined first.
        findings: all diagnostics so far.
        pending: field defaults to check at the end.
        depth: how many types deep the builder stands, across texts.
        incomplete: texts that could not be read: a name that one of them may define is no second error.
        guesses_left: how many more unknown names get a "did you mean", which takes time.
    """

    known: Mapping[str, NamedType] = field(default_factory=dict)
    declared: dict[str, Declaration] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    pending: list[PendingDefault] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    depth: int = 0
    guesses_left: int = 50
