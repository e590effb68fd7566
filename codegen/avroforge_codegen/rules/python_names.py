"""A rule about names that Python cannot use as they are: generated code has to spell them otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.schema.model import EnumType, RecordType, kind_of, namespace_of, simple_name
from avroforge_codegen import naming
from avroforge_codegen.rules.rule import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.schema.model import NamedType
    from avroforge_codegen.rules.rule import SchemaFile


def unusable(file: SchemaFile) -> Iterator[Complaint]:
    """Types, fields, symbols and namespaces whose name in Python differs from the schema's."""
    for node in file.named():
        name = simple_name(node.fullname)
        yield from _differing(node, f"{kind_of(node)} {name!r}", name, naming.class_name(name))
        for part in filter(None, namespace_of(node.fullname).split(".")):
            what = f"{part!r} of namespace {namespace_of(node.fullname)!r}"
            yield from _differing(node, what, part, naming.module_part(part))
        if isinstance(node, EnumType):
            for symbol in node.symbols:
                what = f"symbol {symbol!r} of {node.fullname!r}"
                yield from _differing(node, what, symbol, naming.member(symbol))
        elif isinstance(node, RecordType):
            for field in node.fields:
                python = naming.attribute(field.name)
                if python != field.name:
                    message = _message(f"field {field.name!r} of {node.fullname!r}", python)
                    yield Complaint(field.position, message)


def _differing(node: NamedType, what: str, name: str, python: str) -> Iterator[Complaint]:
    if python != name:
        yield Complaint(node.position, _message(what, python))


def _message(what: str, python: str) -> str:
    return f"{what} is a reserved name in Python; generated code has {python!r} instead"
