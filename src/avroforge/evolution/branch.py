"""Which branch of a reader's union takes a writer's type that is no union.

Source: Avro 1.12, Schema Resolution: the first one that matches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.evolution.compatibility import PROMOTIONS, check_compatibility, names_match
from avroforge.schema import Schema
from avroforge.schema.model import NamedType, PrimitiveType

if TYPE_CHECKING:
    from avroforge.schema.model import AvroType, UnionType


def takes(reader: PrimitiveType, writer: PrimitiveType) -> bool:
    """Whether a primitive reads another as it is or by promotion."""
    return reader.name == writer.name or writer.name in PROMOTIONS.get(reader.name, ())


def branch_for(writer: AvroType, reader: UnionType) -> int | None:
    """The reader's branch for a writer's type that is no union."""
    if isinstance(writer, NamedType):
        candidates = [
            index
            for index, branch in enumerate(reader.branches)
            if isinstance(branch, NamedType) and type(branch) is type(writer) and names_match(branch, writer)
        ]
        return _preferred(writer, reader, candidates)
    for index, branch in enumerate(reader.branches):
        if isinstance(writer, PrimitiveType) and isinstance(branch, PrimitiveType):
            if takes(branch, writer):
                return index
        elif type(branch) is type(writer):
            return index
    return None


def _preferred(writer: NamedType, reader: UnionType, candidates: list[int]) -> int | None:
    """Among branches of the writer's name: the first that can read it all, its full name before others."""

    def other_name(index: int) -> bool:
        branch = reader.branches[index]
        return not isinstance(branch, NamedType) or branch.fullname != writer.fullname

    candidates = sorted(candidates, key=other_name)
    if len(candidates) > 1:
        for index in candidates:
            if check_compatibility(_alone(reader.branches[index]), _alone(writer)).compatible:
                return index
    return candidates[0] if candidates else None


def _alone(node: AvroType) -> Schema:
    return Schema(node, "", "<branch>", ())
