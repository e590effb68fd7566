"""One layout for schema texts, which changes nothing that they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.schema.syntax import syntax_of
from avroforge_codegen.formatting.attribute_order import ordered_members
from avroforge_codegen.formatting.layout import Layout

if TYPE_CHECKING:
    from avroforge_codegen.settings import FormatSettings


def format_text(text: str, settings: FormatSettings) -> str:
    """A schema's text with its attributes in order, no namespace twice, and one style of blanks.

    What stands on one line stays there while it fits, and rows whose columns are aligned stay as they are.
    Strings and numbers are copied as they are spelled. The result is its own result.

    Args:
        text: a schema that parses.
        settings: indentation and width.
    """
    root = syntax_of(text)
    lines = Layout(text, ordered_members(root, text), settings.indent, settings.width).lines(root)
    return lines.replace("\n", "\r\n") if "\r\n" in text else lines
