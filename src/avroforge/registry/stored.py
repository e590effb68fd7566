"""A registry over a store: the one implementation behind the file and the memory registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, Protocol, TypeVar

from avroforge.registry.check import CheckReason, CheckResult
from avroforge.registry.content import (
    LATEST,
    ContextId,
    Metadata,
    RegisteredSchema,
    SchemaContent,
    SchemaReference,
    SubjectVersion,
    VersionRef,
)
from avroforge.registry.setting import RegistryConfig, RegistryMode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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

    def close(self) -> None:
        """As `SchemaRegistry.close`; a store holds nothing open."""

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
        if references or metadata or normalize or schema_id or version:
            _not_yet()
        known = self._store.read().lookup(subject, text)
        return known or self._store.update(lambda state: state.register(subject, text))

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
        if references or metadata or normalize or deleted:
            _not_yet()
        return self._store.read().lookup(subject, text)

    def schema_by_id(self, schema_id: int, subject: str | None = None) -> SchemaContent:
        """As `SchemaRegistry.schema_by_id`."""
        del subject
        return SchemaContent(self._store.read().text(schema_id))

    def schema_by_guid(self, guid: str) -> SchemaContent:
        """As `SchemaRegistry.schema_by_guid`."""
        _not_yet(guid)

    def ids_of_guid(self, guid: str) -> Sequence[ContextId]:
        """As `SchemaRegistry.ids_of_guid`."""
        _not_yet(guid)

    def versions_of_id(
        self, schema_id: int, subject: str | None = None, *, deleted: bool = False
    ) -> Sequence[SubjectVersion]:
        """As `SchemaRegistry.versions_of_id`."""
        _not_yet(schema_id, subject, deleted)

    def subjects(
        self, prefix: str = "", *, context: str | None = None, deleted: bool = False
    ) -> Sequence[str]:
        """As `SchemaRegistry.subjects`."""
        if prefix or context or deleted:
            _not_yet()
        return self._store.read().subject_names()

    def versions(self, subject: str, *, deleted: bool = False) -> Sequence[int]:
        """As `SchemaRegistry.versions`."""
        if deleted:
            _not_yet()
        state = self._store.read()
        state.version(subject, LATEST)
        return tuple(each.version for each in state.history(subject))

    def version(
        self, subject: str, version: VersionRef = LATEST, *, deleted: bool = False
    ) -> RegisteredSchema:
        """As `SchemaRegistry.version`."""
        if deleted:
            _not_yet()
        return self._store.read().version(subject, version)

    def referenced_by(self, subject: str, version: VersionRef = LATEST) -> Sequence[int]:
        """As `SchemaRegistry.referenced_by`."""
        _not_yet(subject, version)

    def contexts(self) -> Sequence[str]:
        """As `SchemaRegistry.contexts`."""
        return (".",)

    def delete_version(self, subject: str, version: VersionRef, *, permanent: bool = False) -> int:
        """As `SchemaRegistry.delete_version`."""
        _not_yet(subject, version, permanent)

    def delete_subject(self, subject: str, *, permanent: bool = False) -> Sequence[int]:
        """As `SchemaRegistry.delete_subject`."""
        _not_yet(subject, permanent)

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
        if references or version or normalize:
            _not_yet()
        findings = self._store.read().breaks(subject, text)
        reasons = tuple(CheckReason(each.diagnostic.code, each.diagnostic.message) for each in findings)
        return CheckResult(not reasons, reasons)

    def config(self, subject: str | None = None, *, default_to_global: bool = False) -> RegistryConfig:
        """As `SchemaRegistry.config`."""
        if subject is not None and not default_to_global:
            _not_yet()
        return RegistryConfig(self._store.read().mode_of(subject))

    def update_config(self, changes: RegistryConfig, subject: str | None = None) -> RegistryConfig:
        """As `SchemaRegistry.update_config`."""
        mode = changes.compatibility
        if changes.others or mode is None:
            _not_yet()
        self._store.update(lambda state: (state.with_mode(mode, subject), None))
        return RegistryConfig(mode)

    def delete_config(self, subject: str | None = None) -> RegistryConfig:
        """As `SchemaRegistry.delete_config`."""
        _not_yet(subject)

    def mode(self, subject: str | None = None, *, default_to_global: bool = False) -> RegistryMode:
        """As `SchemaRegistry.mode`."""
        _not_yet(subject, default_to_global)

    def set_mode(self, mode: RegistryMode, subject: str | None = None, *, force: bool = False) -> None:
        """As `SchemaRegistry.set_mode`."""
        _not_yet(mode, subject, force)

    def delete_mode(self, subject: str | None = None) -> RegistryMode:
        """As `SchemaRegistry.delete_mode`."""
        _not_yet(subject)


def _not_yet(*arguments: object) -> NoReturn:
    raise NotImplementedError(*arguments)
