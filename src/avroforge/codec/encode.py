"""Emit the encoder of a record (or root type) as straight-line Python.

The emitted function appends byte pieces to a list; runs of pieces that need no loop between them are added
at once, constants are merged, and adjacent fixed-width values share one struct call. It raises on anything it
does not know; the caller then walks the value again to name the place, or to write it (`walk_encode`).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from avroforge.codec import ir
from avroforge.codec.branch_test import branch_tests
from avroforge.codec.conversion import arguments
from avroforge.codec.leaves import column_kinds
from avroforge.codec.pieces import Constant, Optional, Packed, PieceWriter
from avroforge.codec.shape import FIXED_WIDTH
from avroforge.codec.source import Chain
from avroforge.codec.storage import NUMBERS
from avroforge.wire.stride_write import FEWEST
from avroforge.wire.varint import TABLE_SIZE, write_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.codec.shape import Shapes
    from avroforge.codec.source import Lines, WriteNames

END: Final = b"\x00"
_LISTS: Final = frozenset({*NUMBERS, "string"})
"""The items whose arrays a function of the run time writes."""


class Encoder(PieceWriter):
    """Emits the body of one encoding function into `lines`; locals are numbered."""

    def __init__(self, lines: Lines, names: WriteNames, shapes: Shapes) -> None:
        super().__init__(lines, names)
        self._shapes = shapes

    def record_body(self, record: ir.Record, value: str) -> None:
        """Encode every field of `value` and hand all pieces over."""
        self._fields(record, value)
        self.flush()

    def root_body(self, node: ir.Node, value: str) -> None:
        """Encode `value` as a type that is no record."""
        self.body(node, value)
        self.flush()

    def _local(self, expression: str, prefix: str = "v") -> str:
        if expression.isidentifier():
            return expression
        name = self._lines.fresh(prefix)
        self._lines.add(f"{name} = {expression}")
        return name

    def _length(self, expression: str) -> str:
        """A piece: the varint of a length that is never negative."""
        size = self._lines.fresh("n")
        self._lines.add(f"{size} = len({expression})")
        table, write = self._names.runtime("ZIGZAG"), self._names.runtime("write_length")
        return f"{table}[{size}] if {size} < {TABLE_SIZE} else {write}({size})"

    def emit(self, node: ir.Node, expression: str) -> None:
        """Add the pieces of one value; `expression` is evaluated once."""
        if self._shapes.is_shared(node):
            self.flush()
            self._lines.add(f"{self._names.writer(node)}({expression}, out)")
            return
        self.body(node, expression)

    def body(self, node: ir.Node, expression: str) -> None:
        """Add the pieces of one value in place, whether or not its type is a function elsewhere."""
        match node:
            case ir.Primitive():
                self._primitive(node.kind, expression)
            case ir.Fixed():
                value = self._local(expression)
                with self._lines.block(f"if {value}.__class__ is not bytes or len({value}) != {node.size}:"):
                    self._lines.add(f"{value} = {self._names.runtime('as_fixed')}({value}, {node.size})")
                self._add(value)
            case ir.Enum():
                self._enum(node, expression)
            case ir.Array():
                self._array(node, expression)
            case ir.Map():
                self._map(node, expression)
            case ir.Union():
                self._union(node, expression)
            case ir.Logical():
                self._logical(node, expression)
            case ir.Record():
                self._record(node, expression)

    def _enum(self, node: ir.Enum, expression: str) -> None:
        if node.text and node.target is not None:  # the symbol's plain text would be found in the table too
            expression = self._local(expression)
            with self._lines.block(f"if {expression}.__class__ is not {self._names.target(node.target)}:"):
                self._lines.add(f"raise {self._names.runtime('unfit')}({expression})")
        self._add(f"{self._names.enum_bytes(node)}[{expression}]")

    def _primitive(self, kind: str, expression: str) -> None:
        runtime = self._names.runtime
        value = self._local(expression)
        match kind:
            case "null":
                with self._lines.block(f"if {value} is not None:"):
                    self._lines.add(f"raise {runtime('unfit')}({value})")
            case "boolean":
                other = f"{runtime('write_boolean')}({value})"
                self._add(f'b"\\x01" if {value} is True else b"\\x00" if {value} is False else {other}')
            case "int" | "long":
                table = f"{runtime('ZIGZAG')}[{value}]"
                small = f"{value}.__class__ is int and 0 <= {value} < {TABLE_SIZE}"
                self._add(f"{table} if {small} else {runtime(f'write_{kind}')}({value})")
            case "float" | "double":
                with self._lines.block(f"if {value}.__class__ is not float:"):
                    self._lines.add(f"{value} = {runtime(f'as_{kind}')}({value})")
                self._add(Packed(FIXED_WIDTH[kind][0], (value,)))
            case "bytes":
                with self._lines.block(f"if {value}.__class__ is not bytes:"):
                    self._lines.add(f"{value} = {runtime('as_bytes')}({value})")
                self._add(self._length(value), value)
            case _:
                encoded = self._lines.fresh("b")
                self._lines.add(f"{encoded} = {runtime('utf8')}({value})")
                self._add(self._length(encoded), encoded)

    def _logical(self, node: ir.Logical, expression: str) -> None:
        known = "".join(f", {each}" for each in arguments(node, "write"))
        raw = self._lines.fresh("v")
        self._lines.add(f"{raw} = {self._names.conversion(node, 'write')}({expression}{known})")
        if node.own is not None:  # nobody knows what it returns
            self.body(node.base, raw)
        elif isinstance(node.base, ir.Fixed):
            self._add(raw)
        else:
            self._primitive(node.base.kind, raw)

    def _array(self, node: ir.Array, expression: str) -> None:
        items = node.items
        if node.numbers == "double":
            self._double_array(expression)
            return
        self.flush()
        if node.table is not None:
            self._lines.add(f"{self._names.writer(node)}({expression}, out)")
            return
        if node.numbers is not None:
            write = self._names.numeric(f"write_{node.numbers}_array")
            self._lines.add(f"out += {write}({expression})")
            return
        if isinstance(items, ir.Primitive) and items.kind in _LISTS:
            write = self._names.runtime(f"write_{items.kind}_list")
            self._lines.add(f"out += {write}({expression})")
            return
        value = self._sequence(expression, "list")
        item = self._lines.fresh("e")
        with self._lines.block(f"if {value}:"):
            self._add(self._length(value))
            self.flush()
            kinds = column_kinds(items, self._shapes) if isinstance(items, ir.Record) else None
            plan = self._names.write_plan(kinds) if kinds else ""
            if isinstance(items, ir.Record) and kinds and plan:
                written = self._columns(items, len(kinds), plan, value)
                with self._lines.block(f"if {written} is not None:"):
                    self._lines.add(f"out.append({written})")
                rest = f"for {item} in () if {written} is not None else {value}:"
            else:
                rest = f"for {item} in {value}:"
            with self._lines.block(rest):
                if isinstance(items, ir.Record):
                    self._record(items, item, repeated=True)
                else:
                    self.emit(items, item)
                self.flush()
        self._add(Constant(END))

    def _double_array(self, expression: str) -> None:
        """A contiguous array of float64 is a piece itself; whatever else it may be is made one by a call."""
        lines, numeric = self._lines, self._names.numeric
        value, size, head = lines.fresh("v"), lines.fresh("n"), lines.fresh("h")
        table, write = self._names.runtime("ZIGZAG"), self._names.runtime("write_length")
        lines.add(f"{value} = {expression}")
        plain = f"{value}.dtype is {numeric('F8')} and {value}.ndim == 1 and {value}.flags.c_contiguous"
        with lines.block(f"if {value}.__class__ is {numeric('ndarray')} and {plain} and len({value}):"):
            lines.add(f"{size} = len({value})")
            lines.add(f"{head} = {table}[{size}] if {size} < {TABLE_SIZE} else {write}({size})")
        with lines.block("else:"):
            lines.add(f"{head}, {value} = {numeric('double_pieces')}({value})")
        self._add(head, value, Constant(END))

    def _columns(self, record: ir.Record, count: int, plan: str, value: str) -> str:
        """Gather the leaves of all records and write them at once; None where their sizes differ."""
        lines, runtime = self._lines, self._names.runtime
        written, item = lines.fresh("x"), lines.fresh("e")
        columns = [lines.fresh("c") for _ in range(count)]
        adds = [lines.fresh("a") for _ in range(count)]
        lines.add(f"{written} = None")
        tests = [f"len({value}) >= {FEWEST}"]
        for path in _texts(record):
            samples = (f"{value}[0].{path}", f"{value}[1].{path}", f"{value}[-1].{path}")
            tests.append(f"{runtime('alike')}({', '.join(samples)})")
        with lines.block(f"if {' and '.join(tests)}:"):
            for column, add in zip(columns, adds, strict=True):
                lines.add(f"{column}: list[{runtime('Any')}] = []")
                lines.add(f"{add} = {column}.append")
            with lines.block(f"for {item} in {value}:"):
                self._gather(record, item, iter(adds))
            gathered = f"({', '.join(columns)})"
            lines.add(f"{written} = {runtime('write_columns')}({plan}, {gathered})")
        return written

    def _gather(self, record: ir.Record, value: str, adds: Iterator[str]) -> None:
        self._check_class(record, value)
        for field in record.fields:
            if isinstance(field.node, ir.Record):
                inner = self._local(f"{value}.{field.attribute}", "r")
                self._gather(field.node, inner, adds)
            else:
                self._lines.add(f"{next(adds)}({value}.{field.attribute})")

    def _sequence(self, expression: str, kind: str) -> str:
        value = self._local(expression)
        with self._lines.block(f"if {value}.__class__ is not {kind}:"):
            self._lines.add(f"{value} = {self._names.runtime(f'as_{kind}')}({value})")
        return value

    def _map(self, node: ir.Map, expression: str) -> None:
        self.flush()
        if isinstance(node.values, ir.Primitive) and node.values.kind in {"int", "long"}:
            write = self._names.runtime(f"write_{node.values.kind}_map")
            self._lines.add(f"out += {write}({expression})")
            return
        value = self._sequence(expression, "dict")
        key, item = self._lines.fresh("k"), self._lines.fresh("e")
        with self._lines.block(f"if {value}:"):
            self._add(self._length(value))
            self.flush()
            with self._lines.block(f"for {key}, {item} in {value}.items():"):
                self._primitive("string", key)
                self.emit(node.values, item)
                self.flush()
        self._add(Constant(END))

    def _record(self, node: ir.Record, expression: str, *, repeated: bool = False) -> None:
        if self._shapes.inlined(node, repeated=repeated):
            self._fields(node, self._local(expression, "r"))
            return
        self.flush()
        self._lines.add(f"{self._names.writer(node)}({expression}, out)")

    def _fields(self, record: ir.Record, value: str) -> None:
        self._check_class(record, value)
        for field in record.fields:
            self.emit(field.node, f"{value}.{field.attribute}")

    def _check_class(self, record: ir.Record, value: str) -> None:
        if record.target is None:
            return
        target = self._names.target(record.target)
        with self._lines.block(
            f"if {value}.__class__ is not {target} and not isinstance({value}, {target}):"
        ):
            self._lines.add(f"raise {self._names.runtime('unfit')}({value})")

    def _union(self, node: ir.Union, expression: str) -> None:
        if not node.branches or not self._shapes.pieces_only(node):
            self.flush()
            self._branches(node, expression, None)
            return
        result = self._lines.fresh("x")
        match node.nullable:
            case ir.Branch(node=ir.Primitive(kind="double" | "float" as kind), wrapper=None):
                value = self._local(expression)
                present = str(2 - 2 * node.null_index)
                packed = Packed(f"B{FIXED_WIDTH[kind][0]}", (present, value))
                self._add(Optional(value, packed, result, partial(self._aside, node, value, result)))
            case _:
                self._aside(node, expression, result)
                self._add(result)

    def _aside(self, node: ir.Union, expression: str, result: str) -> None:
        with self.aside():
            self._branches(node, expression, result)

    def _branches(self, node: ir.Union, expression: str, result: str | None) -> None:
        """One arm per branch; with `result`, its pieces become one bytes expression of that name."""
        nullable = node.nullable
        if nullable is not None:
            value = self._local(expression)
            with self._lines.block(f"if {value} is None:"):
                self._arm(Constant(write_length(node.null_index)), None, value, result)
            with self._lines.block("else:"):
                self._arm(Constant(write_length(1 - node.null_index)), nullable, value, result)
            return
        value = self._lines.fresh("u")
        self._lines.add(f"{value}: {self._names.runtime('Any')} = {expression}")
        chain = Chain(self._lines, len(node.branches), f"raise {self._names.runtime('unfit')}({value})")
        for index, branch, test in branch_tests(node, value, self._names):
            with chain.arm(test):
                self._arm(Constant(write_length(index)), branch, value, result)
        chain.end()

    def _arm(self, index: Constant, branch: ir.Branch | None, value: str, result: str | None) -> None:
        self._add(index)
        if branch is not None:
            inner = f"{value}.value" if branch.wrapper is not None else value
            self.emit(branch.node, inner)
        if result is None:
            self.flush()
        else:
            self.assign(result)


def _texts(record: ir.Record, prefix: str = "") -> Iterator[str]:
    """The attribute paths of the strings in a flat record."""
    for field in record.fields:
        if isinstance(field.node, ir.Record):
            yield from _texts(field.node, f"{prefix}{field.attribute}.")
        elif isinstance(field.node, ir.Primitive) and field.node.kind == "string":
            yield f"{prefix}{field.attribute}"
