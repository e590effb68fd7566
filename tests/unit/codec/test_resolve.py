"""Reading what another schema wrote: fields, promotions, names, unions, enums, defaults, arrays."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from avroforge.branches import Float, Int, Long
from avroforge.codec import resolve, walk_resolve
from avroforge.codec.convert import nearest_float
from avroforge.codec.resolve import reader_for
from avroforge.errors import DecodeError, ResolutionError, SchemaError
from avroforge.schema import parse_schema
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from avroforge.codec.ir import Storage


def record(*fields: dict[str, Any], name: str = "R", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(name: str, kind: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"name": name, "type": kind, **more}


def read(writer: Any, reader: Any, datum: Any, arrays: Storage = "list") -> Any:  # noqa: ANN401 - JSON and plain datums
    """Write `datum` as plain Avro data of the writer, read it as the reader."""
    data = encoded(writer, datum)
    return load_interface(json.dumps(reader), arrays=arrays)().decode(data, writer_schema=json.dumps(writer))


def encoded(writer: Any, datum: Any) -> bytes:  # noqa: ANN401 - as above
    codec = load_interface(json.dumps(writer))()
    return codec.encode(codec.deserialize(datum))


def raw_read(writer: Any, reader: Any, data: bytes) -> Any:  # noqa: ANN401 - as above
    return load_interface(json.dumps(reader))().decode(data, writer_schema=json.dumps(writer))


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
    data = encoded(theirs, {"a": [1, 2.5]})
    value = (
        load_interface(json.dumps(ours), arrays="numpy")().decode(data, writer_schema=json.dumps(theirs)).a
    )
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


def test_enums_map_by_symbol_and_unknown_ones_take_the_default() -> None:
    writer = {"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}
    reader = {"type": "enum", "name": "E", "symbols": ["C", "X", "A"], "default": "X"}
    names = [raw_read(writer, reader, bytes([2 * index])).name for index in range(3)]
    assert names == ["A", "X", "C"]


def test_enums_of_more_than_64_symbols() -> None:
    symbols = [f"S{number}" for number in range(100)]
    writer = {"type": "enum", "name": "E", "symbols": symbols}
    reader = {"type": "enum", "name": "E", "symbols": symbols[::-1]}
    assert read(writer, reader, "S99").name == "S99"
    assert (
        read(record(field("e", writer), field("i", "int")), record(field("i", "int")), {"e": "S99", "i": 3}).i
        == 3
    )


def test_unknown_symbol_is_a_decode_error_where_it_is_met() -> None:
    writer = record(field("e", {"type": "enum", "name": "E", "symbols": ["A", "B"]}))
    reader = record(field("e", {"type": "enum", "name": "E", "symbols": ["A"]}))
    assert raw_read(writer, reader, b"\x00").e.name == "A"
    with pytest.raises(DecodeError, match="symbol 'B'") as caught:
        raw_read(writer, reader, b"\x02")
    assert (caught.value.path, caught.value.offset) == ("R.e", 0)


def test_unions_in_out_and_across() -> None:
    assert read("int", ["null", "long"], 5) == 5
    assert read(["null", "int"], "long", 5) == 5
    assert read(["null", "int", "string"], ["string", "double", "null"], ("int", 5)) == 5.0
    assert read(["null", "int", "string"], ["string", "double", "null"], "five") == "five"


def test_a_branch_without_counterpart_is_a_decode_error_where_it_is_met() -> None:
    with pytest.raises(DecodeError, match="null cannot be read as long"):
        raw_read(["null", "int"], "long", b"\x00")
    with pytest.raises(DecodeError, match="has no branch"):
        raw_read(["string", "int"], ["null", "int"], b"\x00\x00")


def test_the_first_branch_that_takes_the_type_is_taken() -> None:
    assert type(read("int", ["double", "int"], 3)) is float
    assert read("int", ["float", "double", "int"], 3) == Float(3.0)
    assert type(read(["double", "long"], ["double", "long", "null"], ("long", 3))) is float


def test_a_schema_that_differs_in_words_alone_keeps_every_branch() -> None:
    writer = record(field("u", ["double", "long"]), doc="written")
    reader = record(field("u", ["double", "long"]), doc="read")
    assert type(raw_read(writer, reader, b"\x02\x06").u) is int


def test_a_named_branch_of_the_same_full_name_is_preferred() -> None:
    one, two = record(field("x", "int"), name="a.R"), record(field("x", "int"), name="b.R")
    value = read(two, ["null", one, two], {"x": 1})
    assert value.__avro_fullname__ == "b.R"


def test_wrappers_of_the_readers_branches() -> None:
    assert read(record(field("u", "int")), record(field("u", ["null", "int", "long"])), {"u": 3}).u == Int(3)


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


def test_a_pair_of_which_no_value_can_be_read_is_an_error_up_front() -> None:
    with pytest.raises(ResolutionError, match="string cannot be read as int"):
        reader_for(json.dumps("string"), load_interface('"int"'))
    with pytest.raises(ResolutionError, match="no field 'b', and the reader no default"):
        reader_for(
            json.dumps(record(field("a", "int"))), load_interface(json.dumps(record(field("b", "int"))))
        )
    with pytest.raises(ResolutionError, match="neither the name nor an alias"):
        reader_for(json.dumps(record(name="S")), load_interface(json.dumps(record(name="R"))))


def test_items_without_counterpart_are_an_error_when_there_is_one() -> None:
    writer, reader = ({"type": "array", "items": kind} for kind in ("string", "int"))
    assert raw_read(writer, reader, b"\x00") == []
    with pytest.raises(DecodeError, match="string cannot be read as int") as caught:
        raw_read(writer, reader, b"\x02\x02a\x00")
    assert caught.value.path == "array[0]"


def test_text_of_a_writer_is_parsed_leniently_and_refused_when_it_is_no_schema_error() -> None:
    bad_default = json.dumps(record(field("a", "int", default="no int")))
    target = load_interface(json.dumps(record(field("a", "long"))))
    assert reader_for(bad_default, target)(b"\x06").a == 3
    with pytest.raises(SchemaError):
        reader_for("{", target)


def test_readers_are_kept_by_schema_and_interface() -> None:
    writer = json.dumps(record(field("a", "int")))
    lists = load_interface(json.dumps(record(field("a", "long"))))
    arrays = load_interface(json.dumps(record(field("a", "long"))), arrays="numpy")
    assert reader_for(writer, lists) is reader_for(parse_schema(writer + " "), lists)
    assert reader_for(writer, lists) is not reader_for(writer, arrays)


def test_the_cache_is_bounded() -> None:
    target = load_interface(json.dumps(record(field("a", "long", default=0))))
    for number in range(resolve.MAX_READERS + 20):
        reader_for(json.dumps(record(field(f"x{number}", "int"))), target)
    assert len(resolve._readers) <= resolve.MAX_READERS


def test_the_same_schema_is_read_by_its_own_decoder() -> None:
    text = json.dumps(record(field("a", "int"), field("d", "double")))
    assert math.isclose(reader_for(text, load_interface(text))(b"\x02" + bytes(8)).d, 0.0)
