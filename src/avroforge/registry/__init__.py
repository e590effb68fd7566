"""Schema registries: one interface; a server by HTTP, the embedded file, memory; the cache of ids."""

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
from avroforge.registry.setting import DEFAULT_COMPATIBILITY, RegistryConfig, RegistryMode
from avroforge.registry.subjects import Part, SubjectNaming

__all__ = [
    "AVRO",
    "DEFAULT_COMPATIBILITY",
    "LATEST",
    "CheckReason",
    "CheckResult",
    "ContextId",
    "Finding",
    "HttpRegistry",
    "LocalRegistry",
    "MemoryRegistry",
    "Metadata",
    "Part",
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
    "self_contained_text",
]
