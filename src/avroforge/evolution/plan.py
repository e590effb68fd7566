"""How to read what a writer wrote as what a reader wants: a plan, as data.

A closed union of frozen nodes over the two schemas' own nodes. A pair of records is one node however often it
is met, so the plan of recursive schemas has cycles. Source: Avro 1.12, Schema Resolution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.schema.model import (
        ArrayType,
        AvroType,
        EnumType,
        FixedType,
        MapType,
        PrimitiveType,
        RecordType,
        UnionType,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Same:
    """Both sides lay out the same bytes for the same value: read the reader's type."""

    reader: AvroType


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """A promotion of primitives, another logical type over them (or over a fixed), or both."""

    writer: PrimitiveType | FixedType
    reader: PrimitiveType | FixedType


@dataclass(frozen=True, slots=True, eq=False)
class ReadEnum:
    """`indexes` gives the reader's index for each of the writer's, -1 where the reader has no symbol."""

    writer: EnumType
    reader: EnumType
    indexes: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ReadArray:
    """An array whose items need resolution."""

    writer: ArrayType
    reader: ArrayType
    items: Plan


@dataclass(frozen=True, slots=True, eq=False)
class ReadMap:
    """A map whose values need resolution."""

    writer: MapType
    reader: MapType
    values: Plan


@dataclass(frozen=True, slots=True, eq=False)
class ReadUnion:
    """A plan for each branch of the writer's union."""

    writer: UnionType
    branches: tuple[Plan, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Enter:
    """A value that becomes branch `index` of the reader's union."""

    reader: UnionType
    index: int
    plan: Plan


@dataclass(frozen=True, slots=True, eq=False)
class ReadField:
    """A field of the writer, read into fields of the reader: their indexes, each with its plan.

    More than one only where the reader asks for the same field by a name and by an alias.
    """

    name: str
    targets: tuple[tuple[int, Plan], ...]


@dataclass(frozen=True, slots=True, eq=False)
class SkipField:
    """A field that only the writer has."""

    name: str
    type: AvroType


Step: TypeAlias = ReadField | SkipField


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """A field that only the reader has: its default as Avro bytes; `shared` where the value is immutable."""

    index: int
    data: bytes
    shared: bool


@dataclass(frozen=True, slots=True, eq=False)
class ReadRecord:
    """A record: `steps` in the writer's order, then what the reader fills in itself.

    `refusal` says why no value of the pair can be read, if none can.
    """

    writer: RecordType
    reader: RecordType
    steps: tuple[Step, ...] = ()
    fills: tuple[Fill, ...] = ()
    refusal: str | None = None

    def complete(self, steps: tuple[Step, ...], fills: tuple[Fill, ...], refusal: str | None) -> None:
        """Set the insides, once, while resolving: the plan of a recursive record exists before them."""
        object.__setattr__(self, "steps", steps)
        object.__setattr__(self, "fills", fills)
        object.__setattr__(self, "refusal", refusal)

    @property
    def fill_size(self) -> int:
        """The bytes of the defaults that each object needs its own value of."""
        return sum(len(fill.data) for fill in self.fills if not fill.shared)

    @property
    def name(self) -> str:
        """The identity of the pair."""
        return f"{self.writer.fullname} {self.reader.fullname}"


@dataclass(frozen=True, slots=True, eq=False)
class Refuse:
    """What the reader has no counterpart for: an error, but only for a value that gets here."""

    reason: str


Plan: TypeAlias = Same | Cast | ReadEnum | ReadArray | ReadMap | ReadUnion | Enter | ReadRecord | Refuse


def children(plan: Plan) -> Iterator[Plan]:
    """The plans directly inside a plan; a record's fields included."""
    match plan:
        case ReadArray():
            yield plan.items
        case ReadMap():
            yield plan.values
        case ReadUnion():
            yield from plan.branches
        case Enter():
            yield plan.plan
        case ReadRecord():
            for step in plan.steps:
                if isinstance(step, ReadField):
                    for _, target in step.targets:
                        yield target
        case Same() | Cast() | ReadEnum() | Refuse():
            return


def records_in(plan: Plan) -> Iterator[ReadRecord]:
    """The plans of records inside a plan, without those inside them."""
    for child in children(plan):
        if isinstance(child, ReadRecord):
            yield child
        else:
            yield from records_in(child)


def all_records(root: Plan) -> dict[str, ReadRecord]:
    """Every plan of a record reachable from `root`, by its name, in first-use order."""
    found: dict[str, ReadRecord] = {}
    pending = [root] if isinstance(root, ReadRecord) else list(records_in(root))
    while pending:
        record = pending.pop(0)
        if record.name not in found:
            found[record.name] = record
            pending.extend(records_in(record))
    return found
