"""Rules about attributes that readers skip without a word, and about attributes that say nothing."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final

from avroforge.schema.model import PrimitiveType, RecordType, UnionType
from avroforge.schema.syntax import ArraySyntax, Edit, ScalarSyntax, member_removal
from avroforge_codegen.rules.logical import CLOSENESS
from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge.schema.model import JsonValue, Position
    from avroforge_codegen.rules.schema_file import SchemaFile

_TYPE_ATTRIBUTES: Final = (
    "type",
    "name",
    "namespace",
    "doc",
    "aliases",
    "fields",
    "symbols",
    "default",
    "items",
    "values",
    "size",
    "logicalType",
    "precision",
    "scale",
)
_FIELD_ATTRIBUTES: Final = ("name", "type", "doc", "default", "order", "aliases")
# Texts without these cannot break the rule; most texts are not looked into.
_ASCENDING: Final = re.compile(r'"order"\s*:\s*"ascending"')
_EMPTY: Final = re.compile(r'"aliases"\s*:\s*\[\s*\]')
_NO_TEXT: Final = re.compile(r'"doc"\s*:\s*[^"\s]')
_DOTTED: Final = re.compile(r'"name"\s*:\s*"[^"]*\.')


def misspelled(file: SchemaFile) -> Iterator[Complaint]:
    """An attribute whose name is almost one of the specification's."""
    for node in file.nodes:
        if isinstance(node, UnionType):
            continue
        if node.properties:
            yield from _misspelled(file, node.properties, _TYPE_ATTRIBUTES, node.position)
        if isinstance(node, RecordType):
            for field in node.fields:
                if field.properties:
                    yield from _misspelled(file, field.properties, _FIELD_ATTRIBUTES, field.position)


def _misspelled(
    file: SchemaFile, properties: Mapping[str, JsonValue], known: tuple[str, ...], position: Position
) -> Iterator[Complaint]:
    for name in properties:
        near = difflib.get_close_matches(name, known, n=1, cutoff=CLOSENESS)
        if not near:
            near = [each for each in known if each.lower() == name.lower().replace("_", "").replace("-", "")]
        if near and near[0] != name:
            message = f"attribute {name!r} has no meaning here and is ignored; did you mean {near[0]!r}?"
            yield Complaint(file.place(position, name), message)


def beside_reference(file: SchemaFile) -> Iterator[Complaint]:
    """Attributes beside the name of a type that is defined elsewhere: only the name is read."""
    for each in file.references:
        lost = [member.key for member in each.members if member.key != "type"]
        if lost:
            name = file.string(each.value("type"))
            message = f"{_listed(lost)} beside the name of type {name!r} is not read"
            hint = "say it where the type is defined, or on the field"
            yield Complaint(file.position(each.members[0].start), f"{message}; {hint}")


def wrapped(file: SchemaFile) -> Iterator[Complaint]:
    """An object around nothing but a type's name."""
    bare = [file.offset(each.position) for each in file.leaves if _is_plain(each)]
    objects = {each.start: each for each in file.objects} if any(file.text[at] == "{" for at in bare) else {}
    for each in (*(objects[at] for at in bare if at in objects), *file.references):
        value = each.value("type")
        if len(each.members) == 1 and isinstance(value, ScalarSyntax):
            name = file.text[value.start : value.end]
            message = f'expected {name}, got an object around it: {{"type": {name}}}'
            yield Complaint(file.position(each.start), message, (Edit(each.start, each.end, name),))


def _is_plain(node: object) -> bool:
    return isinstance(node, PrimitiveType) and node.logical is None and not node.properties


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(map(repr, names[:-1])), repr(names[-1])]))


def namespace_ignored(file: SchemaFile) -> Iterator[Complaint]:
    """A namespace beside a name with dots, which has one already."""
    if not _DOTTED.search(file.text):
        return
    for holder, _ in file.definitions:
        name, member = file.string(holder.value("name")) or "", holder.member("namespace")
        if "." in name and member is not None:
            message = f"the namespace is ignored: {name!r} is a full name already; leave one of them out"
            yield Complaint(file.position(member.start), message, (member_removal(holder, member),))


def namespace_redundant(file: SchemaFile) -> Iterator[Complaint]:
    """A namespace that the type around it gives already."""
    if file.text.count('"namespace"') < 2:  # noqa: PLR2004 - one outside, one inside
        return
    for holder, around in file.definitions:
        member = holder.member("namespace")
        if member is None or "." in (file.string(holder.value("name")) or ""):
            continue
        if around and file.string(member.value) == around:
            message = f"namespace {around!r} comes from the type around it; leave it out"
            yield Complaint(file.position(member.start), message, (member_removal(holder, member),))


def order_redundant(file: SchemaFile) -> Iterator[Complaint]:
    """An order that is the default."""
    if not _ASCENDING.search(file.text):
        return
    for each in file.objects:
        member = each.member("order")
        if member is not None and file.string(member.value) == "ascending" and each.member("name"):
            message = "'ascending' is the order of a field that says nothing; leave it out"
            yield Complaint(file.position(member.start), message, (member_removal(each, member),))


def empty(file: SchemaFile) -> Iterator[Complaint]:
    """An empty list of aliases."""
    if not _EMPTY.search(file.text):
        return
    for each in file.objects:
        member = each.member("aliases")
        if member is not None and isinstance(member.value, ArraySyntax) and not member.value.items:
            yield Complaint(
                file.position(member.start),
                "an empty list of aliases says nothing; leave it out",
                (member_removal(each, member),),
            )


def doc_no_text(file: SchemaFile) -> Iterator[Complaint]:
    """A doc that is no text."""
    if not _NO_TEXT.search(file.text):
        return
    for each in file.objects:
        value = each.value("doc")
        if value is not None and each.member("type") and file.string(value) is None:
            shown = " ".join(file.text[value.start : value.end].split())
            message = f"expected a text as doc, got {shown[:40]}, which is ignored"
            yield Complaint(file.position(value.start), message)
