"""Read strict JSON (RFC 8259) and remember where every value starts.

One regular expression takes a whole member or element, its comma included, so that the loop runs once per
value. Nesting is kept on a list: depth costs memory, never the interpreter's stack.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

from avroforge.schema import diagnostics
from avroforge.schema.model import Position

if TYPE_CHECKING:
    from avroforge.errors import Diagnostic
    from avroforge.schema.model import JsonValue

MAX_JSON_DEPTH: Final = 512
"""Brackets that may be open at once in a schema text."""
MAX_INTEGER_DIGITS: Final = 400
"""Digits of an integer literal: more than any double has, fewer than where Python refuses the conversion."""

_SPACE: Final = r"[ \t\n\r]*"
_STRING: Final = r'"([^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*)"'
_NUMBER: Final = r"(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)(?![0-9.eE+-])"
_VALUE: Final = rf"(?:(?:{_STRING}|{_NUMBER}|(true|false|null)\b){_SPACE}([,\]}}])?|([\[{{]))"
_ELEMENT: Final = re.compile(_SPACE + "()" + _VALUE)
_MEMBER: Final = re.compile(rf"{_SPACE}{_STRING}{_SPACE}:{_SPACE}{_VALUE}")
_CLOSE: Final = re.compile(rf"{_SPACE}([\]}}])")
_DELIMITER: Final = re.compile(rf"{_SPACE}([,\]}}])")
_BLANK: Final = re.compile(_SPACE)
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[-+.0-9][-+.0-9A-Za-z]*")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LITERALS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
_KEY, _TEXT, _NUM, _LITERAL, _AFTER, _OPEN = range(1, 7)


class JsonObject(dict[str, "JsonNode"]):
    """A JSON object; ``at`` is its offset, ``places`` the offset of each member's value."""

    __slots__ = ("at", "places")

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at
        self.places: dict[str, int] = {}


class JsonArray(list["JsonNode"]):
    """A JSON array; ``at`` is its offset, ``places`` the offset of each element."""

    __slots__ = ("at", "places")

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at
        self.places: list[int] = []


JsonNode: TypeAlias = "bool | int | float | str | JsonObject | JsonArray | None"


class Source:
    """A schema text with the name it is known by; turns offsets into positions.

    Attributes:
        text: the text as given.
        path: the file as the user named it.
    """

    __slots__ = ("_starts", "path", "text")

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self._starts: list[int] | None = None

    def position(self, offset: int) -> Position:
        """The 1-based line and column (code points) of an offset."""
        starts = self._starts
        if starts is None:
            starts = self._starts = [0, *(found.end() for found in re.finditer("\n", self.text))]
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1, self.path)


class ScanError(Exception):
    """The text stops being JSON here; inside this package only, callers see a `SchemaError`."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic


def scan(source: Source) -> tuple[JsonNode, int, list[Diagnostic]]:
    """Read one JSON text.

    Returns:
        The root value, its offset, and what is wrong with it though it can be read (duplicate keys).

    Raises:
        ScanError: the text is no JSON, or more than this reader takes.
    """
    return _Scanner(source).run()


def plain(node: JsonNode) -> JsonValue:
    """The value without its offsets: dicts, lists and scalars. Its depth is limited by the caller."""
    if isinstance(node, JsonObject):
        members: dict[str, JsonValue] = {}
        for key, value in node.items():
            members[key] = plain(value)
        return members
    if isinstance(node, JsonArray):
        elements: list[JsonValue] = []
        for value in node:
            elements.append(plain(value))  # noqa: PERF401 -- a comprehension is one more stack frame per level
        return elements
    return node


class _Scanner:
    """The state of one run: the open containers and the keys that came twice."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.stack: list[JsonObject | JsonArray] = []
        self.duplicates: list[Diagnostic] = []

    def run(self) -> tuple[JsonNode, int, list[Diagnostic]]:
        text = self.text
        surrogate = _SURROGATE.search(text)
        if surrogate is not None:
            self.fail(surrogate.start(), f"lone surrogate {ascii(surrogate.group())[1:-1]} is no character")
        found = _ELEMENT.match(text, 0)
        if found is None:
            self.explain_value(0)
        root: JsonNode
        if found[_OPEN] is None:
            root, at = self.scalar(found), self.start_of(found)
            end = found.end() if found[_AFTER] is None else found.start(_AFTER)
        else:
            at = found.end() - 1
            root, end = self.containers(found[_OPEN], at)
        rest = _BLANK.match(text, end)
        if rest is not None and rest.end() != len(text):
            self.fail(rest.end(), f"expected the end of the text, got {self.shown(rest.end())}")
        return root, at, self.duplicates

    def containers(self, opening: str, at: int) -> tuple[JsonObject | JsonArray, int]:
        """Read a container and everything in it, without recursion."""
        text, stack = self.text, self.stack
        root = current = JsonObject(at) if opening == "{" else JsonArray(at)
        end = at + 1
        closing = _CLOSE.match(text, end)
        while True:
            while closing is not None:
                end = self.close(current, closing)
                if not stack:
                    return root, end
                current = stack.pop()
                delimiter = _DELIMITER.match(text, end)
                if delimiter is None:
                    self.explain_delimiter(end, current)
                end = delimiter.end()
                closing = None if delimiter[1] == "," else delimiter
            found = (_MEMBER if isinstance(current, JsonObject) else _ELEMENT).match(text, end)
            if found is None:
                self.explain_member(end, current)
            end = found.end()
            opened = found[_OPEN]
            if opened is not None:
                inner = JsonObject(end - 1) if opened == "{" else JsonArray(end - 1)
                self.attach(current, found, inner, end - 1)
                stack.append(current)
                current = inner
                if len(stack) >= MAX_JSON_DEPTH:
                    raise ScanError(diagnostics.json_depth(self.source.position(end - 1), MAX_JSON_DEPTH))
                closing = _CLOSE.match(text, end)
                continue
            self.attach(current, found, self.scalar(found), self.start_of(found))
            if found[_AFTER] is None:
                self.explain_delimiter(end, current)
            if found[_AFTER] != ",":
                closing = _CLOSE.match(text, end - 1)

    def close(self, current: JsonObject | JsonArray, closing: re.Match[str]) -> int:
        """Check that a bracket closes the container it stands in; the offset behind it."""
        if (closing[1] == "}") is not isinstance(current, JsonObject):
            expected = self.expected_close(current)
            self.fail(closing.end() - 1, f"expected {expected}, got '{closing[1]}'")
        return closing.end()

    def attach(
        self, current: JsonObject | JsonArray, found: re.Match[str], value: JsonNode, start: int
    ) -> None:
        if isinstance(current, JsonArray):
            current.append(value)
            current.places.append(start)
            return
        key = found[_KEY]
        if "\\" in key:
            key = self.unescape(key, found.start(_KEY))
        if key in current:
            where = self.source.position(found.start(_KEY) - 1)
            first = self.source.position(current.places[key])
            self.duplicates.append(diagnostics.json_duplicate_key(where, key, first))
            return
        current[key] = value
        current.places[key] = start

    def scalar(self, found: re.Match[str]) -> JsonNode:
        text = found[_TEXT]
        if text is not None:
            return self.unescape(text, found.start(_TEXT)) if "\\" in text else text
        number = found[_NUM]
        return _LITERALS[found[_LITERAL]] if number is None else self.number(number, found.start(_NUM))

    def start_of(self, found: re.Match[str]) -> int:
        if found[_TEXT] is not None:
            return found.start(_TEXT) - 1
        return found.start(_LITERAL if found[_NUM] is None else _NUM)

    def number(self, literal: str, at: int) -> int | float:
        if literal.lstrip("-").isdigit():
            if len(literal) > MAX_INTEGER_DIGITS:
                place = self.source.position(at)
                raise ScanError(diagnostics.json_number(place, f"an integer of {len(literal)} digits"))
            return int(literal)
        value = float(literal)
        if value in (float("inf"), float("-inf")):
            place = self.source.position(at)
            raise ScanError(diagnostics.json_number(place, f"{literal[:40]}, which is beyond a double"))
        return value

    def unescape(self, raw: str, start: int) -> str:
        """The characters that a string with escapes stands for; `start` is the offset after its quote."""
        try:
            value = str(json.loads(f'"{raw}"'))
        except json.JSONDecodeError as error:
            self.fail(start - 1 + error.pos, f"{error.msg[0].lower()}{error.msg[1:]}".removesuffix(": "))
        surrogate = _SURROGATE.search(value)
        if surrogate is not None:
            self.fail(start - 1, f"lone surrogate {ascii(surrogate.group())[1:-1]} is no character")
        return value

    def fail(self, at: int, message: str) -> NoReturn:
        raise ScanError(diagnostics.json_syntax(self.source.position(min(at, len(self.text))), message))

    def shown(self, at: int) -> str:
        """What stands at an offset, for a message."""
        word = _WORD.match(self.text, at)
        shown = self.text[at : at + 1] if word is None else word.group()[:40]
        return ascii(shown) if shown else "the end of the text"

    def expected_close(self, current: JsonObject | JsonArray) -> str:
        return "'}'" if isinstance(current, JsonObject) else "']'"

    def explain_delimiter(self, end: int, current: JsonObject | JsonArray) -> NoReturn:
        at = _end_of_blank(self.text, end)
        hint = "; JSON has no comments" if self.text.startswith(("//", "/*", "#"), at) else ""
        self.fail(at, f"expected ',' or {self.expected_close(current)}, got {self.shown(at)}{hint}")

    def explain_member(self, end: int, current: JsonObject | JsonArray) -> NoReturn:
        at = _end_of_blank(self.text, end)
        if self.text[at : at + 1] in ("}", "]") and self.text[:at].rstrip(" \t\n\r").endswith(","):
            self.fail(at, f"expected a value after ',', got '{self.text[at]}' (trailing comma)")
        if isinstance(current, JsonObject):
            if not self.text.startswith('"', at):
                self.fail(at, f"expected a name in double quotes, got {self.shown(at)}")
            at = self.end_of_string(at)
            if not self.text.startswith(":", at):
                self.fail(at, f"expected ':', got {self.shown(at)}")
            at += 1
        self.explain_value(at)

    def explain_value(self, at: int) -> NoReturn:
        if self.text.startswith("\ufeff"):
            self.fail(0, "the text starts with a byte order mark; save it as UTF-8 without one")
        at = _end_of_blank(self.text, at)
        if self.text.startswith('"', at):
            at = self.end_of_string(at)
        self.fail(at, f"expected a JSON value, got {self.shown(at)}")

    def end_of_string(self, at: int) -> int:
        """The offset after a string and the blanks behind it; fails where the string does."""
        whole = re.compile(_STRING).match(self.text, at)
        if whole is None:
            stop = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*').match(self.text, at)
            place = at if stop is None else stop.end()
            if place >= len(self.text):
                self.fail(at, "string without its closing quote")
            self.fail(place, f"control character {self.shown(place)} in a string; escape it")
        return _end_of_blank(self.text, whole.end())


def _end_of_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return at if found is None else found.end()
