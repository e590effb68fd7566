"""The whole exception tree of avroforge.

::

    AvroforgeError
    ├── SchemaError              a schema the specification (or the generator) forbids; all `.diagnostics`
    ├── CodecError
    │   ├── EncodeError          a value that its schema cannot hold: path, expected, got
    │   └── DecodeError          bytes that are no value of the schema: path, offset, reason
    ├── ResolutionError          a writer schema that the reader schema cannot read
    ├── AbiError                 generated code and run time do not fit together
    ├── VerificationError        generated code is wrong on some value; all `.diagnostics`
    ├── OutputError              the generator may not write there
    ├── ConfigurationError       a setting is unknown, missing or contradictory
    ├── MissingExtraError        an optional dependency is not installed
    ├── RegistryError            what a schema registry did not do; error code and HTTP status
    │   ├── RegistryUnavailableError   no answer, or that there is none now; says nothing else
    │   │   ├── RegistryTimeoutError       no complete answer in time
    │   │   └── RegistryCertificateError   one side does not trust the other's certificate
    │   ├── RegistryAnswerError        an answer that no registry gives: not JSON, cut off, too large
    │   │   └── RegistryRedirectError      a redirect, which is not followed
    │   ├── RegistryAccessError        the registry does not let this caller do it
    │   ├── RegistryCorruptError       the stored registry cannot be read
    │   ├── SchemaNotFoundError        no schema with that id, GUID or text
    │   │   ├── SubjectNotFoundError   no such subject
    │   │   └── VersionNotFoundError   no such version
    │   ├── DeletionStateError         deleted softly already, or not yet
    │   ├── NotConfiguredError         no compatibility level or mode of its own
    │   ├── IncompatibleSchemaError    the subject's compatibility level forbids the schema
    │   ├── InvalidSchemaError         the text is no schema; a SchemaError too
    │   ├── InvalidArgumentError       a version, level, mode or name that no registry takes
    │   ├── OperationNotPermittedError the mode forbids it
    │   └── ReferenceExistsError       another schema references what was to be deleted
    └── DeliveryError
        ├── NotDurableError      the result is on no disk; carries the bytes
        ├── DuplicateResultError the same result id with other bytes
        ├── ClaimError           a claimed file that is another one than was claimed
        ├── InvalidRecordError   an id, topic or header that may not travel
        ├── OutboxError          the outbox cannot be used (corrupt, locked, wrong file system)
        │   └── RelayLockedError another relay delivers this outbox
        └── TransportError       a broker refused or did not answer; retriable or not
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class AvroforgeError(Exception):
    """Base of every error this project raises on purpose."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about one place in one schema file.

    Attributes:
        code: stable upper-case identifier, for example ``FIELD_UNIQUE``.
        message: lower case, no final period; the value quoted, expected before got.
        path: the file as the user named it, or ``<schema>`` for a text without a file.
        line: 1-based line, 0 when the finding concerns the whole file.
        column: 1-based column in code points, 0 when the finding concerns the whole file.
    """

    code: str
    message: str
    path: str = "<schema>"
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """``path:line:col: CODE message``."""
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        return f"{place}: {self.code} {self.message}"


class SchemaError(AvroforgeError):
    """A schema that the Avro specification forbids, or that cannot become Python.

    The attributes are those of the first diagnostic; ``diagnostics`` holds all of them, in order.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        first = self.diagnostics[0]
        self.code = first.code
        self.message = first.message
        self.path = first.path
        self.line = first.line
        self.column = first.column
        super().__init__("\n".join(str(each) for each in self.diagnostics))

    def __reduce__(self) -> tuple[Callable[..., SchemaError], tuple[object, ...]]:
        return (type(self), (self.diagnostics,))


class CodecError(AvroforgeError):
    """A value or a message that does not fit its schema."""


class EncodeError(CodecError):
    """A value that its schema cannot hold.

    Attributes:
        path: where in the value, for example ``Order.items[3].price``.
        expected: what the schema asks for.
        got: what was there instead, with its type.
        code: ``VALUE_INVALID``, or for plain datums ``FIELD_UNKNOWN`` and ``FIELD_MISSING``.
    """

    def __init__(self, path: str, expected: str, got: str, code: str = "VALUE_INVALID") -> None:
        self.path = path
        self.expected = expected
        self.got = got
        self.code = code
        super().__init__(f"{path}: expected {expected}, got {got}")

    def __reduce__(self) -> tuple[type[EncodeError], tuple[str, str, str, str]]:
        return (type(self), (self.path, self.expected, self.got, self.code))


class DecodeError(CodecError):
    """Bytes that are no value of the schema.

    Attributes:
        path: where in the value the reader stood, for example ``Order.items[3].price``.
        offset: byte offset in the message where the offending item starts.
        reason: what is wrong there.
    """

    def __init__(self, path: str, offset: int, reason: str) -> None:
        self.path = path
        self.offset = offset
        self.reason = reason
        super().__init__(f"{path} at byte {offset}: {reason}")

    def __reduce__(self) -> tuple[type[DecodeError], tuple[str, int, str]]:
        return (type(self), (self.path, self.offset, self.reason))


class ResolutionError(AvroforgeError):
    """A reader schema that cannot read what the writer schema wrote."""


class AbiError(AvroforgeError):
    """Generated code and the installed run time do not fit together; the message says which to upgrade."""


class VerificationError(AvroforgeError):
    """Generated code does not do what its schema says, found before it was written; all `diagnostics`."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__("\n".join(str(each) for each in self.diagnostics))

    def __reduce__(self) -> tuple[type[VerificationError], tuple[tuple[Diagnostic, ...]]]:
        return (type(self), (self.diagnostics,))


class OutputError(AvroforgeError):
    """The generator may not write there: outside the output root, or over a foreign file."""


class ConfigurationError(AvroforgeError):
    """A setting is unknown, missing, of the wrong type, or contradicts another."""


class MissingExtraError(AvroforgeError):
    """An optional dependency is not installed; the message names the extra to install."""


class RegistryError(AvroforgeError):
    """A schema registry did not do what was asked.

    Attributes:
        message: what happened and the way out.
        error_code: Confluent's code for it, for example 40401; None where the registry gave none.
        status: the HTTP status that goes with it; None where there was no answer.
        answer: what the registry says in its own words; `message` where nothing else was said.
    """

    default_code: ClassVar[int | None] = None

    def __init__(
        self,
        message: str,
        *,
        error_code: int | None = None,
        status: int | None = None,
        answer: str | None = None,
    ) -> None:
        self._set_answer(message, error_code, status, answer)
        super().__init__(message)

    def __reduce__(self) -> tuple[Callable[..., RegistryError], tuple[object, ...]]:
        return (partial(type(self), **self._answered()), (self.message,))

    def _set_answer(
        self, message: str, error_code: int | None, status: int | None, answer: str | None
    ) -> None:
        self.message = message
        self.error_code = self.default_code if error_code is None else error_code
        self.status = _status_of(self.error_code) if status is None else status
        self.answer = message if answer is None else answer

    def _answered(self) -> dict[str, Any]:
        return {"error_code": self.error_code, "status": self.status, "answer": self.answer}


def _status_of(error_code: int | None) -> int | None:
    """The first three digits: 40401 goes with 404."""
    return None if error_code is None else int(str(error_code)[:3])


class RegistryUnavailableError(RegistryError):
    """No answer, or only that there is none now: this says nothing about what was asked."""


class RegistryTimeoutError(RegistryUnavailableError):
    """No connection, or no complete answer, within the time-out."""


class RegistryCertificateError(RegistryUnavailableError):
    """No connection, because one side does not trust the other's certificate; somebody has to act."""


class RegistryAnswerError(RegistryError):
    """An answer that no registry gives: not JSON, cut off, too large, of an unknown form, a redirect."""


class RegistryRedirectError(RegistryAnswerError):
    """The registry's address redirects elsewhere; it is not followed, because credentials would go along.

    Attributes:
        target: scheme, host and port of where to.
    """

    def __init__(
        self,
        message: str,
        *,
        target: str = "",
        error_code: int | None = None,
        status: int | None = None,
        answer: str | None = None,
    ) -> None:
        self.target = target
        super().__init__(message, error_code=error_code, status=status, answer=answer)

    def _answered(self) -> dict[str, Any]:
        return {**super()._answered(), "target": self.target}


class RegistryAccessError(RegistryError):
    """The registry does not let this caller do it: credentials are missing, wrong, or not enough."""


class RegistryCorruptError(RegistryError):
    """The stored registry cannot be read; the message names the file and the place."""

    default_code = 50001


class SchemaNotFoundError(RegistryError):
    """No schema with that id, GUID or text; the base of what else is not found."""

    default_code = 40403


class SubjectNotFoundError(SchemaNotFoundError):
    """No such subject, or none of its versions counts."""

    default_code = 40401


class VersionNotFoundError(SchemaNotFoundError):
    """The subject has no such version."""

    default_code = 40402


class DeletionStateError(RegistryError):
    """What is to be deleted is deleted softly already, or not yet (40404 to 40407)."""

    default_code = 40404


class NotConfiguredError(RegistryError):
    """The subject has no compatibility level (40408) or mode (40409) of its own."""

    default_code = 40408


class IncompatibleSchemaError(RegistryError):
    """The subject's compatibility level forbids the schema.

    Attributes:
        subject: the subject it was checked against.
        reasons: one line per incompatibility, each naming the version it breaks.
    """

    default_code = 409

    def __init__(
        self,
        subject: str,
        reasons: Iterable[str],
        *,
        error_code: int | None = None,
        status: int | None = None,
        answer: str | None = None,
    ) -> None:
        self.subject = subject
        self.reasons: tuple[str, ...] = tuple(reasons)
        listed = "".join(f"\n  {reason}" for reason in self.reasons)
        super().__init__(
            f"{subject}: schema is incompatible with what is registered{listed}",
            error_code=error_code,
            status=status,
            answer=answer,
        )

    def __reduce__(self) -> tuple[Callable[..., RegistryError], tuple[object, ...]]:
        return (partial(type(self), **self._answered()), (self.subject, self.reasons))


class InvalidSchemaError(SchemaError, RegistryError):
    """A text that the registry does not take as a schema; one of its references may be at fault.

    Attributes:
        diagnostics: what is wrong and where; from a server one without a place, in the server's words.
    """

    default_code = 42201

    def __init__(
        self,
        diagnostics: Iterable[Diagnostic],
        *,
        error_code: int | None = None,
        status: int | None = None,
        answer: str | None = None,
    ) -> None:
        super().__init__(diagnostics)
        self._set_answer(self.diagnostics[0].message, error_code, status, answer or str(self))

    def __reduce__(self) -> tuple[Callable[..., InvalidSchemaError], tuple[object, ...]]:
        return (partial(type(self), **self._answered()), (self.diagnostics,))


class InvalidArgumentError(RegistryError):
    """A version, compatibility level, mode, name or rule set that no registry takes (42202, 42203, ...)."""

    default_code = 42202


class OperationNotPermittedError(RegistryError):
    """The mode of the registry, the context or the subject forbids it."""

    default_code = 42205


class ReferenceExistsError(RegistryError):
    """Another schema references what was to be deleted."""

    default_code = 42206


class DeliveryError(AvroforgeError):
    """A record could not be taken for, or brought to, its destination."""


class NotDurableError(DeliveryError):
    """The result is on no disk.

    Attributes:
        payload: the encoded bytes, so that the caller can still save them.
        result_id: the id under which they were to be stored.
    """

    def __init__(self, message: str, *, payload: bytes, result_id: str) -> None:
        self.message = message
        self.payload = payload
        self.result_id = result_id
        super().__init__(message)

    def __reduce__(self) -> tuple[partial[NotDurableError], tuple[str]]:
        return (partial(type(self), payload=self.payload, result_id=self.result_id), (self.message,))


class DuplicateResultError(DeliveryError):
    """The same result id was used before, with other bytes."""


class ClaimError(DeliveryError):
    """A claimed file is another one than was claimed, or lies where no reader of claims looks."""


class InvalidRecordError(DeliveryError):
    """A topic, result id, header or size that the destination could not take."""


class OutboxError(DeliveryError):
    """The outbox cannot be used: corrupt, locked, or on a file system that cannot keep it."""


class RelayLockedError(OutboxError):
    """Another relay delivers this outbox.

    Attributes:
        owner: who holds the lock, as it wrote itself down: ``pid 4711 on host``.
    """

    def __init__(self, message: str, owner: str) -> None:
        self.message = message
        self.owner = owner
        super().__init__(message)

    def __reduce__(self) -> tuple[type[RelayLockedError], tuple[str, str]]:
        return (type(self), (self.message, self.owner))


class TransportError(DeliveryError):
    """The destination did not do what was asked, and nothing was written by asking.

    Attributes:
        retriable: True when the same call may succeed soon without anyone's help (no answer, no leader);
            False when somebody has to act first (credentials, certificate, missing topic).
        topic: set when only this topic is concerned, so that others may go on.
    """

    def __init__(self, message: str, retriable: bool = False, topic: str | None = None) -> None:
        self.message = message
        self.retriable = retriable
        self.topic = topic
        super().__init__(message)

    def __reduce__(self) -> tuple[type[TransportError], tuple[str, bool, str | None]]:
        return (type(self), (self.message, self.retriable, self.topic))
