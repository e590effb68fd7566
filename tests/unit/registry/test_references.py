from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from avroforge.errors import InvalidSchemaError, SchemaNotFoundError
from avroforge.registry import MemoryRegistry, RegisteredSchema, SchemaContent, SchemaReference
from avroforge.registry.references import self_contained_text
from avroforge.schema import parse_schema

if TYPE_CHECKING:
    from avroforge.registry import VersionRef


class Shelf(MemoryRegistry):
    """A registry of texts with references, by subject; every version is 1."""

    def __init__(self, **kept: SchemaContent) -> None:
        super().__init__()
        self.kept = kept
        self.asked: list[str] = []

    def version(self, subject: str, version: VersionRef = 1, *, deleted: bool = False) -> RegisteredSchema:
        assert deleted
        self.asked.append(subject)
        if subject not in self.kept:
            raise SchemaNotFoundError(f"no {subject} {version}")
        content = self.kept[subject]
        return RegisteredSchema(content.text, content.references, subject=subject, version=1, schema_id=1)


def to(*subjects: str) -> tuple[SchemaReference, ...]:
    return tuple(SchemaReference(f"n.{each.upper()}", each, 1) for each in subjects)


def record(name: str, *types: str) -> str:
    fields = ",".join(f'{{"name":"f{at}","type":"{each}"}}' for at, each in enumerate(types))
    return f'{{"type":"record","name":"{name}","namespace":"n","fields":[{fields}]}}'


def test_without_references_the_text_itself() -> None:
    text = ' {"type" : "int"}\n'
    assert self_contained_text(Shelf(), SchemaContent(text)) is text


def test_references_of_references_are_each_read_once() -> None:
    shelf = Shelf(
        a=SchemaContent(record("A", "int")),
        b=SchemaContent(record("B", "n.A"), to("a")),
        c=SchemaContent(record("C", "A"), to("a")),
    )
    content = SchemaContent(record("Root", "n.B", "n.C", "n.A"), to("b", "c", "a"))
    text = self_contained_text(shelf, content)
    assert sorted(shelf.asked) == ["a", "b", "c"]
    assert sorted(parse_schema(text).names) == ["n.A", "n.B", "n.C", "n.Root"]


def test_a_circle_is_refused() -> None:
    shelf = Shelf(a=SchemaContent(record("A", "n.B"), to("b")), b=SchemaContent(record("B", "n.A"), to("a")))
    with pytest.raises(InvalidSchemaError, match="version 1 of 'a' references itself"):
        self_contained_text(shelf, SchemaContent(record("Root", "n.A"), to("a")))


def test_a_reference_that_leads_nowhere() -> None:
    with pytest.raises(InvalidSchemaError, match="names version 1 of 'a', which is not there"):
        self_contained_text(Shelf(), SchemaContent(record("Root", "n.A"), to("a")))


def test_a_chain_of_references_has_an_end() -> None:
    class Endless(Shelf):
        def version(
            self, subject: str, version: VersionRef = 1, *, deleted: bool = False
        ) -> RegisteredSchema:
            del version, deleted
            after = int(subject[1:]) + 1
            content = SchemaContent(record(f"T{after}", f"n.T{after + 1}"), to(f"t{after}"))
            return RegisteredSchema(content.text, content.references, subject=subject, version=1, schema_id=1)

    with pytest.raises(InvalidSchemaError, match="at most 100 references one behind the other"):
        self_contained_text(Endless(), SchemaContent(record("Root", "n.T0"), to("t0")))
