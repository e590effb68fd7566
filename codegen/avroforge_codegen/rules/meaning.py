"""Rules about types that say less than the name of their field: times, amounts of money, UUIDs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from avroforge.schema.model import FixedType, PrimitiveType, UnionType
from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.schema.model import AvroType
    from avroforge_codegen.rules.schema_file import SchemaFile

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_TIMES: Final = frozenset({"timestamp", "datetime", "ts"})
_TIME_ENDINGS: Final = frozenset({"at", "date", "timestamp", "datetime", "ts"})
_MONEY: Final = frozenset(
    {"price", "amount", "cost", "salary", "balance", "fee", "tax", "discount", "revenue", "payment", "money"}
)
_UUID: Final = frozenset({"uuid", "guid"})
_UUID_SIZE: Final = 16


def words(name: str) -> list[str]:
    """The words of a name, lower case: ``createdAt``, ``created_at`` and ``CREATED_AT`` are the same two."""
    return [each.lower() for each in _WORD.findall(name)]


def _plain(node: AvroType) -> Iterator[tuple[AvroType, str]]:
    """The primitive and fixed types of a field, through its union, that have no logical type."""
    for each in node.branches if isinstance(node, UnionType) else (node,):
        if isinstance(each, PrimitiveType) and each.logical is None and "logicalType" not in each.properties:
            yield each, each.name
        elif isinstance(each, FixedType) and each.logical is None and each.size == _UUID_SIZE:
            yield each, "fixed"


def _named(file: SchemaFile, kinds: set[str]) -> Iterator[tuple[AvroType, str, str, list[str]]]:
    """Plain types of these kinds: node, kind, how to call the field, the words of its name."""
    for record, field in file.fields:
        if "logicalType" in field.properties:
            continue
        for node, kind in _plain(field.type):
            if kind in kinds:
                yield node, kind, f"field {field.name!r} of {record.fullname!r}", words(field.name)


def times(file: SchemaFile) -> Iterator[Complaint]:
    """A number that is called a time and has no logical type: its unit is a guess."""
    for node, kind, field, parts in _named(file, {"int", "long"}):
        if parts and (parts[-1] in _TIME_ENDINGS or not _TIMES.isdisjoint(parts)):
            wanted = "date" if parts[-1] == "date" and kind == "int" else "timestamp-millis"
            base = "int" if wanted == "date" else "long"
            message = f"{field} is called a time and is a plain {kind}: nobody knows its unit"
            hint = f'say it: {{"type": "{base}", "logicalType": "{wanted}"}}'
            yield Complaint(node.position, f"{message}; {hint}")


def money(file: SchemaFile) -> Iterator[Complaint]:
    """A float or double that is called an amount of money."""
    for node, kind, field, parts in _named(file, {"float", "double"}):
        if not _MONEY.isdisjoint(parts):
            message = f"{field} is called an amount of money and is a {kind}, which cannot hold 0.10"
            hint = 'use {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 2}'
            yield Complaint(node.position, f"{message}; {hint}")


def uuids(file: SchemaFile) -> Iterator[Complaint]:
    """A text or 16 bytes that are called a UUID and are none to readers."""
    for node, kind, field, parts in _named(file, {"string", "fixed"}):
        if not _UUID.isdisjoint(parts):
            message = f"{field} is called a UUID and is a plain {kind}"
            yield Complaint(node.position, f'{message}; add "logicalType": "uuid", so that readers check it')
