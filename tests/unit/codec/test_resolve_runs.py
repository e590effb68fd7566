"""Arrays of records that another schema wrote: runs of one size are read at once, the rest one by one."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.codec.harness import ARRAYS

from avroforge.codec import walk_resolve
from avroforge.codec.binding import schema_of
from avroforge.codec.bound import Sides
from avroforge.codec.plan_shape import PlanShapes
from avroforge.codec.resolve_program import compile_plan
from avroforge.errors import DecodeError
from avroforge.evolution.resolution import resolve_schemas
from avroforge.record import values_equal
from avroforge.wire.limits import Budget
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from collections.abc import Callable

    from avroforge.codec.ir import Storage

ENUM = {"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}
POINT = {
    "type": "record",
    "name": "P",
    "fields": [{"name": "x", "type": "double"}, {"name": "y", "type": "float"}],
}
FLIPPED = {**POINT, "fields": POINT["fields"][::-1]}
KINDS: dict[str, tuple[Any, Any, Callable[[Random], Any]]] = {
    "double": ("double", ["null", "double"], lambda r: r.random()),
    "float": ("float", "double", lambda r: float(r.randint(0, 99))),
    "boolean": ("boolean", "boolean", lambda r: r.random() < 0.5),
    "int": ("int", "double", lambda r: r.choice([1, -1, 70, 9000, 10**6])),
    "long": ("long", "float", lambda r: r.choice([5, -6])),
    "string": ("string", "bytes", lambda r: "x" * r.choice([3, 3, 3, 200])),
    "bytes": ("bytes", "bytes", lambda r: r.choice([b"abc", b"\x00\xff\x80"])),
    "fixed": (
        {"type": "fixed", "name": "F", "size": 3},
        ["null", "F"],
        lambda r: r.choice([b"abc", b"\x00\xff\x80"]),
    ),
    "enum": (ENUM, ENUM, lambda r: r.choice(["A", "B"])),
    "array": (
        {"type": "array", "items": "double"},
        {"type": "array", "items": "double"},
        lambda r: [r.random()] * 2,
    ),
    "optional": (["null", "string"], ["null", "string"], lambda r: r.choice(["ab", "ab", "ab", None])),
    "point": (POINT, FLIPPED, lambda r: {"x": r.random(), "y": 0.5}),
    "map": (
        {"type": "map", "values": "int"},
        {"type": "map", "values": "long"},
        lambda r: {"k": r.randint(0, 9)},
    ),
}


class Case:
    """A writer and a reader of arrays of records, and a message."""

    def __init__(self, kinds: list[str], kept: list[str], count: int, arrays: Storage, seed: int = 0) -> None:
        random = Random(seed)  # noqa: S311 - reproducible data
        theirs = [{"name": f"f_{kind}", "type": KINDS[kind][0]} for kind in kinds]
        ours = [
            {"name": f"f_{kind}", "type": KINDS[kind][1] if kind != "fixed" else KINDS[kind][0]}
            for kind in reversed(kept)
        ]
        added = {"name": "added", "type": {"type": "array", "items": "int"}, "default": [1]}
        writer, reader = (
            json.dumps({"type": "array", "items": {"type": "record", "name": "R", "fields": fields}})
            for fields in (theirs, [added, *ours])
        )
        source = load_interface(writer)()
        self.data = source.encode(
            source.deserialize(
                [{f"f_{kind}": KINDS[kind][2](random) for kind in kinds} for _ in range(count)]
            )
        )
        target = load_interface(reader, arrays=arrays)
        self.sides = Sides(source.schema(), target)
        self.plan = resolve_schemas(source.schema(), schema_of(target))
        self.shapes = PlanShapes(self.plan, self.sides)
        self.read = compile_plan(self.plan, self.sides, self.shapes)

    def walk(self, data: bytes) -> Any:  # noqa: ANN401 - any value
        return walk_resolve.decode(data, self.plan, self.sides, self.shapes)


@pytest.mark.parametrize("arrays", ARRAYS)
@pytest.mark.parametrize(
    "kept", [[], *[[kind] for kind in KINDS], [*KINDS]], ids=lambda kept: "+".join(kept) or "none"
)
def test_runs_agree_with_the_walk(arrays: Storage, kept: list[str]) -> None:
    for count in (1, 31, 40, 300):
        case = Case([*KINDS][:-1], [kind for kind in kept if kind != "map"], count, arrays, seed=count)
        value, end = case.read(case.data, 0, Budget())
        assert end == len(case.data)
        assert values_equal(value, case.walk(case.data))
        assert all(each.added is not value[0].added for each in value[1:])


@pytest.mark.parametrize("kind", [*KINDS])
def test_one_kind_beside_a_number(kind: str) -> None:
    for kept in (["double"], [kind, "double"]) if kind != "double" else (["double"],):
        case = Case([kind, "double"] if kind != "double" else ["double", "int"], kept, 100, "numpy")
        value, end = case.read(case.data, 0, Budget())
        assert end == len(case.data)
        assert values_equal(value, case.walk(case.data))


@pytest.mark.parametrize("seed", range(12))
def test_damaged_runs_are_values_on_which_both_agree_or_errors(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - reproducible damage
    kinds = random.sample([*KINDS], 4)
    case = Case(kinds, kinds[:2], 60, random.choice(ARRAYS), seed)
    for _ in range(120):
        damaged = bytearray(case.data)
        for _ in range(random.randint(1, 3)):
            damaged[random.randrange(len(damaged))] = random.choice(
                [0, 1, 2, 6, 127, 128, 255, random.randrange(256)]
            )
        data = bytes(damaged)
        try:
            value, end = case.read(data, 0, Budget())
        except Exception:  # noqa: BLE001, S112 - the compiled reader may raise anything; the walk decides
            continue
        if end == len(data):
            assert values_equal(value, case.walk(data))
        else:
            with pytest.raises(DecodeError):
                case.walk(data)
