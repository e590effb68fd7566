"""Emit the tests that tell by a value's Python type which branch of a union it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.codec import ir
from avroforge.codec.conversion import python_symbol

if TYPE_CHECKING:
    from avroforge.codec.source import Names


def branch_tests(node: ir.Union, value: str, names: Names) -> list[tuple[int, ir.Branch, str]]:
    """For each branch its index and an exact test for its Python type; what they miss the walk decides."""
    tests: list[tuple[int, ir.Branch, str]] = []
    for index, branch in enumerate(node.branches):
        if branch.wrapper is not None:
            tests.append((index, branch, f"type({value}) is {names.target(branch.wrapper)}"))
        else:
            tests.append((index, branch, _test(branch.node, value, names)))
    return tests


def _test(node: ir.Node, value: str, names: Names) -> str:
    match node:
        case ir.Primitive(kind="null"):
            return f"{value} is None"
        case ir.Primitive():
            return f"type({value}) is {ir.PYTHON_TYPES[node.kind].__name__}"
        case ir.Fixed():
            return f"type({value}) is bytes"
        case ir.Array():
            if node.table is not None and node.table.columns is not None:
                columns = names.target(node.table.columns)
                return f"type({value}) is {columns} or type({value}) is list"
            sequence = names.numeric("ndarray") if node.numbers is not None else "list"
            return f"type({value}) is {sequence}"
        case ir.Map():
            return f"type({value}) is dict"
        case ir.Enum() | ir.Record():
            if node.target is None:
                raise AssertionError("plain datums are walked, not compiled")
            return f"type({value}) is {names.target(node.target)}"
        case ir.Logical():
            return f"type({value}) is {names.target(python_symbol(node))}"
        case ir.Union():
            raise AssertionError("a union holds no union (Avro 1.12, Unions)")
