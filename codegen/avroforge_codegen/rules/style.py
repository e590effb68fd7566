"""Rules about the style of names: generated classes, attributes and constants look as Python's do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from avroforge.schema.model import kind_of, namespace_of, simple_name
from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge_codegen.rules.schema_file import SchemaFile

_PASCAL: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
_SNAKE: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_UPPER: Final = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_NAMESPACE: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


def type_names(file: SchemaFile) -> Iterator[Complaint]:
    """Named types that are not PascalCase."""
    for node in file.named:
        name = simple_name(node.fullname)
        if not _PASCAL.fullmatch(name):
            message = f"expected a {kind_of(node)} name in PascalCase, got {name!r}"
            yield Complaint(file.place(node.position, "name"), message)


def field_names(file: SchemaFile) -> Iterator[Complaint]:
    """Fields that are not snake_case."""
    for record, field in file.fields:
        if not _SNAKE.fullmatch(field.name):
            message = f"expected a field name in snake_case, got {field.name!r} in {record.fullname!r}"
            yield Complaint(file.place(field.position, "name"), message)


def symbol_names(file: SchemaFile) -> Iterator[Complaint]:
    """Enum symbols that are not UPPER_CASE."""
    for node in file.enums:
        for index, symbol in enumerate(node.symbols):
            if not _UPPER.fullmatch(symbol):
                message = f"expected a symbol in UPPER_CASE, got {symbol!r} in {node.fullname!r}"
                yield Complaint(file.place(node.position, "symbols", index), message)


def namespaces(file: SchemaFile) -> Iterator[Complaint]:
    """Namespaces that are missing, or are not lower case."""
    for node in file.named:
        namespace = namespace_of(node.fullname)
        if not namespace:
            message = f"{kind_of(node)} {node.fullname!r} has no namespace; two teams will use the same name"
            yield Complaint(node.position, message)
        elif not _NAMESPACE.fullmatch(namespace):
            place = file.place(node.position, "namespace")
            yield Complaint(place, f"expected a namespace in lower case, got {namespace!r}")
