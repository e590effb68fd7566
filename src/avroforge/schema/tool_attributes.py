"""Attributes that speak to this toolkit about a text, and are no part of what the schema means.

They stand in files. The model has no trace of them, and so neither have the self-contained text and what is
registered; the file's own text stays as it is.
"""

from __future__ import annotations

from typing import Final

from avroforge.schema.syntax import (
    ArraySyntax,
    ObjectSyntax,
    Syntax,
    edited,
    member_removal,
    syntax_of,
)

LINT_IGNORE: Final = "x-lint-ignore"
"""Names lint rules that do not apply to a type or a field and to what is inside it."""
TOOL_ATTRIBUTES: Final = frozenset({LINT_IGNORE})


def without_tool_attributes(text: str) -> str:
    """A schema's text as others are to see it: verbatim, but for attributes of this toolkit.

    Inside defaults and properties the same names are the user's own, and stay.
    """
    # A name spelled with escapes stays in the text; it does no harm there.
    if not any(f'"{name}"' in text for name in TOOL_ATTRIBUTES):
        return text
    while True:
        edits = [
            member_removal(holder, member)
            for holder in schema_objects(syntax_of(text))
            for member in holder.members
            if member.key in TOOL_ATTRIBUTES
        ]
        if not edits:
            return text
        text = edited(text, edits)


def schema_objects(root: Syntax) -> list[ObjectSyntax]:
    """Every object of a text that describes a type or a field, in the order of the text."""
    found: list[ObjectSyntax] = []
    pending: list[Syntax] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, ArraySyntax):
            pending.extend(reversed(node.items))
        elif isinstance(node, ObjectSyntax):
            found.append(node)
            inside = [node.value(key) for key in ("fields", "items", "values", "type")]
            pending.extend(each for each in inside if each is not None)
    return sorted(found, key=lambda each: each.start)
