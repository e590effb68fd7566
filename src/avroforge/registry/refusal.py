"""What a registry says when it does not do what was asked: every error, in our words and in Confluent's.

Source: Confluent Schema Registry, REST API, errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.errors import (
    DeletionStateError,
    Diagnostic,
    IncompatibleSchemaError,
    InvalidArgumentError,
    InvalidSchemaError,
    NotConfiguredError,
    OperationNotPermittedError,
    ReferenceExistsError,
    SchemaError,
    SchemaNotFoundError,
    SubjectNotFoundError,
    VersionNotFoundError,
)
from avroforge.evolution import CompatibilityMode
from avroforge.registry.setting import RegistryMode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from avroforge.registry.qualified_subject import QualifiedSubject

_MOST_LISTED = 20
_LONGEST_SHOWN = 10 * 1024


def subject_not_found(subject: QualifiedSubject, known: Sequence[str]) -> SubjectNotFoundError:
    """No such subject; names those there are."""
    listed = ", ".join(f"'{each}'" for each in known[:_MOST_LISTED]) or "none"
    more = f" and {len(known) - _MOST_LISTED} more" if len(known) > _MOST_LISTED else ""
    message = f"subject '{subject}' has no schema; registered subjects: {listed}{more}"
    return SubjectNotFoundError(message, answer=f"Subject '{subject}' not found.")


def version_not_found(subject: QualifiedSubject, version: int, known: Iterable[int]) -> VersionNotFoundError:
    """No such version; names those there are."""
    numbers = ", ".join(map(str, known)) or "deleted ones only"
    message = f"subject '{subject}' has no version {version}; it has {numbers}"
    return VersionNotFoundError(message, answer=f"Version {version} not found.")


def id_not_found(schema_id: int) -> SchemaNotFoundError:
    """No such id."""
    return SchemaNotFoundError(f"no schema has the id {schema_id}", answer=f"Schema {schema_id} not found")


def guid_not_found(guid: str) -> SchemaNotFoundError:
    """No such GUID."""
    return SchemaNotFoundError(f"no schema has the GUID {guid}", answer=f"Schema {guid} not found")


def schema_not_found(subject: QualifiedSubject) -> SchemaNotFoundError:
    """No version of a subject has the schema."""
    return SchemaNotFoundError(f"no version of '{subject}' has this schema", answer="Schema not found")


def subject_deleted(subject: QualifiedSubject) -> DeletionStateError:
    """A subject is deleted softly already."""
    return DeletionStateError(
        f"subject '{subject}' is deleted softly already; permanent=True deletes it permanently",
        error_code=40404,
        answer=f"Subject '{subject}' was soft deleted.Set permanent=true to delete permanently",
    )


def subject_not_deleted(subject: QualifiedSubject) -> DeletionStateError:
    """A subject has to be deleted softly before permanently."""
    return DeletionStateError(
        f"subject '{subject}' is not deleted softly yet, which comes before deleting it permanently",
        error_code=40405,
        answer=f"Subject '{subject}' was not deleted first before being permanently deleted",
    )


def version_deleted(subject: QualifiedSubject, version: int) -> DeletionStateError:
    """A version is deleted softly already."""
    return DeletionStateError(
        f"version {version} of '{subject}' is deleted softly already; permanent=True deletes it permanently",
        error_code=40406,
        answer=(
            f"Subject '{subject}' Version {version} was soft deleted.Set permanent=true to delete permanently"
        ),
    )


def version_not_deleted(subject: QualifiedSubject, version: int) -> DeletionStateError:
    """A version has to be deleted softly before permanently."""
    return DeletionStateError(
        f"version {version} of '{subject}' is not deleted softly yet, which comes before deleting it "
        "permanently",
        error_code=40407,
        answer=(
            f"Subject '{subject}' Version {version} was not deleted first before being permanently deleted"
        ),
    )


def reference_exists(subject: QualifiedSubject, version: int, ids: Iterable[int]) -> ReferenceExistsError:
    """A version is referenced."""
    listed = ", ".join(map(str, ids))
    return ReferenceExistsError(
        f"version {version} of '{subject}' is referenced by the schemas with id {listed}",
        answer=(
            "One or more references exist to the schema "
            f"{{magic=1,keytype=SCHEMA,subject={subject},version={version}}}."
        ),
    )


def no_config(subject: QualifiedSubject) -> NotConfiguredError:
    """A subject has no compatibility level of its own."""
    return NotConfiguredError(
        f"'{subject}' has no configuration of its own; default_to_global=True asks for the one in force",
        error_code=40408,
        answer=f"Subject '{subject}' does not have subject-level compatibility configured",
    )


def no_mode(subject: QualifiedSubject) -> NotConfiguredError:
    """A subject has no mode of its own."""
    return NotConfiguredError(
        f"'{subject}' has no mode of its own; default_to_global=True asks for the one in force",
        error_code=40409,
        answer=f"Subject '{subject}' does not have subject-level mode configured",
    )


def nothing_set(subject: QualifiedSubject, what: str) -> NotConfiguredError:
    """There is nothing to delete."""
    return NotConfiguredError(
        f"'{subject}' has no {what} of its own",
        error_code=40401,
        answer=f"Subject '{subject}' not found.",
    )


def incompatible(subject: str, reasons: Iterable[str], details: Iterable[str]) -> IncompatibleSchemaError:
    """A subject's compatibility level forbids a schema."""
    return IncompatibleSchemaError(
        subject,
        reasons,
        answer=(
            "Schema being registered is incompatible with an earlier schema for subject "
            f'"{subject}", details: [{", ".join(details)}]'
        ),
    )


def invalid_schema(error: SchemaError, text: str) -> InvalidSchemaError:
    """A text that is no schema."""
    shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
    details = "; ".join(map(str, error.diagnostics[:_MOST_LISTED]))
    return InvalidSchemaError(error.diagnostics, answer=f"Invalid schema {shown}, details: {details}")


def refused_schema(code: str, message: str) -> InvalidSchemaError:
    """A schema that a registry does not take, for a reason outside its text."""
    return InvalidSchemaError([Diagnostic(code, message)], answer=message)


def invalid_version(version: object) -> InvalidArgumentError:
    """What cannot be a version."""
    return InvalidArgumentError(
        f"version: expected a number from 1 to {2**31 - 1} or 'latest', got {version!r}",
        error_code=42202,
        answer=(
            f"The specified version '{version}' is not a valid version id. "
            'Allowed values are between [1, 2^31-1] and the string "latest"'
        ),
    )


def invalid_level(level: object) -> InvalidArgumentError:
    """What is no compatibility level."""
    return InvalidArgumentError(
        f"compatibility: expected one of {', '.join(CompatibilityMode)}, got {level!r}",
        error_code=42203,
        answer=(
            "Invalid compatibility level. Valid values are none, backward, forward, full, "
            "backward_transitive, forward_transitive, and full_transitive"
        ),
    )


def invalid_mode(mode: object) -> InvalidArgumentError:
    """What is no mode."""
    return InvalidArgumentError(
        f"mode: expected one of {', '.join(RegistryMode)}, got {mode!r}",
        error_code=42204,
        answer="Invalid mode. Valid values are READWRITE, READONLY, and IMPORT.",
    )


def invalid_subject(subject: QualifiedSubject) -> InvalidArgumentError:
    """What no subject may be called."""
    return InvalidArgumentError(
        "subject: expected a name such as 'experiment.vqe-value' without control characters, "
        f"got {str(subject)!r}",
        error_code=42208,
        answer=f"The specified subject '{subject}' is not a valid.",
    )


def read_only(subject: QualifiedSubject) -> OperationNotPermittedError:
    """The mode allows no writing."""
    return _forbidden(subject, "is in read-only mode")


def not_import_mode(subject: QualifiedSubject) -> OperationNotPermittedError:
    """An id may be brought in mode IMPORT only."""
    return _forbidden(subject, "is not in import mode")


def not_read_write_mode(subject: QualifiedSubject) -> OperationNotPermittedError:
    """In mode IMPORT an id has to be brought."""
    return _forbidden(subject, "is not in read-write mode")


def _forbidden(subject: QualifiedSubject, why: str) -> OperationNotPermittedError:
    place = "" if subject.context == "." else f":{subject.context}:"
    return OperationNotPermittedError(
        f"'{subject}' {why}", answer=f"Subject {subject} in context {place} {why}"
    )


def id_taken(schema_id: int, subject: QualifiedSubject) -> OperationNotPermittedError:
    """Another schema has the id that a caller brings."""
    place = "" if subject.context == "." else f":{subject.context}:"
    return OperationNotPermittedError(
        f"the id {schema_id} belongs to another schema",
        answer=f"Overwrite new schema with id {schema_id} in context {place} is not permitted.",
    )


def version_taken(subject: QualifiedSubject, version: int) -> OperationNotPermittedError:
    """Another schema has the version that a caller brings."""
    message = f"version {version} of '{subject}' is another schema"
    return OperationNotPermittedError(message, answer=f"Overwriting {message}, which is not permitted.")


def schemas_exist(subject: QualifiedSubject) -> OperationNotPermittedError:
    """Mode IMPORT wants an empty place."""
    return OperationNotPermittedError(
        f"'{subject}' has schemas, whose ids could clash; force=True sets the mode IMPORT all the same",
        answer="Cannot import since found existing subjects",
    )
