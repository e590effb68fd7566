"""What is compared with what: subjects, and types that no subject reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from avroforge.evolution.changes.pairing import match_roots
from avroforge.schema.model import NamedType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge.evolution import CompatibilityMode
    from avroforge.schema import Schema
    from avroforge_codegen.review.side import Side, Version


@dataclass(frozen=True, slots=True)
class Unit:
    """A subject, or a type without one, on both sides; at least one of them has it.

    Attributes:
        name: the subject, else the full name, else the file.
        old: what it was.
        new: what it is.
        mode: what its next schema must be able to do.
        mode_source: who says so.
        history: its registered versions, oldest first.
        unchecked: why it cannot be compared.
    """

    name: str
    old: Schema | None
    new: Schema | None
    mode: CompatibilityMode
    mode_source: str
    history: tuple[Version, ...] = ()
    unchecked: str = ""


def units_of(new: Side, old: Side, subjects: Mapping[str, Schema]) -> list[Unit]:
    """Every unit of a comparison, by name.

    Args:
        new: today's side.
        old: the other side.
        subjects: subject -> today's schema.
    """
    found = _against_registry(new, old, subjects) if old.is_registry else _against_files(new, old, subjects)
    return sorted(found, key=lambda unit: unit.name)


def _against_registry(new: Side, old: Side, subjects: Mapping[str, Schema]) -> Iterator[Unit]:
    for subject, schema in subjects.items():
        mode, source = new.mode_of(subject, old.history)
        history = old.history.versions.get(subject, ()) if old.history is not None else ()
        if history:
            yield Unit(subject, history[-1].schema, schema, mode, source, history)
        else:
            yield Unit(subject, None, schema, mode, source, (), f"not in {old.title} yet")


def _against_files(new: Side, old: Side, subjects: Mapping[str, Schema]) -> Iterator[Unit]:
    before, after = old.by_fullname, new.by_fullname
    became = match_roots(_roots(before), _roots(after))
    was = {name: older for older, name in became.items()}
    reached_new: set[str] = set()
    reached_old: set[str] = set()
    for subject, schema in subjects.items():
        mode, source = new.mode_of(subject)
        root = schema.fullname or ""
        older = before.get(old.subjects.get(subject, "")) or before.get(was.get(root, ""))
        reached_new.update(schema.names)
        if older is not None:
            reached_old.update(older.names)
        history = new.history.versions.get(subject, ()) if new.history is not None else ()
        yield Unit(subject, older, schema, mode, source, history)
    default, source = new.mode_of("")
    for name, schema in after.items():
        if name not in reached_new:
            yield Unit(name, before.get(was.get(name, "")), schema, default, source)
    everything = {each for schema in after.values() for each in schema.names}
    for name, schema in before.items():
        if name not in became and name not in reached_old and name not in everything:
            yield Unit(name, schema, None, default, source)
    yield from _nameless(new, old, default, source)


def _nameless(new: Side, old: Side, mode: CompatibilityMode, source: str) -> Iterator[Unit]:
    """Roots without a name: nothing but their file tells which is which."""
    before = {old.below_root[path]: each for path, each in old.schemas.items() if each.fullname is None}
    after = {new.below_root[path]: each for path, each in new.schemas.items() if each.fullname is None}
    named_before = {old.below_root[path]: each for path, each in old.schemas.items()}
    named_after = {new.below_root[path]: each for path, each in new.schemas.items()}
    for path, schema in after.items():
        yield Unit(path, named_before.get(path), schema, mode, source)
    for path, schema in before.items():
        if path not in named_after:
            yield Unit(path, schema, None, mode, source)


def _roots(schemas: Mapping[str, Schema]) -> dict[str, NamedType]:
    return {name: each.type for name, each in schemas.items() if isinstance(each.type, NamedType)}
