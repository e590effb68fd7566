"""Schema registries: one interface; a server by HTTP, the embedded file, memory; the cache of ids.

The names load on first use (PEP 562): the client of a server does not come along with the naming of subjects.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from avroforge.registry.check import CheckReason, CheckResult
    from avroforge.registry.client import HttpRegistry, RegistrySettings
    from avroforge.registry.client.confluent import confluent_settings
    from avroforge.registry.content import (
        AVRO,
        LATEST,
        ContextId,
        Metadata,
        RegisteredSchema,
        SchemaContent,
        SchemaReference,
        SubjectVersion,
        VersionRef,
    )
    from avroforge.registry.findings import Finding, check_against, compatibility_in_force
    from avroforge.registry.ids import RegistryIds
    from avroforge.registry.interface import SchemaRegistry
    from avroforge.registry.local import LocalRegistry
    from avroforge.registry.memory import MemoryRegistry
    from avroforge.registry.references import self_contained_text
    from avroforge.registry.serializers import (
        ConfluentDeserializer,
        ConfluentSerializer,
        RecordDeserializer,
        RecordSerializer,
        message_decoder,
        topic_deserializer,
        topic_serializer,
    )
    from avroforge.registry.setting import DEFAULT_COMPATIBILITY, RegistryConfig, RegistryMode
    from avroforge.registry.subjects import Part, SubjectNaming

__all__ = [
    "AVRO",
    "DEFAULT_COMPATIBILITY",
    "LATEST",
    "CheckReason",
    "CheckResult",
    "ConfluentDeserializer",
    "ConfluentSerializer",
    "ContextId",
    "Finding",
    "HttpRegistry",
    "LocalRegistry",
    "MemoryRegistry",
    "Metadata",
    "Part",
    "RecordDeserializer",
    "RecordSerializer",
    "RegisteredSchema",
    "RegistryConfig",
    "RegistryIds",
    "RegistryMode",
    "RegistrySettings",
    "SchemaContent",
    "SchemaReference",
    "SchemaRegistry",
    "SubjectNaming",
    "SubjectVersion",
    "VersionRef",
    "check_against",
    "compatibility_in_force",
    "confluent_settings",
    "message_decoder",
    "self_contained_text",
    "topic_deserializer",
    "topic_serializer",
]

_HOME: Final = {
    "AVRO": "avroforge.registry.content",
    "CheckReason": "avroforge.registry.check",
    "CheckResult": "avroforge.registry.check",
    "ConfluentDeserializer": "avroforge.registry.serializers",
    "ConfluentSerializer": "avroforge.registry.serializers",
    "ContextId": "avroforge.registry.content",
    "DEFAULT_COMPATIBILITY": "avroforge.registry.setting",
    "Finding": "avroforge.registry.findings",
    "HttpRegistry": "avroforge.registry.client",
    "LATEST": "avroforge.registry.content",
    "LocalRegistry": "avroforge.registry.local",
    "MemoryRegistry": "avroforge.registry.memory",
    "Metadata": "avroforge.registry.content",
    "Part": "avroforge.registry.subjects",
    "RecordDeserializer": "avroforge.registry.serializers",
    "RecordSerializer": "avroforge.registry.serializers",
    "RegisteredSchema": "avroforge.registry.content",
    "RegistryConfig": "avroforge.registry.setting",
    "RegistryIds": "avroforge.registry.ids",
    "RegistryMode": "avroforge.registry.setting",
    "RegistrySettings": "avroforge.registry.client",
    "SchemaContent": "avroforge.registry.content",
    "SchemaReference": "avroforge.registry.content",
    "SchemaRegistry": "avroforge.registry.interface",
    "SubjectNaming": "avroforge.registry.subjects",
    "SubjectVersion": "avroforge.registry.content",
    "VersionRef": "avroforge.registry.content",
    "check_against": "avroforge.registry.findings",
    "compatibility_in_force": "avroforge.registry.findings",
    "confluent_settings": "avroforge.registry.client.confluent",
    "message_decoder": "avroforge.registry.serializers",
    "self_contained_text": "avroforge.registry.references",
    "topic_deserializer": "avroforge.registry.serializers",
    "topic_serializer": "avroforge.registry.serializers",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
