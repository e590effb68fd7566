"""Emit the functions of a flat record's columns: to write and to read an array of such records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from avroforge.codec import ir
from avroforge.codec.conversion import arguments
from avroforge.codec.decode import Decoder
from avroforge.codec.encode import END, Encoder
from avroforge.codec.leaves import stride_leaves
from avroforge.codec.pieces import Constant
from avroforge.codec.source import Lines, ReadNames, WriteNames, tuple_text
from avroforge.codec.storage import NUMBERS
from avroforge.wire.stride import FEWEST
from avroforge.wire.varint import write_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.codec.leaves import Leaf
    from avroforge.codec.shape import Shapes


class ColumnNames(ReadNames, WriteNames, Protocol):
    """What the functions of columns refer to."""

    def columns_plan(self, kinds: tuple[str, ...], leaves: tuple[Leaf, ...] | None) -> str:
        """A `wire.column_read.ColumnsPlan`; without leaves, no run of records is unpacked whole."""
        ...

    def named(self, expression: str) -> str:
        """A constant of the module, placed behind the tables of its enums."""
        ...


def column_kind(node: ir.Node) -> str:
    """What the column of a field is that is no record: `record_columns.RecordColumns.__avro_kinds__`."""
    match node:
        case ir.Primitive() if node.kind in NUMBERS or node.kind == "boolean":
            return node.kind
        case ir.Array(items=ir.Primitive(kind=kind)):
            return f"[{kind}]"
        case _:
            return ""


def _leaves(record: ir.Record) -> Iterator[ir.Node]:
    """The fields of a flat record and of the records inside it, in order of their bytes."""
    for field in record.fields:
        if isinstance(field.node, ir.Record):
            yield from _leaves(field.node)
        else:
            yield field.node


def _columns(record: ir.Record) -> ir.Target:
    if record.columns is None:
        raise AssertionError("only flat records have columns")
    return record.columns


class _ColumnEncoder(Encoder):
    def columns_body(self, record: ir.Record, names: ColumnNames) -> None:
        """Write columns whole where that pays, else value by value; any other sequence record by record."""
        lines, leaves = self._lines, list(_leaves(record))
        columns, written = names.target(_columns(record)), lines.fresh("x")
        with lines.block(f"if o.__class__ is {columns}:"):
            plan = names.named(tuple_text(_write_leaf(leaf, names) for leaf in leaves))
            lines.add(f"{written} = {names.numeric('write_record_columns')}({plan}, o)")
            with lines.block(f"if {written} is not None:"):
                lines.add(f"out += {written}")
                lines.add("return")
            self._add(self._length("o"))
            self.flush()
            values = [lines.fresh("e") for _ in leaves]
            targets = f"{', '.join(values)}{',' * (len(values) == 1)}"
            with lines.block(f"for {targets} in zip(*{names.numeric('leaf_values')}(o), strict=True):"):
                for leaf, value in zip(leaves, values, strict=True):
                    self.emit(leaf, value)
                self.flush()
            self._add(Constant(END))
            self.flush()
            lines.add("return")
        self.root_body(ir.Array(record), "o")


def _write_leaf(node: ir.Node, names: ColumnNames) -> str:
    """A leaf of `wire.column_write`, as an expression."""
    match node:
        case ir.Primitive():
            return f'("{node.kind}",)'
        case ir.Fixed():
            return f'("fixed", {node.size})'
        case ir.Enum():
            return f'("enum", {names.enum_bytes(node)})'
        case ir.Array(items=ir.Primitive(kind=kind)):
            return f'("array", "{kind}")'
        case ir.Union() if node.nullable is not None:
            null, other = write_length(node.null_index), write_length(1 - node.null_index)
            return f'("optional", {null!r}, {other!r}, {_write_leaf(node.nullable.node, names)})'
        case ir.Logical():
            known, base = tuple_text(map(str, arguments(node, "write"))), _write_leaf(node.base, names)
            return f'("logical", {names.conversion(node, "write")}, {known}, {base})'
        case _:
            raise AssertionError("a flat record has no such field")


class _ColumnDecoder(Decoder):
    def columns_body(self, record: ir.Record, names: ColumnNames) -> None:
        """Read runs of records as columns, and all other records value by value into the same columns."""
        lines = self._lines
        leaves = list(_leaves(record))
        kinds = tuple(map(column_kind, leaves))
        strides = stride_leaves(record, self._shapes)
        known = None
        if strides is not None:
            known = tuple(
                ("column", leaf) if kind else leaf for kind, leaf in zip(kinds, strides, strict=True)
            )
        reader = lines.fresh("w")
        lines.add(f"{reader} = {names.numeric('ColumnReader')}({names.columns_plan(kinds, known)})")
        appends = [lines.fresh("a") for _ in leaves]
        lines.add(f"{', '.join(appends)}{',' * (len(appends) == 1)} = {reader}.appends")

        def run(count: str, tries: str) -> None:
            rows = lines.fresh("k")
            with lines.block(f"if {count} >= {FEWEST} and {tries}:"):
                lines.add(f"{rows}, p, {tries} = {reader}.run(d, p, {count}, {tries})")
                lines.add(f"{count} -= {rows}")
                with lines.block(f"if not {count}:"):
                    lines.add("break")

        with self._blocks(self._shapes.smallest(record), run if known else None):
            values = [self.value(leaf) for leaf in leaves]
            self.flush()
            for append, value in zip(appends, values, strict=True):
                lines.add(f"{append}({value})")
        taken = names.numeric("take_columns")
        lines.add(f"return {taken}({names.target(_columns(record))}, {reader}), p")


def write_columns_function(record: ir.Record, name: str, names: ColumnNames, shapes: Shapes) -> list[str]:
    """``def name(o, out) -> None``: append the pieces of an array of records `o` to `out`."""
    lines = Lines()
    anything, piece = names.runtime("Any"), names.runtime("Piece")
    with lines.block(f"def {name}(o: {anything}, out: list[{piece}]) -> None:"):
        _ColumnEncoder(lines, names, shapes).columns_body(record, names)
    return lines.lines


def read_columns_function(
    record: ir.Record, name: str, annotation: str, names: ColumnNames, shapes: Shapes
) -> list[str]:
    """``def name(d, p, c) -> (columns, p)``: read an array of records from `d` at `p`."""
    lines = Lines()
    budget = names.runtime("Budget")
    with lines.block(f"def {name}(d: bytes, p: int, c: {budget}) -> tuple[{annotation}, int]:"):
        _ColumnDecoder(lines, names, shapes).columns_body(record, names)
    return lines.lines
