"""Emit the code that passes over what only the writer has.

It seeks: neighbours of fixed width are one addition, a block that announces its size is one assignment, and
items of one width are multiplied. Extents are checked as in reading, contents are not (`walk_resolve`).
"""

from __future__ import annotations

import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from avroforge.codec import ir
from avroforge.codec.decode import Decoder
from avroforge.codec.leaf_reads import ONE_BYTE_INDEXES
from avroforge.codec.source import Chain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from avroforge.codec.bound import Sides
    from avroforge.codec.namespace import Namespace
    from avroforge.codec.source import Lines

MOST_LOOPS: Final = 8
"""The deepest loops of one function, two blocks each: Python compiles at most 20 nested blocks."""


class SkippingDecoder(Decoder):
    """A decoder that can also pass over a value of the writer."""

    def __init__(self, lines: Lines, names: Namespace, sides: Sides) -> None:
        super().__init__(lines, names, sides.reader_shapes)
        self._space = names
        self._sides = sides
        self._loops = 0

    def flush(self) -> None:
        """Emit the pending fixed-width reads, or one addition where none of them is wanted."""
        if any(name for _, name in self._pending):
            super().flush()
        elif self._pending:
            width = struct.calcsize("<" + "".join(code for code, _ in self._pending))
            self._pending = []
            self._lines.add(f"p += {width}")

    def value(self, node: ir.Node) -> str:
        """Emit the read of one value and return the name that will hold it."""
        if isinstance(node, ir.Array | ir.Map) and self._loops >= MOST_LOOPS:
            return self._call(node)
        return super().value(node)

    @contextmanager
    def _blocks(self, smallest: int, run: Callable[[str, str], None] | None = None) -> Iterator[None]:
        self._loops += 1
        with super()._blocks(smallest, run):
            yield
        self._loops -= 1

    def skip(self, node: ir.Node) -> None:
        """Pass over one value of the writer."""
        width = self._sides.widths.width(node)
        if width is not None:
            if width:
                self._pending.append((f"{width}x", ""))
            return
        if isinstance(node, ir.Array | ir.Map) and self._loops >= MOST_LOOPS:
            self._skip_elsewhere(node)
            return
        self.skip_body(node)

    def skip_body(self, node: ir.Node) -> None:
        """Pass over one value in place, whether or not its type is a function elsewhere."""
        match node:
            case ir.Primitive(kind="bytes" | "string"):
                self.flush()
                self._length()
                self._lines.add("p = q")
            case ir.Primitive() | ir.Fixed():
                self._skip_number(node)
            case ir.Enum():
                self._skip_enum(node)
            case ir.Array():
                self._skip_blocks(node.items, keyed=False)
            case ir.Map():
                self._skip_blocks(node.values, keyed=True)
            case ir.Union():
                self._skip_union(node)
            case ir.Logical():
                self.skip(node.base)
            case ir.Record():
                if self._sides.writer_shapes.inlined(node):
                    self.skip_fields(node)
                else:
                    self._skip_elsewhere(node)

    def skip_fields(self, node: ir.Record) -> None:
        """Pass over the fields of a record in place."""
        for field in node.fields:
            self.skip(field.node)

    def _skip_elsewhere(self, node: ir.Node) -> None:
        self.flush()
        self._lines.add(f"p = {self._space.skipper(node)}(d, p, c)")

    def _skip_number(self, node: ir.Primitive | ir.Fixed) -> None:
        self.flush()
        kind = node.kind if isinstance(node, ir.Primitive) else "long"
        with self._lines.block("if d[p] < 128:"):
            self._lines.add("p += 1")
        with self._lines.block("else:"):
            self._lines.add(f"p = {self._names.runtime(f'read_{kind}')}(d, p)[1]")

    def _index(self, count: int) -> None:
        """Read a union or enum index into ``q``: below `count`, or -1 for what needs a closer look."""
        self.flush()
        if count <= ONE_BYTE_INDEXES:
            self._lines.add(f"q = {self._names.runtime('LENGTH')}[d[p]]")
            self._lines.add("p += 1")
        else:
            self._lines.add(f"q, p = {self._names.runtime('read_int')}(d, p)")

    def _skip_enum(self, node: ir.Enum) -> None:
        self._index(len(node.symbols))
        with self._lines.block(f"if not 0 <= q < {len(node.symbols)}:"):
            self._lines.add(f"raise {self._names.runtime('unusual')}(p)")

    def _skip_union(self, node: ir.Union) -> None:
        self._index(len(node.branches))
        chain = Chain(self._lines, len(node.branches), f"raise {self._names.runtime('unusual')}(p)")
        for index, branch in self._likely_first(node):
            with chain.arm(f"q == {index}"):
                self.skip(branch.node)
                self.flush()
        chain.end()

    def _skip_blocks(self, items: ir.Node, *, keyed: bool) -> None:
        self.flush()
        lines, runtime = self._lines, self._names.runtime
        smallest = self._sides.writer_shapes.smallest(items) + keyed
        width = None if keyed else self._sides.widths.width(items)
        count, end = lines.fresh("n"), lines.fresh("z")
        with lines.block("while True:"):
            lines.add(f"{count} = {runtime('LENGTH')}[d[p]]")
            lines.add(f"{end} = -1")
            with lines.block(f"if {count} < 0:"):
                lines.add(f"{count}, p, {end} = {runtime('read_block')}(d, p)")
            with lines.block("else:"):
                lines.add("p += 1")
            with lines.block(f"if not {count}:"):
                lines.add("break")
            if smallest:
                with lines.block(f"if {count} * {smallest} > (len(d) if {end} < 0 else {end}) - p:"):
                    lines.add(f"raise {runtime('unusual')}(p)")
            else:
                lines.add(f"c.spend({count})")
            with lines.block(f"if {end} >= 0:"):
                lines.add(f"p = {end}")
            with lines.block("else:"):
                if width is not None:
                    lines.add(f"p += {count} * {width}")
                else:
                    self._skip_items(items, count, keyed=keyed)

    def _skip_items(self, items: ir.Node, count: str, *, keyed: bool) -> None:
        self._loops += 1
        with self._lines.block(f"for _ in range({count}):"):
            if keyed:
                self._length()
                self._lines.add("p = q")
            self.skip(items)
            self.flush()
        self._loops -= 1
