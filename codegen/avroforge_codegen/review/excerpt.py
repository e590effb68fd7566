"""The lines of a schema's text that a change is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from avroforge_codegen.review.report import Excerpt

if TYPE_CHECKING:
    from avroforge.schema.model import Position

_MOST_LINES: Final = 14
_LONGEST: Final = 240
_WIDE: Final = 120
_DECODER: Final = json.JSONDecoder()


def excerpt(text: str, position: Position, *, whole: bool = True) -> Excerpt | None:
    """The JSON value that starts at a position, with its line numbers, shortened where it is long.

    Args:
        text: the schema's text.
        position: where the value starts.
        whole: else its first line only, for a value that merely encloses the place.
    """
    lines = text.split("\n")
    if not 0 < position.line <= len(lines):
        return None
    start = position.line - 1
    offset = sum(len(line) + 1 for line in lines[:start]) + position.column - 1
    end = _end(text, offset) if whole else offset
    last = start + text.count("\n", offset, end)
    if last == start and end > offset and len(lines[start]) > _WIDE:
        # a registered schema is often one long line: the value alone says more
        return Excerpt(position.line, (_shorten(text[offset:end], 1),))
    shown = [_shorten(line.rstrip("\r"), position.column) for line in lines[start : last + 1]]
    if len(shown) > _MOST_LINES:
        shown = [*shown[: _MOST_LINES - 1], f"... {len(shown) - _MOST_LINES + 1} more lines"]
    return Excerpt(position.line, tuple(shown))


def _end(text: str, offset: int) -> int:
    """Where the JSON value that starts at an offset ends; the offset itself where that cannot be told."""
    try:
        return _DECODER.raw_decode(text, offset)[1]
    except (ValueError, RecursionError):
        return offset


def _shorten(line: str, column: int) -> str:
    """A long line around the column that counts."""
    if len(line) <= _LONGEST:
        return line
    start = max(0, min(column - 1 - _LONGEST // 4, len(line) - _LONGEST))
    head = "..." if start else ""
    return f"{head}{line[start : start + _LONGEST]}..."
