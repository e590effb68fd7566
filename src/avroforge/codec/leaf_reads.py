"""Emit the reads of values without parts. Those of fixed width wait: neighbours share a struct call."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from avroforge.codec.shape import FIXED_WIDTH

if TYPE_CHECKING:
    from avroforge.codec import ir
    from avroforge.codec.source import Lines, ReadNames

ONE_BYTE_INDEXES: Final = 64
"""How many union branches or enum symbols a one-byte varint can tell apart."""


class LeafReader:
    """Emits reads into `lines`; methods return the name that will hold the value."""

    def __init__(self, lines: Lines, names: ReadNames) -> None:
        self._lines = lines
        self._names = names
        self._pending: list[tuple[str, str]] = []

    def flush(self) -> None:
        """Emit the pending fixed-width reads as one struct call."""
        if not self._pending:
            return
        layout = "".join(code for code, _ in self._pending)
        targets = ", ".join(name for _, name in self._pending if name)
        self._pending = []
        comma = "" if ", " in targets else ","
        unpack = self._names.unpacker(layout)
        self._lines.add(f"{'(' if comma else ''}{targets}{comma}{')' if comma else ''} = {unpack}(d, p)")
        self._lines.add(f"p += {struct.calcsize('<' + layout)}")

    def _wait(self, code: str) -> str:
        name = self._lines.fresh("v")
        self._pending.append((code, name))
        return name

    def _primitive(self, kind: str) -> str:
        if kind == "null":
            return "None"
        if kind in FIXED_WIDTH:
            return self._wait(FIXED_WIDTH[kind][0])
        self.flush()
        runtime = self._names.runtime
        name = self._lines.fresh("v")
        if kind == "boolean":
            self._lines.add(f"{name} = {runtime('BOOLEAN')}[d[p]]")
            self._lines.add("p += 1")
        elif kind in {"int", "long"}:
            self._varint(kind, name)
        else:
            self._text(name, ".decode()" if kind == "string" else "")
        return name

    def _varint(self, kind: str, name: str) -> None:
        """Read a number of one or two bytes here, a longer one by a call."""
        runtime = self._names.runtime
        self._lines.add(f"{name} = d[p]")
        with self._lines.block(f"if {name} < 128:"):
            self._lines.add(f"{name} = {runtime('UNZIGZAG')}[{name}]")
            self._lines.add("p += 1")
        with self._lines.block("elif d[p + 1] < 128:"):
            self._lines.add(f"{name} = {name} & 127 | d[p + 1] << 7")
            self._lines.add(f"{name} = {name} >> 1 ^ -({name} & 1)")
            self._lines.add("p += 2")
        with self._lines.block("else:"):
            self._lines.add(f"{name}, p = {runtime(f'read_{kind}')}(d, p)")

    def _text(self, name: str, decoded: str) -> None:
        """Read bytes behind their length; a length of one byte takes one addition."""
        runtime = self._names.runtime
        self._lines.add(f"q = p + {runtime('BEHIND')}[d[p]]")
        with self._lines.block("if q > p:"):
            self._lines.add(f"{name} = d[p + 1:q]{decoded}")
        with self._lines.block("else:"):
            self._lines.add(f"q, p = {runtime('read_length')}(d, p)")
            self._lines.add("q += p")
            self._lines.add(f"{name} = d[p:q]{decoded}")
        self._lines.add("p = q")

    def _length(self) -> None:
        """Read a byte length into ``q``, the offset behind the bytes, and step to the first of them."""
        runtime = self._names.runtime
        self._lines.add(f"q = {runtime('LENGTH')}[d[p]]")
        with self._lines.block("if q < 0:"):
            self._lines.add(f"q, p = {runtime('read_length')}(d, p)")
            self._lines.add("q += p")
        with self._lines.block("else:"):
            self._lines.add("p += 1")
            self._lines.add("q += p")

    def _enum(self, node: ir.Enum) -> str:
        self.flush()
        name = self._lines.fresh("v")
        members = self._names.enum_members(node)
        if len(node.symbols) <= ONE_BYTE_INDEXES:
            self._lines.add(f"{name} = {members}[d[p]]")
            self._lines.add("p += 1")
        else:
            self._lines.add(f"q, p = {self._names.runtime('read_int')}(d, p)")
            self._lines.add(f"{name} = {members}[q]")
        return name
