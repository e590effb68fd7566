"""The verdict on a (reader, writer) pair, and the reasons against it, with their places on both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from avroforge.schema.model import AvroType, Position, RecordField


class IncompatibilityKind(StrEnum):
    """Apache's six reasons why a reader cannot read what a writer wrote."""

    NAME_MISMATCH = "NAME_MISMATCH"
    FIXED_SIZE_MISMATCH = "FIXED_SIZE_MISMATCH"
    MISSING_ENUM_SYMBOLS = "MISSING_ENUM_SYMBOLS"
    READER_FIELD_MISSING_DEFAULT_VALUE = "READER_FIELD_MISSING_DEFAULT_VALUE"
    TYPE_MISMATCH = "TYPE_MISMATCH"
    MISSING_UNION_BRANCH = "MISSING_UNION_BRANCH"


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """One reason, at one place.

    Attributes:
        kind: which of Apache's six.
        path: the place in words, from the reader's root: ``Order.lines[].qty``, ``{}`` for map values.
        pointer: the place as Apache writes it, ``/fields/1/type``; inside a writer's union the last
            number is the branch of the writer.
        message: Apache's message, word for word.
        position: the reader's node.
        writer_position: the writer's node.
        causes: for a missing union branch, why the reader's branch of that name or kind does not fit.
        reader: the reader's node.
        writer: the writer's node.
    """

    kind: IncompatibilityKind
    path: str
    pointer: str
    message: str
    position: Position
    writer_position: Position
    causes: tuple[Incompatibility, ...] = ()
    reader: AvroType | RecordField | None = field(default=None, repr=False, compare=False)
    writer: AvroType | RecordField | None = field(default=None, repr=False, compare=False)

    @property
    def line(self) -> int:
        """1-based line in the reader's text, 0 if unknown."""
        return self.position.line

    @property
    def column(self) -> int:
        """1-based column in the reader's text, 0 if unknown."""
        return self.position.column


@dataclass(frozen=True, slots=True)
class Compatibility:
    """The verdict on one (reader, writer) pair; compatible exactly when there is no reason against it."""

    incompatibilities: tuple[Incompatibility, ...] = ()

    @property
    def compatible(self) -> bool:
        """Whether the reader can read everything the writer wrote."""
        return not self.incompatibilities
