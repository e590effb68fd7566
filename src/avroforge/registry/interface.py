"""What every schema registry can do, whether it is a file, memory, or a server.

The semantics are those of Confluent Schema Registry: ids are global to a registry and equal for equal
text, versions count per subject, and the default compatibility mode is BACKWARD.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

from avroforge.evolution import CompatibilityMode

if TYPE_CHECKING:
    from collections.abc import Sequence

LATEST: Final = "latest"
VersionRef: TypeAlias = int | Literal["latest"]
DEFAULT_MODE: Final = CompatibilityMode.BACKWARD


@dataclass(frozen=True, slots=True)
class RegisteredSchema:
    """A schema as a registry holds it.

    Attributes:
        subject: under which name.
        version: which version of that subject, from 1.
        schema_id: the id that goes into message headers; the same under every subject.
        text: the schema's text, exactly as it was registered first.
    """

    subject: str
    version: int
    schema_id: int
    text: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether a subject's mode allows a schema, with one line per reason against it."""

    reasons: tuple[str, ...] = ()

    @property
    def compatible(self) -> bool:
        """Whether the schema may be registered."""
        return not self.reasons


class SchemaRegistry(Protocol):
    """Subjects with numbered versions of schemas, and a compatibility mode for each.

    A text counts as equal to another when they differ in white space between tokens only.
    Every method may raise `RegistryUnavailableError` (no answer, which says nothing about
    compatibility) and `RegistryCorruptError` (the store cannot be read).
    """

    @property
    def name(self) -> str:
        """What tells this registry from others, for caches and messages; contains no secret."""
        ...

    def register(self, subject: str, text: str) -> RegisteredSchema:
        """Register a self-contained schema; the same text again gives the same id and version.

        Raises:
            SchemaError: the text is no valid schema.
            IncompatibleSchemaError: the subject's mode forbids it; every broken version is listed.
        """
        ...

    def lookup(self, subject: str, text: str) -> RegisteredSchema | None:
        """The version of `subject` that has this text, or None; registers nothing."""
        ...

    def schema_by_id(self, schema_id: int) -> str:
        """The text registered under an id.

        Raises:
            SchemaNotFoundError: no such id.
        """
        ...

    def subjects(self) -> Sequence[str]:
        """Every subject with at least one version, sorted."""
        ...

    def versions(self, subject: str) -> Sequence[int]:
        """The version numbers of a subject, oldest first.

        Raises:
            SchemaNotFoundError: no such subject.
        """
        ...

    def version(self, subject: str, version: VersionRef = LATEST) -> RegisteredSchema:
        """One version of a subject.

        Raises:
            SchemaNotFoundError: no such subject or version.
        """
        ...

    def check(self, subject: str, text: str) -> CheckResult:
        """Whether the subject's mode allows `text`; every version that its mode makes count is checked.

        Raises:
            SchemaError: the text is no valid schema.
        """
        ...

    def compatibility_mode(self, subject: str | None = None) -> CompatibilityMode:
        """The mode in force for a subject (its own, else the global one), or the global one."""
        ...

    def set_compatibility_mode(self, mode: CompatibilityMode, subject: str | None = None) -> None:
        """Set a subject's mode, or the global one; a subject may get its mode before its first schema."""
        ...
