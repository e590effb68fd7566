"""A value as a person reads it: indented JSON, short containers on one line, long ones abbreviated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avroforge.formats.json_tree import JsonValue

_LINE: Final = 100
_ITEMS: Final = 12
_TEXT: Final = 200
_INDENT: Final = "  "


def value_view(tree: JsonValue, *, full: bool = False) -> str:
    """The lines of one value.

    Args:
        tree: the JSON values.
        full: everything; else long arrays, maps and texts end with how much more there is.
    """
    return "\n".join(_lines(tree, "", full=full))


def _lines(tree: JsonValue, indent: str, *, full: bool) -> list[str]:
    # the outermost record always has a line per field
    flat = None if isinstance(tree, dict) and tree and not indent else _flat(tree, full=full)
    if flat is not None and len(indent) + len(flat) <= _LINE:
        return [flat]
    if isinstance(tree, dict):
        named: Iterable[tuple[str, JsonValue]] = ((f"{_scalar(key)}: ", value) for key, value in tree.items())
        return _members(list(named), len(tree), ("{", "}"), indent, full=full)
    if isinstance(tree, list):
        shown = tree if full else tree[:_ITEMS]
        return _members([("", value) for value in shown], len(tree), ("[", "]"), indent, full=full)
    return [_scalar(tree, full=full)]


def _members(
    members: list[tuple[str, JsonValue]], total: int, brackets: tuple[str, str], indent: str, *, full: bool
) -> list[str]:
    inner = indent + _INDENT
    lines = [brackets[0]]
    for number, (name, value) in enumerate(members, 1):
        first, *rest = _lines(value, inner, full=full)
        lines += [f"{inner}{name}{first}", *rest]
        if number < total:
            lines[-1] += ","
    if len(members) < total:
        lines.append(f"{inner}... {total - len(members)} more")
    return [*lines, indent + brackets[1]]


def _flat(tree: JsonValue, *, full: bool) -> str | None:
    """A container of scalars on one line; None for one that holds others."""
    if isinstance(tree, list):
        if any(isinstance(value, list | dict) for value in tree):
            return None
        shown = [_scalar(value, full=full) for value in (tree if full else tree[:_ITEMS])]
        more = [] if len(shown) == len(tree) else [f"... {len(tree) - len(shown)} more"]
        return f"[{', '.join([*shown, *more])}]"
    if isinstance(tree, dict):
        if any(isinstance(value, list | dict) for value in tree.values()):
            return None
        return (
            f"{{{', '.join(f'{_scalar(key)}: {_scalar(value, full=full)}' for key, value in tree.items())}}}"
        )
    return None


def _scalar(value: JsonValue, *, full: bool = True) -> str:
    if isinstance(value, str) and not full and len(value) > _TEXT:
        return f"{json.dumps(value[:_TEXT], ensure_ascii=False)} ... {len(value) - _TEXT} more characters"
    return json.dumps(value, ensure_ascii=False)
