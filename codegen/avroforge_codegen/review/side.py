"""One side of a comparison: its schemas, and what it says about subjects, modes and history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from avroforge.evolution import CompatibilityMode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.schema import Schema
    from avroforge_codegen.settings import Settings


@dataclass(frozen=True, slots=True)
class Version:
    """A registered version of a subject, parsed."""

    number: int
    schema_id: int
    schema: Schema


@dataclass(frozen=True, slots=True)
class History:
    """What a registry holds: versions by subject, oldest first, and the modes in force."""

    name: str
    versions: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    modes: Mapping[str, CompatibilityMode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side.

    Attributes:
        title: what it is, for people: ``git main (1a2b3c4d5e6f)``.
        base: what it was found to be: a commit, a file; empty for the files on disk.
        schemas: parsed schemas by source name; the positions in them have that path.
        below_root: source name -> path below its schema folder.
        settings: the settings of this side, where it has any.
        history: its committed registry file, or the registry that it is.
        is_registry: whether the history is all there is: the latest versions are what is compared with.
        notes: what a reader should know about how it was found.
    """

    title: str
    base: str = ""
    schemas: Mapping[str, Schema] = field(default_factory=dict)
    below_root: Mapping[str, str] = field(default_factory=dict)
    settings: Settings | None = None
    history: History | None = None
    is_registry: bool = False
    notes: tuple[str, ...] = ()

    @property
    def subjects(self) -> Mapping[str, str]:
        """Subject -> full name."""
        return {} if self.settings is None else self.settings.subjects

    @property
    def by_fullname(self) -> dict[str, Schema]:
        """The schemas whose root has a name."""
        named = ((schema.fullname, schema) for schema in self.schemas.values())
        return {name: schema for name, schema in named if name is not None}

    @property
    def latest(self) -> Mapping[str, Schema]:
        """The schemas to compare with: of a registry, the latest version of every subject."""
        if self.history is None or not self.is_registry:
            return self.schemas
        found = {subject: versions[-1] for subject, versions in self.history.versions.items() if versions}
        return {each.schema.path: each.schema for each in found.values()}

    def mode_of(self, subject: str, other: History | None = None) -> tuple[CompatibilityMode, str]:
        """The mode in force for a subject, and who says so: the settings, else a registry, else the default.

        Args:
            subject: which.
            other: the registry that is compared with.
        """
        settings = self.settings
        if settings is not None and subject in settings.registry.modes:
            return CompatibilityMode(settings.registry.modes[subject]), "avroforge.toml"
        for history in (other, self.history):
            if history is not None and subject in history.modes:
                return history.modes[subject], history.name
        if settings is not None:
            return CompatibilityMode(settings.registry.compatibility), "avroforge.toml"
        return CompatibilityMode.BACKWARD, "default"
