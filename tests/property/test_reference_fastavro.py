"""The bytes of random values against fastavro, which is told each branch by name where it can be.

What it cannot be asked:

* a union that holds an array or a map beside a record, or with unions inside: arrays and maps have no name in
  its notation of branches, and without one it chooses by the shape of the value;
* a type of the null namespace inside a namespace: it takes ``"namespace": ""`` for none given.

Logical types are left out on both sides: where its conversions round, ours refuse.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import fastavro
import hypothesis.strategies as st
from hypothesis import HealthCheck, assume, given, settings
from tests.property.strategies import PRIMITIVES, data_for, schemas
from tests.unit.codec.harness import codec_of

from avroforge.codec import ir
from avroforge.codec.shape import children
from avroforge.codec.walk_encode import branch_of
from avroforge.record import values_equal

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def nodes(root: ir.Node) -> list[ir.Node]:
    """Every bound type that a type reaches, once."""
    found: dict[int, ir.Node] = {}
    pending = [root]
    while pending:
        node = pending.pop()
        if id(node) not in found:
            found[id(node)] = node
            pending.extend(children(node))
    return list(found.values())


def ambiguous(union: ir.Union) -> bool:
    """Whether fastavro would have to choose by the shape of the value."""
    unnamed = [each.node for each in union.branches if isinstance(each.node, ir.Array | ir.Map)]
    inside = [node for each in unnamed for node in nodes(each)]
    beside = any(isinstance(each.node, ir.Record) for each in union.branches)
    return bool(unnamed) and (beside or any(isinstance(node, ir.Union) for node in inside))


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


def without_logical_types(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """The schema with every primitive type written as its name alone."""
    if isinstance(schema, list):
        return [without_logical_types(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") in PRIMITIVES and "name" not in schema:
        return schema["type"]
    inside = {key: without_logical_types(schema[key]) for key in {"type", "items", "values"} & schema.keys()}
    if "fields" in schema:
        inside["fields"] = [
            {**each, "type": without_logical_types(each["type"])} for each in schema["fields"]
        ]
    return {key: value for key, value in schema.items() if key != "logicalType"} | inside


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_bytes_are_those_of_fastavro_and_are_read_from_it(data: DataObject) -> None:
    text = data.draw(schemas(), label="schema")
    codec = codec_of(text, "list", "raw")
    node = codec._bound()
    assume(not any(ambiguous(each) for each in nodes(node) if isinstance(each, ir.Union)))
    assume(text.count('"namespace": ""') in {0, text.count('"namespace"')})
    value = data.draw(data_for(codec), label="value")
    parsed = fastavro.parse_schema(without_logical_types(json.loads(text)))
    out = io.BytesIO()
    fastavro.schemaless_writer(out, parsed, tagged(node, value))
    assert codec.encode(value) == out.getvalue()
    assert values_equal(codec.decode(out.getvalue()), value)
