"""Emit the decoder of a record (or root type) as straight-line Python.

The emitted function reads from ``d`` at ``p`` with the message's budget ``c``. It is right on every message
that it accepts, and raises on all that is unusual: then `walk_decode` reads again and decides.
"""

from __future__ import annotations

import struct
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from avroforge.codec import ir
from avroforge.codec.conversion import arguments
from avroforge.codec.leaf_reads import ONE_BYTE_INDEXES
from avroforge.codec.leaves import stride_leaves
from avroforge.codec.object_reads import ObjectReader
from avroforge.codec.shape import FIXED_WIDTH
from avroforge.codec.source import Chain
from avroforge.codec.storage import NUMBERS, reader_name
from avroforge.wire.stride import TRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from avroforge.codec.shape import Shapes
    from avroforge.codec.source import Lines, ReadNames


class Decoder(ObjectReader):
    """Emits the body of one decoding function into `lines`; `value` methods return an expression."""

    def __init__(self, lines: Lines, names: ReadNames, shapes: Shapes) -> None:
        super().__init__(lines, names)
        self._shapes = shapes

    def root(self, node: ir.Node) -> str:
        """Decode one value; the expression holds it once the pending reads are flushed."""
        value = self.body(node)
        self.flush()
        return value

    def record(self, node: ir.Record) -> str:
        """Decode the fields of a record in place, whether or not parents inline it."""
        return self._build(node)

    def value(self, node: ir.Node) -> str:
        """Emit the read of one value and return the name that will hold it."""
        if self._shapes.is_shared(node):
            return self._call(node)
        return self.body(node)

    def _call(self, node: ir.Node) -> str:
        self.flush()
        name = self._lines.fresh("v")
        self._lines.add(f"{name}, p = {self._names.reader(node)}(d, p, c)")
        return name

    def body(self, node: ir.Node) -> str:
        """Emit the read of one value in place, whether or not its type is a function elsewhere."""
        match node:
            case ir.Primitive():
                return self._primitive(node.kind)
            case ir.Fixed():
                return self._wait(f"{node.size}s") if node.size else 'b""'
            case ir.Enum():
                return self._enum(node)
            case ir.Array():
                return self._array(node)
            case ir.Map():
                return self._map(node)
            case ir.Union():
                return self._union(node)
            case ir.Logical():
                return self._logical(node)
            case ir.Record():
                return self._record(node)

    def _array(self, node: ir.Array) -> str:
        self.flush()
        items = node.items
        if node.table is not None:
            return self._call(node)
        name = self._lines.fresh("v")
        if node.numbers is not None:
            self._number_array(node, node.numbers, name)
            return name
        if isinstance(items, ir.Primitive) and items.kind in NUMBERS:
            self._lines.add(f"{name}, p = {self._names.runtime(f'read_{items.kind}_list')}(d, p)")
            return name
        self._lines.add(f"{name}: list[{self._names.runtime('Any')}] = []")
        leaves = stride_leaves(items, self._shapes) if isinstance(items, ir.Record) else None
        run = None
        if isinstance(items, ir.Record) and leaves:
            run = partial(self._run, name, leaves, partial(self._assembled, items))
        with self._blocks(self._shapes.smallest(items), run):
            value = self._record(items, repeated=True) if isinstance(items, ir.Record) else self.value(items)
            self.flush()
            self._lines.add(f"{name}.append({value})")
        return name

    def _number_array(self, node: ir.Array, kind: str, name: str) -> None:
        """Read into a numpy array; one block of fewer than 64 doubles without a call."""
        lines, numeric = self._lines, self._names.numeric
        call = f"{name}, p = {numeric(reader_name(node, kind))}(d, p)"
        if kind != "double":
            lines.add(call)
            return
        count = lines.fresh("n")
        lines.add(f"{count} = {self._names.runtime('LENGTH')}[d[p]]")
        lines.add(f"q = p + 8 * {count} + 1")
        with lines.block(f"if {count} > 0 and not d[q]:"):
            copied = "" if node.storage == "view" else ".copy()"
            lines.add(f"{name} = {numeric('frombuffer')}(d, {numeric('F8')}, {count}, p + 1){copied}")
            lines.add("p = q + 1")
        with lines.block("else:"):
            lines.add(call)

    @contextmanager
    def _blocks(self, smallest: int, run: Callable[[str, str], None] | None = None) -> Iterator[None]:
        """The loop over blocks and their items: a large count is checked before, an announced size after."""
        lines, runtime = self._lines, self._names.runtime
        count, end = lines.fresh("n"), lines.fresh("z")
        with lines.block("while True:"):
            lines.add(f"{count} = {runtime('LENGTH')}[d[p]]")
            lines.add(f"{end} = -1")
            with lines.block(f"if {count} < 0:"):
                lines.add(f"{count}, p, {end} = {runtime('read_block')}(d, p)")
                if smallest:
                    weight = f"{count} * {smallest}" if smallest > 1 else count
                    with lines.block(f"if {weight} > len(d) - p:"):
                        lines.add(f"raise {runtime('unusual')}(p)")
            with lines.block("else:"):
                lines.add("p += 1")
            with lines.block(f"if not {count}:"):
                lines.add("break")
            if not smallest:
                lines.add(f"c.spend({count})")
            if run is None:
                with lines.block(f"for _ in range({count}):"):
                    yield
            else:
                tries = lines.fresh("m")
                lines.add(f"{tries} = {TRIES}")
                with lines.block(f"while {count}:"):
                    run(count, tries)
                    yield
                    lines.add(f"{count} -= 1")
            with lines.block(f"if {end} >= 0 and {end} != p:"):
                lines.add(f"raise {runtime('unusual')}(p)")

    def _map(self, node: ir.Map) -> str:
        self.flush()
        name = self._lines.fresh("v")
        if isinstance(node.values, ir.Primitive) and node.values.kind in {"int", "long"}:
            read = self._names.runtime(f"read_{node.values.kind}_map")
            self._lines.add(f"{name}, p = {read}(d, p)")
            return name
        self._lines.add(f"{name}: dict[str, {self._names.runtime('Any')}] = {{}}")
        with self._blocks(1 + self._shapes.smallest(node.values)):
            key = self._primitive("string")
            value = self.value(node.values)
            self.flush()
            self._lines.add(f"{name}[{key}] = {value}")
        return name

    def _logical(self, node: ir.Logical) -> str:
        known = "".join(f", {each}" for each in arguments(node, "read"))
        raw = self.value(node.base)
        self.flush()
        name = self._lines.fresh("v")
        self._lines.add(f"{name} = {self._names.conversion(node, 'read')}({raw}{known})")
        return name

    def _record(self, node: ir.Record, *, repeated: bool = False) -> str:
        """Read a record; where it is repeated, the count of items has been paid for."""
        if self._shapes.inlined(node, repeated=repeated):
            return self._build(node, repeated=repeated)
        if not repeated and not self._shapes.smallest(node):
            self._lines.add("c.spend(1)")
        return self._call(node)

    def _build(self, node: ir.Record, *, repeated: bool = False) -> str:
        values: list[str] = []
        for together, fields in groupby(node.fields, lambda field: repeated and _has_usual_size(field.node)):
            nodes = [field.node for field in fields]
            optional = sum(isinstance(each, ir.Union) for each in nodes)
            values += self._together(nodes) if together and optional > 1 else map(self.value, nodes)
        self.flush()
        return self._object(node, values)

    def _together(self, nodes: list[ir.Node]) -> list[str]:
        """Read numbers with one struct call where all that may be missing are there, else one by one."""
        self.flush()
        lines = self._lines
        values = [lines.fresh("v") for _ in nodes]
        layout, targets, tests = "", list[str](), list[str]()
        for node, value in zip(nodes, values, strict=True):
            if isinstance(node, ir.Union):
                index = lines.fresh("t")
                targets.append(index)
                tests.append(f"{index} == {2 - 2 * node.null_index}")
                layout += "B"
                lines.add(f"{value}: {self._names.runtime('Any')}")
            targets.append(value)
            layout += FIXED_WIDTH[_number(node).kind][0]
        size = struct.calcsize(f"<{layout}")
        lines.add(f"{tests[0].partition(' ')[0]} = -1")
        with lines.block(f"if len(d) - p >= {size}:"):
            lines.add(f"{', '.join(targets)} = {self._names.unpacker(layout)}(d, p)")
        with lines.block(f"if {' and '.join(tests)}:"):
            lines.add(f"p += {size}")
        with lines.block("else:"):
            for node, value in zip(nodes, values, strict=True):
                if isinstance(node, ir.Union):
                    self._union(node, value)
                else:
                    self._pending.append((FIXED_WIDTH[_number(node).kind][0], value))
            self.flush()
        return values

    def _union(self, node: ir.Union, name: str = "") -> str:
        self.flush()
        wide = len(node.branches) > ONE_BYTE_INDEXES
        if not name:
            name = self._lines.fresh("u")
            self._lines.add(f"{name}: {self._names.runtime('Any')}")
        if wide:
            self._lines.add(f"q, p = {self._names.runtime('read_int')}(d, p)")
        else:
            self._lines.add("q = d[p]")
            self._lines.add("p += 1")
        chain = Chain(self._lines, len(node.branches), f"raise {self._names.runtime('unusual')}(p)")
        for index, branch in self._likely_first(node):
            with chain.arm(f"q == {index if wide else index * 2}"):
                value = self.value(branch.node)
                self.flush()
                if branch.wrapper is not None:
                    value = f"{self._names.target(branch.wrapper)}({value})"
                self._lines.add(f"{name} = {value}")
        chain.end()
        return name

    @staticmethod
    def _first(node: ir.Union) -> int:
        """The branch tested first: a value is more often there than not."""
        return 1 if node.nullable is not None and node.null_index == 0 else 0

    def _likely_first(self, node: ir.Union) -> list[tuple[int, ir.Branch]]:
        pairs = list(enumerate(node.branches))
        return pairs[::-1] if self._first(node) else pairs


def _has_usual_size(node: ir.Node) -> bool:
    """Whether it is a double or float, or one that may be null."""
    if isinstance(node, ir.Union):
        return (
            node.nullable is not None
            and node.nullable.wrapper is None
            and _has_usual_size(node.nullable.node)
        )
    return isinstance(node, ir.Primitive) and node.kind in FIXED_WIDTH


def _number(node: ir.Node) -> ir.Primitive:
    """The primitive of a type of usual size."""
    match node:
        case ir.Primitive():
            return node
        case ir.Union(nullable=ir.Branch(node=ir.Primitive() as inner)):
            return inner
        case _:
            raise AssertionError("neither a number nor one that may be null")
