"""Endpoints below ``/schemas``, and those about the server itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.registry.content import AVRO
from avroforge.registry.server import rendering
from avroforge.registry.server.reply import RawText
from avroforge.registry.server.subjects import every_version, page

if TYPE_CHECKING:
    from avroforge.registry.interface import SchemaRegistry
    from avroforge.registry.server.call import Call
    from avroforge.schema.model import JsonValue


def list_schemas(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /schemas``."""
    return page(call, [rendering.registered(each) for each in every_version(registry, call)])


def list_types(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /schemas/types``."""
    del registry, call
    return [AVRO]


def get_by_id(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /schemas/ids/{id}``."""
    return rendering.content(registry.schema_by_id(call.schema_id, call.hint))


def get_schema_by_id(registry: SchemaRegistry, call: Call) -> RawText:
    """``GET /schemas/ids/{id}/schema``."""
    return RawText(registry.schema_by_id(call.schema_id, call.hint).text)


def list_subjects_of_id(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /schemas/ids/{id}/subjects``."""
    places = registry.versions_of_id(call.schema_id, call.hint, deleted=call.flag("deleted"))
    return page(call, list(dict.fromkeys(each.subject for each in places)))


def list_versions_of_id(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /schemas/ids/{id}/versions``."""
    places = registry.versions_of_id(call.schema_id, call.hint, deleted=call.flag("deleted"))
    return page(call, [{"subject": each.subject, "version": each.version} for each in places])


def get_by_guid(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /schemas/guids/{guid}``."""
    return rendering.content(registry.schema_by_guid(call.path["guid"]))


def list_ids_of_guid(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /schemas/guids/{guid}/ids``."""
    found = registry.ids_of_guid(call.path["guid"])
    return [{"context": each.context, "id": each.schema_id} for each in found]


def list_contexts(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /contexts``."""
    return page(call, list(registry.contexts()))


def get_server_id(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /v1/metadata/id``."""
    del registry, call
    clusters: JsonValue = {"kafka-cluster": "none", "schema-registry-cluster": "avroforge"}
    return {"scope": {"path": [], "clusters": clusters}, "id": ""}


def get_server_version(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /v1/metadata/version``."""
    from importlib.metadata import version  # noqa: PLC0415 - slow to load, seldom asked

    del registry, call
    return {"version": f"avroforge-{version('avroforge')}", "commitId": ""}


def get_root(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /``."""
    del registry, call
    return {}
