"""One side of a comparison: its schemas, and what it says about subjects, modes and history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from avroforge.evolution import CompatibilityMode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.registry.state import RegistryState
    from avroforge.schema import Schema
    from avroforge_codegen.settings import Settings


@dataclass(frozen=True, slots=True)
class Version:
    """A registered version of a subject, parsed."""

    number: int
    schema_id: int
    schema: Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side.

    Attributes:
        title: what it is, for people: ``git main (1a2b3c4d5e6f)``.
        base: what it was found to be: a commit, a file; empty for the files on disk.
        schemas: parsed schemas by source name; the positions in them have that path.
        below_root: source name -> path below its schema folder.
        settings: the settings of this side, where it has any.
        state: its committed registry file, where it has one.
        history: versions by subject, oldest first, where it is a registry.
        modes: the modes that it knows, by subject.
        notes: what a reader should know about how it was found.
    """

    title: str
    base: str = ""
    schemas: Mapping[str, Schema] = field(default_factory=dict)
    below_root: Mapping[str, str] = field(default_factory=dict)
    settings: Settings | None = None
    state: RegistryState | None = None
    history: Mapping[str, tuple[Version, ...]] | None = None
    modes: Mapping[str, CompatibilityMode] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def subjects(self) -> Mapping[str, str]:
        """Subject -> full name."""
        return {} if self.settings is None else self.settings.subjects

    def mode_of(self, subject: str) -> tuple[CompatibilityMode, str]:
        """The mode in force for a subject, and who says so."""
        settings = self.settings
        if settings is not None and subject in settings.registry.modes:
            return CompatibilityMode(settings.registry.modes[subject]), "avroforge.toml"
        if subject in self.modes:
            return self.modes[subject], self.title
        state = self.state
        if state is not None and subject in state.subjects:
            own = state.subjects[subject].mode
            if own is not None:
                return own, "registry file"
        if settings is not None:
            return CompatibilityMode(settings.registry.compatibility), "avroforge.toml"
        return CompatibilityMode.BACKWARD, "default"
