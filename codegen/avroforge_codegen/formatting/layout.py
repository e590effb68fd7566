"""Lay out a JSON text: what stands on one line stays there while it fits, everything else is indented."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from avroforge.schema.syntax import ObjectSyntax, ScalarSyntax
from avroforge_codegen.formatting.column import aligned_rows, aligned_values, key_of, tokens

if TYPE_CHECKING:
    from avroforge.schema.syntax import ArraySyntax, MemberSyntax, Syntax
    from avroforge_codegen.formatting.attribute_order import Members

_BREAK: Final = re.compile(r"[\r\n]")
_WIDEST_ROW: Final = 500
_BLANK_LINE: Final = re.compile(r"\n[ \t\r]*\n")


@dataclass(frozen=True, slots=True)
class _Part:
    """A member or an item: what stands before its value, and where it begins."""

    head: str
    start: int
    value: Syntax


@dataclass(frozen=True, slots=True)
class Layout:
    """How one text is laid out.

    Attributes:
        text: the text.
        members: the members of objects that are not to stay as they are.
        indent: blanks per level.
        width: columns up to which something stays on one line.
        lengths: start of a list or an object -> its length if it is written on one line.
        parts: start of a list or an object -> what is in it, as it is to be written.
    """

    text: str
    members: Members
    indent: int
    width: int
    lengths: dict[int, int] = field(default_factory=dict)
    parts: dict[int, list[_Part]] = field(default_factory=dict)

    def lines(self, root: Syntax) -> str:
        """The text, laid out."""
        self._measure(root)
        return self._laid_out(root, 0, 0) + "\n"

    def _measure(self, root: Syntax) -> None:
        """Find every length once, what is inside first, without recursion."""
        nodes = [root]
        for node in nodes:
            if not isinstance(node, ScalarSyntax):
                self.parts[node.start] = self._parts_of(node)
                nodes.extend(each.value for each in self.parts[node.start])
        for node in reversed(nodes):
            if not isinstance(node, ScalarSyntax):
                inside = [len(each.head) + self._length(each.value) for each in self.parts[node.start]]
                self.lengths[node.start] = sum(inside) + 2 * max(len(inside), 1)

    def _length(self, node: Syntax) -> int:
        return node.end - node.start if isinstance(node, ScalarSyntax) else self.lengths[node.start]

    def _laid_out(self, node: Syntax, level: int, column: int) -> str:
        """A value whose first line begins at a column. One stack frame per level."""
        if isinstance(node, ScalarSyntax):
            return self.text[node.start : node.end]
        parts = self.parts[node.start]
        opening, closing = "{}" if isinstance(node, ObjectSyntax) else "[]"
        if not parts:
            return opening + closing
        if self._on_one_line(node):
            if column + self.lengths[node.start] < self.width:
                return self._flat(node)
        elif self._is_hugging(node, parts):
            *first, last = parts
            taken = sum(len(each.head) + self._length(each.value) + 2 for each in first) + len(last.head)
            if column + 1 + taken < self.width:
                before = opening
                for each in first:
                    before += f"{each.head}{self._flat(each.value)}, "
                before += last.head
                return before + self._laid_out(last.value, level, column + len(before)) + closing
        kept = self._rows(parts)
        pieces: list[str] = []
        margin = "\n" + " " * (self.indent * (level + 1))
        for index, each in enumerate(parts):
            inner = kept.get(index)
            if inner is None:
                start = len(margin) - 1 + len(each.head)
                inner = self._laid_out(each.value, level + 1, start)
            blank = "\n" if index and self._follows_blank_line(each) else ""
            pieces.append(f"{blank}{margin}{each.head}{inner}")
        return f"{opening}{','.join(pieces)}\n{' ' * (self.indent * level)}{closing}"

    def _parts_of(self, node: ArraySyntax | ObjectSyntax) -> list[_Part]:
        if not isinstance(node, ObjectSyntax):
            return [_Part("", each.start, each) for each in node.items]
        members = self.members.get(node.start, node.members)
        gaps = {} if self._on_one_line(node) else aligned_values(members, self.text)
        return [_Part(self._key(each, gaps), each.start, each.value) for each in members]

    def _key(self, member: MemberSyntax, gaps: dict[int, str]) -> str:
        return f"{key_of(member, self.text)}:{gaps.get(member.start, ' ')}"

    def _on_one_line(self, node: ArraySyntax | ObjectSyntax) -> bool:
        return _BREAK.search(self.text, node.start, node.end) is None

    def _flat(self, node: Syntax) -> str:
        """A value on one line. One stack frame per level."""
        if isinstance(node, ScalarSyntax):
            return self.text[node.start : node.end]
        opening, closing = "{}" if isinstance(node, ObjectSyntax) else "[]"
        pieces: list[str] = []
        for each in self.parts[node.start]:
            pieces.append(each.head + self._flat(each.value))  # noqa: PERF401 -- a stack frame less per level
        return f"{opening}{', '.join(pieces)}{closing}"

    def _is_hugging(self, node: ArraySyntax | ObjectSyntax, parts: list[_Part]) -> bool:
        """Whether only the last part goes over lines, and the brackets hug what they hold."""
        *first, last = parts
        if (
            isinstance(last.value, ScalarSyntax)
            or self._on_one_line(last.value)
            or not self.parts[last.value.start]
        ):
            return False
        starts = [each.start for each in parts]
        if starts != sorted(starts):
            # what comes last now was not what the brackets hugged
            return False
        outside = (node.start, starts[0]), (last.value.end, node.end)
        if any(_BREAK.search(self.text, *each) for each in outside):
            return False
        return all(isinstance(each.value, ScalarSyntax) or self._on_one_line(each.value) for each in first)

    def _rows(self, parts: list[_Part]) -> dict[int, str]:
        """The parts that are rows of a table which somebody aligned, as they stand."""
        texts: list[str | None] = []
        for each in parts:
            row = None
            # what is far too wide is no row of a table
            narrow = self._length(each.value) < _WIDEST_ROW
            if not isinstance(each.value, ScalarSyntax) and narrow and self._on_one_line(each.value):
                row = self.text[each.value.start : each.value.end]
                # what has to be changed anyway cannot stay as it stands
                row = row if tokens(row) == tokens(self._flat(each.value)) else None
            texts.append(row)
        return aligned_rows(texts)

    def _follows_blank_line(self, part: _Part) -> bool:
        before = part.start
        while before and self.text[before - 1].isspace():
            before -= 1
        return _BLANK_LINE.search(self.text, before, part.start) is not None
