"""Emit what makes objects of values: one by one, or a run of equal records at once (`wire.stride`)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from avroforge.codec import ir
from avroforge.codec.leaf_reads import LeafReader
from avroforge.wire.stride import FEWEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from avroforge.codec.leaves import Leaf
    from avroforge.codec.source import Lines, ReadNames


class ObjectReader(LeafReader):
    """Emits reads into `lines`; methods return the name that will hold the object."""

    def __init__(self, lines: Lines, names: ReadNames) -> None:
        super().__init__(lines, names)
        self._blanks: dict[str, str] | None = None

    def _object(self, node: ir.Record, values: list[str]) -> str:
        if node.target is None:
            raise AssertionError("plain datums are walked, not compiled")
        lines, names = self._lines, self._names
        name, target = lines.fresh("r"), names.target(node.target)
        # to set each slot past a frozen class costs three times as much as to change the class
        made = names.opened(node.target) if node.frozen else target
        if self._blanks is not None:
            self._blanks[name] = made
        else:
            annotation = f": {names.runtime('Any')}" if node.frozen else ""
            lines.add(f"{name}{annotation} = {names.runtime('new')}({made})")
        for field, value in zip(node.fields, values, strict=True):
            lines.add(f"{name}.{field.attribute} = {value}")
        if node.frozen:
            lines.add(f"{name}.__class__ = {target}")
        return name

    def _run(
        self,
        result: str,
        leaves: tuple[Leaf, ...],
        assembled: Callable[[Iterator[str]], str],
        count: str,
        tries: str,
    ) -> None:
        """Read a run of records at once where their shape is constant; the loop reads the next one itself."""
        lines, runtime = self._lines, self._names.runtime
        columns, rows = lines.fresh("t"), lines.fresh("k")
        values = [lines.fresh("e") for _ in leaves]
        with lines.block(f"if {count} >= {FEWEST} and {tries} and {result}:"):
            plan = self._names.plan(leaves)
            call = f"{runtime('read_columns')}(d, p, {count}, {plan}, {tries})"
            lines.add(f"{columns}, {rows}, p, {tries} = {call}")
            self._rows(result, rows, columns, values, assembled)
            lines.add(f"{count} -= {rows}")
            with lines.block(f"if not {count}:"):
                lines.add("break")

    def _rows(
        self,
        result: str,
        rows: str,
        columns: str,
        values: list[str],
        assembled: Callable[[Iterator[str]], str],
    ) -> None:
        """The loop that makes objects of columns. Their classes are known once its body is."""
        lines, blank = self._lines, self._names.runtime("blank")
        objects, whole = lines.fresh("o"), ""

        def made() -> str:
            return f"{objects} = [*{blank}({blanks[whole]}, {rows})]" if whole in blanks else ""

        def head() -> str:
            sources = (
                objects if name == whole else f"{blank}({made}, {rows})" for name, made in blanks.items()
            )
            targets = ", ".join([*blanks, *values]) + "," * (len(blanks) + len(values) == 1)
            return f"for {targets} in zip({', '.join([*sources, f'*{columns}'])}, strict=True):"

        with self._blanks_for() as blanks:
            lines.add(made)
            with lines.block(head):
                whole = assembled(iter(values))
                if whole not in blanks:
                    lines.add(f"{result}.append({whole})")
        if whole in blanks:
            lines.add(f"{result} += {objects}")

    @contextmanager
    def _blanks_for(self) -> Iterator[dict[str, str]]:
        """Let objects that are built meanwhile be made by the loop around: names and their classes."""
        self._blanks = {}
        yield self._blanks
        self._blanks = None

    def _assembled(self, record: ir.Record, values: Iterator[str]) -> str:
        """Build a record, and those inside it, from one name per leaf."""
        parts = [
            self._assembled(field.node, values) if isinstance(field.node, ir.Record) else next(values)
            for field in record.fields
        ]
        return self._object(record, parts)
