"""A JSON text as a tree of places: where every value, member and key stands, for tools that change texts.

The text is one that `avroforge.schema.scan` accepts: nothing is checked here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Final, TypeAlias

_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


@dataclass(slots=True, eq=False)
class ScalarSyntax:
    """A string, number, boolean or null between two offsets."""

    start: int
    end: int


@dataclass(slots=True, eq=False)
class ArraySyntax:
    """An array between two offsets, brackets included."""

    start: int
    end: int = 0
    items: list[Syntax] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class MemberSyntax:
    """A member: its key as it is meant, the offset of the key's quote, its value."""

    key: str
    start: int
    value: Syntax


@dataclass(slots=True, eq=False)
class ObjectSyntax:
    """An object between two offsets, braces included."""

    start: int
    end: int = 0
    members: list[MemberSyntax] = field(default_factory=list)

    def member(self, key: str) -> MemberSyntax | None:
        """The member of a name."""
        return next((each for each in self.members if each.key == key), None)

    def value(self, key: str) -> Syntax | None:
        """The value of the member of a name."""
        found = self.member(key)
        return None if found is None else found.value


Syntax: TypeAlias = ScalarSyntax | ArraySyntax | ObjectSyntax


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace what stands between two offsets by a text."""

    start: int
    end: int
    text: str


def syntax_of(text: str) -> Syntax:
    """The tree of a JSON text. Depth costs memory, never the interpreter's stack."""
    root: Syntax | None = None
    stack: list[ArraySyntax | ObjectSyntax] = []
    key: tuple[str, int] | None = None
    for token in _TOKEN.finditer(text):
        word, start = token[0], token.start()
        first = word[0]
        if first in ",:":
            continue
        if first in "]}":
            stack.pop().end = token.end()
            continue
        holder = stack[-1] if stack else None
        if isinstance(holder, ObjectSyntax) and key is None:
            key = (str(json.loads(word)) if "\\" in word else word[1:-1], start)
            continue
        node: Syntax
        if first == "{":
            node = ObjectSyntax(start)
        elif first == "[":
            node = ArraySyntax(start)
        else:
            node = ScalarSyntax(start, token.end())
        if isinstance(holder, ObjectSyntax):
            assert key is not None  # noqa: S101 - the text is valid JSON
            holder.members.append(MemberSyntax(*key, node))
            key = None
        elif holder is not None:
            holder.items.append(node)
        if root is None:
            root = node
        if not isinstance(node, ScalarSyntax):
            stack.append(node)
    assert root is not None  # noqa: S101 - the text is valid JSON
    return root


def text_value(node: Syntax | None, text: str) -> str | None:
    """The characters that a string stands for; None for anything else."""
    if not isinstance(node, ScalarSyntax) or text[node.start] != '"':
        return None
    return str(json.loads(text[node.start : node.end]))


def removal(parts: list[tuple[int, int]], index: int) -> Edit:
    """Take one of several parts out of a comma-separated list, with its comma.

    Args:
        parts: start and end of every member or item, in order.
        index: the one to go.
    """
    start, end = parts[index]
    if index + 1 < len(parts):
        return Edit(start, parts[index + 1][0], "")
    if index:
        return Edit(parts[index - 1][1], end, "")
    return Edit(start, end, "")


def member_removal(holder: ObjectSyntax, member: MemberSyntax) -> Edit:
    """Take a member out of its object."""
    parts = [(each.start, each.value.end) for each in holder.members]
    return removal(parts, holder.members.index(member))


def edited(text: str, edits: list[Edit]) -> str:
    """The text with the edits made. One that overlaps an earlier one is left out."""
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits):
        if edit.start < done:
            continue
        pieces += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join([*pieces, text[done:]])
