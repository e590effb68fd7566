"""Do two schemas lay out the same bytes for the same value, so that reading needs no resolution?"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from avroforge.evolution.branch import branch_for
from avroforge.evolution.compatibility import names_match
from avroforge.schema.model import (
    ArrayType,
    AvroType,
    EnumType,
    FixedType,
    MapType,
    NamedType,
    PrimitiveType,
    RecordField,
    RecordType,
    UnionType,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_Pair: TypeAlias = tuple[AvroType, AvroType]


def source_of(wanted: RecordField, written: Mapping[str, RecordField]) -> list[RecordField]:
    """The writer's fields that the reader's field may be filled from: of its name, else of its aliases."""
    if wanted.name in written:
        return [written[wanted.name]]
    return [written[name] for name in dict.fromkeys(wanted.aliases) if name in written]


class Sameness:
    """Answers for pairs of nodes; what is learnt about one serves the next.

    Args:
        typed: whether logical types count: a decimal of another scale is then another value.
        whole: compare schemas as wholes: a branch of a union is then the same one in an equal union, even
            where resolution would take an earlier one by promotion.
    """

    def __init__(self, *, typed: bool, whole: bool = False) -> None:
        self._typed = typed
        self._whole = whole
        self._same: set[_Pair] = set()
        self._different: set[_Pair] = set()

    def same(self, writer: AvroType, reader: AvroType) -> bool:
        """Whether no pair reachable from this one differs by itself."""
        askers: dict[_Pair, list[_Pair]] = {(writer, reader): []}
        pending: list[_Pair] = [(writer, reader)]
        while pending:
            pair = pending.pop()
            if pair in self._same:
                continue
            inside = None if pair in self._different else self._inside(*pair)
            if inside is None:
                self._differ(pair, askers)
                return False
            for each in inside:
                if each not in askers:
                    askers[each] = []
                    pending.append(each)
                askers[each].append(pair)
        self._same.update(askers)
        return True

    def _differ(self, found: _Pair, askers: Mapping[_Pair, list[_Pair]]) -> None:
        """Remember a pair that differs, with every pair that it is inside of."""
        pending = [found]
        self._different.add(found)
        while pending:
            for each in askers[pending.pop()]:
                if each not in self._different:
                    self._different.add(each)
                    pending.append(each)

    def _inside(self, writer: AvroType, reader: AvroType) -> list[_Pair] | None:
        """The pairs that must be the same for this one to be, or None where it is different by itself."""
        match writer, reader:
            case PrimitiveType(), PrimitiveType():
                return [] if writer.name == reader.name and self._same_logical(writer, reader) else None
            case FixedType(), FixedType() if names_match(reader, writer):
                return [] if writer.size == reader.size and self._same_logical(writer, reader) else None
            case EnumType(), EnumType() if names_match(reader, writer):
                return [] if writer.symbols == reader.symbols else None
            case ArrayType(), ArrayType():
                return [(writer.items, reader.items)]
            case MapType(), MapType():
                return [(writer.values, reader.values)]
            case UnionType(), UnionType() if len(writer.branches) == len(reader.branches):
                return self._branches(writer, reader)
            case RecordType(), RecordType() if names_match(reader, writer):
                return _fields(writer, reader)
            case _:
                return None

    def _branches(self, writer: UnionType, reader: UnionType) -> list[_Pair] | None:
        pairs = list(zip(writer.branches, reader.branches, strict=True))
        for index, (theirs, ours) in enumerate(pairs):
            if isinstance(theirs, NamedType) and isinstance(ours, NamedType):
                if theirs.fullname != ours.fullname:
                    return None
            elif not self._whole and branch_for(theirs, reader) != index:
                return None
        return pairs

    def _same_logical(self, writer: PrimitiveType | FixedType, reader: PrimitiveType | FixedType) -> bool:
        return not self._typed or writer.logical == reader.logical


def _fields(writer: RecordType, reader: RecordType) -> list[_Pair] | None:
    if len(writer.fields) != len(reader.fields):
        return None
    written = {field.name: field for field in writer.fields}
    pairs: list[_Pair] = []
    for ours, theirs in zip(reader.fields, writer.fields, strict=True):
        if source_of(ours, written) != [theirs]:
            return None
        pairs.append((theirs.type, ours.type))
    return pairs
