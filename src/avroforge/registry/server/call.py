"""A request as the endpoints see it: decoded, with the errors for what cannot be meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from avroforge.errors import RegistryError
from avroforge.registry import refusal
from avroforge.registry.content import AVRO, LATEST, Metadata, SchemaReference
from avroforge.registry.qualified_subject import DEFAULT_CONTEXT, QualifiedSubject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from avroforge.registry.content import VersionRef
    from avroforge.schema.model import JsonValue

_NUMBER: Final = re.compile(r"-?[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class SchemaRequest:
    """The body that carries a schema.

    Attributes:
        text: the schema; blank where the body has none.
        references: a version of None stands for the latest.
        metadata: None where the body has none.
        schema_id: the id that the caller brings.
        version: the version that the caller brings.
    """

    text: str
    references: tuple[tuple[str, str, int | None], ...] = ()
    metadata: Metadata | None = None
    schema_id: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request.

    Attributes:
        path: the variables of the path, decoded.
        query: the parameters, each as it was given last.
        lists: every value of the parameters ``key`` and ``value``.
        body: the JSON of the body; None where there was none.
        context: the context that the path begins with, else ``.``.
        tolerant: whether the client says that it takes properties that it does not know.
    """

    path: Mapping[str, str]
    query: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    body: JsonValue
    context: str = DEFAULT_CONTEXT
    tolerant: bool = False

    @property
    def subject(self) -> str:
        """The subject of the path, in the context of the path."""
        return self.within(self.path["subject"])

    def within(self, subject: str) -> str:
        """A subject as the context of the path makes it."""
        return str(QualifiedSubject(self.context, "").sibling(subject))

    @property
    def hint(self) -> str | None:
        """The subject that says in which context an id counts."""
        subject = self.query.get("subject", "")
        return self.within(subject) if subject or self.context != DEFAULT_CONTEXT else None

    @property
    def version(self) -> VersionRef:
        """The version of the path.

        Raises:
            InvalidArgumentError: neither a number from 1 nor ``latest`` or -1.
        """
        text = self.path["version"].strip()
        if text.lower() == LATEST or text == "-1":
            return LATEST
        if not _NUMBER.fullmatch(text) or not 1 <= int(text) < 2**31:
            raise refusal.invalid_version(self.path["version"])
        return int(text)

    @property
    def schema_id(self) -> int:
        """The id of the path.

        Raises:
            RegistryError: it is no number; answered as an address that does not exist.
        """
        if not _NUMBER.fullmatch(self.path["id"]):
            raise no_such_address()
        return int(self.path["id"])

    def flag(self, name: str) -> bool:
        """Whether a parameter says true."""
        return self.query.get(name, "").lower() == "true"

    def number(self, name: str, default: int) -> int:
        """A parameter that is a number.

        Raises:
            RegistryError: it is none; answered as an address that does not exist.
        """
        try:
            return int(self.query.get(name, default))
        except ValueError:
            raise no_such_address() from None

    def object(self) -> Mapping[str, JsonValue]:
        """The body.

        Raises:
            RegistryError: there is none, or no object.
        """
        if not isinstance(self.body, dict):
            _refuse("body: expected a JSON object" if self.body is not None else "body: may not be null")
        return self.body

    def schema(self) -> SchemaRequest:
        """The body as a schema.

        Raises:
            InvalidSchemaError: a type of schema, or rules, that this registry does not know.
            RegistryError: a member of another type than the interface gives it.
        """
        body = self.object()
        kind = _member(body, "schemaType", str, "a string") or AVRO
        if kind != AVRO:
            raise refusal.refused_schema("SCHEMA_TYPE", f"Invalid schema type {kind}")
        for key in ("ruleSet", "schemaTagsToAdd", "schemaTagsToRemove"):
            if body.get(key):
                raise refusal.refused_schema("NOT_SUPPORTED", f"{key} is not supported by this registry")
        references = _member(body, "references", list, "an array") or ()
        schema_id, version = (_member(body, key, int, "a number") for key in ("id", "version"))
        return SchemaRequest(
            _member(body, "schema", str, "a string") or "",
            tuple(_reference(each) for each in references),
            _metadata(_member(body, "metadata", dict, "an object")),
            None if schema_id is None or schema_id < 0 else schema_id,
            None if version is None or version <= 0 else version,
        )


def no_such_address() -> RegistryError:
    """The error for an address that does not exist."""
    return RegistryError("HTTP 404 Not Found", error_code=404)


def _refuse(message: str) -> NoReturn:
    raise RegistryError(message, error_code=422)


def _member(value: Mapping[str, JsonValue], key: str, kind: type, expected: str) -> Any:  # noqa: ANN401 - JSON of the kind
    found = value.get(key)
    if found is not None and (not isinstance(found, kind) or isinstance(found, bool)):
        _refuse(f"{key}: expected {expected}")
    return found


def _reference(value: JsonValue) -> tuple[str, str, int | None]:
    if not isinstance(value, dict):
        _refuse("references: expected objects")
    name, subject = (_member(value, key, str, "a string") or "" for key in ("name", "subject"))
    version = _member(value, "version", int, "a number")
    if not subject or version is None:
        _refuse("references: expected name, subject and version")
    return name, subject, None if version == -1 else version


def _metadata(value: Mapping[str, JsonValue] | None) -> Metadata | None:
    if value is None:
        return None
    properties = _member(value, "properties", dict, "an object") or {}
    tags = _member(value, "tags", dict, "an object") or {}
    sensitive = _member(value, "sensitive", list, "an array") or ()
    texts = [*properties.values(), *sensitive]
    if not all(isinstance(each, list) for each in tags.values()):
        _refuse("metadata: expected arrays of tags")
    texts += [tag for each in tags.values() for tag in each]
    if not all(isinstance(each, str) for each in texts):
        _refuse("metadata: expected strings")
    return Metadata(properties, {path: tuple(each) for path, each in tags.items()}, tuple(sensitive))


def resolve_references(request: SchemaRequest, latest: Callable[[str], int]) -> tuple[SchemaReference, ...]:
    """The references of a body with the latest versions named.

    Args:
        request: the body.
        latest: gives the latest version of a subject.
    """
    return tuple(
        SchemaReference(name, subject, latest(subject) if version is None else version)
        for name, subject, version in request.references
    )
