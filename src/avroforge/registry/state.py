"""What a registry knows, as a value: changes are pure functions to a new value."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from avroforge.registry.content import RegisteredSchema, SchemaContent
from avroforge.registry.qualified_subject import DEFAULT_CONTEXT, QualifiedSubject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge.registry.setting import RegistryConfig, RegistryMode


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a subject: its number, the id of its schema, and whether it is softly deleted."""

    number: int
    schema_id: int
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What is set at one place; None where nothing is."""

    config: RegistryConfig | None = None
    mode: RegistryMode | None = None


@dataclass(frozen=True, slots=True)
class SubjectState:
    """A subject: its versions, oldest first, softly deleted ones too, and its own settings."""

    versions: tuple[Version, ...] = ()
    settings: Settings = field(default_factory=Settings)

    @property
    def active(self) -> tuple[Version, ...]:
        """The versions that are not deleted."""
        return tuple(each for each in self.versions if not each.deleted)


@dataclass(frozen=True, slots=True)
class ContextState:
    """A context: subjects by name, schemas by id, and the largest id that was ever given."""

    subjects: Mapping[str, SubjectState] = field(default_factory=dict)
    schemas: Mapping[int, SchemaContent] = field(default_factory=dict)
    last_id: int = 0
    settings: Settings = field(default_factory=Settings)

    def id_of(self, guid: str) -> int | None:
        """The id of the schema with a GUID."""
        return next((key for key, content in self.schemas.items() if content.guid == guid), None)

    def uses_of(self, schema_id: int) -> Iterator[tuple[str, Version]]:
        """The subjects' versions that have a schema, in the order of subjects."""
        for name in sorted(self.subjects):
            for version in self.subjects[name].versions:
                if version.schema_id == schema_id:
                    yield name, version


@dataclass(frozen=True, slots=True)
class RegistryState:
    """A whole registry: its contexts by name. What is set for the whole registry is set at ``.``."""

    contexts: Mapping[str, ContextState] = field(default_factory=dict)

    def context(self, name: str) -> ContextState:
        """A context, empty if it is not there."""
        return self.contexts.get(name, ContextState())

    def subject(self, subject: QualifiedSubject) -> SubjectState:
        """A subject, empty if it is not there."""
        return self.context(subject.context).subjects.get(subject.name, SubjectState())

    def schema(self, subject: QualifiedSubject, version: Version) -> RegisteredSchema:
        """A version as callers see it."""
        content = self.contexts[subject.context].schemas[version.schema_id]
        return registered(content, subject, version)

    def history(self, subject: QualifiedSubject) -> tuple[RegisteredSchema, ...]:
        """The versions of a subject that are not deleted, oldest first."""
        return tuple(self.schema(subject, version) for version in self.subject(subject).active)

    def subject_names(self, *, deleted: bool = False) -> list[str]:
        """Every subject with a version, as callers name them, sorted."""
        return sorted(
            str(QualifiedSubject(context, name))
            for context, inside in self.contexts.items()
            for name, state in inside.subjects.items()
            if (state.versions if deleted else state.active)
        )

    def context_names(self) -> list[str]:
        """The default context and every other one that has, or had, a schema; sorted."""
        used = (name for name, inside in self.contexts.items() if inside.last_id)
        return sorted({DEFAULT_CONTEXT, *used})

    def places_of(self, subject: QualifiedSubject) -> list[QualifiedSubject]:
        """Where a reader finds what is under a subject: there, or by its bare name in another context."""
        if subject.context != DEFAULT_CONTEXT:
            return [subject]
        others = (name for name in self.context_names() if name != DEFAULT_CONTEXT)
        return [subject, *(QualifiedSubject(context, subject.name) for context in others)]

    def with_context(self, name: str, inside: ContextState) -> RegistryState:
        """The registry with another state of a context."""
        return RegistryState({**self.contexts, name: inside})

    def with_subject(self, subject: QualifiedSubject, state: SubjectState) -> RegistryState:
        """The registry with another state of a subject; without it where nothing is left of it."""
        inside = self.context(subject.context)
        subjects = {name: each for name, each in inside.subjects.items() if name != subject.name}
        if state != SubjectState():
            subjects[subject.name] = state
        return self.with_context(subject.context, replace(inside, subjects=subjects))

    def settings(self, subject: QualifiedSubject) -> Settings:
        """What is set at a subject, or at a context."""
        return self.subject(subject).settings if subject.name else self.context(subject.context).settings

    def with_settings(self, subject: QualifiedSubject, settings: Settings) -> RegistryState:
        """The registry with other settings at a subject, or at a context; itself where they are the same."""
        if settings == self.settings(subject):
            return self
        if subject.name:
            return self.with_subject(subject, replace(self.subject(subject), settings=settings))
        return self.with_context(subject.context, replace(self.context(subject.context), settings=settings))


def registered(content: SchemaContent, subject: QualifiedSubject, version: Version) -> RegisteredSchema:
    """A schema as a version of a subject."""
    what = {each.name: getattr(content, each.name) for each in fields(SchemaContent)}
    return RegisteredSchema(
        **what,
        subject=str(subject),
        version=version.number,
        schema_id=version.schema_id,
        deleted=version.deleted,
    )
