"""A schema's text as JSON that a reviewer can read in a diff, from which the exact text comes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypedDict

if TYPE_CHECKING:
    from avroforge.schema.model import JsonValue

MAX_NESTING: Final = 64


class _Format(TypedDict, total=False):
    """The arguments of ``json.dumps`` that give a layout."""

    separators: tuple[str, str]
    indent: int
    ensure_ascii: bool


_FORMATS: Final[dict[str, _Format]] = {
    "compact": {"separators": (",", ":"), "ensure_ascii": False},
    "spaced": {"ensure_ascii": False},
    "indent 2": {"indent": 2, "ensure_ascii": False},
    "indent 4": {"indent": 4, "ensure_ascii": False},
    "compact ascii": {"separators": (",", ":")},
    "spaced ascii": {},
    "indent 2 ascii": {"indent": 2},
    "indent 4 ascii": {"indent": 4},
}
LAYOUTS: Final = tuple(_FORMATS)


def lay_out(text: str) -> dict[str, JsonValue]:
    """A JSON object with the text in it: nested where a known layout restores it, else as lines."""
    if _nesting(text) <= MAX_NESTING:
        try:
            value: JsonValue = json.loads(text)
        except ValueError:
            value = None
        for name, arguments in _FORMATS.items():
            # Only a layout that gives back every character will do: ids belong to exact texts.
            if json.dumps(value, **arguments) == text:
                return {"layout": name, "schema": value}
    return {"lines": list(text.split("\n"))}


def restore(layout: str, schema: JsonValue) -> str:
    """The text that `lay_out` was given, from a nested schema.

    Raises:
        KeyError: no layout has that name.
    """
    return json.dumps(schema, **_FORMATS[layout])


def _nesting(text: str) -> int:
    """An upper bound of the JSON depth (brackets in strings count too)."""
    deepest = depth = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest
