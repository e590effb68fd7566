"""Deleting: softly, which hides a version, and then permanently, which forgets it.

Source: Confluent Schema Registry, deleting schemas. Stricter than there: a version is not deleted
permanently while a softly deleted schema references it, because messages may still carry its id.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from avroforge.registry import refusal
from avroforge.registry.reading import no_version, own_version, referrers
from avroforge.registry.scope import check_writable
from avroforge.registry.state import Settings, SubjectState

if TYPE_CHECKING:
    from avroforge.registry.content import VersionRef
    from avroforge.registry.qualified_subject import QualifiedSubject
    from avroforge.registry.state import RegistryState, Version


def delete_version(
    state: RegistryState, subject: QualifiedSubject, version: VersionRef, *, permanent: bool
) -> tuple[RegistryState, int]:
    """The registry without a version, and that version's number.

    Raises:
        RegistryError: as `SchemaRegistry.delete_version`.
    """
    found = own_version(state, subject, version, deleted=True)
    _check_there(state, subject)
    if found is None:
        raise no_version(state, subject, version)
    if found.deleted and not permanent:
        raise refusal.version_deleted(subject, found.number)
    check_writable(state, subject)
    _check_unreferenced(state, subject, found, (found,), permanent=permanent)
    if permanent and not found.deleted:
        raise refusal.version_not_deleted(subject, found.number)
    return _without(state, subject, (found,), permanent=permanent), found.number


def delete_subject(
    state: RegistryState, subject: QualifiedSubject, *, permanent: bool
) -> tuple[RegistryState, tuple[int, ...]]:
    """The registry without a subject's versions, and their numbers.

    Raises:
        RegistryError: as `SchemaRegistry.delete_subject`.
    """
    _check_there(state, subject)
    before = state.subject(subject)
    doomed = before.versions if permanent else before.active
    if not doomed:
        raise refusal.subject_deleted(subject)
    check_writable(state, subject)
    for each in doomed:
        _check_unreferenced(state, subject, each, doomed, permanent=permanent)
        if permanent and not each.deleted:
            raise refusal.subject_not_deleted(subject)
    return _without(state, subject, doomed, permanent=permanent), tuple(each.number for each in doomed)


def _check_there(state: RegistryState, subject: QualifiedSubject) -> None:
    if not state.subject(subject).versions:
        raise refusal.subject_not_found(subject, state.subject_names())


def _check_unreferenced(
    state: RegistryState,
    subject: QualifiedSubject,
    version: Version,
    doomed: tuple[Version, ...],
    *,
    permanent: bool,
) -> None:
    """Refuse what is referenced by something that would stay."""
    ids = referrers(state, subject, version.number, deleted=permanent)
    if permanent:
        inside = state.context(subject.context)
        going = {(subject.name, each) for each in doomed}
        ids = tuple(each for each in ids if not set(inside.uses_of(each)) <= going)
    if ids:
        raise refusal.reference_exists(subject, version.number, ids)


def _without(
    state: RegistryState, subject: QualifiedSubject, doomed: tuple[Version, ...], *, permanent: bool
) -> RegistryState:
    before = state.subject(subject)
    if permanent:
        versions = tuple(each for each in before.versions if each not in doomed)
    else:
        versions = tuple(replace(each, deleted=each.deleted or each in doomed) for each in before.versions)
    after = SubjectState(versions, before.settings)
    if not after.active:
        # The subject's settings go with its last version (as in Confluent's registry).
        after = replace(after, settings=Settings())
    return _without_orphans(state.with_subject(subject, after), subject.context, doomed)


def _without_orphans(state: RegistryState, context: str, doomed: tuple[Version, ...]) -> RegistryState:
    """Forget schemas that no version has any more; their ids are not given again."""
    inside = state.context(context)
    orphans = {each.schema_id for each in doomed if not any(inside.uses_of(each.schema_id))}
    if not orphans:
        return state
    schemas = {key: content for key, content in inside.schemas.items() if key not in orphans}
    return state.with_context(context, replace(inside, schemas=schemas))
