"""Registered schemas that use types of other subjects: one text that needs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.errors import Diagnostic, InvalidSchemaError
from avroforge.registry.content import AVRO
from avroforge.schema import parse_schema

if TYPE_CHECKING:
    from avroforge.registry.content import SchemaContent, SchemaReference
    from avroforge.registry.interface import SchemaRegistry
    from avroforge.schema.model import NamedType

MOST_REFERENCES: Final = 1000


def self_contained(registry: SchemaRegistry, content: SchemaContent) -> str:
    """A registered schema's text with all types in it.

    Args:
        registry: where the references lead.
        content: what is registered.

    Returns:
        The registered text itself where it has no references.

    Raises:
        InvalidSchemaError: no Avro schema; references in a circle, or more than a thousand of them.
        SchemaError: a text that is no valid schema.
        SchemaNotFoundError: a reference that leads nowhere.
        RegistryError: the registry gave no answer.
    """
    if content.schema_type != AVRO:
        _refuse(f"expected an Avro schema, got one of the type {content.schema_type!r}")
    if not content.references:
        return content.text
    names = _Collector(registry).types_of(content, ())
    return parse_schema(content.text, path="<registered>", names=names, lenient=True).self_contained


class _Collector:
    def __init__(self, registry: SchemaRegistry) -> None:
        self._registry = registry
        self._known: dict[tuple[str, int], dict[str, NamedType]] = {}

    def types_of(self, content: SchemaContent, above: tuple[SchemaReference, ...]) -> dict[str, NamedType]:
        """Every type that a schema's references bring, by full name."""
        found: dict[str, NamedType] = {}
        for reference in content.references:
            found |= self._referenced(reference, above)
        return found

    def _referenced(
        self, reference: SchemaReference, above: tuple[SchemaReference, ...]
    ) -> dict[str, NamedType]:
        place = (reference.subject, reference.version)
        if place in self._known:
            return self._known[place]
        if any((each.subject, each.version) == place for each in above):
            _refuse(f"references in a circle through '{reference.subject}' version {reference.version}")
        if len(self._known) + len(above) >= MOST_REFERENCES:
            _refuse(f"more than {MOST_REFERENCES} references")
        registered = self._registry.version(*place, deleted=True)
        below = self.types_of(registered, (*above, reference))
        path = f"<{reference.subject} version {reference.version}>"
        schema = parse_schema(registered.text, path=path, names=below, lenient=True)
        self._known[place] = {**below, **schema.names}
        return self._known[place]


def _refuse(message: str) -> None:
    raise InvalidSchemaError([Diagnostic("REFERENCES", message, "<registered>")])
