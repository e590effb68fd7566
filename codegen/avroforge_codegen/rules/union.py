"""Rules about unions, and about types that no value has."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from avroforge.schema.model import (
    ArrayType,
    EnumType,
    FixedType,
    MapType,
    PrimitiveType,
    RecordType,
    UnionType,
    kind_of,
)
from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge.schema.model import AvroType, NamedType
    from avroforge_codegen.rules.schema_file import SchemaFile

_ALIKE: Final = (
    (frozenset({"int", "long", "float", "double"}), "number"),
    (frozenset({"string", "enum"}), "text"),
    (frozenset({"bytes", "fixed"}), "bytes"),
    (frozenset({"map", "record"}), "object"),
)
_MOST_BRANCHES: Final = 8


def ambiguous(file: SchemaFile) -> Iterator[Complaint]:
    """A union with branches that a plain value does not tell apart."""
    for union in file.unions:
        pair = _alike(union)
        if pair is not None:
            first, second, what = pair
            message = (
                f"{_called(first)} and {_called(second)} of one union are the same {what} to most languages"
            )
            hint = "writers pick one, readers cannot ask which was meant; keep one of them"
            yield Complaint(union.position, f"{message}; {hint}")


def _alike(union: UnionType) -> tuple[AvroType, AvroType, str] | None:
    for first, second in combinations(union.branches, 2):
        if getattr(first, "logical", None) != getattr(second, "logical", None):
            continue
        kinds = {kind_of(first), kind_of(second)}
        if isinstance(first, RecordType) and isinstance(second, RecordType):
            if {each.name for each in first.fields} == {each.name for each in second.fields}:
                return first, second, "fields"
            continue
        for group, what in _ALIKE:
            if kinds <= group:
                return first, second, what
    return None


def _called(node: AvroType) -> str:
    return repr(getattr(node, "fullname", kind_of(node)))


def single(file: SchemaFile) -> Iterator[Complaint]:
    """A union of one branch."""
    for union in file.unions:
        if len(union.branches) == 1:
            message = (
                f"a union of one branch costs a byte each time; {_called(union.branches[0])} "
                "alone says the same"
            )
            yield Complaint(union.position, message)


def large(file: SchemaFile) -> Iterator[Complaint]:
    """A union of many branches."""
    for union in file.unions:
        if len(union.branches) > _MOST_BRANCHES:
            message = f"expected a union of at most {_MOST_BRANCHES} branches, got {len(union.branches)}"
            hint = (
                "tables give each branch a column; a record with a kind and optional parts is easier to read"
            )
            yield Complaint(union.position, f"{message}; {hint}")


def only_null(file: SchemaFile) -> Iterator[Complaint]:
    """A field that can hold nothing but null."""
    for record, field in file.fields:
        if kind_of(field.type) == "null":
            message = f"field {field.name!r} of {record.fullname!r} can only be null"
            hint = "most databases have no such column; leave it out until it has a type"
            yield Complaint(file.place(field.position, "type"), f"{message}; {hint}")


def without_values(file: SchemaFile) -> Iterator[Complaint]:
    """A union without branches, or an enum without symbols."""
    for node in file.unions:
        if not node.branches:
            yield Complaint(node.position, "a union without branches has no value; nothing can be written")
    for enum in file.enums:
        if not enum.symbols:
            message = f"enum {enum.fullname!r} has no symbols, so no value; nothing can be written"
            yield Complaint(file.place(enum.position, "symbols"), message)


def endless(file: SchemaFile) -> Iterator[Complaint]:
    """A record that cannot be written without writing itself first."""
    if not file.records:
        return
    ends = _that_end(file.schema.names)
    for record in file.records:
        if record.fullname not in ends:
            message = f"every {record.fullname!r} contains another one, without end; no value can be written"
            yield Complaint(record.position, f"{message}; let it contain null, an array or a map of them")


def _that_end(names: Mapping[str, NamedType]) -> set[str]:
    """The records that some value of finite size belongs to."""
    left = [each for each in names.values() if isinstance(each, RecordType)]
    ends: set[str] = set()
    while True:
        rest = [each for each in left if not all(_ends(field.type, ends) for field in each.fields)]
        if len(rest) == len(left):
            return ends
        kept = {each.fullname for each in rest}
        ends.update(each.fullname for each in left if each.fullname not in kept)
        left = rest


def _ends(node: AvroType, ends: set[str]) -> bool:
    match node:
        case RecordType():
            return node.fullname in ends
        case UnionType():
            # one without branches has a rule of its own
            return not node.branches or any(_ends(branch, ends) for branch in node.branches)
        case ArrayType() | MapType() | PrimitiveType() | EnumType() | FixedType():
            return True
