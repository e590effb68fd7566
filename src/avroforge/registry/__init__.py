"""Schema registries: one interface, the embedded file, memory, and the cache of ids."""

from avroforge.registry.findings import Finding, check_against
from avroforge.registry.ids import RegistryIds
from avroforge.registry.interface import (
    DEFAULT_MODE,
    LATEST,
    CheckResult,
    RegisteredSchema,
    SchemaRegistry,
    VersionRef,
)
from avroforge.registry.local import LocalRegistry
from avroforge.registry.memory import MemoryRegistry
from avroforge.registry.subjects import Part, SubjectNaming

__all__ = [
    "DEFAULT_MODE",
    "LATEST",
    "CheckResult",
    "Finding",
    "LocalRegistry",
    "MemoryRegistry",
    "Part",
    "RegisteredSchema",
    "RegistryIds",
    "SchemaRegistry",
    "SubjectNaming",
    "VersionRef",
    "check_against",
]
