"""What can be set for a registry, a context or a subject: compatibility and mode."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from avroforge.evolution import CompatibilityMode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.schema.model import JsonValue

DEFAULT_COMPATIBILITY: Final = CompatibilityMode.BACKWARD


class RegistryMode(StrEnum):
    """What may be written.

    Attributes:
        READWRITE: anything; ids and versions are given by the registry.
        READONLY: nothing.
        READONLY_OVERRIDE: as READONLY; set for the whole registry, it goes before the modes of subjects.
        IMPORT: versions with ids that the caller brings; nothing is checked for compatibility.
    """

    READWRITE = "READWRITE"
    READONLY = "READONLY"
    READONLY_OVERRIDE = "READONLY_OVERRIDE"
    IMPORT = "IMPORT"


@dataclass(frozen=True, slots=True)
class RegistryConfig:
    """The configuration of a registry, a context or a subject.

    Attributes:
        compatibility: the compatibility level; None where it is not set here.
        others: every other key as the registry spells it, for example ``normalize``, ``alias`` or
            ``compatibilityGroup``; kept, even where this library does not know what it means.
    """

    compatibility: CompatibilityMode | None = None
    others: Mapping[str, JsonValue] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.compatibility, json.dumps(self.others, sort_keys=True)))
