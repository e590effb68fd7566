"""Compile a plan: emit the functions that it takes, and run their text in a namespace of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avroforge.codec import ir
from avroforge.codec.namespace import Namespace
from avroforge.codec.resolve_decode import ResolvingDecoder
from avroforge.codec.source import Lines
from avroforge.evolution.plan import ReadRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from avroforge.codec.bound import Sides
    from avroforge.codec.plan_shape import PlanShapes
    from avroforge.evolution.plan import Plan
    from avroforge.wire.limits import Budget

    Compiled = Callable[[bytes, int, Budget], tuple[Any, int]]


def compile_plan(plan: Plan, sides: Sides, shapes: PlanShapes) -> Compiled:
    """The function that reads by `plan` from some bytes, at an offset, within a budget."""
    program = _Program(sides, shapes)
    name = program.names.plan_reader(plan)
    text = "\n".join(program.text())
    code = compile(text, "<avroforge resolving reader>", "exec", dont_inherit=True)
    exec(code, program.names.variables)  # noqa: S102 - our own text: no name or constant of a schema is in it
    compiled: Compiled = program.names.variables[name]
    return compiled


class _Program:
    """The functions of one plan: each one may ask for more."""

    def __init__(self, sides: Sides, shapes: PlanShapes) -> None:
        self.names = Namespace(sides.arrays)
        self._sides = sides
        self._shapes = shapes

    def text(self) -> list[str]:
        """The lines of every function that was asked for."""
        names = self.names
        lines: list[str] = []
        done: set[str] = set()
        while True:
            asked = {**names.plans, **names.plain, **names.skipped}.keys() - done
            if not asked:
                return lines
            for name in sorted(asked):
                if name in names.plans:
                    lines.extend(self._plan_function(name, names.plans[name]))
                elif name in names.plain:
                    lines.extend(self._plain_function(name, names.plain[name]))
                else:
                    lines.extend(self._skip_function(name, names.skipped[name]))
            done |= asked

    def _decoder(self, lines: Lines) -> ResolvingDecoder:
        return ResolvingDecoder(lines, self.names, self._sides, self._shapes)

    def _plan_function(self, name: str, plan: Plan) -> list[str]:
        lines = Lines()
        decoder = self._decoder(lines)
        with lines.block(f"def {name}(d, p, c):"):
            recursive = isinstance(plan, ReadRecord) and self._shapes.recursive(plan)
            if recursive:
                lines.add("c.enter()")
            value = decoder.body_of(plan)
            decoder.flush()
            if recursive:
                lines.add("c.depth += 1")
            lines.add(f"return {value}, p")
        return lines.lines

    def _plain_function(self, name: str, node: ir.Node) -> list[str]:
        lines = Lines()
        decoder = self._decoder(lines)
        with lines.block(f"def {name}(d, p, c):"):
            value = decoder.root(node)
            lines.add(f"return {value}, p")
        return lines.lines

    def _skip_function(self, name: str, node: ir.Node) -> list[str]:
        lines = Lines()
        decoder = self._decoder(lines)
        with lines.block(f"def {name}(d, p, c):"):
            recursive = isinstance(node, ir.Record) and self._sides.writer_shapes.recursive(node)
            if recursive:
                lines.add("c.enter()")
            if isinstance(node, ir.Record):
                decoder.skip_fields(node)
            else:
                decoder.skip_body(node)
            decoder.flush()
            if recursive:
                lines.add("c.depth += 1")
            lines.add("return p")
        return lines.lines
