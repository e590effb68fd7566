"""What a registry keeps: schemas with what belongs to them, and where they are registered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

LATEST: Final = "latest"
VersionRef: TypeAlias = int | Literal["latest"]
AVRO: Final = "AVRO"


@dataclass(frozen=True, slots=True)
class SchemaReference:
    """A type that a schema uses and another subject's version defines.

    Attributes:
        name: full name of the type as the schema spells it.
        subject: where the type is registered.
        version: which version of that subject, from 1.
    """

    name: str
    subject: str
    version: int


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the owner of a schema says about it; part of the schema's identity in a registry.

    Attributes:
        properties: free text by name.
        tags: tags by path pattern.
        sensitive: names of properties whose values are not to be shown.
    """

    properties: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sensitive: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Sort everything: the order in which it was said means nothing."""
        object.__setattr__(self, "properties", dict(sorted(self.properties.items())))
        tags = {path: tuple(sorted({*self.tags[path]})) for path in sorted(self.tags)}
        object.__setattr__(self, "tags", tags)
        object.__setattr__(self, "sensitive", tuple(sorted({*self.sensitive})))

    def __hash__(self) -> int:
        return hash((*self.properties.items(), *self.tags.items(), *self.sensitive))


@dataclass(frozen=True, slots=True)
class SchemaContent:
    """A schema with what belongs to it: what an id, or a GUID, stands for.

    Attributes:
        text: the schema's text as the registry gives it; not self-contained where there are references.
        references: where the types that the text only names are defined, in the registered order.
        schema_type: ``AVRO``; a foreign registry may hold others.
        metadata: None where there is none.
        guid: the registry's GUID, derived from all of the above; None where the registry gives none.
    """

    text: str
    references: tuple[SchemaReference, ...] = ()
    schema_type: str = AVRO
    metadata: Metadata | None = None
    guid: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredSchema(SchemaContent):
    """A version of a subject.

    Attributes:
        subject: under which name, with its context where that is not the default one.
        version: which version of that subject, from 1.
        schema_id: the id that goes into message headers; the same under every subject of a context.
        deleted: whether the version is softly deleted.
    """

    subject: str
    version: int
    schema_id: int
    deleted: bool = False


@dataclass(frozen=True, slots=True, order=True)
class SubjectVersion:
    """A place where a schema is registered."""

    subject: str
    version: int


@dataclass(frozen=True, slots=True, order=True)
class ContextId:
    """An id, which counts within its context only; ``.`` is the default context."""

    context: str
    schema_id: int
