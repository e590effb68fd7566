"""Incompatibilities in the words of the person who edits the schema: what, why, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.evolution.incompatibility import Incompatibility, IncompatibilityKind
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


def explain(incompatibility: Incompatibility) -> str:
    """One sentence on an incompatibility, and one on the way out, lower case, without a final period.

    It speaks of "the reader" and "the writer", so it holds in either direction.
    """
    what = "; ".join(_sentences(incompatibility))
    return f"{incompatibility.path}: {what}"


def _sentences(found: Incompatibility) -> Iterator[str]:
    reader, writer = _describe(found.reader), _describe(found.writer)
    match found.kind:
        case IncompatibilityKind.NAME_MISMATCH:
            yield f"the reader expects {reader}, the writer wrote {writer}"
            yield f"keep the name, or add {_fullname(found.writer)!r} to the reader's aliases"
        case IncompatibilityKind.FIXED_SIZE_MISMATCH:
            yield f"the reader expects {reader}, the writer wrote {writer}"
            yield "a fixed type cannot change its size: add a new field of a new type"
        case IncompatibilityKind.MISSING_ENUM_SYMBOLS:
            yield f"{reader} of the reader lacks the writer's symbols {found.message}"
            yield "keep the symbols, or give the reader's enum a default"
        case IncompatibilityKind.READER_FIELD_MISSING_DEFAULT_VALUE:
            yield f"the reader's field '{found.message}' is not in the writer's record and has no default"
            yield "give the field a default, or an alias if it was renamed"
        case IncompatibilityKind.TYPE_MISMATCH if isinstance(found.writer, RecordType) and isinstance(
            found.reader, EnumType
        ):
            yield "the reader's field is not in the writer's record and has no default"
            yield "the default of an enum type is not one of the field: give the field its own"
        case IncompatibilityKind.TYPE_MISMATCH:
            yield f"the reader expects {reader}, the writer wrote {writer}, which is no promotion"
            yield "keep the type, or add a new field for the new one"
        case IncompatibilityKind.MISSING_UNION_BRANCH:
            yield f"no branch of the reader's union {reader} takes the writer's {writer}"
            yield from (explain(cause) for cause in found.causes[:_MAX_CAUSES])
            if not found.causes:
                yield "add that branch to the reader's union"


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
            return f"[{', '.join(_fullname(branch) or kind_of(branch) for branch in node.branches)}]"
        case _:
            return kind_of(node)


def _fullname(node: AvroType | RecordField | None) -> str:
    return node.fullname if isinstance(node, RecordType | EnumType | FixedType) else ""
