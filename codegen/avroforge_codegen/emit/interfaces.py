"""Emit the interface class of a schema: its texts, its identity and its two functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from avroforge_codegen.emit import literal
from avroforge_codegen.emit.source import text_constant

if TYPE_CHECKING:
    from avroforge.codec.lower import LowerOptions
    from avroforge_codegen.emit.source import SourceFile


@dataclass(frozen=True, slots=True)
class InterfaceText:
    """What an interface says of its schema."""

    name: str
    value_type: str
    schema: str
    self_contained: str | None
    fullname: str
    fingerprint: bytes
    key: str
    function: str


def emit_interface(source: SourceFile, text: InterfaceText, options: LowerOptions) -> list[str]:
    """The class; `text.function` is the suffix of its write and read functions."""
    base = source.runtime("AvroInterfaceBase")
    lines = [f"class {text.name}({base}[{text.value_type}]):"]
    lines.extend(literal.docstring(f"Codecs of `{text.fullname}`."))
    lines.append("")
    lines.extend(text_constant("SCHEMA", text.schema))
    if text.self_contained is not None:
        lines.extend(text_constant("SELF_CONTAINED", text.self_contained))
    lines.append(f"    FULLNAME = {literal.string(text.fullname)}")
    lines.append(f"    FINGERPRINT = {literal.data(text.fingerprint)}")
    lines.append(f'    SCHEMA_KEY = "{text.key}"')
    if options.arrays != "list":
        lines.append(f'    ARRAYS = "{options.arrays}"')
    if options.logical_types != "typed":
        lines.append(f'    LOGICAL_TYPES = "{options.logical_types}"')
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
