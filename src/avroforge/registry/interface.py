"""What every schema registry can do, whether it is a file, memory, or a server.

The semantics are those of Confluent Schema Registry: ids are equal for equal schemas within a context,
versions count per subject, a subject without own settings follows its context and that the whole registry,
and compatibility is BACKWARD unless set otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avroforge.registry.check import CheckResult
    from avroforge.registry.setting import RegistryConfig, RegistryMode


class SchemaRegistry(Protocol):
    """Subjects with numbered versions of schemas, and settings for each; safe to use from threads.

    A subject is a name such as ``experiment.vqe-value``, or ``:.context:name`` outside the default
    context. Two schemas are equal when they differ in nothing but white space, the order of attributes
    and how names are spelt (a full name, or a name and its namespace); what else differs (also docs,
    aliases, references or metadata) is another schema.

    Every method may raise a `RegistryError` that says nothing about the question: that there was no answer
    (`RegistryUnavailableError`), that the answer was none of a registry (`RegistryAnswerError`), that the
    caller may not ask (`RegistryAccessError`), or that the store cannot be read (`RegistryCorruptError`).
    """

    @property
    def name(self) -> str:
        """What tells this registry from others, for caches and messages; contains no secret."""
        ...

    def close(self) -> None:
        """Give back connections; asking again opens new ones."""
        ...

    # schemas

    def register(  # noqa: PLR0913 - what a registration can say
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
        """Register a schema; an equal schema again gives the same id and version.

        Args:
            subject: under which name; created by its first schema.
            text: the schema; types that it does not define must be in `references`.
            references: where those types are registered.
            metadata: None takes over that of the latest version, if there is one.
            normalize: register the normal form (references sorted, attributes in one order) instead.
            schema_id: the id that it has elsewhere; only in mode IMPORT, and needed there.
            version: the version that it has elsewhere; only in mode IMPORT.

        Raises:
            InvalidSchemaError: the text is no valid schema, or a reference cannot be found.
            IncompatibleSchemaError: the subject's compatibility level forbids it.
            OperationNotPermittedError: the subject's mode forbids it, or the id is taken.
            InvalidArgumentError: the subject has a name that no registry takes.
        """
        ...

    def lookup(  # noqa: PLR0913 - what a lookup can say
        self,
        subject: str,
        text: str,
        references: Sequence[SchemaReference] = (),
        *,
        metadata: Metadata | None = None,
        normalize: bool = False,
        deleted: bool = False,
    ) -> RegisteredSchema | None:
        """The version of a subject that has this schema; registers nothing.

        Args:
            subject: under which name.
            text: the schema; where a version has references, the self-contained text finds it too.
            references: where types that the text does not define are registered.
            metadata: None stands for none, or for that of the latest version.
            normalize: look for the normal form instead.
            deleted: look among softly deleted versions too.

        Returns:
            None where the subject has no such version, or there is no such subject.

        Raises:
            InvalidSchemaError: the text is no valid schema, or a reference cannot be found.
        """
        ...

    def schema_by_id(self, schema_id: int, subject: str | None = None) -> SchemaContent:
        """What is registered under an id; softly deleted schemas too.

        Args:
            schema_id: the id.
            subject: names the context to look in; in the default one, tried in the others too.

        Raises:
            SchemaNotFoundError: no such id.
        """
        ...

    def schema_by_guid(self, guid: str) -> SchemaContent:
        """What is registered under a GUID, in any context.

        Raises:
            SchemaNotFoundError: no such GUID.
        """
        ...

    def ids_of_guid(self, guid: str) -> Sequence[ContextId]:
        """The ids that stand for a GUID's schema: at most one in each context.

        Raises:
            SchemaNotFoundError: no such GUID.
        """
        ...

    def versions_of_id(
        self, schema_id: int, subject: str | None = None, *, deleted: bool = False
    ) -> Sequence[SubjectVersion]:
        """Where an id's schema is registered, by subject and version.

        Args:
            schema_id: the id.
            subject: names the context to look in, as for `schema_by_id`.
            deleted: softly deleted versions too.

        Raises:
            SchemaNotFoundError: no such id.
        """
        ...

    # subjects and versions

    def subjects(
        self, prefix: str = "", *, context: str | None = None, deleted: bool = False
    ) -> Sequence[str]:
        """Every subject with at least one version, sorted.

        Args:
            prefix: how its name starts, without context.
            context: in which context, ``.`` being the default one; None for all.
            deleted: subjects with nothing but softly deleted versions too.
        """
        ...

    def versions(self, subject: str, *, deleted: bool = False) -> Sequence[int]:
        """The version numbers of a subject, oldest first.

        Args:
            subject: which.
            deleted: softly deleted versions too.

        Raises:
            SubjectNotFoundError: no such subject, or none of its versions is to be listed.
        """
        ...

    def version(
        self, subject: str, version: VersionRef = LATEST, *, deleted: bool = False
    ) -> RegisteredSchema:
        """One version of a subject.

        Args:
            subject: which.
            version: from 1; the latest one is the last that is not softly deleted.
            deleted: also if it is softly deleted.

        Raises:
            SubjectNotFoundError: no such subject.
            VersionNotFoundError: no such version.
            InvalidArgumentError: a version below 1.
        """
        ...

    def referenced_by(self, subject: str, version: VersionRef = LATEST) -> Sequence[int]:
        """The ids of the schemas that reference a version, sorted.

        Raises:
            SubjectNotFoundError: no such subject.
            VersionNotFoundError: no such version.
        """
        ...

    def contexts(self) -> Sequence[str]:
        """The contexts, sorted: ``.``, the default one, and others as ``.name``."""
        ...

    def delete_version(self, subject: str, version: VersionRef, *, permanent: bool = False) -> int:
        """Delete a version softly, or permanently once it is deleted softly.

        A softly deleted version keeps its number and can still be read by its id. A permanently deleted
        one is forgotten: the id of its schema is not given again, the number may be.

        Raises:
            SubjectNotFoundError: no such subject.
            VersionNotFoundError: no such version.
            DeletionStateError: it is deleted softly already, or not yet.
            ReferenceExistsError: another schema references it; for permanent deletion a softly deleted one
                counts too, because messages may still carry its id.
            OperationNotPermittedError: the subject's mode forbids it.
        """
        ...

    def delete_subject(self, subject: str, *, permanent: bool = False) -> Sequence[int]:
        """Delete all versions of a subject, as `delete_version`, with the subject's own settings.

        Returns:
            The numbers of the deleted versions.

        Raises:
            SubjectNotFoundError: no such subject.
            DeletionStateError: it is deleted softly already, or not yet.
            ReferenceExistsError: another schema references one of its versions.
            OperationNotPermittedError: the subject's mode forbids it.
        """
        ...

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
        """Whether a subject's compatibility level allows a schema; registers nothing.

        Args:
            subject: which; one that does not exist allows everything.
            text: the candidate.
            references: where types that the text does not define are registered.
            version: check against this one only; None for all that the level makes count.
            normalize: check the normal form instead.

        Raises:
            InvalidSchemaError: the text is no valid schema, or a reference cannot be found.
            VersionNotFoundError: no such version; never for None or the latest.
        """
        ...

    def config(self, subject: str | None = None, *, default_to_global: bool = False) -> RegistryConfig:
        """The configuration of a subject, of a context (``:.name:``), or of the whole registry.

        Args:
            subject: whose; None for the whole registry's.
            default_to_global: what is in force rather than what is set here; always has a level.

        Raises:
            NotConfiguredError: nothing is set here, and `default_to_global` is not asked for.
        """
        ...

    def update_config(self, changes: RegistryConfig, subject: str | None = None) -> RegistryConfig:
        """Change a configuration; what `changes` does not name stays, a key with None goes.

        Args:
            changes: a level of None changes no level.
            subject: whose; None for the whole registry's. It may have no schema yet.

        Returns:
            The configuration as it is now.

        Raises:
            InvalidArgumentError: a value that the registry does not take.
            OperationNotPermittedError: the mode forbids it.
        """
        ...

    def delete_config(self, subject: str | None = None) -> RegistryConfig:
        """Go back to what is in force above a subject, or to the registry's defaults.

        Returns:
            The configuration as it was.

        Raises:
            NotConfiguredError: nothing was set here.
            OperationNotPermittedError: the mode forbids it.
        """
        ...

    def mode(self, subject: str | None = None, *, default_to_global: bool = False) -> RegistryMode:
        """What may be written: of a subject, of a context (``:.name:``), or of the whole registry.

        Args:
            subject: whose; None for the whole registry's.
            default_to_global: what is in force rather than what is set here.

        Raises:
            NotConfiguredError: nothing is set here, and `default_to_global` is not asked for.
        """
        ...

    def set_mode(self, mode: RegistryMode, subject: str | None = None, *, force: bool = False) -> None:
        """Set what may be written.

        Args:
            mode: the mode.
            subject: whose; None for the whole registry's.
            force: to IMPORT although there are schemas, whose ids may then clash with those to come.

        Raises:
            OperationNotPermittedError: to IMPORT while there are schemas, without `force`.
            InvalidArgumentError: a mode that cannot be set here.
        """
        ...

    def delete_mode(self, subject: str | None = None) -> RegistryMode:
        """Go back to the mode in force above a subject, or to READWRITE.

        Returns:
            The mode as it was.

        Raises:
            NotConfiguredError: nothing was set here.
        """
        ...
