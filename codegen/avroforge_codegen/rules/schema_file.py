"""Schema files as rules see them: what each defines, where its text says so, and the files around it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from avroforge.schema.model import (
    PRIMITIVE_NAMES,
    ArrayType,
    EnumType,
    FixedType,
    MapType,
    Position,
    PrimitiveType,
    RecordType,
    UnionType,
)
from avroforge.schema.syntax import ArraySyntax, ObjectSyntax, syntax_of, text_value
from avroforge.schema.tool_attributes import LINT_IGNORE, schema_objects
from avroforge_codegen.definitions import definitions
from avroforge_codegen.rules.ignore import Ignore, ignores_of

if TYPE_CHECKING:
    from avroforge.schema import Schema
    from avroforge.schema.model import AvroType, NamedType, RecordField
    from avroforge.schema.syntax import Syntax

_KINDS: Final = frozenset((*PRIMITIVE_NAMES, "record", "error", "enum", "fixed", "array", "map"))
_REFERENCE: Final = re.compile(r"""[{,]\s*"type"\s*:\s*"(?!(?:""" + "|".join(sorted(_KINDS)) + r""")")""")


@dataclass(eq=False)
class SchemaFolder:
    """What rules may ask about the files around one.

    Attributes:
        subjects: full names of the types that subjects have as their roots; empty where none is set.
        own_logical_types: the user's: pairs of name and underlying kind.
        files: every parsed file, also those that are not to be checked.
    """

    subjects: frozenset[str] = frozenset()
    own_logical_types: frozenset[tuple[str, str]] = frozenset()
    files: list[SchemaFile] = field(default_factory=list)

    @cached_property
    def defined(self) -> dict[str, str]:
        """Every full name that some file defines, with that file's name."""
        return {node.fullname: file.name for file in self.files for node in file.named}

    @cached_property
    def spellings(self) -> dict[str, list[str]]:
        """Lower-cased full name -> the full names that it stands for."""
        found: dict[str, list[str]] = {}
        for name in self.defined:
            found.setdefault(name.lower(), []).append(name)
        return found

    @cached_property
    def aliases(self) -> Counter[str]:
        """How many types have an alias, for every alias."""
        return Counter(
            alias for file in self.files for node in file.named for alias in dict.fromkeys(node.aliases)
        )

    @cached_property
    def in_use(self) -> frozenset[str]:
        """Full names reachable from the subjects' types."""
        roots = {file.schema.fullname: file.schema for file in self.files}
        return frozenset(name for root in self.subjects if root in roots for name in roots[root].names)


@dataclass(eq=False)
class SchemaFile:
    """One parsed file.

    Attributes:
        name: its source name.
        below_root: its path, as in `SourceSet.below_root`.
        schema: what it says.
        folder: the files around it.
        ran: the rules that have been applied to it so far.
    """

    name: str
    below_root: str
    schema: Schema
    folder: SchemaFolder
    ran: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The text, verbatim."""
        return self.schema.text

    @cached_property
    def nodes(self) -> list[AvroType]:
        """Every type written in this file, in the order of the text; what other files define is theirs."""
        found: list[AvroType] = []
        seen: set[int] = set()
        pending: list[AvroType] = [self.schema.type]
        while pending:
            node = pending.pop()
            if id(node) in seen or node.position.path != self.name:
                continue
            seen.add(id(node))
            found.append(node)
            match node:
                case RecordType():
                    pending.extend(each.type for each in reversed(node.fields))
                case ArrayType():
                    pending.append(node.items)
                case MapType():
                    pending.append(node.values)
                case UnionType():
                    pending.extend(reversed(node.branches))
                case _:
                    pass
        return found

    @cached_property
    def named(self) -> list[NamedType]:
        """Every named type defined in this file."""
        return [each for each in self.nodes if isinstance(each, RecordType | EnumType | FixedType)]

    @cached_property
    def records(self) -> list[RecordType]:
        """Every record defined in this file."""
        return [each for each in self.nodes if isinstance(each, RecordType)]

    @cached_property
    def enums(self) -> list[EnumType]:
        """Every enum defined in this file."""
        return [each for each in self.nodes if isinstance(each, EnumType)]

    @cached_property
    def unions(self) -> list[UnionType]:
        """Every union written in this file."""
        return [each for each in self.nodes if isinstance(each, UnionType)]

    @cached_property
    def leaves(self) -> list[PrimitiveType | FixedType]:
        """Every type written in this file that may have a logical type."""
        return [each for each in self.nodes if isinstance(each, PrimitiveType | FixedType)]

    @cached_property
    def fields(self) -> list[tuple[RecordType, RecordField]]:
        """Every field of this file, with its record."""
        return [(record, each) for record in self.records for each in record.fields]

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        while (at := self.text.find("\n", starts[-1])) >= 0:
            starts.append(at + 1)
        return starts

    def offset(self, position: Position) -> int:
        """The offset of a place of this file."""
        return self._starts[position.line - 1] + position.column - 1

    def position(self, offset: int) -> Position:
        """The place of an offset in this file."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1, self.name)

    @cached_property
    def syntax(self) -> Syntax:
        """The text as a tree of places."""
        return syntax_of(self.text)

    @cached_property
    def objects(self) -> list[ObjectSyntax]:
        """Every object that describes a type or a field, in the order of the text."""
        return schema_objects(self.syntax)

    @cached_property
    def _object_at(self) -> dict[int, ObjectSyntax]:
        return {each.start: each for each in self.objects}

    def object_at(self, position: Position) -> ObjectSyntax | None:
        """The object of a type or a field by its position; None where a type is a bare name."""
        return self._object_at.get(self.offset(position))

    def place(self, position: Position, attribute: str, item: int | None = None) -> Position:
        """Where a type or a field says an attribute, or an item of it; its own place where it does not."""
        found = self.object_at(position)
        value = None if found is None else found.value(attribute)
        if value is None:
            return position
        items = getattr(value, "items", [])
        return self.position(items[item].start if item is not None and item < len(items) else value.start)

    def string(self, node: Syntax | None) -> str | None:
        """What a string of the text says; None for anything else."""
        return text_value(node, self.text)

    @cached_property
    def definitions(self) -> list[tuple[ObjectSyntax, str]]:
        """Every object that defines a named type, with the namespace around it."""
        return list(definitions(self.syntax, self.text))

    @cached_property
    def references(self) -> list[ObjectSyntax]:
        """Every object of a type, not of a field, that names a type defined elsewhere."""
        # most texts have none, and need not be looked into
        if not _REFERENCE.search(self.text):
            return []
        fields = {
            id(item)
            for holder, _ in self.definitions
            if isinstance(listed := holder.value("fields"), ArraySyntax)
            for item in listed.items
        }
        kinds = ((each, self.string(each.value("type"))) for each in self.objects if id(each) not in fields)
        return [each for each, kind in kinds if kind is not None and kind not in _KINDS]

    @cached_property
    def ignores(self) -> list[Ignore]:
        """What the text's own ``x-lint-ignore`` say."""
        return ignores_of(self.objects, self.text) if f'"{LINT_IGNORE}"' in self.text else []
