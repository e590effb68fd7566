"""JSON of the registry's interface: requests from what a registry keeps, and answers back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from avroforge.errors import RegistryAnswerError
from avroforge.evolution import CompatibilityMode
from avroforge.registry.content import (
    AVRO,
    ContextId,
    Metadata,
    RegisteredSchema,
    SchemaContent,
    SchemaReference,
    SubjectVersion,
)
from avroforge.registry.setting import RegistryConfig, RegistryMode
from avroforge.wire.framing import MAX_SCHEMA_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avroforge.schema.model import JsonValue

_LEVEL_KEYS = ("compatibilityLevel", "compatibility")


def schema_request(
    text: str, references: Sequence[SchemaReference], metadata: Metadata | None = None
) -> dict[str, JsonValue]:
    """The body that carries a schema."""
    body: dict[str, JsonValue] = {"schema": text}
    if references:
        body["references"] = [
            {"name": each.name, "subject": each.subject, "version": each.version} for each in references
        ]
    if metadata is not None:
        body["metadata"] = {
            "properties": dict(metadata.properties),
            "tags": {path: list(tags) for path, tags in metadata.tags.items()},
            "sensitive": list(metadata.sensitive),
        }
    return body


def config_request(changes: RegistryConfig) -> dict[str, JsonValue]:
    """The body that changes a configuration."""
    level: dict[str, JsonValue] = (
        {} if changes.compatibility is None else {"compatibility": changes.compatibility.value}
    )
    return {**changes.others, **level}


class Reading:
    """A value of an answer and where it stands, for messages that name the registry and the place."""

    def __init__(self, value: JsonValue, source: str, place: str = "") -> None:
        self.value = value
        self._source = source
        self._place = place

    def fail(self, expected: str) -> NoReturn:
        """Refuse the value."""
        shown = repr(self.value)
        shown = shown if len(shown) <= 60 else shown[:57] + "..."  # noqa: PLR2004 - fits a terminal's line
        raise RegistryAnswerError(
            f"{self._source}: the answer's {self._place or 'value'}: expected {expected}, got {shown}"
        )

    def child(self, key: str) -> Reading | None:
        """A member, None where it is not there or null."""
        if not isinstance(self.value, dict):
            self.fail("an object")
        found = self.value.get(key)
        return None if found is None else Reading(found, self._source, f"{self._place}/{key}")

    def needed(self, key: str) -> Reading:
        """A member that must be there."""
        found = self.child(key)
        if found is None:
            self.fail(f"the key {key!r}")
        return found

    def items(self) -> list[tuple[str, Reading]]:
        """The members."""
        if not isinstance(self.value, dict):
            self.fail("an object")
        return [
            (key, Reading(each, self._source, f"{self._place}/{key}")) for key, each in self.value.items()
        ]

    def elements(self) -> list[Reading]:
        """The elements of an array."""
        if not isinstance(self.value, list):
            self.fail("an array")
        return [Reading(each, self._source, f"{self._place}/{at}") for at, each in enumerate(self.value)]

    def text(self) -> str:
        """A string."""
        if not isinstance(self.value, str):
            self.fail("a string")
        return self.value

    def number(self) -> int:
        """An id or a version."""
        value = self.value
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_SCHEMA_ID:
            self.fail(f"a number from 1 to {MAX_SCHEMA_ID}")
        return value

    def truth(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            self.fail("true or false")
        return self.value

    def numbers(self) -> tuple[int, ...]:
        """An array of ids or versions."""
        return tuple(each.number() for each in self.elements())

    def texts(self) -> tuple[str, ...]:
        """An array of strings."""
        return tuple(each.text() for each in self.elements())


def read_content(answer: Reading) -> SchemaContent:
    """What an id stands for."""
    kind, guid = answer.child("schemaType"), answer.child("guid")
    return SchemaContent(
        answer.needed("schema").text(),
        _references(answer.child("references")),
        kind.text() if kind else AVRO,
        _metadata(answer.child("metadata")),
        guid.text() if guid else None,
    )


def read_registered(answer: Reading, subject: str) -> RegisteredSchema:
    """A version of a subject."""
    content = read_content(answer)
    name, deleted = answer.child("subject"), answer.child("deleted")
    return RegisteredSchema(
        content.text,
        content.references,
        content.schema_type,
        content.metadata,
        content.guid,
        subject=name.text() if name else subject,
        version=answer.needed("version").number(),
        schema_id=answer.needed("id").number(),
        deleted=deleted.truth() if deleted else False,
    )


def read_places(answer: Reading) -> tuple[SubjectVersion, ...]:
    """Where a schema is registered."""
    return tuple(
        SubjectVersion(each.needed("subject").text(), each.needed("version").number())
        for each in answer.elements()
    )


def read_context_ids(answer: Reading) -> tuple[ContextId, ...]:
    """The ids of a GUID."""
    return tuple(
        ContextId(each.needed("context").text(), each.needed("id").number()) for each in answer.elements()
    )


def read_config(answer: Reading) -> RegistryConfig:
    """A configuration; keys that nobody knows are kept."""
    others = {key: each.value for key, each in answer.items() if key not in _LEVEL_KEYS}
    level = next(filter(None, map(answer.child, _LEVEL_KEYS)), None)
    if level is None:
        return RegistryConfig(None, others)
    text = level.text()
    if text not in CompatibilityMode.__members__:
        level.fail(f"one of {', '.join(CompatibilityMode)}")
    return RegistryConfig(CompatibilityMode(text), others)


def read_mode(answer: Reading) -> RegistryMode:
    """What may be written."""
    mode = answer.needed("mode")
    if mode.text() not in RegistryMode.__members__:
        mode.fail(f"one of {', '.join(RegistryMode)}")
    return RegistryMode(mode.text())


def _references(found: Reading | None) -> tuple[SchemaReference, ...]:
    if found is None:
        return ()
    return tuple(
        SchemaReference(
            each.needed("name").text(), each.needed("subject").text(), each.needed("version").number()
        )
        for each in found.elements()
    )


def _metadata(found: Reading | None) -> Metadata | None:
    if found is None:
        return None
    properties, tags, sensitive = (found.child(key) for key in ("properties", "tags", "sensitive"))
    return Metadata(
        {key: each.text() for key, each in properties.items()} if properties else {},
        {path: tuple(sorted(each.texts())) for path, each in tags.items()} if tags else {},
        tuple(sorted(sensitive.texts())) if sensitive else (),
    )
