"""Rules about aliases: the names under which a new schema still finds what an old one wrote."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from avroforge.schema import names
from avroforge.schema.model import namespace_of
from avroforge.schema.names import relative_alias
from avroforge.schema.syntax import ArraySyntax, member_removal, removal
from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from avroforge.schema.model import Position
    from avroforge.schema.syntax import Edit
    from avroforge_codegen.rules.schema_file import SchemaFile


def invalid(file: SchemaFile) -> Iterator[Complaint]:
    """An alias that no schema can have as a name."""
    for node in file.named:
        for index, alias in enumerate(node.aliases):
            if not names.is_fullname(alias):
                message = (
                    f"no type can have the name {alias!r}, so the alias of {node.fullname!r} has no effect"
                )
                yield Complaint(file.place(node.position, "aliases", index), message)
    for record, field in file.fields:
        for index, alias in enumerate(field.aliases):
            if not names.is_name(alias):
                message = (
                    f"no field can have the name {alias!r}, so the alias of {field.name!r} has no effect"
                )
                yield Complaint(
                    file.place(field.position, "aliases", index), f"{message} in {record.fullname!r}"
                )


def clash(file: SchemaFile) -> Iterator[Complaint]:
    """An alias that is the name, or the alias, of something else."""
    for node in file.named:
        for index, alias in enumerate(node.aliases):
            if alias != node.fullname and alias in file.folder.defined:
                other = f"{alias!r} is a type of its own ({file.folder.defined[alias]})"
            elif file.folder.aliases[alias] > 1:
                other = f"{alias!r} is an alias of another type too"
            else:
                continue
            message = f"{other}; which one is meant depends on the reader"
            yield Complaint(file.place(node.position, "aliases", index), message)
    for record in file.records:
        taken = {field.name for field in record.fields}
        times = Counter(alias for field in record.fields for alias in dict.fromkeys(field.aliases))
        for field in record.fields:
            for index, alias in enumerate(field.aliases):
                if alias != field.name and (alias in taken or times[alias] > 1):
                    what = "a field" if alias in taken else "an alias of another field"
                    message = f"alias {alias!r} of field {field.name!r} is {what} of {record.fullname!r} too"
                    hint = "readers refuse data with that name, or fill both"
                    yield Complaint(file.place(field.position, "aliases", index), f"{message}; {hint}")


def useless(file: SchemaFile) -> Iterator[Complaint]:
    """An alias that is the name itself, or that comes twice."""
    for node in file.named:
        yield from _useless(file, node.position, node.fullname, node.aliases, node.fullname)
    for record, field in file.fields:
        if field.aliases:
            yield from _useless(file, field.position, field.name, field.aliases, record.fullname)


def _useless(
    file: SchemaFile, position: Position, name: str, aliases: Sequence[str], owner: str
) -> Iterator[Complaint]:
    for index, alias in enumerate(aliases):
        if alias == name or alias in aliases[:index]:
            shown = relative_alias(alias, namespace_of(owner)) if "." in alias else alias
            what = "is the name itself" if alias == name else "comes twice"
            message = f"alias {shown!r} {what}; leave it out"
            yield Complaint(file.place(position, "aliases", index), message, _without(file, position, index))


def _without(file: SchemaFile, position: Position, index: int) -> tuple[Edit, ...]:
    holder = file.object_at(position)
    member = None if holder is None else holder.member("aliases")
    if holder is None or member is None or not isinstance(member.value, ArraySyntax):
        return ()
    if len(member.value.items) == 1:
        return (member_removal(holder, member),)
    return (removal([(each.start, each.end) for each in member.value.items], index),)
