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

    from avroforge.codec import ir
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
    """A schema with a file of its own.

    Attributes:
        schema: the file's text.
        uses: the interfaces of the files that it refers to: module (a dot and its path) and name.
        meaning: what it means, unless that is derived from the texts of those files.
        digest: its identity where the meaning is derived.
    """

    schema: str
    uses: tuple[ir.Symbol, ...]
    meaning: Meaning | None
    digest: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a schema means; `self_contained` only where the file's own text is not that."""

    self_contained: str | None
    fingerprint: bytes
    key: str


@dataclass(frozen=True, slots=True)
class PartOf:
    """A type inside another's file: that file's interface."""

    interface: ir.Symbol


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
            lines.append(f"    PART_OF = {_place(source, text.source.interface)}")
        case FileText():
            lines.extend(_file_lines(source, text.source))
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


def _file_lines(source: SourceFile, text: FileText) -> list[str]:
    lines = text_constant("SCHEMA", text.schema)
    if text.uses:
        lines.extend(["    USES = (", *(f"        {_place(source, each)}," for each in text.uses), "    )"])
    if text.meaning is None:
        return [*lines, f'    CLOSURE_DIGEST = "{text.digest}"']
    if text.meaning.self_contained is not None:
        lines.extend(text_constant("SELF_CONTAINED", text.meaning.self_contained))
    lines.append(f"    FINGERPRINT = {literal.data(text.meaning.fingerprint)}")
    return [*lines, f'    SCHEMA_KEY = "{text.meaning.key}"']


def _place(source: SourceFile, interface: ir.Symbol) -> str:
    """A literal of how the run time finds an interface: ``module:Name``, the module as an import names it."""
    module = source.relative(interface.module) if interface.module != source.path else ""
    return f'"{module}:{interface.name}"'
