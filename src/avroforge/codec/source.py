"""Lines of Python source, and the names that they use.

An emitter asks `Names` for everything that is not a local variable, so what a module must import, and what a
run-time compilation must pass in, falls out at the end.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from avroforge.codec.conversion import Verb
    from avroforge.codec.ir import Enum, Logical, Node, Target
    from avroforge.codec.leaves import Leaf

INDENT = "    "
CHAIN: Final = 64
"""The most ``elif`` in a row: each nests one deeper in Python's syntax tree, which bounds its depth."""


def tuple_text(items: Iterable[str]) -> str:
    """A tuple display of some expressions."""
    listed = list(items)
    return f"({', '.join(listed)}{',' * (len(listed) == 1)})"


class Names(Protocol):
    """How emitted code refers to what is defined elsewhere."""

    def runtime(self, name: str) -> str:
        """A name of `avroforge.runtime`."""
        ...

    def numeric(self, name: str) -> str:
        """A name of `avroforge.runtime_numpy`."""
        ...

    def target(self, target: Target) -> str:
        """A class: of the generated package, or passed in."""
        ...

    def conversion(self, node: Logical, verb: Verb) -> str:
        """The function that reads or writes a logical type."""
        ...


class ReadNames(Names, Protocol):
    """What emitted decoders refer to."""

    def unpacker(self, layout: str) -> str:
        """``Struct("<" + layout).unpack_from``."""
        ...

    def enum_members(self, node: Enum) -> str:
        """A dict to the member: from the first byte of an index, from the index for more than 64 symbols."""
        ...

    def opened(self, target: Target) -> str:
        """The class whose objects are set and then become those of a frozen class (`record.opened`)."""
        ...

    def plan(self, leaves: tuple[Leaf, ...]) -> str:
        """A `wire.stride.Plan` of these leaves; numpy unpacks where arrays of numbers are numpy arrays."""
        ...

    def reader(self, node: Node) -> str:
        """The function that decodes a record that is not inlined, or a shared nameless type."""
        ...


class WriteNames(Names, Protocol):
    """What emitted encoders refer to."""

    def packer(self, layout: str) -> str:
        """``Struct("<" + layout).pack``."""
        ...

    def enum_bytes(self, node: Enum) -> str:
        """A dict from member to the bytes of its index."""
        ...

    def write_plan(self, kinds: tuple[str, ...]) -> str:
        """A `wire.stride_write.WritePlan` of leaves of these kinds; empty where one by one is faster."""
        ...

    def writer(self, node: Node) -> str:
        """The function that encodes a record that is not inlined, or a shared nameless type."""
        ...


class Lines:
    """Source lines under construction, with their indentation and a supply of fresh local names.

    A line may be a function, which is asked for it in the end, when all that the line depends on is known.
    """

    def __init__(self, depth: int = 0) -> None:
        self._lines: list[str | Callable[[], str]] = []
        self._depth = depth
        self._count = 0

    @property
    def lines(self) -> list[str]:
        """All lines; a late one that is empty is none."""
        found = (each if isinstance(each, str) else each() for each in self._lines)
        return [each for each in found if each]

    def add(self, line: str | Callable[[], str]) -> None:
        """Append one line at the current depth."""
        indent = INDENT * self._depth
        self._lines.append(f"{indent}{line}" if isinstance(line, str) else lambda: _indented(indent, line()))

    @contextmanager
    def block(self, head: str | Callable[[], str]) -> Iterator[None]:
        """Append `head` and indent what follows; an empty block becomes ``pass``."""
        self.add(head)
        self._depth += 1
        start = len(self._lines)
        yield
        if len(self._lines) == start:
            self.add("pass")
        self._depth -= 1

    def fresh(self, prefix: str) -> str:
        """A local name not used before."""
        self._count += 1
        return f"{prefix}{self._count}"


def _indented(indent: str, line: str) -> str:
    return f"{indent}{line}" if line else ""


class Chain:
    """An ``if``/``elif`` chain of `count` arms, and `otherwise` for what none of them takes.

    A long one is cut into several statements, connected by a local flag: still true, no arm was taken.
    """

    def __init__(self, lines: Lines, count: int, otherwise: str) -> None:
        self._lines = lines
        self._otherwise = otherwise
        self._arms = 0
        self._open = lines.fresh("m") if count > CHAIN else ""
        if self._open:
            lines.add(f"{self._open} = True")

    @contextmanager
    def arm(self, test: str) -> Iterator[None]:
        """The arm that runs when `test` is the first that holds."""
        head = "elif" if self._arms else "if"
        if self._arms and self._arms % CHAIN == 0:
            with self._lines.block(f"if not {self._open}:"):
                self._lines.add("pass")
        self._arms += 1
        with self._lines.block(f"{head} {test}:"):
            if self._open:
                self._lines.add(f"{self._open} = False")
            yield

    def end(self) -> None:
        """Close the chain."""
        with self._lines.block(f"if {self._open}:" if self._open else "else:" if self._arms else "if True:"):
            self._lines.add(self._otherwise)
