"""Plans: what is read as it is, what is converted, what is skipped, filled or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from avroforge.errors import ResolutionError
from avroforge.evolution.default_bytes import default_bytes, is_immutable
from avroforge.evolution.plan import (
    Cast,
    Enter,
    Plan,
    ReadArray,
    ReadEnum,
    ReadField,
    ReadRecord,
    ReadUnion,
    Refuse,
    Same,
    SkipField,
    all_records,
)
from avroforge.evolution.resolution import refusal_of, resolve_schemas
from avroforge.schema import parse_schema


def plan_of(writer: Any, reader: Any, *, typed: bool = True) -> Plan:  # noqa: ANN401 - JSON
    return resolve_schemas(parse_schema(json.dumps(writer)), parse_schema(json.dumps(reader)), typed=typed)


def record(*fields: tuple[str, Any] | dict[str, Any], name: str = "R") -> dict[str, Any]:
    listed = [each if isinstance(each, dict) else {"name": each[0], "type": each[1]} for each in fields]
    return {"type": "record", "name": name, "fields": listed}


def test_equal_layouts_need_no_resolution() -> None:
    writer = record(("a", "int"), ("b", ["null", "R"]))
    reader = {**record(("a", "int"), ("b", ["null", "R"])), "doc": "other words"}
    assert isinstance(plan_of(writer, reader), Same)


def test_only_the_part_that_differs_is_resolved() -> None:
    inner = record(("x", "double"), name="I")
    plan = plan_of(record(("i", inner), ("a", "int")), record(("i", inner), ("a", "long")))
    assert isinstance(plan, ReadRecord)
    kinds = [type(step.targets[0][1]) for step in plan.steps if isinstance(step, ReadField)]
    assert kinds == [Same, Cast]


def test_steps_are_in_the_writers_order_and_fills_in_the_readers() -> None:
    reader = record({"name": "n", "type": "int", "default": 3}, ("b", "int"), ("a", "int"))
    plan = plan_of(record(("a", "int"), ("gone", "string"), ("b", "int")), reader)
    assert isinstance(plan, ReadRecord)
    assert [(type(step), step.name) for step in plan.steps] == [
        (ReadField, "a"),
        (SkipField, "gone"),
        (ReadField, "b"),
    ]
    assert [(fill.index, fill.data, fill.shared) for fill in plan.fills] == [(0, b"\x06", True)]


def test_a_pair_of_records_is_planned_once() -> None:
    writer = record(("a", "int"), ("next", ["null", "R"]), ("kids", {"type": "array", "items": "R"}))
    plan = plan_of(writer, record(("next", ["null", "R"]), ("kids", {"type": "array", "items": "R"})))
    assert isinstance(plan, ReadRecord)
    assert list(all_records(plan).values()) == [plan]


def test_unions() -> None:
    plan = plan_of(["null", "int"], ["long", "null"])
    assert isinstance(plan, ReadUnion)
    assert [(branch.index, type(branch.plan)) for branch in plan.branches if isinstance(branch, Enter)] == [
        (1, Same),
        (0, Cast),
    ]


def test_enum_indexes() -> None:
    writer = {"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}
    reader = {"type": "enum", "name": "x.E", "symbols": ["C", "A"]}
    plan = plan_of(writer, reader)
    assert isinstance(plan, ReadEnum)
    assert plan.indexes == (1, -1, 0)


def test_logical_types_count_only_where_they_are_wanted() -> None:
    scales = [{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": scale} for scale in (2, 4)]
    assert isinstance(plan_of(*scales), Cast)
    assert isinstance(plan_of(*scales, typed=False), Same)


def test_a_part_that_cannot_be_read_does_not_refuse_the_whole() -> None:
    plan = plan_of({"type": "array", "items": "string"}, {"type": "array", "items": "int"})
    assert isinstance(plan, ReadArray)
    assert isinstance(plan.items, Refuse)
    assert refusal_of(plan) is None
    assert isinstance(plan_of(["string", "int"], "int"), ReadUnion)


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        ("string", "int"),
        ("null", ["int", "string"]),
        (["null", "string"], "int"),
        (record(("a", "int")), record(("a", "string"))),
        (record(("a", record(("b", "int"), name="I"))), record(("a", record(("c", "int"), name="I")))),
        ({"type": "fixed", "name": "F", "size": 2}, {"type": "fixed", "name": "F", "size": 3}),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, {"type": "enum", "name": "E", "symbols": ["B"]}),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, {"type": "fixed", "name": "E", "size": 1}),
    ],
)
def test_pairs_of_which_nothing_can_be_read(writer: Any, reader: Any) -> None:  # noqa: ANN401 - JSON
    with pytest.raises(ResolutionError, match="cannot read what"):
        plan_of(writer, reader)


def test_a_field_that_is_refused_deep_inside_refuses_every_record_around_it() -> None:
    def chain(kind: str) -> dict[str, Any]:
        node = record(("leaf", kind), name="R0")
        for number in range(1, 60):
            node = record(
                ("inner", node), ("back", ["null", "R0"] if number == 1 else "int"), name=f"R{number}"
            )
        return node

    with pytest.raises(ResolutionError, match="string cannot be read as int"):
        plan_of(chain("string"), chain("int"))


@pytest.mark.parametrize(
    ("kind", "default", "data", "immutable"),
    [
        ("boolean", True, b"\x01", True),
        ("float", 1, b"\x00\x00\x80\x3f", True),
        (["int", "string"], "ab", b"\x02\x04ab", True),
        ({"type": "array", "items": "int"}, [1, 2], b"\x04\x02\x04\x00", False),
        ({"type": "map", "values": "null"}, {"k": None}, b"\x02\x02k\x00", False),
        (["null", {"type": "map", "values": "null"}], {}, b"\x02\x00", False),
        (record({"name": "x", "type": "int", "default": 1}), {}, b"\x02", False),
        ({"type": "enum", "name": "E", "symbols": ["A", "B"]}, "B", b"\x02", True),
        ({"type": "fixed", "name": "F", "size": 1}, "\u00ff", b"\xff", True),
    ],
)
def test_defaults_as_bytes(kind: Any, default: Any, data: bytes, immutable: bool) -> None:  # noqa: ANN401 - JSON
    node = parse_schema(json.dumps(kind)).type
    assert default_bytes(node, default) == data
    assert is_immutable(node, default) is immutable
