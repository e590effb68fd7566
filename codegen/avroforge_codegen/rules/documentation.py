"""Rules about ``doc``: it becomes the docstring that every user of the generated class reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.schema.model import kind_of
from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge_codegen.rules.rule import SchemaFile


def undocumented_types(file: SchemaFile) -> Iterator[Complaint]:
    """Named types without a doc."""
    for node in file.named():
        if not (node.doc or "").strip():
            message = (
                f"{kind_of(node)} {node.fullname!r} has no doc; say what it is, it becomes the docstring"
            )
            yield Complaint(node.position, message)


def undocumented_fields(file: SchemaFile) -> Iterator[Complaint]:
    """Fields without a doc."""
    for record in file.records():
        for field in record.fields:
            if not (field.doc or "").strip():
                message = (
                    f"field {field.name!r} of {record.fullname!r} has no doc; say what it holds, and its unit"
                )
                yield Complaint(field.position, message)
