"""A schema laid out as this project lays schemas out: one named type per file, path = namespace and name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from avroforge.errors import SchemaError
from avroforge.schema import namespace_of, parse_schemas, simple_name
from avroforge.schema.inline import own_tree
from avroforge_codegen.formatting import format_text
from avroforge_codegen.settings import FormatSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from avroforge.schema import JsonValue, NamedType, Schema


def schema_files(
    schema: Schema, *, split: bool = True, layout: FormatSettings | None = None
) -> dict[str, str]:
    """Path -> text of the files that say what a schema says.

    Args:
        schema: the schema with everything that it refers to; its root has a name.
        split: one file for each named type; otherwise one for the root with all others in it.
        layout: indentation and width, by default those of ``avroforge fmt``.

    Raises:
        ValueError: the root has no name to call its file by.
    """
    if schema.fullname is None:
        raise ValueError("its root type has no name to call a file by")
    names = dict(schema.names) if split else {schema.fullname: schema.names[schema.fullname]}
    style = layout or FormatSettings()
    files = {path_of(name): format_text(_text(node, names), style) for name, node in names.items()}
    again = parse_schemas(files, file_cycles=True)[path_of(schema.fullname)]
    if again.key != schema.key:
        # Nothing is written that means something else.
        raise ValueError("it cannot be laid out in files without changing its meaning")
    return files


class FileState(StrEnum):
    """What a file is to the text that would replace it."""

    NEW = "new"
    SAME = "same"
    OTHER = "other"


def compare_files(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, FileState]:
    """For each file of `after` whether there is one, and whether it says the same, be it in other words.

    Args:
        before: path -> text of those files that are there.
        after: path -> text, each with one named type as its root; they may refer to each other.
    """
    wanted = parse_schemas(after, file_cycles=True)
    try:
        found = parse_schemas({**after, **before}, file_cycles=True)
    except SchemaError:
        found = {}
    states = {}
    for path, text in after.items():
        if path not in before:
            states[path] = FileState.NEW
        elif before[path] == text or (path in found and _own(found[path]) == _own(wanted[path])):
            states[path] = FileState.SAME
        else:
            states[path] = FileState.OTHER
    return states


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A type that another file defines than the one it would be written to.

    Attributes:
        fullname: the type.
        location: the file that defines it.
        same: whether it says the same there.
    """

    fullname: str
    location: Path
    same: bool


def elsewhere(
    folder: Path, after: Mapping[str, str], known: Mapping[Path, Schema]
) -> dict[str, list[Elsewhere]]:
    """For each file that would be written below a folder, those of its types that other files define.

    Args:
        folder: where the paths of `after` start.
        after: path -> text; the files may refer to each other.
        known: the files of the project and what they hold.
    """
    places = {
        fullname: (location, schema)
        for location, schema in known.items()
        for fullname in schema.defined
        if not any(location.resolve() == (folder / path).resolve() for path in after)
    }
    found = {}
    for path, wanted in parse_schemas(after, file_cycles=True).items():
        found[path] = [
            Elsewhere(fullname, location, _alone(schema, fullname) == _alone(wanted, fullname))
            for fullname in wanted.defined
            for location, schema in [places.get(fullname, (None, None))]
            if location is not None and schema is not None
        ]
    return found


def _alone(schema: Schema, fullname: str) -> JsonValue:
    """What a schema says of one type, whatever it says of those that this refers to."""
    return own_tree(schema.names[fullname], schema.names)


def _own(schema: Schema) -> JsonValue:
    """What a file itself says, whatever the files say that it refers to."""
    others = [name for name in schema.names if name not in schema.defined]
    return None if schema.fullname is None else own_tree(schema.names[schema.fullname], others)


def path_of(fullname: str) -> str:
    """``a.b.Order`` lies in ``a/b/Order.avsc``."""
    return f"{fullname.replace('.', '/')}.avsc"


def _text(node: NamedType, names: Mapping[str, NamedType]) -> str:
    tree = own_tree(node, names)
    head: dict[str, JsonValue] = {"type": tree.pop("type"), "name": simple_name(node.fullname)}
    tree.pop("name")
    if namespace := namespace_of(node.fullname):
        head["namespace"] = namespace
    # the type itself goes over lines, what is in it where it has to
    return "{\n" + json.dumps({**head, **tree}, ensure_ascii=False)[1:]
