"""Rules about names that other languages and systems cannot use as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from avroforge.schema.model import EnumType, RecordType, kind_of, namespace_of, simple_name
from avroforge_codegen import naming
from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from avroforge.schema.model import Position
    from avroforge_codegen.rules.schema_file import SchemaFile

_JAVA_WORDS: Final = """
    abstract assert boolean break byte case catch char class const continue default do double else enum
    extends false final finally float for goto if implements import instanceof int interface long native new
    null package private protected public return short static strictfp super switch synchronized this throw
    throws transient true try void volatile while
"""
_GO_WORDS: Final = """
    break case chan const continue default defer else fallthrough for func go goto if import interface map
    package range return select struct switch type var
"""
_JAVA: Final = frozenset(_JAVA_WORDS.split())
_GO: Final = frozenset(_GO_WORDS.split())
_LONGEST: Final = 63
_WORD: Final = re.compile(r"[A-Za-z0-9]+")


def unusable_in_python(file: SchemaFile) -> Iterator[Complaint]:
    """Types, fields, symbols and namespaces whose name in Python differs from the schema's."""
    for what, name, position, python in _names(
        file, naming.class_name, naming.module_part, naming.member, naming.attribute
    ):
        if python != name:
            message = f"{what} is a reserved name in Python; generated code has {python!r} instead"
            yield Complaint(position, message)


def unusable_in_java(file: SchemaFile) -> Iterator[Complaint]:
    """Names that are keywords of Java, where generated code mangles them."""
    for what, name, position, _ in _names(file, str, str, str, str):
        if name in _JAVA:
            message = f"{what} is a keyword of Java; its generated code has {name + '$'!r}"
            yield Complaint(position, message)


def unusable_in_go(file: SchemaFile) -> Iterator[Complaint]:
    """Parts of namespaces that are keywords of Go, and fields that become one exported name there."""
    for node in file.named:
        for part in filter(None, namespace_of(node.fullname).split(".")):
            if part in _GO:
                yield Complaint(
                    file.place(node.position, "namespace"),
                    f"{part!r} of namespace {namespace_of(node.fullname)!r} is a keyword of Go; no "
                    "package can have it",
                )
    for record in file.records:
        first: dict[str, str] = {}
        for field in record.fields:
            exported = "".join(each[0].upper() + each[1:] for each in _WORD.findall(field.name))
            other = first.setdefault(exported, field.name)
            if other != field.name:
                message = (
                    f"fields {other!r} and {field.name!r} of {record.fullname!r} both become "
                    f"{exported!r} in Go"
                )
                yield Complaint(file.place(field.position, "name"), message)


def _names(
    file: SchemaFile,
    type_name: Callable[[str], str],
    part_name: Callable[[str], str],
    symbol_name: Callable[[str], str],
    field_name: Callable[[str], str],
) -> Iterator[tuple[str, str, Position, str]]:
    """Every name of a file: what it is, the name, its place, and what a language makes of it."""
    for node in file.named:
        name = simple_name(node.fullname)
        yield f"{kind_of(node)} {name!r}", name, node.position, type_name(name)
        for part in filter(None, namespace_of(node.fullname).split(".")):
            what = f"{part!r} of namespace {namespace_of(node.fullname)!r}"
            yield what, part, node.position, part_name(part)
        if isinstance(node, EnumType):
            for symbol in node.symbols:
                yield f"symbol {symbol!r} of {node.fullname!r}", symbol, node.position, symbol_name(symbol)
        elif isinstance(node, RecordType):
            for field in node.fields:
                what = f"field {field.name!r} of {node.fullname!r}"
                yield what, field.name, field.position, field_name(field.name)


def fields_by_case(file: SchemaFile) -> Iterator[Complaint]:
    """Fields of one record that differ in case only."""
    for record in file.records:
        first: dict[str, str] = {}
        for field in record.fields:
            other = first.setdefault(field.name.lower(), field.name)
            if other != field.name:
                message = f"fields {other!r} and {field.name!r} of {record.fullname!r} differ in case only"
                hint = "Spark, Hive and most databases take them for one column"
                yield Complaint(file.place(field.position, "name"), f"{message}; {hint}")


def types_by_case(file: SchemaFile) -> Iterator[Complaint]:
    """Types whose full names differ in case only."""
    for node in file.named:
        others = [
            each for each in file.folder.spellings.get(node.fullname.lower(), []) if each != node.fullname
        ]
        if others:
            message = f"types {others[0]!r} and {node.fullname!r} differ in case only"
            hint = "their files, and their classes in Java, overwrite each other on macOS and Windows"
            yield Complaint(file.place(node.position, "name"), f"{message}; {hint}")


def long_names(file: SchemaFile) -> Iterator[Complaint]:
    """Names of fields that are longer than databases take."""
    for record, field in file.fields:
        if len(field.name) > _LONGEST:
            message = f"expected a field name of at most {_LONGEST} characters, got {len(field.name)}"
            hint = f"PostgreSQL cuts the column of {field.name!r} of {record.fullname!r} off"
            yield Complaint(file.place(field.position, "name"), f"{message}; {hint}")
