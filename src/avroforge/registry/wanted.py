"""What files want a registry to hold: subjects with texts, references and compatibility levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from avroforge.schema import ArrayType, MapType, PrimitiveType, RecordType, UnionType
from avroforge.schema.tool_attributes import without_tool_attributes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge.evolution import CompatibilityMode
    from avroforge.schema import AvroType, NamedType, Schema


@dataclass(frozen=True, slots=True)
class Need:
    """A type that a text names and another subject defines.

    Attributes:
        name: full name of the type that the other subject's text has as its root.
        subject: where it is, or is to be, registered.
    """

    name: str
    subject: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one subject is to hold.

    Attributes:
        subject: its name.
        schema: the schema as the files mean it.
        text: what is registered: self-contained, or the file's own text without what speaks to tools.
        needs: what `text` names and does not define, to be registered first.
        level: the compatibility level to be in force for the subject; None: whatever is.
    """

    subject: str
    schema: Schema
    text: str
    needs: tuple[Need, ...] = ()
    level: CompatibilityMode | None = None


def wanted_alone(
    subjects: Mapping[str, Schema], levels: Mapping[str, CompatibilityMode | None]
) -> list[Wanted]:
    """Each subject with the self-contained text of its schema."""
    return [
        Wanted(subject, schema, schema.self_contained, level=levels[subject])
        for subject, schema in subjects.items()
    ]


def wanted_with_references(
    subjects: Mapping[str, Schema],
    levels: Mapping[str, CompatibilityMode | None],
    files: Mapping[str, Schema],
) -> list[Wanted]:
    """Each subject with its file's own text; every other file that it needs under its root type's full name.

    What is needed comes before what needs it.

    Args:
        subjects: subject -> the schema with the root type.
        levels: subject -> level, for the subjects above; the others have none of their own.
        files: every schema file by its path; types are looked for among their definitions.

    Raises:
        ValueError: a type that is needed lies in a file whose root has no name, or files need each other.
    """
    home = {name: schema for schema in files.values() for name in schema.defined}
    found: dict[str, Wanted] = {}
    waiting: set[str] = set()

    def add(subject: str, schema: Schema, level: CompatibilityMode | None) -> None:
        if subject in found:
            return
        if subject in waiting:
            raise ValueError(f"{schema.path}: refers to itself through other files, which references cannot")
        waiting.add(subject)
        needs = []
        for file in _files_needed(schema, home):
            if file.fullname is None:
                raise ValueError(f"{file.path}: its root type has no name to register it under")
            add(file.fullname, file, None)
            needs.append(Need(file.fullname, file.fullname))
        waiting.discard(subject)
        text = without_tool_attributes(schema.text)
        found[subject] = Wanted(subject, schema, text, tuple(needs), level)

    for subject, schema in subjects.items():
        add(subject, schema, levels[subject])
    return list(found.values())


def _files_needed(schema: Schema, home: Mapping[str, Schema]) -> list[Schema]:
    """The files that define what a text names, each once, in the order of first use."""
    own = set(schema.defined)
    needed = {}
    for name in _named_at(schema.type, own, set()):
        if name not in own:
            file = home[name]
            needed[id(file)] = file
    return list(needed.values())


def _named_at(node: AvroType, own: set[str], seen: set[str]) -> Iterator[str]:
    """Full names that a text spells, without looking into types that it does not define."""
    pending: list[AvroType] = [node]
    while pending:
        match pending.pop(0):
            case PrimitiveType():
                pass
            case ArrayType(items=inner) | MapType(values=inner):
                pending.append(inner)
            case UnionType(branches=branches):
                pending.extend(branches)
            case named:
                yield from _enter(named, own, seen, pending)


def _enter(named: NamedType, own: set[str], seen: set[str], pending: list[AvroType]) -> Iterator[str]:
    if named.fullname in seen:
        return
    seen.add(named.fullname)
    yield named.fullname
    if named.fullname in own and isinstance(named, RecordType):
        pending.extend(field.type for field in named.fields)
