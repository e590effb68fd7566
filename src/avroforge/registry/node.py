"""A value of the registry file with its place, for messages that name it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

from avroforge.errors import RegistryCorruptError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from avroforge.schema.model import JsonValue

    Member = TypeVar("Member", bound=StrEnum)

WAY_OUT: Final = "restore the file from version control; the ids in it are in use"
_LONGEST_SHOWN: Final = 60


class Node:
    """A JSON value of a file.

    Args:
        value: the value.
        path: the file.
        pointer: JSON pointer to the value.
    """

    def __init__(self, value: JsonValue, path: str, pointer: str = "") -> None:
        self.value = value
        self.path = path
        self.pointer = pointer

    def fail(self, expected: str) -> NoReturn:
        """Say that something else is expected here."""
        shown = json.dumps(self.value)
        shown = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[: _LONGEST_SHOWN - 3]}..."
        raise RegistryCorruptError(
            f"{self.path}: {self.pointer or '/'}: expected {expected}, got {shown}; {WAY_OUT}"
        )

    def members(self) -> Mapping[str, JsonValue]:
        """An object's members."""
        if not isinstance(self.value, Mapping):
            self.fail("an object")
        return self.value

    def items(self) -> Iterable[tuple[str, Node]]:
        """An object's members with their places."""
        for key in self.members():
            yield key, self.child(key)

    def elements(self) -> Iterable[Node]:
        """An array's elements."""
        if not isinstance(self.value, list):
            self.fail("an array")
        return [Node(each, self.path, f"{self.pointer}/{at}") for at, each in enumerate(self.value)]

    def child(self, key: str) -> Node:
        """A member that has to be there."""
        if key not in self.members():
            self.fail(f"the key {key!r}")
        return Node(self.members()[key], self.path, f"{self.pointer}/{key}")

    def optional(self, key: str) -> Node | None:
        """A member that need not be there."""
        return self.child(key) if key in self.members() else None

    def only(self, keys: set[str]) -> None:
        """Refuse other members than these."""
        for key in self.members():
            if key not in keys:
                self.child(key).fail(f"one of the keys {', '.join(sorted(keys))}")

    def integer(self) -> int:
        """A number from 1."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 1:
            self.fail("a number from 1")
        return self.value

    def boolean(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            self.fail("true or false")
        return self.value

    def string(self) -> str:
        """A text."""
        if not isinstance(self.value, str):
            self.fail("a string")
        return self.value

    def strings(self) -> tuple[str, ...]:
        """An array of texts."""
        return tuple(each.string() for each in self.elements())

    def word(self, words: type[Member]) -> Member:
        """One of the words of an enum."""
        text = self.string()
        if text not in words.__members__:
            self.fail(f"one of {', '.join(words)}")
        return words(text)
