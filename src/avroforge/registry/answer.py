"""Errors as a registry's answers, both ways: one table of Confluent's error codes.

Source: Confluent Schema Registry, REST API, errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from avroforge.errors import (
    DeletionStateError,
    Diagnostic,
    IncompatibleSchemaError,
    InvalidArgumentError,
    InvalidSchemaError,
    NotConfiguredError,
    OperationNotPermittedError,
    ReferenceExistsError,
    RegistryAccessError,
    RegistryAnswerError,
    RegistryError,
    RegistryUnavailableError,
    SchemaNotFoundError,
    SubjectNotFoundError,
    VersionNotFoundError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

ERRORS: Final[Mapping[int, type[RegistryError]]] = MappingProxyType(
    {
        401: RegistryAccessError,
        40101: RegistryAccessError,
        403: RegistryAccessError,
        40301: RegistryAccessError,
        40401: SubjectNotFoundError,
        40402: VersionNotFoundError,
        40403: SchemaNotFoundError,
        40404: DeletionStateError,  # the subject is deleted softly already
        40405: DeletionStateError,  # the subject is not deleted softly yet
        40406: DeletionStateError,  # the version is deleted softly already
        40407: DeletionStateError,  # the version is not deleted softly yet
        40408: NotConfiguredError,  # no compatibility level of its own
        40409: NotConfiguredError,  # no mode of its own
        409: IncompatibleSchemaError,
        40901: IncompatibleSchemaError,
        42201: InvalidSchemaError,
        42202: InvalidArgumentError,  # version
        42203: InvalidArgumentError,  # compatibility level
        42204: InvalidArgumentError,  # mode
        42205: OperationNotPermittedError,
        42206: ReferenceExistsError,
        42207: OperationNotPermittedError,  # another id than the one that is registered
        42208: InvalidArgumentError,  # subject
        42209: InvalidArgumentError,  # schema too large
        42210: InvalidArgumentError,  # rule set
        42211: OperationNotPermittedError,  # context not empty
        50001: RegistryUnavailableError,  # store
        50002: RegistryUnavailableError,  # time-out
        50003: RegistryUnavailableError,  # forwarding to the leader
        50004: RegistryUnavailableError,  # leader unknown
    }
)
_PASSING: Final = frozenset({408, 429})
_SERVER_ERROR: Final = 500
_REFUSAL: Final = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """What a registry answers instead of what was asked for: HTTP status, error code, its own words."""

    status: int
    error_code: int
    message: str


def answer_of(error: RegistryError) -> Answer:
    """The answer that tells a client of an error."""
    return Answer(error.status or _SERVER_ERROR, error.error_code or 50001, error.answer)


def error_of(answer: Answer, *, subject: str = "", prefix: str = "") -> RegistryError:
    """The error that an answer tells of.

    Args:
        answer: what the registry answered.
        subject: what it was asked about.
        prefix: what stands before the registry's words in the message, such as its name.
    """
    kind = ERRORS.get(answer.error_code) or _by_status(answer.status)
    message = f"{prefix}{answer.message}"
    code, status, said = answer.error_code, answer.status, answer.message
    if issubclass(kind, IncompatibleSchemaError):
        return kind(subject, [message], error_code=code, status=status, answer=said)
    if issubclass(kind, InvalidSchemaError):
        refusal = Diagnostic("SCHEMA_REFUSED", message)
        return kind([refusal], error_code=code, status=status, answer=said)
    return kind(message, error_code=code, status=status, answer=said)


def _by_status(status: int) -> type[RegistryError]:
    """What a code that is not in the table stands for."""
    if status in ERRORS:
        return ERRORS[status]
    if status in _PASSING or status >= _SERVER_ERROR:
        return RegistryUnavailableError
    return RegistryError if status >= _REFUSAL else RegistryAnswerError
