"""Rules about defaults: what readers take for data that was written before a field or a symbol was there."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from avroforge.schema.defaults import default_mismatch
from avroforge.schema.model import FixedType, PrimitiveType, UnionType, kind_of
from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.schema.model import AvroType, RecordField
    from avroforge_codegen.rules.schema_file import SchemaFile


def later_branch(file: SchemaFile) -> Iterator[Complaint]:
    """A default of a union that belongs to a later branch than the first."""
    for record, field in file.fields:
        union = field.type
        if not isinstance(union, UnionType) or not union.branches or not field.has_default:
            continue
        if default_mismatch(union.branches[0], field.default) is not None:
            first = kind_of(union.branches[0])
            message = f"the default of field {field.name!r} of {record.fullname!r} is no {first}"
            hint = "put its branch first: until Avro 1.12 a default belonged to the first branch"
            yield Complaint(file.place(field.position, "default"), f"{message}, the first branch; {hint}")


def _null_at(field: RecordField) -> int | None:
    """The place of null in a nullable field's union."""
    if not isinstance(field.type, UnionType) or len(field.type.branches) < 2:  # noqa: PLR2004 - null and another
        return None
    kinds = [kind_of(each) for each in field.type.branches]
    return kinds.index("null") if "null" in kinds else None


def nullable_without_default(file: SchemaFile) -> Iterator[Complaint]:
    """A nullable field whose union begins with null, and that has no default."""
    for record, field in file.fields:
        if _null_at(field) == 0 and not field.has_default:
            message = f"nullable field {field.name!r} of {record.fullname!r} has no default"
            hint = 'add "default": null, or it can be neither added nor removed compatibly'
            yield Complaint(field.position, f"{message}; {hint}")


def null_last(file: SchemaFile) -> Iterator[Complaint]:
    """A nullable field without default whose union does not begin with null."""
    for record, field in file.fields:
        if _null_at(field) and not field.has_default:
            message = f"null is not the first branch of field {field.name!r} of {record.fullname!r}"
            hint = "it cannot have the default null later; a new field is best written with null first"
            yield Complaint(file.place(field.position, "type"), f"{message}; {hint}")


def enum_without_default(file: SchemaFile) -> Iterator[Complaint]:
    """An enum without a symbol for what a reader does not know."""
    for node in file.enums:
        if node.default is None:
            message = f"enum {node.fullname!r} has no default: a new symbol breaks every old reader"
            yield Complaint(node.position, f"{message}; add a symbol such as UNKNOWN and make it the default")


def field_without_default(file: SchemaFile) -> Iterator[Complaint]:
    """A field without default."""
    for record, field in file.fields:
        if not field.has_default:
            message = f"field {field.name!r} of {record.fullname!r} has no default"
            hint = "new readers need it in all old data, and it can never be removed under FORWARD or FULL"
            yield Complaint(field.position, f"{message}; {hint}")


def _of_default(field: RecordField) -> AvroType:
    """The type that a field's default belongs to."""
    if isinstance(field.type, UnionType):
        fitting = (each for each in field.type.branches if default_mismatch(each, field.default) is None)
        return next(fitting, field.type)
    return field.type


def inexact(file: SchemaFile) -> Iterator[Complaint]:
    """A whole number as default that a float or a double rounds."""
    for record, field in file.fields:
        if type(field.default) is not int:
            continue
        kind = kind_of(_of_default(field))
        if kind not in {"float", "double"}:
            continue
        held = struct.unpack("<f", struct.pack("<f", field.default))[0] if kind == "float" else field.default
        if int(float(held)) != field.default:
            message = f"the default {field.default} of field {field.name!r} of {record.fullname!r}"
            yield Complaint(
                file.place(field.position, "default"),
                f"{message} is {int(float(held))} to readers, as a {kind} holds it",
            )


def bytes_as_text(file: SchemaFile) -> Iterator[Complaint]:
    """A default of bytes with characters beyond ASCII: each is one byte, not its UTF-8."""
    for record, field in file.fields:
        if not isinstance(field.default, str) or field.default.isascii():
            continue
        node = _of_default(field)
        binary = isinstance(node, FixedType) or (isinstance(node, PrimitiveType) and node.name == "bytes")
        place = file.place(field.position, "default")
        at = file.offset(place)
        # spelled with an escape it is meant as a byte
        raw = file.text[at : at + len(field.default) + 2]
        if binary and not raw.isascii():
            character = next(each for each in raw if not each.isascii())
            message = (
                f"{character!r} in the default of field {field.name!r} of {record.fullname!r} is one byte"
            )
            hint = f"write it as \\u{ord(character):04x} to say so; its UTF-8 would be two"
            yield Complaint(place, f"{message}, 0x{ord(character):02x}; {hint}")
