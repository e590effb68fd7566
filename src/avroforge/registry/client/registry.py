"""`HttpRegistry`: a registry behind Confluent's REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.errors import (
    IncompatibleSchemaError,
    MissingExtraError,
    NotConfiguredError,
    RegistryError,
    SchemaNotFoundError,
    SubjectNotFoundError,
)
from avroforge.registry.client.check import check_at
from avroforge.registry.client.document import (
    Reading,
    config_request,
    read_config,
    read_content,
    read_context_ids,
    read_mode,
    read_places,
    read_registered,
    schema_request,
)
from avroforge.registry.client.explanation import explained
from avroforge.registry.client.question import Question
from avroforge.registry.client.settings import RegistrySettings
from avroforge.registry.content import LATEST
from avroforge.registry.qualified_subject import QualifiedSubject
from avroforge.registry.refusal import invalid_subject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from avroforge.registry.check import CheckResult
    from avroforge.registry.client.service import Service
    from avroforge.registry.content import (
        ContextId,
        Metadata,
        RegisteredSchema,
        SchemaContent,
        SchemaReference,
        SubjectVersion,
        VersionRef,
    )
    from avroforge.registry.setting import RegistryConfig, RegistryMode
    from avroforge.schema.model import JsonValue

_ALL_CONTEXTS: Final = ":*:"
_DEFAULT_CONTEXT: Final = "."
_SHORT_LIST: Final = 1000
"""A shorter list of subjects is taken for a whole one: servers cut at 20,000 unless told otherwise."""


class HttpRegistry:
    """A `SchemaRegistry` that is reached by HTTP; safe to use from threads.

    Nothing is asked before the first call. Every call ends within `RegistrySettings.total_timeout` seconds
    and the time of one name look-up.

    Args:
        settings: how to reach it, or its addresses with commas between them.

    Raises:
        ConfigurationError: an address, or a file for TLS, that cannot be used.
        MissingExtraError: httpx or tenacity is not installed.
    """

    def __init__(self, settings: RegistrySettings | str) -> None:
        self.settings = (
            RegistrySettings(tuple(settings.split(","))) if isinstance(settings, str) else settings
        )
        self._service = _service(self.settings)

    @property
    def name(self) -> str:
        """The addresses."""
        return self.settings.name

    @property
    def clock_offset(self) -> float | None:
        """Seconds by which the server's clock was ahead of this one at its last answer.

        To the second, as HTTP tells time; None before the first answer, and where the server does not say.
        """
        return self._service.clock_offset

    def close(self) -> None:
        """As `SchemaRegistry.close`."""
        self._service.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"HttpRegistry({self.name!r})"

    # schemas

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
        """As `SchemaRegistry.register`; where an answer was lost, it looks before it registers again."""
        body = schema_request(text, references, metadata)
        look = Question("POST", ("subjects", subject), _flags(normalize=normalize), body, subject=subject)
        imported: dict[str, JsonValue] = {
            key: each for key, each in (("id", schema_id), ("version", version)) if each is not None
        }
        path = ("subjects", subject, "versions")
        question = Question(
            "POST", path, _flags(normalize=normalize), {**body, **imported}, subject=subject, unless=look
        )
        try:
            answer = self._ask(question)
        except IncompatibleSchemaError as error:
            raise explained(error, self, text, references) from None
        if answer.child("version") is None or answer.child("schema") is None:
            # Servers before Confluent's 8 answer the id alone.
            answer = self._ask(look)
        return read_registered(answer, subject)

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
        flags = _flags(normalize=normalize, deleted=deleted)
        body = schema_request(text, references, metadata)
        try:
            return read_registered(self._post(flags, "subjects", subject, body=body), subject)
        except SchemaNotFoundError:
            return None

    def schema_by_id(self, schema_id: int, subject: str | None = None) -> SchemaContent:
        """As `SchemaRegistry.schema_by_id`."""
        query = {} if subject is None else {"subject": subject}
        return read_content(self._get(query, "schemas", "ids", str(schema_id)))

    def schema_by_guid(self, guid: str) -> SchemaContent:
        """As `SchemaRegistry.schema_by_guid`."""
        return read_content(self._get({}, "schemas", "guids", guid))

    def ids_of_guid(self, guid: str) -> Sequence[ContextId]:
        """As `SchemaRegistry.ids_of_guid`."""
        return read_context_ids(self._get({}, "schemas", "guids", guid, "ids"))

    def versions_of_id(
        self, schema_id: int, subject: str | None = None, *, deleted: bool = False
    ) -> Sequence[SubjectVersion]:
        """As `SchemaRegistry.versions_of_id`."""
        query = _flags(deleted=deleted) | ({} if subject is None else {"subject": subject})
        return read_places(self._get(query, "schemas", "ids", str(schema_id), "versions"))

    # subjects and versions

    def subjects(
        self, prefix: str = "", *, context: str | None = None, deleted: bool = False
    ) -> Sequence[str]:
        """As `SchemaRegistry.subjects`."""
        start = _ALL_CONTEXTS if context is None else _qualifier(context)
        query = _flags(deleted=deleted)
        if prefix or context is not None:
            # Without the parameter all contexts are listed, with an empty one the default context.
            query["subjectPrefix"] = f"{start}{prefix}"
        listed = page = self._get(query, "subjects").texts()
        found = set(listed)
        while len(page) >= _SHORT_LIST:
            page = self._get({**query, "offset": str(len(found))}, "subjects").texts()
            if found.issuperset(page):
                break
            found.update(page)
        # Not every server knows the parameters.
        return tuple(sorted(each for each in found if _belongs(each, prefix, context)))

    def versions(self, subject: str, *, deleted: bool = False) -> Sequence[int]:
        """As `SchemaRegistry.versions`."""
        query = _flags(deleted=deleted)
        return tuple(sorted(self._get(query, "subjects", subject, "versions").numbers()))

    def version(
        self, subject: str, version: VersionRef = LATEST, *, deleted: bool = False
    ) -> RegisteredSchema:
        """As `SchemaRegistry.version`."""
        found = self._get(_flags(deleted=deleted), "subjects", subject, "versions", str(version))
        return read_registered(found, subject)

    def referenced_by(self, subject: str, version: VersionRef = LATEST) -> Sequence[int]:
        """As `SchemaRegistry.referenced_by`."""
        found = self._get({}, "subjects", subject, "versions", str(version), "referencedby")
        return tuple(sorted(found.numbers()))

    def contexts(self) -> Sequence[str]:
        """As `SchemaRegistry.contexts`."""
        return tuple(sorted(each.strip(":") for each in self._get({}, "contexts").texts()))

    def delete_version(self, subject: str, version: VersionRef, *, permanent: bool = False) -> int:
        """As `SchemaRegistry.delete_version`; not repeated where the first may have arrived."""
        path = ("subjects", subject, "versions", str(version))
        return self._delete(path, permanent=permanent).number()

    def delete_subject(self, subject: str, *, permanent: bool = False) -> Sequence[int]:
        """As `SchemaRegistry.delete_subject`; not repeated where the first may have arrived."""
        return self._delete(("subjects", subject), permanent=permanent).numbers()

    # compatibility

    def check(
        self,
        subject: str,
        text: str,
        references: Sequence[SchemaReference] = (),
        *,
        version: VersionRef | None = None,
        normalize: bool = False,
    ) -> CheckResult:
        """As `SchemaRegistry.check`; the registry's own verdict and words."""
        body = schema_request(text, references)
        query = _flags(normalize=normalize) | {"verbose": "true"}
        return check_at(self, self._ask, subject, version, Question("POST", (), query, body, subject))

    def config(self, subject: str | None = None, *, default_to_global: bool = False) -> RegistryConfig:
        """As `SchemaRegistry.config`."""
        query = _flags(defaultToGlobal=default_to_global and subject is not None)
        try:
            return read_config(self._get(query, "config", *_whose(subject)))
        except (SubjectNotFoundError, NotConfiguredError) as error:
            if subject is not None and default_to_global:
                # Some servers follow the global level only for subjects that have a schema.
                return self.config()
            raise _not_configured(error) from None

    def update_config(self, changes: RegistryConfig, subject: str | None = None) -> RegistryConfig:
        """As `SchemaRegistry.update_config`."""
        path = ("config", *_whose(subject))
        self._ask(Question("PUT", path, {}, config_request(changes), subject or ""))
        return self.config(subject)

    def delete_config(self, subject: str | None = None) -> RegistryConfig:
        """As `SchemaRegistry.delete_config`."""
        return read_config(self._reset("config", subject))

    def mode(self, subject: str | None = None, *, default_to_global: bool = False) -> RegistryMode:
        """As `SchemaRegistry.mode`."""
        query = _flags(defaultToGlobal=default_to_global and subject is not None)
        try:
            return read_mode(self._get(query, "mode", *_whose(subject)))
        except (SubjectNotFoundError, NotConfiguredError) as error:
            if subject is not None and default_to_global:
                return self.mode()
            raise _not_configured(error) from None

    def set_mode(self, mode: RegistryMode, subject: str | None = None, *, force: bool = False) -> None:
        """As `SchemaRegistry.set_mode`."""
        path = ("mode", *_whose(subject))
        self._ask(Question("PUT", path, _flags(force=force), {"mode": mode.value}, subject or ""))

    def delete_mode(self, subject: str | None = None) -> RegistryMode:
        """As `SchemaRegistry.delete_mode`."""
        return read_mode(self._reset("mode", subject))

    # how it is asked

    def _ask(self, question: Question) -> Reading:
        if "" in question.path:
            # The address without the empty part is another question: about the whole registry, say.
            raise invalid_subject(QualifiedSubject.parse(""))
        return Reading(self._service.ask(question), f"registry {self.name}")

    def _get(self, query: Mapping[str, str], *path: str) -> Reading:
        return self._ask(Question("GET", path, query, subject=path[1] if path[1:] else ""))

    def _post(self, query: Mapping[str, str], *path: str, body: JsonValue) -> Reading:
        return self._ask(Question("POST", path, query, body, subject=path[1]))

    def _delete(self, path: tuple[str, ...], *, permanent: bool) -> Reading:
        query = _flags(permanent=permanent)
        return self._ask(Question("DELETE", path, query, subject=path[1], repeatable=False))

    def _reset(self, what: str, subject: str | None) -> Reading:
        try:
            return self._ask(
                Question("DELETE", (what, *_whose(subject)), subject=subject or "", repeatable=False)
            )
        except SubjectNotFoundError as error:
            raise _not_configured(error) from None


def _service(settings: RegistrySettings) -> Service:
    try:
        from avroforge.registry.client.service import Service  # noqa: PLC0415 - loads httpx
    except ModuleNotFoundError as error:
        if error.name not in ("httpx", "httpcore", "tenacity"):
            raise
        raise MissingExtraError(
            f"a registry server needs the package {error.name}, which is not installed: "
            "pip install 'avroforge[registry]'"
        ) from error
    return Service(settings)


def _flags(**given: bool) -> dict[str, str]:
    """The parameters that are not at their default."""
    return {name: "true" for name, value in given.items() if value}


def _whose(subject: str | None) -> tuple[str, ...]:
    return () if subject is None else (subject,)


def _qualifier(context: str) -> str:
    """What stands before the names of a context's subjects."""
    return "" if context == _DEFAULT_CONTEXT else f":{context}:"


def _belongs(subject: str, prefix: str, context: str | None) -> bool:
    if subject.startswith(":"):
        own, _, name = subject[1:].partition(":")
    else:
        own, name = _DEFAULT_CONTEXT, subject
    return name.startswith(prefix) and context in (None, own)


def _not_configured(error: RegistryError) -> NotConfiguredError:
    if isinstance(error, NotConfiguredError):
        return error
    return NotConfiguredError(
        error.message, error_code=error.error_code, status=error.status, answer=error.answer
    )
