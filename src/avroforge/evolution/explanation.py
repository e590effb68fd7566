"""Incompatibilities in the words of the person who edits the schema: what, why, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.evolution.incompatibility import Incompatibility, IncompatibilityKind
from avroforge.evolution.modes import Direction
from avroforge.schema.model import (
    AvroType,
    EnumType,
    FixedType,
    RecordField,
    RecordType,
    UnionType,
    kind_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_CAUSES = 3


def explain(incompatibility: Incompatibility, direction: Direction | None = None) -> str:
    """What is incompatible and the way out, lower case, without a final period.

    Args:
        incompatibility: what the checker found.
        direction: which side is the new schema, the only one that can still be changed: it reads
            (`Direction.BACKWARD`) or it writes (`Direction.FORWARD`). Without it the sides are called
            the reader and the writer, and the reader is taken to be the one that can change.
    """
    facts = list(_facts(incompatibility, direction))
    if not (incompatibility.kind is IncompatibilityKind.MISSING_UNION_BRANCH and incompatibility.causes):
        facts.append(_way_out(incompatibility, direction))
    return f"{incompatibility.path}: {'; '.join(facts)}"


def _facts(found: Incompatibility, direction: Direction | None) -> Iterator[str]:
    reads, wrote = _sides(direction)
    reader, writer = _describe(found.reader), _describe(found.writer)
    match found.kind:
        case IncompatibilityKind.NAME_MISMATCH | IncompatibilityKind.FIXED_SIZE_MISMATCH:
            yield f"{reads} expects {reader}, {wrote} has {writer}"
        case IncompatibilityKind.MISSING_ENUM_SYMBOLS:
            yield f"{reader} of {reads} lacks the symbols {found.message} of {wrote}"
        case IncompatibilityKind.READER_FIELD_MISSING_DEFAULT_VALUE:
            yield f"{reads} needs the field '{found.message}', {wrote} does not have it"
        case IncompatibilityKind.TYPE_MISMATCH if _is_enum_default(found):
            yield f"{reads} needs a field that {wrote} does not have; an enum's default is not its field's"
        case IncompatibilityKind.TYPE_MISMATCH:
            yield f"{reads} expects {reader}, {wrote} has {writer}, which is no promotion"
        case IncompatibilityKind.MISSING_UNION_BRANCH:
            yield f"no branch of the union {reader} of {reads} takes the {writer} of {wrote}"
            yield from (explain(cause, direction) for cause in found.causes[:_MAX_CAUSES])


def _way_out(found: Incompatibility, direction: Direction | None) -> str:
    # Aliases and defaults work in the schema that reads; a registered one cannot get them any more.
    can_change_reader = direction is not Direction.FORWARD
    match found.kind:
        case IncompatibilityKind.NAME_MISMATCH if can_change_reader:
            return f"keep the name, or add '{_name(found.writer)}' to the aliases"
        case IncompatibilityKind.NAME_MISMATCH:
            return f"keep the name '{_name(found.reader)}'"
        case IncompatibilityKind.FIXED_SIZE_MISMATCH:
            return "a fixed type cannot change its size: add a new field of a new type"
        case IncompatibilityKind.MISSING_ENUM_SYMBOLS if can_change_reader:
            return "keep the symbols, or give the enum a default"
        case IncompatibilityKind.MISSING_ENUM_SYMBOLS:
            return "add no symbol while schemas without an enum default still read"
        case IncompatibilityKind.TYPE_MISMATCH if not _is_enum_default(found):
            return "keep the type, or add a new field for the new one"
        case IncompatibilityKind.READER_FIELD_MISSING_DEFAULT_VALUE | IncompatibilityKind.TYPE_MISMATCH:
            if can_change_reader:
                return "give the field a default, or an alias if it was renamed"
            return "keep the field"
        case IncompatibilityKind.MISSING_UNION_BRANCH:
            return "add that branch to the union" if can_change_reader else "do not write that branch"


def _sides(direction: Direction | None) -> tuple[str, str]:
    """What to call the schema that reads, and the one that wrote."""
    match direction:
        case Direction.BACKWARD:
            return "the new schema", "the old one"
        case Direction.FORWARD:
            return "the old schema", "the new one"
        case None:
            return "the reader", "the writer"


def _is_enum_default(found: Incompatibility) -> bool:
    """Whether Apache compared an enum with a whole record: a field without default, of an enum with one."""
    return isinstance(found.reader, EnumType) and isinstance(found.writer, RecordType)


def _describe(node: AvroType | RecordField | None) -> str:
    match node:
        case None:
            return "nothing"
        case RecordField():
            return f"field '{node.name}'"
        case FixedType():
            return f"fixed '{node.fullname}' of {node.size} bytes"
        case RecordType() | EnumType():
            return f"{kind_of(node)} '{node.fullname}'"
        case UnionType():
            return f"[{', '.join(_name(branch) for branch in node.branches)}]"
        case _:
            return kind_of(node)


def _name(node: AvroType | RecordField | None) -> str:
    match node:
        case RecordType() | EnumType() | FixedType():
            return node.fullname
        case _:
            return _describe(node)
