"""Schemas that refer to types of other subjects: what they name is fetched, and parsed with them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from avroforge.errors import SchemaNotFoundError
from avroforge.registry import refusal
from avroforge.registry.canonical_text import LONGEST_CACHED
from avroforge.registry.content import AVRO
from avroforge.registry.qualified_subject import QualifiedSubject
from avroforge.schema import parse_schema
from avroforge.schema.inline import self_contained

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avroforge.registry.content import RegisteredSchema, SchemaContent, SchemaReference
    from avroforge.registry.interface import SchemaRegistry
    from avroforge.schema import NamedType, Schema

Fetch: TypeAlias = Callable[[QualifiedSubject, int], "RegisteredSchema"]
"""Gives a version, also a softly deleted one. Raises `SchemaNotFoundError`."""
_MOST_REFERENCES: Final = 1000
_LONGEST_CHAIN: Final = 100


def parse_content(
    content: SchemaContent,
    fetch: Fetch,
    subject: str | None = None,
    *,
    path: str = "<schema>",
    lenient: bool = False,
) -> Schema:
    """The schema that a text means together with what it references.

    Args:
        content: text and references.
        fetch: gives what a reference names.
        subject: where the schema is registered; names the context of references that name none.
        path: what the text is called in diagnostics.
        lenient: as `parse_schema`; referenced texts always are.

    Raises:
        SchemaError: the text, or one that it references, is no valid schema.
        InvalidSchemaError: a reference is not there, or leads back to itself, or two define one name
            differently; or the schema is none of Avro's.
    """
    if content.schema_type != AVRO:
        raise refusal.refused_schema("SCHEMA_TYPE", f"Invalid schema type {content.schema_type}")
    if not content.references:
        return _parse_alone(content.text, path, lenient)
    names = _Names(fetch).of(content.references, QualifiedSubject.parse(subject))
    return parse_schema(content.text, path=path, names=names, lenient=lenient)


def _parse_alone(text: str, path: str, lenient: bool) -> Schema:
    parse = _parse_cached if len(text) <= LONGEST_CACHED else _parse_cached.__wrapped__
    return parse(text, path, lenient)


@lru_cache(maxsize=256)
def _parse_cached(text: str, path: str, lenient: bool) -> Schema:
    return parse_schema(text, path=path, lenient=lenient)


def self_contained_text(registry: SchemaRegistry, content: SchemaContent, subject: str | None = None) -> str:
    """A registered schema with everything it references in one text; its own where it references nothing.

    Args:
        registry: where the references are registered.
        content: what the registry holds.
        subject: where it is registered; names the context of references that name none.

    Raises:
        InvalidSchemaError: a reference is not there.
        RegistryError: the registry gave no answer.
    """
    if not content.references:
        return content.text
    return parse_content(content, fetch_from(registry), subject, lenient=True).self_contained


def fetch_from(registry: SchemaRegistry) -> Fetch:
    """The versions of a registry."""
    return lambda subject, version: registry.version(str(subject), version, deleted=True)


class _Names:
    """The named types that references bring; each version is fetched and parsed once."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._schemas: dict[tuple[QualifiedSubject, int], Schema | None] = {}
        self._depth = 0

    def of(self, references: Iterable[SchemaReference], here: QualifiedSubject) -> dict[str, NamedType]:
        names: dict[str, NamedType] = {}
        for reference in references:
            schema = self._schema(here.sibling(reference.subject), reference)
            for fullname, node in schema.names.items():
                other = names.setdefault(fullname, node)
                if other is not node and self_contained(other) != self_contained(node):
                    raise refusal.refused_schema(
                        "REFERENCE_CONFLICT",
                        f"version {reference.version} of '{reference.subject}' defines '{fullname}' in "
                        "another way than a reference before it",
                    )
        return names

    def _schema(self, subject: QualifiedSubject, reference: SchemaReference) -> Schema:
        place = f"version {reference.version} of '{subject}'"
        key = (subject, reference.version)
        if key in self._schemas:
            schema = self._schemas[key]
            if schema is None:
                raise refusal.refused_schema("REFERENCE_CYCLE", f"{place} references itself")
            return schema
        if len(self._schemas) >= _MOST_REFERENCES:
            message = f"expected at most {_MOST_REFERENCES} references, directly and indirectly"
            raise refusal.refused_schema("REFERENCE_COUNT", message)
        if self._depth >= _LONGEST_CHAIN:
            message = f"expected at most {_LONGEST_CHAIN} references one behind the other"
            raise refusal.refused_schema("REFERENCE_COUNT", message)
        self._schemas[key] = None
        try:
            content = self._fetch(subject, reference.version)
        except SchemaNotFoundError:
            message = f"the reference '{reference.name}' names {place}, which is not there"
            raise refusal.refused_schema("REFERENCE_MISSING", message) from None
        self._depth += 1
        names = self.of(content.references, subject)
        self._depth -= 1
        schema = parse_schema(content.text, path=f"<{place}>", names=names, lenient=True)
        self._schemas[key] = schema
        return schema
