"""Registering a schema, looking one up, and checking one: what counts as equal, and what is allowed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from avroforge.errors import InvalidSchemaError, SchemaError
from avroforge.registry import refusal
from avroforge.registry.canonical_text import canonical_text, guid
from avroforge.registry.check import CheckReason, CheckResult
from avroforge.registry.confluent_message import messages
from avroforge.registry.content import LATEST, SchemaContent
from avroforge.registry.findings import find_breaks
from avroforge.registry.reading import fetch_from_state, no_version, own_version
from avroforge.registry.references import parse_content
from avroforge.registry.scope import check_writable, config_in_force, mode_in_force
from avroforge.registry.setting import DEFAULT_COMPATIBILITY, RegistryMode
from avroforge.registry.state import Version, registered
from avroforge.wire.framing import MAX_SCHEMA_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avroforge.evolution import CompatibilityMode
    from avroforge.registry.content import Metadata, RegisteredSchema, SchemaReference, VersionRef
    from avroforge.registry.findings import Finding
    from avroforge.registry.qualified_subject import QualifiedSubject
    from avroforge.registry.setting import RegistryConfig
    from avroforge.registry.state import RegistryState
    from avroforge.schema import Schema


@dataclass(frozen=True, slots=True)
class Candidate:
    """A schema as a caller brings it.

    Attributes:
        text: the schema.
        references: where types that it does not define are registered.
        metadata: None to take over what the subject has.
        normalize: whether its normal form is meant.
    """

    text: str
    references: tuple[SchemaReference, ...] = ()
    metadata: Metadata | None = None
    normalize: bool = False


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A candidate as the registry would hold it, and what it means."""

    content: SchemaContent
    schema: Schema


def register(
    state: RegistryState,
    subject: QualifiedSubject,
    candidate: Candidate,
    *,
    schema_id: int | None = None,
    version: int | None = None,
) -> tuple[RegistryState, RegisteredSchema]:
    """The registry with a candidate under a subject, and its entry; itself if it was there.

    Args:
        state: the registry.
        subject: under which name.
        candidate: what to register.
        schema_id: the id to give it, in mode IMPORT.
        version: the version to give it: the next one, or in mode IMPORT any.

    Raises:
        InvalidArgumentError, InvalidSchemaError, IncompatibleSchemaError, OperationNotPermittedError: as
            `SchemaRegistry.register`.
    """
    known = find_registered(state, subject, candidate, schema_id=schema_id, version=version)
    if known is not None:
        return state, known
    _check_mode(state, subject, schema_id)
    importing = schema_id is not None
    parsed = _parse(state, subject, _complete(state, subject, candidate))
    if not importing:
        _check_compatible(state, subject, parsed)
    number = _next_version(state, subject, version, importing=importing)
    return _add(state, subject, parsed.content, schema_id, number)


def find_registered(
    state: RegistryState,
    subject: QualifiedSubject,
    candidate: Candidate,
    *,
    schema_id: int | None = None,
    version: int | None = None,
) -> RegisteredSchema | None:
    """What makes a registration needless: the version that is what was asked for.

    Raises:
        InvalidArgumentError: no subject may be called that.
        InvalidSchemaError: the text is no schema.
    """
    if not subject.may_have_schemas:
        raise refusal.invalid_subject(subject)
    known = None if version is not None else lookup(state, subject, candidate)
    return known if known is None or schema_id in {None, known.schema_id} else None


def lookup(
    state: RegistryState, subject: QualifiedSubject, candidate: Candidate, *, deleted: bool = False
) -> RegisteredSchema | None:
    """The version of a subject that has a candidate's schema.

    A candidate without references also finds a version with references that means the same, and one
    without metadata finds a version with the metadata of the latest version.

    Raises:
        InvalidSchemaError: the text is no schema.
    """
    exact = _lookup(state, subject, _parse(state, subject, candidate, lenient=True), deleted=deleted)
    completed = _complete(state, subject, candidate)
    if exact is not None or completed == candidate:
        return exact
    return _lookup(state, subject, _parse(state, subject, completed, lenient=True), deleted=deleted)


def check(
    state: RegistryState,
    subject: QualifiedSubject,
    candidate: Candidate,
    version: VersionRef | None = None,
) -> CheckResult:
    """Whether a subject's compatibility level allows a candidate.

    Args:
        state: the registry.
        subject: which.
        candidate: the schema.
        version: the one version to check against; None for all that count.

    Raises:
        InvalidSchemaError: the text is no schema.
        VersionNotFoundError: no such version.
    """
    parsed = _parse(state, subject, candidate)
    history = state.history(subject)
    if version is not None:
        found = own_version(state, subject, version, deleted=False)
        if found is None and version != LATEST:
            raise no_version(state, subject, version)
        history = (state.schema(subject, found),) if found else ()
    findings, counted = _breaks(state, subject, parsed, history)
    level = _level(config_in_force(state, subject))
    reasons = tuple(_reason(finding) for finding in findings)
    return CheckResult(not findings, reasons, messages(findings, counted, level))


def _parse(
    state: RegistryState, subject: QualifiedSubject, candidate: Candidate, *, lenient: bool = False
) -> _Parsed:
    text, references = candidate.text, candidate.references
    content = SchemaContent(text, references, metadata=candidate.metadata)
    try:
        schema = parse_content(content, fetch_from_state(state), str(subject), lenient=lenient)
    except InvalidSchemaError:
        raise
    except SchemaError as error:
        raise refusal.invalid_schema(error, text) from None
    if candidate.normalize or config_in_force(state, subject).others.get("normalize") is True:
        text = canonical_text(text, normalize=True)
        ordered = sorted(references, key=lambda each: (each.subject, each.version))
        references = tuple(dict.fromkeys(ordered))
    identity = guid(canonical_text(text), references, candidate.metadata)
    return _Parsed(SchemaContent(text, references, metadata=candidate.metadata, guid=identity), schema)


def _complete(state: RegistryState, subject: QualifiedSubject, candidate: Candidate) -> Candidate:
    """The candidate with the metadata that it takes over."""
    history = state.history(subject)
    if candidate.metadata is not None or not history or history[-1].metadata is None:
        return candidate
    return replace(candidate, metadata=history[-1].metadata)


def _lookup(
    state: RegistryState, subject: QualifiedSubject, parsed: _Parsed, *, deleted: bool
) -> RegisteredSchema | None:
    inside = state.context(subject.context)
    versions = [each for each in state.subject(subject).versions if deleted or not each.deleted]
    for version in reversed(versions):
        if inside.schemas[version.schema_id].guid == parsed.content.guid:
            return state.schema(subject, version)
    for version in reversed(versions):
        content = inside.schemas[version.schema_id]
        if content.references and not parsed.content.references:
            other = parse_content(content, fetch_from_state(state), str(subject), lenient=True)
            if other.key == parsed.schema.key and content.metadata == parsed.content.metadata:
                return state.schema(subject, version)
    return None


def _check_mode(state: RegistryState, subject: QualifiedSubject, schema_id: int | None) -> None:
    check_writable(state, subject)
    mode = mode_in_force(state, subject)
    if schema_id is not None and mode is not RegistryMode.IMPORT:
        raise refusal.not_import_mode(subject)
    if schema_id is None and mode is RegistryMode.IMPORT:
        raise refusal.not_read_write_mode(subject)


def _check_compatible(state: RegistryState, subject: QualifiedSubject, parsed: _Parsed) -> None:
    findings, counted = _breaks(state, subject, parsed, state.history(subject))
    if findings:
        level = _level(config_in_force(state, subject))
        raise refusal.incompatible(str(subject), map(str, findings), messages(findings, counted, level))


def _breaks(
    state: RegistryState,
    subject: QualifiedSubject,
    parsed: _Parsed,
    history: Sequence[RegisteredSchema],
) -> tuple[tuple[Finding, ...], Sequence[RegisteredSchema]]:
    """What the candidate breaks, and the versions of its compatibility group."""
    config = config_in_force(state, subject)
    group = config.others.get("compatibilityGroup")
    if isinstance(group, str):
        history = [each for each in history if _group_of(each, group) == _group_of(parsed.content, group)]
    return find_breaks(parsed.schema, history, _level(config), fetch_from_state(state)), history


def _group_of(content: SchemaContent, key: str) -> str | None:
    return None if content.metadata is None else content.metadata.properties.get(key)


def _level(config: RegistryConfig) -> CompatibilityMode:
    return config.compatibility or DEFAULT_COMPATIBILITY


def _reason(finding: Finding) -> CheckReason:
    found, place = finding.diagnostic, ""
    if found.line:
        place = f"{found.path}:{found.line}:{found.column}"
    pointer = finding.incompatibility.pointer if finding.incompatibility else ""
    return CheckReason(found.code, found.message, pointer, finding.version, place)


def _next_version(
    state: RegistryState, subject: QualifiedSubject, version: int | None, *, importing: bool
) -> int:
    versions = state.subject(subject).versions
    following = versions[-1].number + 1 if versions else 1
    if version is None or version == following:
        return following
    if version < 1:
        raise refusal.invalid_version(version)
    if not importing:
        raise refusal.refused_schema("VERSION", "Version is not one more than previous version")
    return version


def _add(
    state: RegistryState,
    subject: QualifiedSubject,
    content: SchemaContent,
    schema_id: int | None,
    number: int,
) -> tuple[RegistryState, RegisteredSchema]:
    """The registry with a version more; a softly deleted version with the same schema gives way to it."""
    inside, before = state.context(subject.context), state.subject(subject)
    if schema_id is None:
        schema_id = inside.id_of(content.guid or "") or inside.last_id + 1
    if not 1 <= schema_id <= MAX_SCHEMA_ID:
        raise refusal.refused_schema("ID", f"expected an id from 1 to {MAX_SCHEMA_ID}, got {schema_id}")
    kept = inside.schemas.get(schema_id, content)
    if kept.guid != content.guid:
        raise refusal.id_taken(schema_id, subject)
    added = Version(number, schema_id)
    others = [each for each in before.versions if not (each.deleted and each.schema_id == schema_id)]
    if any(each.number == number for each in others):
        raise refusal.version_taken(subject, number)
    versions = sorted([*others, added], key=lambda each: each.number)
    schemas = {**inside.schemas, schema_id: kept}
    inside = replace(inside, schemas=schemas, last_id=max(inside.last_id, schema_id))
    after = state.with_context(subject.context, inside)
    after = after.with_subject(subject, replace(before, versions=tuple(versions)))
    return after, registered(kept, subject, added)
