"""Emit the interface class of a schema: its texts, its identity and its two functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from avroforge.wire.limits import DEFAULT_LIMITS
from avroforge_codegen.emit import literal
from avroforge_codegen.emit.metadata import properties_literal
from avroforge_codegen.emit.source import text_constant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.codec.lower import LowerOptions
    from avroforge.schema.model import JsonValue
    from avroforge.wire.limits import DecodeLimits
    from avroforge_codegen.emit.source import SourceFile


@dataclass(frozen=True, slots=True)
class InterfaceText:
    """What an interface says of its schema."""

    name: str
    fullname: str
    function: str
    source: FileText | PartOf
    aliases: tuple[str, ...] = ()
    properties: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileText:
    """A schema with a file of its own; `self_contained` only where the file refers to others."""

    schema: str
    self_contained: str | None
    fingerprint: bytes
    key: str


@dataclass(frozen=True, slots=True)
class PartOf:
    """A type inside another's file: the module (a dot and its path) and the name of that file's interface."""

    module: str
    interface: str


def emit_interface(
    source: SourceFile, text: InterfaceText, value_type: str, options: LowerOptions, limits: DecodeLimits
) -> list[str]:
    """The class; `text.function` is the suffix of its write and read functions."""
    base = source.runtime("AvroInterfaceBase")
    lines = [f"class {text.name}({base}[{value_type}]):"]
    lines.extend(literal.docstring(f"Codecs of `{text.fullname}`."))
    lines.append("")
    lines.append(f"    FULLNAME = {literal.string(text.fullname)}")
    match text.source:
        case PartOf():
            module = source.relative(text.source.module) if text.source.module != source.path else ""
            lines.append(f'    PART_OF = "{module}:{text.source.interface}"')
        case FileText():
            lines.extend(text_constant("SCHEMA", text.source.schema))
            if text.source.self_contained is not None:
                lines.extend(text_constant("SELF_CONTAINED", text.source.self_contained))
            lines.append(f"    FINGERPRINT = {literal.data(text.source.fingerprint)}")
            lines.append(f'    SCHEMA_KEY = "{text.source.key}"')
    if text.aliases:
        lines.append(f"    ALIASES = {literal.texts(text.aliases)}")
    properties = properties_literal(text.properties)
    if properties is not None:
        lines.append(f"    PROPERTIES = {properties}")
    if options.arrays != "list":
        lines.append(f'    ARRAYS = "{options.arrays}"')
    if options.logical_types != "typed":
        lines.append(f'    LOGICAL_TYPES = "{options.logical_types}"')
    if limits != DEFAULT_LIMITS:
        made = f"{source.runtime('DecodeLimits')}(depth={limits.depth}, free_items={limits.free_items})"
        lines.append(f"    LIMITS = {made}")
    lines.extend(
        [
            "",
            "    __slots__ = ()",
            "",
            f"    _write = staticmethod(_write_{text.function})",
            f"    _read = staticmethod(_read_{text.function})",
        ]
    )
    return lines
