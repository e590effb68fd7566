"""Rules about ``doc``: it becomes the docstring that every user of the generated class reads."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from avroforge.schema.model import kind_of, simple_name
from avroforge.schema.syntax import Edit
from avroforge_codegen.rules.meaning import words
from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.schema.model import Position
    from avroforge_codegen.rules.schema_file import SchemaFile

_PLACEHOLDER: Final = re.compile(r"\b(TODO|FIXME|XXX|TBD|to be defined|lorem ipsum)\b|^\W+$", re.IGNORECASE)
_FILLERS: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "this",
        "that",
        "is",
        "for",
        "it",
        "its",
        "field",
        "record",
        "type",
        "enum",
        "value",
    ]
)


def undocumented_types(file: SchemaFile) -> Iterator[Complaint]:
    """Named types without a doc."""
    for node in file.named:
        if not (node.doc or "").strip():
            message = (
                f"{kind_of(node)} {node.fullname!r} has no doc; say what it is, it becomes the docstring"
            )
            yield Complaint(node.position, message)


def undocumented_fields(file: SchemaFile) -> Iterator[Complaint]:
    """Fields without a doc."""
    for record, field in file.fields:
        if not (field.doc or "").strip():
            message = (
                f"field {field.name!r} of {record.fullname!r} has no doc; say what it holds, and its unit"
            )
            yield Complaint(field.position, message)


def _docs(file: SchemaFile) -> Iterator[tuple[Position, str, str, str]]:
    """Every doc that says something: place of its owner, the owner's name, what to call it, the doc."""
    for node in file.named:
        if (node.doc or "").strip():
            yield (
                node.position,
                simple_name(node.fullname),
                f"{kind_of(node)} {node.fullname!r}",
                node.doc or "",
            )
    for record, field in file.fields:
        if (field.doc or "").strip():
            yield field.position, field.name, f"field {field.name!r} of {record.fullname!r}", field.doc or ""


def repeating(file: SchemaFile) -> Iterator[Complaint]:
    """A doc that says no more than the name."""
    for position, name, what, doc in _docs(file):
        said = set(words(doc)) - _FILLERS
        if len(doc) < 80 and said <= set(words(name)):  # noqa: PLR2004 - only short docs are worth taking apart
            yield Complaint(
                file.place(position, "doc"), f"the doc of {what} says no more than its name: {doc.strip()!r}"
            )


def placeholders(file: SchemaFile) -> Iterator[Complaint]:
    """A doc that is still to be written."""
    for position, _, what, doc in _docs(file):
        if found := _PLACEHOLDER.search(doc):
            message = f"the doc of {what} is still to be written: {found[0].strip()!r}"
            yield Complaint(file.place(position, "doc"), message)


def copied(file: SchemaFile) -> Iterator[Complaint]:
    """Fields of one record with the same doc."""
    for record in file.records:
        first: dict[str, str] = {}
        for field in record.fields:
            doc = " ".join((field.doc or "").split())
            other = first.setdefault(doc, field.name) if doc else field.name
            if other != field.name:
                message = f"fields {other!r} and {field.name!r} of {record.fullname!r} have the same doc"
                yield Complaint(file.place(field.position, "doc"), f"{message}; say how they differ")


def spaced(file: SchemaFile) -> Iterator[Complaint]:
    """A doc with blanks at its start or end."""
    for position, _, what, doc in _docs(file):
        if doc != doc.strip():
            place = file.place(position, "doc")
            start = file.offset(place)
            found = file.object_at(position)
            value = None if found is None else found.value("doc")
            edits = (
                ()
                if value is None
                else (Edit(start, value.end, json.dumps(doc.strip(), ensure_ascii=False)),)
            )
            yield Complaint(place, f"the doc of {what} starts or ends with blanks", edits)
