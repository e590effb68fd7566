"""What an interface asks of a registry: writer schemas by what a message's header says, and its own id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from avroforge.errors import SchemaNotFoundError

if TYPE_CHECKING:
    from uuid import UUID


@runtime_checkable
class SchemaSource(Protocol):
    """What an interface asks of a registry."""

    def schema_by_id(self, schema_id: int) -> str:
        """The text registered under an id. Raises `SchemaNotFoundError` or `RegistryUnavailableError`."""
        ...

    def id_for(self, subject: str, schema_key: str) -> int | None:
        """The id of a schema under a subject where it is known already; no I/O."""
        ...


@runtime_checkable
class GuidSource(Protocol):
    """What a registry may know beside."""

    def schema_by_guid(self, guid: UUID) -> str:
        """The text registered under a GUID. Raises `SchemaNotFoundError` or `RegistryUnavailableError`."""
        ...


def text_of(source: SchemaSource, reference: int | UUID) -> str:
    """The text of a writer's schema, by the id or GUID of a message's header.

    Raises:
        SchemaNotFoundError: the source does not know it, or knows no GUIDs at all.
    """
    if isinstance(reference, int):
        return source.schema_by_id(reference)
    if isinstance(source, GuidSource):
        return source.schema_by_guid(reference)
    raise SchemaNotFoundError(
        f"no schema for the GUID {reference}: {type(source).__name__} finds schemas by id only"
    )
