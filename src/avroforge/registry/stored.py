"""A registry over a store: the one implementation behind the file and the memory registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from avroforge.registry.interface import (
    LATEST,
    CheckResult,
    RegisteredSchema,
    VersionRef,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from avroforge.evolution import CompatibilityMode
    from avroforge.registry.state import RegistryState

Result = TypeVar("Result")


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
    """A `SchemaRegistry` whose state is in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def name(self) -> str:
        """What tells this registry from others, for caches and messages."""
        return self._store.name

    def register(self, subject: str, text: str) -> RegisteredSchema:
        """As `SchemaRegistry.register`."""
        known = self._store.read().lookup(subject, text)
        return known or self._store.update(lambda state: state.register(subject, text))

    def lookup(self, subject: str, text: str) -> RegisteredSchema | None:
        """As `SchemaRegistry.lookup`."""
        return self._store.read().lookup(subject, text)

    def schema_by_id(self, schema_id: int) -> str:
        """As `SchemaRegistry.schema_by_id`."""
        return self._store.read().text(schema_id)

    def subjects(self) -> tuple[str, ...]:
        """As `SchemaRegistry.subjects`."""
        return self._store.read().subject_names()

    def versions(self, subject: str) -> tuple[int, ...]:
        """As `SchemaRegistry.versions`."""
        state = self._store.read()
        state.version(subject, LATEST)
        return tuple(each.version for each in state.history(subject))

    def version(self, subject: str, version: VersionRef = LATEST) -> RegisteredSchema:
        """As `SchemaRegistry.version`."""
        return self._store.read().version(subject, version)

    def check(self, subject: str, text: str) -> CheckResult:
        """As `SchemaRegistry.check`."""
        return CheckResult(tuple(map(str, self._store.read().breaks(subject, text))))

    def compatibility_mode(self, subject: str | None = None) -> CompatibilityMode:
        """As `SchemaRegistry.compatibility_mode`."""
        return self._store.read().mode_of(subject)

    def set_compatibility_mode(self, mode: CompatibilityMode, subject: str | None = None) -> None:
        """As `SchemaRegistry.set_compatibility_mode`."""
        self._store.update(lambda state: (state.with_mode(mode, subject), None))
