"""What a lint rule is, and how rules meet schema files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from avroforge.schema.model import (
    ArrayType,
    AvroType,
    EnumType,
    FixedType,
    MapType,
    NamedType,
    RecordType,
    UnionType,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from avroforge.errors import Diagnostic
    from avroforge.schema import Schema
    from avroforge.schema.model import Position

Level: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """One parsed file: its source name, its path as in `SourceSet.below_root`, its schema.

    `own_logical_types` are the user's: pairs of name and underlying kind.
    """

    name: str
    below_root: str
    schema: Schema
    own_logical_types: frozenset[tuple[str, str]] = frozenset()

    def nodes(self) -> Iterator[AvroType]:
        """Every type written in this file, in the order of the text; what other files define is theirs."""
        seen: set[int] = set()
        pending: list[AvroType] = [self.schema.type]
        while pending:
            node = pending.pop()
            if id(node) in seen or node.position.path != self.name:
                continue
            seen.add(id(node))
            yield node
            pending.extend(reversed(_children(node)))

    def named(self) -> Iterator[NamedType]:
        """Every named type defined in this file."""
        return (node for node in self.nodes() if isinstance(node, RecordType | EnumType | FixedType))

    def records(self) -> Iterator[RecordType]:
        """Every record defined in this file."""
        return (node for node in self.nodes() if isinstance(node, RecordType))


class Complaint(NamedTuple):
    """What a rule says: a place and a message; the rule's code is added by `check`."""

    position: Position
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as data.

    Attributes:
        code: stable upper-case identifier, also the key under ``[lint.levels]``.
        purpose: what it is good for, in one line.
        level: how much a violation weighs unless the settings say otherwise.
        check: finds the violations of one file.
    """

    code: str
    purpose: str
    level: Level
    check: Callable[[SchemaFile], Iterable[Complaint]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A diagnostic and how much it weighs."""

    level: Level
    diagnostic: Diagnostic


def _children(node: AvroType) -> list[AvroType]:
    match node:
        case RecordType():
            return [field.type for field in node.fields]
        case ArrayType():
            return [node.items]
        case MapType():
            return [node.values]
        case UnionType():
            return list(node.branches)
        case _:
            return []
