"""A registry over a store: the one implementation behind the file and the memory registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from avroforge.registry import deletion, reading, refusal, registration, scope
from avroforge.registry.content import LATEST
from avroforge.registry.qualified_subject import QualifiedSubject
from avroforge.registry.registration import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from avroforge.registry.check import CheckResult
    from avroforge.registry.content import (
        ContextId,
        Metadata,
        RegisteredSchema,
        SchemaContent,
        SchemaReference,
        SubjectVersion,
        VersionRef,
    )
    from avroforge.registry.setting import RegistryConfig, RegistryMode
    from avroforge.registry.state import RegistryState

Result = TypeVar("Result")


def _subject(given: str | None) -> QualifiedSubject:
    """What a caller means: None, and nothing else, is the whole registry."""
    subject = QualifiedSubject.parse(given)
    if given == "":
        raise refusal.invalid_subject(subject)
    return subject


class Store(Protocol):
    """Where a registry's state is kept."""

    @property
    def name(self) -> str:
        """What tells this store from others."""
        ...

    def read(self) -> RegistryState:
        """The state as it is now."""
        ...

    def update(self, change: Callable[[RegistryState], tuple[RegistryState, Result]]) -> Result:
        """Apply a change with nobody else changing; kept only if `change` returns another state."""
        ...


class StoredRegistry:
    """A `SchemaRegistry` whose state is in a store; every method as there."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def name(self) -> str:
        """What tells this registry from others, for caches and messages."""
        return self._store.name

    def close(self) -> None:
        """A store holds nothing open."""

    def register(  # noqa: PLR0913 - as in `SchemaRegistry`
        self,
        subject: str,
        text: str,
        references: Sequence[SchemaReference] = (),
        *,
        metadata: Metadata | None = None,
        normalize: bool = False,
        schema_id: int | None = None,
        version: int | None = None,
    ) -> RegisteredSchema:
        """As `SchemaRegistry.register`."""
        candidate, place = Candidate(text, tuple(references), metadata, normalize), _subject(subject)
        # What is there already needs no lock.
        known = registration.find_registered(
            self._store.read(), place, candidate, schema_id=schema_id, version=version
        )
        return known or self._store.update(
            lambda state: registration.register(state, place, candidate, schema_id=schema_id, version=version)
        )

    def lookup(  # noqa: PLR0913 - as in `SchemaRegistry`
        self,
        subject: str,
        text: str,
        references: Sequence[SchemaReference] = (),
        *,
        metadata: Metadata | None = None,
        normalize: bool = False,
        deleted: bool = False,
    ) -> RegisteredSchema | None:
        """As `SchemaRegistry.lookup`."""
        candidate = Candidate(text, tuple(references), metadata, normalize)
        state = self._store.read()
        found = (
            registration.lookup(state, place, candidate, deleted=deleted)
            for place in state.places_of(_subject(subject))
        )
        return next((each for each in found if each is not None), None)

    def schema_by_id(self, schema_id: int, subject: str | None = None) -> SchemaContent:
        """As `SchemaRegistry.schema_by_id`."""
        return reading.content_by_id(self._store.read(), schema_id, subject)

    def schema_by_guid(self, guid: str) -> SchemaContent:
        """As `SchemaRegistry.schema_by_guid`."""
        return reading.content_by_guid(self._store.read(), guid)

    def ids_of_guid(self, guid: str) -> Sequence[ContextId]:
        """As `SchemaRegistry.ids_of_guid`."""
        return reading.ids_of_guid(self._store.read(), guid)

    def versions_of_id(
        self, schema_id: int, subject: str | None = None, *, deleted: bool = False
    ) -> Sequence[SubjectVersion]:
        """As `SchemaRegistry.versions_of_id`."""
        return reading.versions_of_id(self._store.read(), schema_id, subject, deleted=deleted)

    def subjects(
        self, prefix: str = "", *, context: str | None = None, deleted: bool = False
    ) -> Sequence[str]:
        """As `SchemaRegistry.subjects`."""
        return reading.subjects(self._store.read(), prefix, context, deleted=deleted)

    def versions(self, subject: str, *, deleted: bool = False) -> Sequence[int]:
        """As `SchemaRegistry.versions`."""
        return reading.versions(self._store.read(), _subject(subject), deleted=deleted)

    def version(
        self, subject: str, version: VersionRef = LATEST, *, deleted: bool = False
    ) -> RegisteredSchema:
        """As `SchemaRegistry.version`."""
        return reading.version_of(self._store.read(), _subject(subject), version, deleted=deleted)

    def referenced_by(self, subject: str, version: VersionRef = LATEST) -> Sequence[int]:
        """As `SchemaRegistry.referenced_by`."""
        state = self._store.read()
        found = reading.version_of(state, _subject(subject), version, deleted=True)
        return reading.referrers(state, _subject(found.subject), found.version)

    def contexts(self) -> Sequence[str]:
        """As `SchemaRegistry.contexts`."""
        return tuple(self._store.read().context_names())

    def delete_version(self, subject: str, version: VersionRef, *, permanent: bool = False) -> int:
        """As `SchemaRegistry.delete_version`."""
        return self._store.update(
            lambda state: deletion.delete_version(state, _subject(subject), version, permanent=permanent)
        )

    def delete_subject(self, subject: str, *, permanent: bool = False) -> Sequence[int]:
        """As `SchemaRegistry.delete_subject`."""
        return self._store.update(
            lambda state: deletion.delete_subject(state, _subject(subject), permanent=permanent)
        )

    def check(
        self,
        subject: str,
        text: str,
        references: Sequence[SchemaReference] = (),
        *,
        version: VersionRef | None = None,
        normalize: bool = False,
    ) -> CheckResult:
        """As `SchemaRegistry.check`."""
        candidate = Candidate(text, tuple(references), None, normalize)
        return registration.check(self._store.read(), _subject(subject), candidate, version)

    def config(self, subject: str | None = None, *, default_to_global: bool = False) -> RegistryConfig:
        """As `SchemaRegistry.config`."""
        read = scope.config_in_force if default_to_global else scope.own_config
        return read(self._store.read(), _subject(subject))

    def update_config(self, changes: RegistryConfig, subject: str | None = None) -> RegistryConfig:
        """As `SchemaRegistry.update_config`."""
        return self._store.update(lambda state: scope.update_config(state, _subject(subject), changes))

    def delete_config(self, subject: str | None = None) -> RegistryConfig:
        """As `SchemaRegistry.delete_config`."""
        return self._store.update(lambda state: scope.delete_config(state, _subject(subject)))

    def mode(self, subject: str | None = None, *, default_to_global: bool = False) -> RegistryMode:
        """As `SchemaRegistry.mode`."""
        read = scope.mode_in_force if default_to_global else scope.own_mode
        return read(self._store.read(), _subject(subject))

    def set_mode(self, mode: RegistryMode, subject: str | None = None, *, force: bool = False) -> None:
        """As `SchemaRegistry.set_mode`."""
        self._store.update(lambda state: (scope.set_mode(state, _subject(subject), mode, force=force), None))

    def delete_mode(self, subject: str | None = None) -> RegistryMode:
        """As `SchemaRegistry.delete_mode`."""
        return self._store.update(lambda state: scope.delete_mode(state, _subject(subject)))
