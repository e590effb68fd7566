"""Rules about records and their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge_codegen.rules.schema_file import SchemaFile

_MOST_FIELDS: Final = 254


def errors(file: SchemaFile) -> Iterator[Complaint]:
    """A record of the kind that only protocols use."""
    for record in file.records:
        if record.is_error:
            message = f"{record.fullname!r} is an 'error', which only protocols have"
            hint = 'several libraries refuse it; write "type": "record"'
            yield Complaint(file.place(record.position, "type"), f"{message}; {hint}")


def wide(file: SchemaFile) -> Iterator[Complaint]:
    """A record with more fields than a constructor of Java has parameters."""
    for record in file.records:
        if len(record.fields) > _MOST_FIELDS:
            message = (
                f"expected at most {_MOST_FIELDS} fields in {record.fullname!r}, got {len(record.fields)}"
            )
            hint = "generated Java classes get no constructor with all of them; group fields into records"
            yield Complaint(record.position, f"{message}; {hint}")


def ordered(file: SchemaFile) -> Iterator[Complaint]:
    """A field with an order of its own."""
    for record, field in file.fields:
        if field.order != "ascending":
            message = f"field {field.name!r} of {record.fullname!r} is sorted {field.order!r}"
            if field.order == "ignore":
                message = f"field {field.name!r} of {record.fullname!r} is left out of comparisons"
            hint = "in Java also of equals and of keys, elsewhere hardly ever"
            yield Complaint(file.place(field.position, "order"), f"{message}: {hint}")
