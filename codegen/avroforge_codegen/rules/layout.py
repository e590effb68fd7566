"""Rules about where types stand: a reader finds a type's file from its full name alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.schema.model import EnumType, FixedType, RecordType, kind_of
from avroforge_codegen.rules.rule import Complaint
from avroforge_codegen.sources import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge_codegen.rules.schema_file import SchemaFile


def misplaced_root(file: SchemaFile) -> Iterator[Complaint]:
    """A named root type whose file is not ``<namespace as folders>/<Name>.avsc``."""
    root = file.schema.type
    if isinstance(root, RecordType | EnumType | FixedType):
        expected = root.fullname.replace(".", "/") + SUFFIX
        got = file.below_root
        # the schema folder of a file that was named by itself is not known
        if got != expected and not (got.startswith("/") and got.endswith(f"/{expected}")):
            message = f"expected {root.fullname!r} in the file {expected!r}, got {got!r}"
            yield Complaint(root.position, f"{message}; move the file or change the namespace")


def further_types(file: SchemaFile) -> Iterator[Complaint]:
    """Named types beside the first of a file."""
    named = file.named
    for node in named[1:]:
        message = f"{kind_of(node)} {node.fullname!r} is defined inside the file of {named[0].fullname!r}"
        yield Complaint(node.position, f"{message}; give it a file of its own and refer to it by name")


def unnamed_root(file: SchemaFile) -> Iterator[Complaint]:
    """A root that has no name: nothing can refer to it."""
    root = file.schema.type
    if not isinstance(root, RecordType | EnumType | FixedType):
        message = f"the root is {kind_of(root)}, which has no name; other schemas cannot refer to it"
        yield Complaint(root.position, message)


def unused_types(file: SchemaFile) -> Iterator[Complaint]:
    """Named types that no subject reaches, where the settings name subjects."""
    if not file.folder.subjects:
        return
    for node in file.named:
        if node.fullname not in file.folder.in_use:
            message = f"no subject uses {kind_of(node)} {node.fullname!r}"
            yield Complaint(node.position, f"{message}; remove it, or add what uses it to [subjects]")
