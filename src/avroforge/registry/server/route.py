"""The addresses of the interface, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from avroforge.registry.server import schemas, settings, subjects

if TYPE_CHECKING:
    from collections.abc import Callable

    from avroforge.registry.interface import SchemaRegistry
    from avroforge.registry.server.call import Call
    from avroforge.registry.server.reply import RawText
    from avroforge.schema.model import JsonValue

Endpoint: TypeAlias = "Callable[[SchemaRegistry, Call], JsonValue | RawText]"


class Route(NamedTuple):
    """One method of one address.

    Attributes:
        method: the HTTP method.
        path: the address; ``{name}`` is a variable, percent-encoded as one segment.
        endpoint: what answers.
        waits: whether it may take long: for a lock, for the disk, or comparing schemas.
    """

    method: str
    path: str
    endpoint: Endpoint
    waits: bool = False


_SUBJECT: Final = "/subjects/{subject}"
_VERSION: Final = "/subjects/{subject}/versions/{version}"
_ID: Final = "/schemas/ids/{id}"

ROUTES: Final = (
    Route("GET", "/subjects", subjects.list_subjects),
    Route("POST", _SUBJECT, subjects.look_up),
    Route("DELETE", _SUBJECT, subjects.delete_subject, waits=True),
    Route("GET", f"{_SUBJECT}/versions", subjects.list_versions),
    Route("POST", f"{_SUBJECT}/versions", subjects.register, waits=True),
    Route("GET", f"{_SUBJECT}/metadata", subjects.get_latest_with_metadata),
    Route("GET", _VERSION, subjects.get_version),
    Route("DELETE", _VERSION, subjects.delete_version, waits=True),
    Route("GET", f"{_VERSION}/schema", subjects.get_version_schema),
    Route("GET", f"{_VERSION}/referencedby", subjects.get_referenced_by),
    Route("GET", "/schemas", schemas.list_schemas),
    Route("GET", "/schemas/types", schemas.list_types),
    Route("GET", _ID, schemas.get_by_id),
    Route("GET", f"{_ID}/schema", schemas.get_schema_by_id),
    Route("GET", f"{_ID}/subjects", schemas.list_subjects_of_id),
    Route("GET", f"{_ID}/versions", schemas.list_versions_of_id),
    Route("GET", "/schemas/guids/{guid}", schemas.get_by_guid),
    Route("GET", "/schemas/guids/{guid}/ids", schemas.list_ids_of_guid),
    Route("POST", "/compatibility/subjects/{subject}/versions", subjects.check_all, waits=True),
    Route("POST", "/compatibility/subjects/{subject}/versions/{version}", subjects.check_version, waits=True),
    Route("GET", "/config", settings.get_config),
    Route("PUT", "/config", settings.update_config, waits=True),
    Route("DELETE", "/config", settings.delete_config, waits=True),
    Route("GET", "/config/{subject}", settings.get_config),
    Route("PUT", "/config/{subject}", settings.update_config, waits=True),
    Route("DELETE", "/config/{subject}", settings.delete_config, waits=True),
    Route("GET", "/mode", settings.get_mode),
    Route("PUT", "/mode", settings.set_mode, waits=True),
    Route("DELETE", "/mode", settings.delete_mode, waits=True),
    Route("GET", "/mode/{subject}", settings.get_mode),
    Route("PUT", "/mode/{subject}", settings.set_mode, waits=True),
    Route("DELETE", "/mode/{subject}", settings.delete_mode, waits=True),
    Route("GET", "/contexts", schemas.list_contexts),
    Route("GET", "/v1/metadata/id", schemas.get_server_id),
    Route("GET", "/v1/metadata/version", schemas.get_server_version),
    Route("GET", "/", schemas.get_root),
)
