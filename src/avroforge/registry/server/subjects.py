"""Endpoints below ``/subjects`` and ``/compatibility``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.errors import InvalidSchemaError, SubjectNotFoundError
from avroforge.registry import refusal
from avroforge.registry.qualified_subject import DEFAULT_CONTEXT, QualifiedSubject
from avroforge.registry.server import rendering
from avroforge.registry.server.call import resolve_references
from avroforge.registry.server.reply import RawText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from avroforge.registry.content import RegisteredSchema, SchemaReference, VersionRef
    from avroforge.registry.interface import SchemaRegistry
    from avroforge.registry.server.call import Call, SchemaRequest
    from avroforge.schema.model import JsonValue

_EVERYWHERE = ":*:"


def list_subjects(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /subjects``."""
    only, deleted = call.flag("deletedOnly"), call.flag("deleted")
    found = subjects_of(registry, call, deleted=deleted or only)
    if only:
        active = set(subjects_of(registry, call, deleted=False))
        found = [each for each in found if each not in active]
    return page(call, found)


def list_versions(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /subjects/{subject}/versions``."""
    only, deleted = call.flag("deletedOnly"), call.flag("deleted")
    found = list(registry.versions(call.subject, deleted=deleted or only))
    if only:
        try:
            active = registry.versions(call.subject)
        except SubjectNotFoundError:
            active = ()
        found = [each for each in found if each not in active]
    return page(call, found)


def get_version(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /subjects/{subject}/versions/{version}``."""
    return rendering.registered(_version(registry, call))


def get_version_schema(registry: SchemaRegistry, call: Call) -> RawText:
    """``GET /subjects/{subject}/versions/{version}/schema``."""
    return RawText(_version(registry, call).text)


def get_referenced_by(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /subjects/{subject}/versions/{version}/referencedby``."""
    return page(call, list(registry.referenced_by(call.subject, call.version)))


def register(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``POST /subjects/{subject}/versions``."""
    request = call.schema()
    text, references = request.text, _references(registry, call, request)
    if not text.strip():
        text, references = _latest_schema(registry, call.subject)
    found = registry.register(
        call.subject,
        text,
        references,
        metadata=request.metadata,
        normalize=call.flag("normalize"),
        schema_id=request.schema_id,
        version=request.version,
    )
    # Clients of old versions refuse properties that they do not know.
    return rendering.registered(found) if call.tolerant else {"id": found.schema_id}


def look_up(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``POST /subjects/{subject}``."""
    request, deleted = call.schema(), call.flag("deleted")
    found = None
    if request.text.strip():
        found = registry.lookup(
            call.subject,
            request.text,
            _references(registry, call, request),
            metadata=request.metadata,
            normalize=call.flag("normalize"),
            deleted=deleted,
        )
    if found is None:
        registry.versions(call.subject, deleted=deleted)
        raise refusal.schema_not_found(QualifiedSubject.parse(call.subject))
    return rendering.registered(found)


def get_latest_with_metadata(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``GET /subjects/{subject}/metadata``."""
    deleted = call.flag("deleted")
    wanted = dict(zip(call.lists["key"], call.lists["value"], strict=False)).items()
    for number in reversed(registry.versions(call.subject, deleted=deleted)):
        found = registry.version(call.subject, number, deleted=deleted)
        if found.metadata is not None and wanted <= found.metadata.properties.items():
            return rendering.registered(found)
    raise refusal.schema_not_found(QualifiedSubject.parse(call.subject))


def delete_subject(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``DELETE /subjects/{subject}``."""
    return list(registry.delete_subject(call.subject, permanent=call.flag("permanent")))


def delete_version(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``DELETE /subjects/{subject}/versions/{version}``."""
    return registry.delete_version(call.subject, call.version, permanent=call.flag("permanent"))


def check_version(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``POST /compatibility/subjects/{subject}/versions/{version}``."""
    return _check(registry, call, call.version)


def check_all(registry: SchemaRegistry, call: Call) -> JsonValue:
    """``POST /compatibility/subjects/{subject}/versions``."""
    return _check(registry, call, None)


def _check(registry: SchemaRegistry, call: Call, version: VersionRef | None) -> JsonValue:
    verbose = call.flag("verbose")
    try:
        request = call.schema()
        if not request.text.strip():
            raise refusal.refused_schema("SCHEMA_EMPTY", "Empty schema")
        found = registry.check(
            call.subject,
            request.text,
            _references(registry, call, request),
            version=version,
            normalize=call.flag("normalize"),
        )
    except InvalidSchemaError as error:
        if not verbose:
            raise
        return {"is_compatible": False, "messages": [error.answer]}
    messages: dict[str, JsonValue] = {"messages": list(found.messages)} if verbose else {}
    return {"is_compatible": found.compatible, **messages}


def subjects_of(registry: SchemaRegistry, call: Call, *, deleted: bool) -> list[str]:
    """The subjects that ``subjectPrefix`` names; without it all of the path's context, else of all."""
    prefix = call.query.get("subjectPrefix", _EVERYWHERE if call.context == DEFAULT_CONTEXT else "")
    if prefix.startswith(_EVERYWHERE):
        return list(registry.subjects(prefix.removeprefix(_EVERYWHERE), deleted=deleted))
    subject = QualifiedSubject(call.context, "").sibling(prefix)
    if not prefix and call.context == DEFAULT_CONTEXT:
        return list(registry.subjects(deleted=deleted))
    return list(registry.subjects(subject.name, context=subject.context, deleted=deleted))


def page(call: Call, found: Sequence[JsonValue]) -> JsonValue:
    """The part of a list that ``offset`` and ``limit`` name."""
    offset, limit = max(call.number("offset", 0), 0), call.number("limit", -1)
    return list(found[offset : offset + limit] if limit > 0 else found[offset:])


def _version(registry: SchemaRegistry, call: Call) -> RegisteredSchema:
    return registry.version(call.subject, call.version, deleted=call.flag("deleted"))


def _references(registry: SchemaRegistry, call: Call, request: SchemaRequest) -> tuple[SchemaReference, ...]:
    here = QualifiedSubject.parse(call.subject)

    def latest(subject: str) -> int:
        try:
            return registry.version(str(here.sibling(subject))).version
        except SubjectNotFoundError as error:
            raise refusal.refused_schema("REFERENCE_MISSING", error.message) from None

    return resolve_references(request, latest)


def _latest_schema(registry: SchemaRegistry, subject: str) -> tuple[str, tuple[SchemaReference, ...]]:
    """What a body without a schema means: the latest one, with other metadata."""
    try:
        found = registry.version(subject)
    except SubjectNotFoundError:
        raise refusal.refused_schema("SCHEMA_EMPTY", "Empty schema") from None
    return found.text, found.references


def every_version(registry: SchemaRegistry, call: Call) -> Iterator[RegisteredSchema]:
    """All versions of the subjects that ``subjectPrefix`` names; those that go meanwhile are left out."""
    deleted = call.flag("deleted")
    for subject in subjects_of(registry, call, deleted=deleted):
        try:
            numbers = registry.versions(subject, deleted=deleted)
            wanted = numbers[-1:] if call.flag("latestOnly") else numbers
            yield from [registry.version(subject, number, deleted=deleted) for number in wanted]
        except SubjectNotFoundError:
            continue
