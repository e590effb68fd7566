"""What can be asked of a registry's state, and the errors where there is no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.registry import refusal
from avroforge.registry.content import LATEST, ContextId, SubjectVersion
from avroforge.registry.qualified_subject import QualifiedSubject
from avroforge.wire.framing import MAX_SCHEMA_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avroforge.errors import VersionNotFoundError
    from avroforge.registry.content import RegisteredSchema, SchemaContent, VersionRef
    from avroforge.registry.references import Fetch
    from avroforge.registry.state import RegistryState, Version


def subjects(state: RegistryState, prefix: str, context: str | None, *, deleted: bool) -> tuple[str, ...]:
    """The subjects that a caller asks for, sorted."""
    named = ((each, QualifiedSubject.parse(each)) for each in state.subject_names(deleted=deleted))
    return tuple(
        each
        for each, subject in named
        if subject.name.startswith(prefix) and context in {None, subject.context}
    )


def versions(state: RegistryState, subject: QualifiedSubject, *, deleted: bool) -> tuple[int, ...]:
    """The numbers of a subject's versions.

    Raises:
        SubjectNotFoundError: no such subject, or nothing of it is to be listed.
    """
    return tuple(each.number for each in _versions(state, subject, deleted=deleted))


def version_of(
    state: RegistryState, subject: QualifiedSubject, version: VersionRef, *, deleted: bool = False
) -> RegisteredSchema:
    """One version of a subject, or of the subject of that name in another context.

    Raises:
        SubjectNotFoundError, VersionNotFoundError, InvalidArgumentError: as `SchemaRegistry.version`.
    """
    for place in state.places_of(subject):
        found = own_version(state, place, version, deleted=deleted)
        if found is not None:
            return state.schema(place, found)
    _versions(state, subject, deleted=deleted)
    raise no_version(state, subject, version)


def own_version(
    state: RegistryState, subject: QualifiedSubject, version: VersionRef, *, deleted: bool
) -> Version | None:
    """One version of this very subject; the latest is never a deleted one.

    Raises:
        InvalidArgumentError: a version below 1.
    """
    if version != LATEST and not 1 <= version <= MAX_SCHEMA_ID:
        raise refusal.invalid_version(version)
    found = state.subject(subject)
    listed = found.versions if deleted and version != LATEST else found.active
    return next((each for each in reversed(listed) if version in {LATEST, each.number}), None)


def no_version(state: RegistryState, subject: QualifiedSubject, version: VersionRef) -> VersionNotFoundError:
    """The error for a version that a subject does not have."""
    known = [each.number for each in state.subject(subject).active]
    return refusal.version_not_found(subject, -1 if version == LATEST else version, known)


def _versions(state: RegistryState, subject: QualifiedSubject, *, deleted: bool) -> Sequence[Version]:
    found = state.subject(subject)
    listed = found.versions if deleted else found.active
    if not listed:
        raise refusal.subject_not_found(subject, state.subject_names())
    return listed


def content_by_id(state: RegistryState, schema_id: int, hint: str | None) -> SchemaContent:
    """What an id stands for, in the context of a subject or of the subject of that name elsewhere.

    Raises:
        SchemaNotFoundError: no such id.
    """
    return state.context(_context_of_id(state, schema_id, hint)).schemas[schema_id]


def versions_of_id(
    state: RegistryState, schema_id: int, hint: str | None, *, deleted: bool
) -> tuple[SubjectVersion, ...]:
    """Where an id's schema is registered.

    Raises:
        SchemaNotFoundError: no such id.
    """
    context = _context_of_id(state, schema_id, hint)
    uses = state.context(context).uses_of(schema_id)
    return tuple(
        SubjectVersion(str(QualifiedSubject(context, name)), version.number)
        for name, version in uses
        if deleted or not version.deleted
    )


def _context_of_id(state: RegistryState, schema_id: int, hint: str | None) -> str:
    subject = QualifiedSubject.parse(hint)
    if subject.name:
        for place in state.places_of(subject):
            if any(each.schema_id == schema_id for each in state.subject(place).versions):
                return place.context
    if schema_id not in state.context(subject.context).schemas:
        raise refusal.id_not_found(schema_id)
    return subject.context


def content_by_guid(state: RegistryState, guid: str) -> SchemaContent:
    """What a GUID stands for.

    Raises:
        SchemaNotFoundError: no such GUID.
    """
    found = ids_of_guid(state, guid)[0]
    return state.context(found.context).schemas[found.schema_id]


def ids_of_guid(state: RegistryState, guid: str) -> tuple[ContextId, ...]:
    """The ids of a GUID's schema, by context.

    Raises:
        SchemaNotFoundError: no such GUID.
    """
    ids = ((name, state.context(name).id_of(guid.lower())) for name in state.context_names())
    found = tuple(ContextId(name, schema_id) for name, schema_id in ids if schema_id is not None)
    if not found:
        raise refusal.guid_not_found(guid)
    return found


def referrers(
    state: RegistryState, subject: QualifiedSubject, version: int, *, deleted: bool = False
) -> tuple[int, ...]:
    """The ids of the schemas that reference a version, in any context; sorted.

    Args:
        state: the registry.
        subject: whose version.
        version: which.
        deleted: schemas with nothing but softly deleted versions too.
    """
    found: set[int] = set()
    for context, inside in state.contexts.items():
        here = QualifiedSubject(context, "")
        for schema_id, content in inside.schemas.items():
            if not any(
                each.version == version and here.sibling(each.subject) == subject
                for each in content.references
            ):
                continue
            if deleted or any(not each.deleted for _, each in inside.uses_of(schema_id)):
                found.add(schema_id)
    return tuple(sorted(found))


def fetch_from_state(state: RegistryState) -> Fetch:
    """The versions of a state, softly deleted ones too."""
    return lambda subject, version: version_of(state, subject, version, deleted=True)
