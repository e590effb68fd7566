"""What a schema says beyond types: properties, aliases, docs and deprecation, as Python literals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge_codegen.emit import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.schema import model
    from avroforge.schema.model import JsonValue
    from avroforge_codegen.emit.source import SourceFile

DEPRECATED: Final = "deprecated"
"""The custom property that marks a type or a field: true, or a text that says what to use instead."""
MAX_DEPTH: Final = 32
"""The deepest property that is repeated outside the schema's text; Python nests at most 200 brackets."""


def deprecation(properties: Mapping[str, JsonValue]) -> str | None:
    """What is said of a deprecated type or field: a text, empty where the schema just says true; or None."""
    match properties.get(DEPRECATED):
        case str(text) if text.strip():
            return " ".join(text.split())
        case True:
            return ""
        case _:
            return None


def deprecated_decorator(source: SourceFile, node: model.NamedType) -> list[str]:
    """The decorator line of a type with the property ``deprecated`` (PEP 702)."""
    message = deprecation(node.properties)
    if message is None:
        return []
    text = literal.string(message or f"{node.fullname} is deprecated")
    return [f"@{source.runtime('deprecated')}({text})"]


def marked(text: str, properties: Mapping[str, JsonValue], separator: str = "\n\n") -> str:
    """The docs of a type or field, with the deprecation where there is one."""
    message = deprecation(properties)
    if message is None:
        return text
    return f"{text.rstrip()}{separator}Deprecated{': ' if message else '.'}{message}".lstrip()


def properties_literal(properties: Mapping[str, JsonValue]) -> str | None:
    """A dict literal of the custom properties; None where there are none."""
    kept = {name: value for name, value in properties.items() if _depth(value) <= MAX_DEPTH}
    return literal.json(kept) if kept else None


def _depth(value: JsonValue) -> int:
    """How deep a value nests, counted only as far as it matters."""
    level: list[JsonValue] = [value]
    for depth in range(MAX_DEPTH + 1):
        inner: list[JsonValue] = []
        for each in level:
            if isinstance(each, dict):
                inner.extend(each.values())
            elif isinstance(each, list | tuple):
                inner.extend(each)
        if not inner:
            return depth
        level = inner
    return MAX_DEPTH + 1


def field_metadata(field: model.RecordField, attribute: str) -> dict[str, str]:
    """The entries of a field's ``metadata`` with their literals: only what the field does not say itself."""
    entries: dict[str, str] = {}
    if field.name != attribute:
        entries["name"] = literal.string(field.name)
    if field.doc is not None:
        entries["doc"] = literal.string(field.doc)
    if field.aliases:
        entries["aliases"] = literal.texts(field.aliases)
    if field.order != "ascending":
        entries["order"] = literal.string(field.order)
    message = deprecation(field.properties)
    if message is not None:
        entries[DEPRECATED] = literal.string(message) if message else "True"
    properties = properties_literal(field.properties)
    if properties is not None:
        entries["properties"] = properties
    return entries
