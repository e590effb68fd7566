"""The bytes of random values against fastavro, which is told each branch by name where it can be.

What it cannot be asked: a union that holds an array or a map beside a record. Arrays and maps have no name in
its notation of branches, and without one it chooses by the shape of the value. Logical types are switched off
on both sides: where its conversions round, ours refuse.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import fastavro
import hypothesis.strategies as st
from hypothesis import HealthCheck, assume, given, settings
from tests.property.strategies import data_for, schemas
from tests.unit.codec.harness import codec_of

from avroforge.codec import ir
from avroforge.codec.walk_encode import branch_of
from avroforge.record import values_equal

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def ambiguous(node: ir.Node, seen: set[int]) -> bool:
    """Whether a union under `node` holds a record beside an array or a map."""
    if id(node) in seen:
        return False
    seen.add(id(node))
    match node:
        case ir.Record():
            return any(ambiguous(each.node, seen) for each in node.fields)
        case ir.Array():
            return ambiguous(node.items, seen)
        case ir.Map():
            return ambiguous(node.values, seen)
        case ir.Union():
            kinds = {type(each.node) for each in node.branches}
            mixed = ir.Record in kinds and bool(kinds & {ir.Array, ir.Map})
            return mixed or any(ambiguous(each.node, seen) for each in node.branches)
        case _:
            return False


def tagged(node: ir.Node, value: Any) -> Any:  # noqa: ANN401 - typed value in, fastavro's datum out
    """fastavro's datum of a typed value, with the name of every branch that can have one."""
    match node:
        case ir.Record():
            return {each.name: tagged(each.node, getattr(value, each.attribute)) for each in node.fields}
        case ir.Enum():
            return value.value
        case ir.Array():
            return [tagged(node.items, each) for each in value]
        case ir.Map():
            return {key: tagged(node.values, each) for key, each in value.items()}
        case ir.Union():
            branch = node.branches[branch_of(node, value)]
            wrapped = branch.wrapper is not None and type(value) is branch.wrapper
            inner = tagged(branch.node, value.value if wrapped else value)
            return inner if isinstance(branch.node, ir.Array | ir.Map) else (branch.name, inner)
        case _:
            return value


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_bytes_are_those_of_fastavro_and_are_read_from_it(data: DataObject) -> None:
    text = data.draw(schemas(), label="schema")
    codec = codec_of(text, "list", "raw")
    node = codec._bound()
    assume(not ambiguous(node, set()))
    value = data.draw(data_for(codec), label="value")
    parsed = fastavro.parse_schema(json.loads(text))
    out = io.BytesIO()
    fastavro.schemaless_writer(out, parsed, tagged(node, value))
    assert codec.encode(value) == out.getvalue()
    assert values_equal(codec.decode(out.getvalue()), value)
