"""What the registry keeps, as the JSON of Confluent's REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from avroforge.registry.content import Metadata, RegisteredSchema, SchemaContent
    from avroforge.registry.setting import RegistryConfig
    from avroforge.schema.model import JsonValue


def content(found: SchemaContent) -> dict[str, JsonValue]:
    """What an id or a GUID stands for."""
    body: dict[str, JsonValue] = {"guid": found.guid, "schemaType": found.schema_type, "schema": found.text}
    if found.references:
        body["references"] = [
            {"name": each.name, "subject": each.subject, "version": each.version} for each in found.references
        ]
    if found.metadata is not None:
        body["metadata"] = _metadata(found.metadata)
    return body


def registered(found: RegisteredSchema) -> dict[str, JsonValue]:
    """A version of a subject."""
    place: dict[str, JsonValue] = {
        "subject": found.subject,
        "version": found.version,
        "id": found.schema_id,
    }
    return place | content(found) | {"deleted": found.deleted}


def config(found: RegistryConfig) -> dict[str, JsonValue]:
    """A configuration."""
    level: dict[str, JsonValue] = (
        {"compatibilityLevel": found.compatibility.value} if found.compatibility else {}
    )
    return {**found.others, **level}


def _metadata(metadata: Metadata) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {
        "tags": {path: list(tags) for path, tags in metadata.tags.items()},
        "properties": dict(metadata.properties),
        "sensitive": list(metadata.sensitive),
    }
    return {key: value for key, value in found.items() if value}
