"""What callers of the generated Python notice of a change, from the generated classes of both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.evolution.changes import CATALOGUE, Change
from avroforge.schema.model import EnumType, NamedType, Position, RecordType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from avroforge.evolution.changes import FieldRow, TypePair
    from avroforge_codegen.review.python_surface import PythonClass, Surface


def python_changes(old: Surface, new: Surface, pairs: Iterable[TypePair], *, whole: bool) -> Iterator[Change]:
    """The changes of generated classes.

    Args:
        old: the classes of the other side.
        new: today's classes.
        pairs: which type became which.
        whole: whether the other side has all schemas, so that a class that it lacks is new.
    """
    kept_old: set[str] = set()
    kept_new: set[str] = set()
    for pair in pairs:
        if isinstance(pair.old, NamedType) and isinstance(pair.new, NamedType):
            whole_class = _may_differ(pair)
            before = old.of(pair.old, whole=whole_class)
            after = new.of(pair.new, whole=whole_class)
            if before is not None and after is not None:
                kept_old.add(pair.old.fullname)
                kept_new.add(pair.new.fullname)
                yield from _Class(pair, pair.new.fullname).changes(before, after)
    for node, found in old.classes(without={*kept_old, *new.fullnames}):
        yield _whole_class("PYTHON_CLASS_REMOVED", node, found.name)
    if whole:
        for node, found in new.classes(without={*kept_new, *old.fullnames}):
            yield _whole_class("PYTHON_CLASS_ADDED", node, found.name)


def _may_differ(pair: TypePair) -> bool:
    """Whether attributes may differ: something changed here, or the class of a type that is used here."""
    inside = (each for row in pair.rows for each in row.inside)
    return bool(pair.own_changes()) or any(each.changes for each in inside)


def _whole_class(kind: str, node: NamedType, name: str) -> Change:
    words = {"type": node.fullname, "name": name, "old": name, "new": name}
    nowhere = Position(0, 0, "")
    removed = kind == "PYTHON_CLASS_REMOVED"
    old, new = (name, "") if removed else ("", name)
    places = (node.position, nowhere) if removed else (nowhere, node.position)
    return Change(CATALOGUE[kind], node.fullname, words, old, new, *places)


class _Class:
    """One class on both sides."""

    def __init__(self, pair: TypePair, fullname: str) -> None:
        self._pair = pair
        self._type = fullname

    def changes(self, before: PythonClass, after: PythonClass) -> Iterator[Change]:
        places = self._pair.old.position, self._pair.new.position
        if before.name != after.name:
            yield self._note("PYTHON_CLASS_RENAMED", after.name, before.name, after.name, *places)
        if before.module != after.module:
            modules = before.module or "the package", after.module or "the package"
            yield self._note("PYTHON_CLASS_MOVED", after.name, *modules, *places)
        if isinstance(self._pair.new, RecordType):
            for row in self._pair.rows if before.attributes or after.attributes else ():
                yield from self._attribute(row, before, after)
        elif isinstance(self._pair.new, EnumType):
            for symbol, member in before.members.items():
                if symbol not in after.members:
                    yield self._note("PYTHON_MEMBER_REMOVED", member, member, "", *places)
            for symbol, member in after.members.items():
                if symbol not in before.members:
                    yield self._note("PYTHON_MEMBER_ADDED", member, "", member, *places)

    def _attribute(self, row: FieldRow, before: PythonClass, after: PythonClass) -> Iterator[Change]:
        old = before.attributes.get(row.old.name) if row.old is not None else None
        new = after.attributes.get(row.new.name) if row.new is not None else None
        places = (
            row.old.position if row.old is not None else self._pair.old.position,
            row.new.position if row.new is not None else self._pair.new.position,
        )
        if old is None and new is not None:
            kind = "PYTHON_ATTRIBUTE_REQUIRED" if new.required else "PYTHON_ATTRIBUTE_ADDED"
            yield self._note(kind, new.name, "", new.annotation, *places)
        elif old is not None and new is None:
            yield self._note("PYTHON_ATTRIBUTE_REMOVED", old.name, old.annotation, "", *places)
        elif old is not None and new is not None:
            if old.name != new.name:
                yield self._note("PYTHON_ATTRIBUTE_RENAMED", new.name, old.name, new.name, *places)
            if old.annotation != new.annotation:
                words = old.annotation, new.annotation
                yield self._note("PYTHON_ATTRIBUTE_TYPE", new.name, *words, *places)
            if old.required != new.required:
                kind = "PYTHON_ATTRIBUTE_REQUIRED" if new.required else "PYTHON_ATTRIBUTE_OPTIONAL"
                words = ("optional", "required") if new.required else ("required", "optional")
                yield self._note(kind, new.name, *words, *places)

    def _note(  # noqa: PLR0913, PLR0917 - the parts of a change
        self, kind: str, name: str, old: str, new: str, old_position: Position, new_position: Position
    ) -> Change:
        words = {"type": self._type, "name": name, "old": old, "new": new}
        path = f"{self._type}.{name}" if "CLASS" not in kind else self._type
        return Change(CATALOGUE[kind], path, words, old, new, old_position, new_position)
