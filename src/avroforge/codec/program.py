"""Emit whole functions: one that writes and one that reads a record or a root type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.codec import ir
from avroforge.codec.decode import Decoder
from avroforge.codec.encode import Encoder
from avroforge.codec.source import Lines

if TYPE_CHECKING:
    from avroforge.codec.shape import Shapes
    from avroforge.codec.source import ReadNames, WriteNames


def write_function(node: ir.Node, name: str, annotation: str, names: WriteNames, shapes: Shapes) -> list[str]:
    """``def name(o, out) -> None``: append the pieces of `o` to `out`."""
    lines = Lines()
    encoder = Encoder(lines, names, shapes)
    with lines.block(f"def {name}(o: {annotation}, out: list[{names.runtime('Piece')}]) -> None:"):
        if isinstance(node, ir.Record):
            encoder.record_body(node, "o")
        else:
            encoder.root_body(node, "o")
    return lines.lines


def read_function(node: ir.Node, name: str, annotation: str, names: ReadNames, shapes: Shapes) -> list[str]:
    """``def name(d, p, c) -> (value, p)``: read a value from `d` at `p` within the budget `c`."""
    lines = Lines()
    decoder = Decoder(lines, names, shapes)
    budget = names.runtime("Budget")
    with lines.block(f"def {name}(d: bytes, p: int, c: {budget}) -> tuple[{annotation}, int]:"):
        recursive = isinstance(node, ir.Record) and shapes.recursive(node)
        if recursive:
            lines.add("c.enter()")
        value = decoder.record(node) if isinstance(node, ir.Record) else decoder.root(node)
        if recursive:
            lines.add("c.depth += 1")
        lines.add(f"return {value}, p")
    return lines.lines
