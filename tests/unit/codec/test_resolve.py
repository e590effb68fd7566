"""Reading what another schema wrote: fields, promotions, names, defaults, arrays, deep types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.unit.codec.harness import codec_of
from tests.unit.codec.resolve_harness import field, raw_read, read, record

from avroforge.branches import Long
from avroforge.codec import walk_resolve
from avroforge.codec.convert import nearest_float
from avroforge.errors import ResolutionError


@pytest.fixture(autouse=True)
def _no_walk(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """A value must come from the compiled reader; only tests of errors may end in the walk."""
    if "error" not in request.node.name:
        monkeypatch.setattr(walk_resolve, "decode", _refuse)


def _refuse(*_: object) -> None:
    raise AssertionError("the compiled reader gave up")


def test_reordered_doubles_keep_their_names() -> None:
    writer = record(field("real", "double"), field("imaginary", "double"))
    reader = record(field("imaginary", "double"), field("real", "double"))
    value = read(writer, reader, {"real": 1.5, "imaginary": -2.5})
    assert (value.real, value.imaginary) == (1.5, -2.5)


def test_reordered_doubles_in_an_array_of_records_keep_their_names() -> None:
    writer = record(
        field("a", {"type": "array", "items": record(field("x", "double"), field("y", "double"))})
    )
    reader = record(
        field("a", {"type": "array", "items": record(field("y", "double"), field("x", "double"))})
    )
    writer["fields"][0]["type"]["items"]["name"] = reader["fields"][0]["type"]["items"]["name"] = "P"
    items = [{"x": float(number), "y": -float(number)} for number in range(50)]
    value = read(writer, reader, {"a": items})
    assert [(each.x, each.y) for each in value.a] == [(each["x"], each["y"]) for each in items]


def test_a_removed_field_is_skipped_and_an_added_one_takes_its_default() -> None:
    writer = record(
        field("gone", "string"), field("kept", "int"), field("late", {"type": "array", "items": "long"})
    )
    reader = record(field("kept", "int"), field("new", {"type": "map", "values": "int"}, default={"a": 1}))
    first = read(writer, reader, {"gone": "x" * 200, "kept": 7, "late": [1, 2]})
    second = read(writer, reader, {"gone": "", "kept": 8, "late": []})
    assert (first.kept, first.new) == (7, {"a": 1})
    assert second.new is not first.new


@pytest.mark.parametrize(
    ("kind", "default", "expected"),
    [
        ("int", -3, -3),
        ("double", 2, 2.0),
        ("bytes", "\u00ff", b"\xff"),
        ({"type": "fixed", "name": "F", "size": 2}, "ab", b"ab"),
        (["null", "string"], None, None),
        (["null", "string"], "later branch", "later branch"),
        ({"type": "array", "items": "string"}, ["a"], ["a"]),
        ({"type": "array", "items": "double"}, [], []),
        ({"type": "map", "values": "boolean"}, {}, {}),
        (["int", "long"], 2**40, Long(2**40)),
        ({"type": "long", "logicalType": "timestamp-millis"}, 0, "1970-01-01 00:00:00+00:00"),
    ],
)
def test_defaults_of_the_readers_schema(kind: Any, default: Any, expected: Any) -> None:  # noqa: ANN401 - any type
    value = read(record(field("a", "null")), record(field("b", kind, default=default)), {"a": None})
    assert (str(value.b) if isinstance(expected, str) else value.b) == expected


def test_the_default_of_a_record_is_built_per_object_with_the_defaults_it_leaves_out() -> None:
    inner = record(
        field("x", "int", default=5), field("l", {"type": "array", "items": "int"}, default=[1]), name="I"
    )
    writer, reader = record(), record(field("r", inner, default={"x": 6}))
    first, second = read(writer, reader, {}), read(writer, reader, {})
    assert (first.r.x, first.r.l) == (6, [1])
    assert first.r is not second.r
    assert first.r.l is not second.r.l


def test_an_enum_default_is_shared_and_numpy_defaults_are_arrays() -> None:
    enum = {"type": "enum", "name": "E", "symbols": ["A", "B"]}
    reader = record(
        field("e", enum, default="B"), field("d", {"type": "array", "items": "double"}, default=[1.5])
    )
    value = read(record(), reader, {}, arrays="numpy")
    assert value.e.name == "B"
    assert isinstance(value.d, np.ndarray)
    assert value.d.tolist() == [1.5]


@pytest.mark.parametrize(
    ("writer", "reader", "datum", "expected"),
    [
        ("int", "long", -7, -7),
        ("int", "float", 2**24 + 1, float(2**24)),
        ("int", "double", 2**31 - 1, float(2**31 - 1)),
        ("long", "float", 2**62 + 2**38 + 1, float(2**62 + 2**39)),
        ("long", "double", 2**53 + 1, float(2**53)),
        ("float", "double", 0.5, 0.5),
        ("string", "bytes", "\u00e4", b"\xc3\xa4"),
        ("bytes", "string", b"\xc3\xa4", "\u00e4"),
    ],
)
def test_promotions(writer: str, reader: str, datum: object, expected: object) -> None:
    assert same(read(writer, reader, datum), expected)
    for shape, wrapped in (("items", [datum, datum]), ("values", {"k": datum})):
        kind = {"items": "array", "values": "map"}[shape]
        theirs, ours = ({"type": kind, shape: each} for each in (writer, reader))
        value = read(theirs, ours, wrapped)
        assert all(same(each, expected) for each in (value.values() if kind == "map" else value))


def same(value: object, expected: object) -> bool:
    return type(value) is type(expected) and value == expected


@pytest.mark.parametrize(
    "number",
    [
        0,
        1,
        -1,
        2**24 + 1,
        2**53 + 1,
        2**62 + 2**38 + 1,
        -(2**62) - 2**38 - 1,
        2**63 - 1,
        -(2**63),
        2**40 + 2**16,
    ],
)
def test_a_long_is_rounded_to_a_float_once(number: int) -> None:
    assert nearest_float(number) == float(np.int64(number).astype(np.float32))


def test_many_longs_are_rounded_as_by_hardware() -> None:
    numbers = np.random.default_rng(5).integers(-(2**63), 2**63 - 1, 20_000, dtype=np.int64)
    numbers >>= np.random.default_rng(6).integers(0, 60, len(numbers))
    expected = numbers.astype(np.float32).astype(float).tolist()
    assert [nearest_float(number) for number in numbers.tolist()] == expected


@pytest.mark.parametrize("kinds", [("int", "long"), ("int", "float"), ("int", "double"), ("long", "float"),
                                   ("long", "double"), ("float", "double")])  # fmt: skip
def test_numpy_arrays_are_widened_whole(kinds: tuple[str, str]) -> None:
    theirs, ours = (record(field("a", {"type": "array", "items": kind})) for kind in kinds)
    numbers = [0, 1, -5, 300, 2**30] if kinds[0] != "float" else [0.5, -1.25]
    value = read(theirs, ours, {"a": numbers}, arrays="numpy").a
    assert value.dtype == {"long": np.int64, "float": np.float32, "double": np.float64}[kinds[1]]
    assert value.tolist() == [np.float32(n) if kinds[1] == "float" else n for n in numbers]
    assert value.flags.writeable


def test_a_union_of_numbers_read_as_numpy_array() -> None:
    theirs = record(field("a", {"type": "array", "items": ["int", "double"]}))
    ours = record(field("a", {"type": "array", "items": "double"}))
    value = read(theirs, ours, {"a": [1, 2.5]}, arrays="numpy").a
    assert isinstance(value, np.ndarray)
    assert value.tolist() == [1.0, 2.5]


def test_aliases_of_types_and_fields() -> None:
    writer = record(field("old", record(field("x", "int"), name="a.Inner")), name="b.Old")
    inner = record(field("y", "long", aliases=["x"]), name="c.Renamed", aliases=["a.Inner"])
    reader = record(field("new", inner, aliases=["older", "old"]), name="b.New", aliases=["Old"])
    assert read(writer, reader, {"old": {"x": 4}}).new.y == 4


def test_a_field_may_be_read_by_its_name_and_by_an_alias() -> None:
    writer = record(field("a", "int"), field("b", "string"))
    reader = record(field("a", "int"), field("c", "double", aliases=["a"]), field("b", "string"))
    value = read(writer, reader, {"a": 3, "b": "s"})
    assert (value.a, value.c, value.b) == (3, 3.0, "s")


def test_a_field_of_the_very_name_goes_before_an_alias() -> None:
    writer = record(field("a", "int"), field("b", "int"))
    assert read(writer, record(field("a", "long", aliases=["b"])), {"a": 1, "b": 2}).a == 1


def test_aliases_that_match_several_fields_are_an_error() -> None:
    writer = record(field("a", "int"), field("b", "int"))
    with pytest.raises(ResolutionError, match="matches several fields by alias: 'a', 'b'"):
        raw_read(writer, record(field("c", "int", aliases=["a", "b"])), b"\x02\x04")


def test_recursive_records() -> None:
    writer = record(field("value", "int"), field("noise", "string"), field("next", ["null", "R"]))
    reader = record(field("next", ["null", "R"]), field("value", "long"))
    value = read(writer, reader, {"value": 1, "noise": "n", "next": {"value": 2, "noise": "", "next": None}})
    assert (value.value, value.next.value, value.next.next) == (1, 2, None)


def test_mutually_recursive_records_are_skipped() -> None:
    tree = record(field("kids", {"type": "array", "items": "T"}), field("s", "string"), name="T")
    writer = record(field("t", tree), field("x", "int"))
    leaf = {"kids": [], "s": "leaf"}
    data = {"t": {"kids": [leaf, {"kids": [leaf], "s": ""}], "s": "root"}, "x": 9}
    assert read(writer, record(field("x", "int")), data).x == 9


def test_types_nested_deeper_than_python_nests_blocks() -> None:
    def deep(kind: Any) -> Any:  # noqa: ANN401 - JSON
        for _ in range(15):
            kind = {"type": "array", "items": {"type": "map", "values": kind}}
        return kind

    def datum(value: Any) -> Any:  # noqa: ANN401 - plain datum
        for _ in range(15):
            value = [{"k": value}]
        return value

    writer = record(field("a", deep("int")), field("b", deep("string")), field("c", deep("long")))
    reader = record(field("c", deep("long")), field("a", deep("long")))
    value = read(writer, reader, {"a": datum(3), "b": datum("gone"), "c": datum(5)})
    assert (value.a, value.c) == (datum(3), datum(5))


@pytest.mark.parametrize("given", [{"type": "int"}, 5, b'"int"'])
def test_a_writer_schema_that_is_neither_text_nor_schema_is_named(given: Any) -> None:  # noqa: ANN401 - what is refused
    with pytest.raises(TypeError, match="writer_schema: expected the text of a schema or a Schema, got"):
        codec_of("int").decode(b"\x02", writer_schema=given)
