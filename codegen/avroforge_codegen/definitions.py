"""Where a schema's text defines types, and in which namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.schema.syntax import ObjectSyntax, text_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.schema.syntax import Syntax


def definitions(root: Syntax, text: str) -> Iterator[tuple[ObjectSyntax, str]]:
    """Every object that defines a named type, with the namespace around it, in the order of the text."""
    pending: list[tuple[Syntax, str]] = [(root, "")]
    while pending:
        node, namespace = pending.pop()
        if isinstance(node, ObjectSyntax):
            inner = namespace
            if text_value(node.value("type"), text) in {"record", "error", "enum", "fixed"}:
                yield node, namespace
                name = text_value(node.value("name"), text) or ""
                given = text_value(node.value("namespace"), text)
                inner = name.rpartition(".")[0] if "." in name else namespace if given is None else given
            inside = [node.value(key) for key in ("fields", "items", "values", "type")]
            pending.extend((each, inner) for each in reversed(inside) if each is not None)
        else:
            items: list[Syntax] = getattr(node, "items", [])
            pending.extend((each, namespace) for each in reversed(items))
