"""Python literals for text that comes from schemas: nothing in a schema can become code.

Every result is checked to evaluate to the very text it stands for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from math import isinf
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avroforge.schema.model import JsonValue

_WIDTH: Final = 100


_SPECIAL: Final = re.compile(r"[^\x20-\x7e]|\\")
"""Everything but printable ASCII, and the backslash."""
_SPECIAL_IN_LINES: Final = re.compile(r"[^\n\x20-\x7e]|\\")
"""As above, in a text whose line feeds stay."""
_PLAIN: Final = re.compile(r"[ !#-\[\]-~]*")
"""Printable ASCII but the double quote and the backslash: what stands for itself between double quotes."""
_NAMED: Final = {"\t": "\\t", "\r": "\\r", "\n": "\\n", "\\": "\\\\"}


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _NAMED:
        return _NAMED[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code <= 0xFF:  # noqa: PLR2004 - the widths of Python's escapes
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - as above


def _escaped(text: str) -> str:
    return _SPECIAL.sub(_escape, text)


def _escaped_lines(text: str) -> str:
    """The inside of a triple-quoted literal, up to what its first and last characters need."""
    return _SPECIAL_IN_LINES.sub(_escape, text).replace('"""', '\\"\\"\\"')


def _checked(literal: str, text: str) -> str:
    if ast.literal_eval(literal) != text:
        raise AssertionError(f"a literal does not stand for its text: {literal!r}")
    return literal


def string(text: str) -> str:
    """A one-line literal in double quotes."""
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    body = _escaped(text).replace('"', '\\"')
    return _checked(f'"{body}"', text)


def data(raw: bytes) -> str:
    """A bytes literal in double quotes."""
    body = "".join(
        f"\\x{byte:02x}" if not 0x20 <= byte < 0x7F or byte in b'"\\' else chr(byte)  # noqa: PLR2004 - printable ASCII
        for byte in raw
    )
    return f'b"{body}"'


def texts(values: Iterable[str]) -> str:
    """A tuple of texts."""
    listed = [string(each) for each in values]
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"


def json(value: JsonValue) -> str:
    """A literal of a JSON value: dicts, lists, texts, numbers, True, False and None."""
    match value:
        case str():
            return string(value)
        case list() | tuple():
            return f"[{', '.join(map(json, value))}]"
        case Mapping():
            return f"{{{', '.join(f'{string(key)}: {json(each)}' for key, each in value.items())}}}"
        case float() if isinf(value):
            return "1e999" if value > 0 else "-1e999"
        case _:
            return repr(value)


def _wrapped(line: str) -> list[str]:
    """Split one escaped line with backslash-newline, never inside an escape."""
    parts: list[str] = []
    while len(line) > _WIDTH:
        cut = _WIDTH
        start = line.rfind("\\", cut - 10, cut)
        if start >= 0:
            run = start
            while run > 0 and line[run - 1] == "\\":
                run -= 1
            cut = run if run > 0 else cut
        space = line.rfind(" ", cut - 40, cut)
        cut = space + 1 if space > 0 else cut
        parts.append(line[:cut] + "\\")
        line = line[cut:]
    return [*parts, line]


def block(text: str) -> str:
    """A triple-quoted literal that keeps the line structure of `text`."""
    lines: list[str] = []
    for line in _escaped_lines(text).split("\n"):
        body = f"{line[:-1]}\\x20" if line.endswith(" ") else line
        if len(body) > _WIDTH:
            lines.extend(_wrapped(body))
        else:
            lines.append(body)
    before = lines[-1].removesuffix('"')
    escapes = len(before) - len(before.rstrip("\\"))
    if before != lines[-1] and escapes % 2 == 0:
        lines[-1] = f'{before}\\"'
    return _checked('"""\\\n' + "\n".join(lines) + '"""', text)


def docstring(text: str, indent: str = "    ") -> list[str]:
    """The lines of a docstring, quotes included, indented."""
    body = _escaped_lines(text)
    lines = [line.rstrip() for line in body.strip().split("\n")]
    if len(lines) == 1 and len(lines[0]) < _WIDTH and not lines[0].endswith(('"', "\\")):
        return [f'{indent}"""{lines[0]}"""']
    first, *rest = lines
    return [f'{indent}"""{first}', *(f"{indent}{line}" if line else "" for line in rest), f'{indent}"""']
