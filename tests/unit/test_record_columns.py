"""Records as columns: a sequence of typed rows, made when touched, over one array or tuple per field."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from tests.unit.codec.harness import check_value, codec_of, same

from avroforge import DecodeError, EncodeError
from avroforge.record_columns import RecordColumns
from avroforge.wire.array_column import ArrayColumn
from avroforge.wire.varint import write_long
from avroforge_codegen import load_interface
from avroforge_codegen.options import Options

NAN = float("nan")


def record(name: str, **fields: object) -> dict[str, Any]:
    return {
        "type": "record",
        "name": name,
        "fields": [{"name": key, "type": each} for key, each in fields.items()],
    }


POINT = record("Point", x="double", y="double")
COLOR = {"type": "enum", "name": "Color", "symbols": ["RED", "GREEN"]}
STAMP = {"type": "long", "logicalType": "timestamp-micros"}
EVERY = record(
    "Every",
    label="string",
    at=POINT,
    small="int",
    big="long",
    single="float",
    flag="boolean",
    raw="bytes",
    code={"type": "fixed", "name": "Code", "size": 3},
    color=COLOR,
    maybe=["null", "double"],
    other=["string", "null"],
    when=STAMP,
    weights={"type": "array", "items": "double"},
    counts={"type": "array", "items": "int"},
)
ROWS = {"type": "array", "items": EVERY}
CODEC = codec_of(ROWS, "columns")
CLASSES: dict[str, Any] = dict(CODEC.classes())
LISTED = codec_of(ROWS, "list")
Every, Point, Color = CLASSES["Every"], CLASSES["Point"], CLASSES["Color"]
EveryColumns, PointColumns = Every.__avro_columns_class__, Point.__avro_columns_class__


def columns_class(made: Any) -> Any:  # noqa: ANN401 - classes known at run time only
    return made.__avro_columns_class__


def row(n: int, **changes: object) -> Any:  # noqa: ANN401 - a class known at run time only
    listed = LISTED.decode(write_long(1) + body(n) + b"\x00")[0]
    values = {name: getattr(listed, name) for name in Every.__avro_fields__}
    values["at"] = Point(x=listed.at.x, y=listed.at.y)
    values["color"] = Color[listed.color.name]
    values["weights"] = np.array(listed.weights, "<f8")
    values["counts"] = np.array(listed.counts, "<i4")
    return Every(**{**values, **changes})


def body(n: int) -> bytes:
    """A record whose sizes change with n: texts, varints, null or not, arrays."""
    double = np.array([n, -n / 2], "<f8").tobytes()
    label = ("é" if n % 7 == 3 else "e") * (1 + n % 3)
    raw = label.encode()
    weights = b"".join(
        [write_long(n % 4), np.arange(n % 4, dtype="<f8").tobytes(), b"\x00" if n % 4 else b""]
    )
    counts = (write_long(2) + write_long(n) + write_long(-n) + b"\x00") if n % 2 else b"\x00"
    return b"".join(
        [
            write_long(len(raw)) + raw + double,
            write_long(n * 50) + write_long(-n * 10**6),
            np.array([n / 4], "<f4").tobytes() + bytes([n % 2]),
            write_long(n % 3) + bytes(n % 3) + b"abc" + write_long(n % 2),
            b"\x00" if n % 5 == 0 else b"\x02" + double[:8],
            b"\x02" if n % 5 == 1 else b"\x00" + write_long(len(raw)) + raw,
            write_long(n * 10**9) + weights + counts,
        ]
    )


def equal_body(n: int) -> bytes:
    """As `body` of 8, with other numbers in it."""
    return body(8)[:4] + np.array([n], "<f8").tobytes() + body(8)[12:]


@pytest.mark.parametrize("count", [0, 1, 2, 31, 32, 33, 47, 48, 100, 300])
def test_columns_of_changing_sizes_are_the_records_that_a_list_is(count: int) -> None:
    data = (write_long(count) if count else b"") + b"".join(map(body, range(count))) + b"\x00"
    value = CODEC.decode(data)
    assert check_value(CODEC, value) == data
    assert check_value(CODEC, list(value)) == data
    assert LISTED.encode(LISTED.decode(data)) == data
    assert CODEC.to_dict(value) == LISTED.to_dict(LISTED.decode(data))
    assert CODEC.serialize(value) == LISTED.serialize(LISTED.decode(data))
    assert same(CODEC.deserialize(CODEC.serialize(value)), value)
    assert same(CODEC.from_json(CODEC.to_json(value)), value)
    assert same(CODEC.from_plain_json(CODEC.to_plain_json(value)), value)


@pytest.mark.parametrize("count", [32, 63, 300, 1500])
def test_columns_of_one_size_are_the_records_that_a_list_is(count: int) -> None:
    data = write_long(count) + b"".join(map(equal_body, range(count))) + b"\x00"
    value = CODEC.decode(data)
    assert value.at.x.tolist() == list(range(count))
    assert check_value(CODEC, value) == data
    assert LISTED.encode(LISTED.decode(data)) == data


def test_runs_and_single_records_and_blocks_follow_each_other() -> None:
    parts = [[8] * 40 + [1, 2, 3], [5], [8] * 70, [3, 8, 8] * 30]
    bodies = [b"".join(map(body, part)) for part in parts]
    plain = b"".join(write_long(len(part)) + raw for part, raw in zip(parts, bodies, strict=True)) + b"\x00"
    sized = [
        write_long(-len(part)) + write_long(len(raw)) + raw for part, raw in zip(parts, bodies, strict=True)
    ]
    value = CODEC.decode(plain)
    assert len(value) == sum(map(len, parts))
    assert same(CODEC.decode(b"".join(sized) + b"\x00"), value)
    assert CODEC.encode(value) == LISTED.encode(LISTED.decode(plain))
    check_value(CODEC, value)


def test_every_field_is_a_column_of_its_own_kind() -> None:
    value = EveryColumns(map(row, range(5)))
    assert [value.small.dtype, value.big.dtype, value.single.dtype, value.flag.dtype] == [
        np.dtype(each) for each in ("<i4", "<i8", "<f4", "?")
    ]
    assert isinstance(value.at, PointColumns)
    assert value.at.y.tolist() == [-n / 2 for n in range(5)]
    assert value.label == ("e", "ee", "eee", "é", "ee")
    assert value.color[:2] == (Color.RED, Color.GREEN)
    assert value.maybe == (None, 1.0, 2.0, 3.0, 4.0)
    assert value.when[1].isoformat() == "1970-01-01T00:16:40+00:00"
    assert isinstance(value.weights, ArrayColumn)
    assert [each.tolist() for each in value.weights] == [[], [0], [0, 1], [0, 1, 2], []]
    assert value.counts[3].tolist() == [3, -3]


def test_a_row_is_an_object_of_the_class_made_when_touched() -> None:
    value = EveryColumns(map(row, range(4)))
    assert isinstance(value, Sequence)
    assert type(value[1]) is Every
    assert value[1] == row(1) == value[-3]
    assert value[1] is not value[1]
    assert type(value[1].small) is int
    assert type(value[1].flag) is bool
    assert [each.small for each in value] == [0, 50, 100, 150]
    assert [each.small for each in reversed(value)] == [150, 100, 50, 0]
    assert row(2) in value
    assert value.index(row(2)) == 2
    assert value.count(row(9)) == 0
    for index in (4, -5):
        with pytest.raises(IndexError):
            value[index]


def test_what_is_read_from_a_message_may_be_changed_in_place_and_is_written_so() -> None:
    value = CODEC.decode(CODEC.encode(list(map(row, range(100)))))
    value.at.x[7] = 0.25
    value.weights[3][1] = 5.0
    assert CODEC.decode(CODEC.encode(value))[7].at.x == 0.25
    assert value[3].weights.tolist() == [0, 5, 2]


@pytest.mark.parametrize(
    "part", [slice(2, 5), slice(None), slice(5, 2), slice(-3, None), slice(None, None, 2), slice(8, 0, -3)]
)
def test_a_slice_is_such_a_sequence_and_shares_the_columns(part: slice) -> None:
    rows = list(map(row, range(10)))
    value = EveryColumns(rows)
    assert type(value[part]) is EveryColumns
    assert value[part] == rows[part]
    assert value[part] == EveryColumns(rows[part])
    assert CODEC.encode(value[part]) == CODEC.encode(rows[part])
    assert value[part][0:2] == rows[part][0:2]
    if len(value[part]):
        assert np.shares_memory(value[part].small, value.small)


def test_equality_is_by_value_nan_included_and_holds_against_a_list_of_records() -> None:
    rows = [row(n, maybe=NAN, at=Point(x=NAN, y=-0.0), weights=[NAN]) for n in range(3)]
    value, again = EveryColumns(rows), EveryColumns(copy.deepcopy(rows))
    assert value == again
    assert value == rows
    assert rows == value
    assert value != rows[:2]
    assert value != EveryColumns([*rows[:2], row(2)])
    assert value != [*rows[:2], row(2)]
    assert value != "abc"
    for change in ({"label": "x"}, {"maybe": None}, {"at": Point(x=0.0, y=0.0)}, {"weights": [NAN, NAN]}):
        changed = [
            *rows[:2],
            row(2, **{"maybe": NAN, "at": Point(x=NAN, y=-0.0), "weights": [NAN], **change}),
        ]
        assert value != EveryColumns(changed)
    with pytest.raises(TypeError, match="unhashable"):
        hash(value)


def test_the_repr_is_short() -> None:
    assert repr(PointColumns([Point(x=1.0, y=2.0)] * 3)) == "<PointColumns of 3 rows: x, y>"
    assert repr(EveryColumns([row(2)] * 2).weights) == "<ArrayColumn of 2 rows, 4 numbers of float64>"


def test_copies_and_pickles_are_equal_and_deep_ones_independent() -> None:
    value = EveryColumns(map(row, range(5)))
    for protocol in range(2, 6):
        other = pickle.loads(pickle.dumps(value, protocol))  # noqa: S301 - our own bytes
        assert same(other, value)
    assert copy.copy(value).small is value.small
    deep = copy.deepcopy(value)
    deep.at.x[0] = 9.0
    assert deep != value


def test_columns_are_taken_as_they_are_or_converted_exactly() -> None:
    x = np.arange(3.0)
    value = PointColumns.from_columns(x=x, y=[1, 2.5, np.float32(3)])
    assert value.x is x
    assert value == [Point(x=0.0, y=1.0), Point(x=1.0, y=2.5), Point(x=2.0, y=3.0)]
    assert PointColumns.from_columns(x=x[::2], y=np.array([1, 2], "i8")).x.flags.c_contiguous
    assert PointColumns.from_columns(x=[], y=[]) == []


def columns(**changes: object) -> Any:  # noqa: ANN401 - as above
    given = {name: getattr(EveryColumns(map(row, range(3))), name) for name in Every.__avro_fields__}
    return EveryColumns.from_columns(**{**given, **changes})


def test_columns_of_every_kind_are_made_from_what_a_user_has() -> None:
    value = columns(
        at=[Point(x=1, y=2)] * 3,
        label=["a", "b", "c"],
        small=np.arange(3, dtype="u1"),
        flag=np.array([True, False, True]),
        weights=np.ones((3, 2)),
        counts=[[1], np.array([2, 3], "i8"), ()],
    )
    assert value.weights.matrix.shape == (3, 2)
    assert value[1].counts.tolist() == [2, 3]
    check_value(CODEC, value)


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"small": [1, 2]}, "small", "expected 3 values, as in 'label', got 2"),
        ({"at": PointColumns()}, "at", "expected 3 values"),
        ({"at": [Point(x=1, y="2")] * 3}, "at.y", "expected double"),
        ({"small": [1, 2, 2**31]}, "small", ""),
        ({"small": np.array([1, 2, 2**31])}, "small", "integers that a int holds"),
        ({"big": np.array([1, 2, 2**63], "u8")}, "big", "integers that a long holds"),
        ({"small": [1, 2, True]}, "small", "expected int"),
        ({"big": [1, 2, 3.0]}, "big", "expected long"),
        ({"single": [1e300, 0, 0]}, "single", "float of 32 bits"),
        ({"flag": [1, 0, 1]}, "flag", "expected boolean"),
        ({"label": "abc"}, "label", "expected array"),
        ({"weights": [1, 2, 3]}, "weights", "expected"),
        ({"weights": np.ones(3)}, "weights", "expected arrays of double"),
        ({"at": [1, 2, 3]}, "at", "expected Point"),
        ({"small": np.ones((3, 1), "i4")}, "small", "one dimension"),
        ({"small": np.ma.masked_array([1, 2, 3])}, "small", "masked"),
    ],
)
def test_what_a_column_cannot_hold_is_refused_with_its_name(
    change: dict[str, object], path: str, message: str
) -> None:
    with pytest.raises(EncodeError) as caught:
        columns(**change)
    assert caught.value.path.startswith(f"EveryColumns.{path}")
    assert message in str(caught.value)


def test_only_records_of_the_class_are_rows() -> None:
    with pytest.raises(EncodeError, match=r"PointColumns\[1\]: expected Point, got int 5"):
        PointColumns([Point(x=1.0, y=2.0), 5])


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"label": ["a", 5, "c"]}, "array[1].label"),
        ({"label": ["a", "b", "\ud800"]}, "array[2].label"),
        ({"color": [Color.RED, "RED", Color.RED]}, "array[1].color"),
        ({"code": [b"abc", b"abc", b"ab"]}, "array[2].code"),
        ({"raw": [b"", "x", b""]}, "array[1].raw"),
        ({"maybe": [None, "x", 1.0]}, "array[1].maybe"),
        ({"when": [1, 2, 3]}, "array[0].when"),
    ],
)
@pytest.mark.parametrize("times", [1, 40])
def test_what_the_schema_cannot_hold_is_an_encode_error_with_its_row(
    change: dict[str, list[Any]], path: str, times: int
) -> None:
    good = [row(1)] * (3 * (times - 1))
    value = EveryColumns([*columns(**change), *good])
    with pytest.raises(EncodeError) as caught:
        CODEC.encode(value)
    assert caught.value.path == path


def test_lists_take_the_place_of_columns_and_the_walk_agrees() -> None:
    holder = codec_of(record("Holder", rows={"type": "array", "items": POINT}), "columns")
    made, point = holder.classes()["Holder"], holder.classes()["Point"]
    listed = made(rows=[point(x=1.0, y=2.0)])
    assert holder.encode(listed) == holder.encode(made(rows=columns_class(point)(listed.rows)))
    assert made(rows=()) != listed
    assert holder.decode(holder.encode(listed)) == listed
    with pytest.raises(EncodeError, match=r"Holder.rows\[1\]: expected Point"):
        holder.encode(made(rows=[point(x=1.0, y=2.0), None]))


def test_columns_in_a_union_are_its_array() -> None:
    codec = codec_of(["null", "string", {"type": "array", "items": POINT}], "columns")
    point = codec.classes()["Point"]
    value = columns_class(point)([point(x=1.0, y=2.0)] * 50)
    assert check_value(codec, value) == codec.encode(list(value))
    assert check_value(codec, None) == b"\x00"


def test_an_optional_array_of_records_and_a_map_of_them() -> None:
    schema = record(
        "H",
        a=["null", {"type": "array", "items": POINT}],
        b={"type": "map", "values": {"type": "array", "items": "Point"}},
    )
    codec = codec_of(schema, "columns")
    made, point = codec.classes()["H"], codec.classes()["Point"]
    some = columns_class(point)([point(x=1.0, y=2.0)])
    check_value(codec, made(a=some, b={"k": some}))
    check_value(codec, made(a=None, b={}))


@pytest.mark.parametrize(
    "name", ["count", "index", "from_columns", "dtype", "shape", "tolist", "cls", "property"]
)
def test_a_field_may_have_any_name(name: str) -> None:
    codec = codec_of(
        {"type": "array", "items": record("R", **{name: "double"}, list="string", classmethod="int")},
        "columns",
    )
    made = codec.classes()["R"]
    rows = [made(**{name: float(n)}, list="x", classmethod=n) for n in range(60)]
    value = codec.decode(codec.encode(rows))
    column = f"{name}_" if name in {"count", "index", "from_columns"} else name
    assert getattr(value, column).tolist() == [float(n) for n in range(60)]
    assert value == rows
    assert rows == value
    assert type(value).from_columns(**{column: [1.0], "list": ["y"], "classmethod": [2]})[0].list == "y"
    check_value(codec, value)


def test_frozen_records_are_rows_too() -> None:
    options = Options(package="x", arrays="columns", frozen=True)
    codec = load_interface(json.dumps({"type": "array", "items": POINT}), options=options)()
    point = codec.classes()["Point"]
    value = codec.decode(codec.encode([point(x=1.0, y=2.0)] * 40))
    assert hash(value[3]) == hash(point(x=1.0, y=2.0))
    with pytest.raises(AttributeError):
        value[3].x = 5.0


@pytest.mark.parametrize(
    ("schema", "flat"),
    [
        (POINT, True),
        (record("A", a="null"), False),
        (record("A"), False),
        (record("A", a=["null", "string"]), True),
        (record("A", a=["null", "string", "int"]), False),
        (record("A", a=["string"]), False),
        (record("A", a=["null"]), False),
        (record("A", a=["null", POINT]), False),
        (record("A", a={"type": "map", "values": "int"}), False),
        (record("A", a={"type": "array", "items": "string"}), False),
        (record("A", a={"type": "array", "items": STAMP}), False),
        (record("A", a={"type": "array", "items": "float"}), True),
        (record("A", a={"type": "fixed", "name": "F", "size": 0}), False),
        (record("A", a=["null", {"type": "array", "items": "A"}], b="int"), False),
        (record("A", **{f"f{n}": "int" for n in range(128)}), True),
        (record("A", **{f"f{n}": "int" for n in range(127)}, p=POINT), False),
        (record("A", b=record("B", c=record("C", p=POINT, q="Point")), d="Point"), True),
    ],
)
def test_which_records_are_flat(schema: dict[str, Any], flat: bool) -> None:
    codec = codec_of({"type": "array", "items": schema}, "columns")
    value = codec.decode(b"\x00")
    assert isinstance(value, RecordColumns) is flat
    assert codec.encode(value) == b"\x00"


def test_a_damaged_message_is_refused_where_a_list_refuses_it() -> None:
    whole = write_long(100) + b"".join(map(equal_body, range(100))) + b"\x00"
    ragged = write_long(60) + b"".join(map(body, range(60))) + b"\x00"
    for data in (whole, ragged):
        for offset in range(0, len(data), 11):
            for damaged in (data[:offset], data[:offset] + b"\xff" + data[offset + 1 :]):
                try:
                    expected: object = LISTED.to_dict(LISTED.decode(damaged))
                except DecodeError as error:
                    expected = str(error)
                try:
                    found: object = CODEC.to_dict(CODEC.decode(damaged))
                except DecodeError as error:
                    found = str(error)
                assert found == expected


def test_columns_read_what_another_schema_wrote() -> None:
    written = record("Point", y="float", z="string", x="double")
    writer = codec_of({"type": "array", "items": written}, "list")
    made = writer.classes()["Point"]
    reader = codec_of({"type": "array", "items": POINT}, "columns")
    rows = [made(y=n / 2, z="z" * (n % 3), x=float(n)) for n in range(100)]
    value = reader.decode(writer.encode(rows), writer_schema=writer.SELF_CONTAINED)
    assert type(value).__name__ == "PointColumns"
    assert value.x.tolist() == [each.x for each in rows]
    assert value.y.tolist() == [each.y for each in rows]


def test_a_matrix_is_the_rows_without_a_copy_where_they_have_one_length() -> None:
    value = EveryColumns([row(3)] * 4)
    assert value.weights.matrix.tolist() == [[0, 1, 2]] * 4
    assert np.shares_memory(value.weights.matrix, value.weights.values)
    assert np.asarray(value.weights).shape == (4, 3)
    assert value.weights[1:3].offsets.tolist() == [0, 3, 6]
    with pytest.raises(ValueError, match="expected rows of one length, got 0 to 3 numbers"):
        EveryColumns([row(3), row(4)]).weights.matrix  # noqa: B018 - computed when asked for
    with pytest.raises(ValueError, match="expected offsets"):
        ArrayColumn(np.zeros(2), np.array([0, 3]))


def test_fields_may_be_called_as_what_the_columns_use() -> None:
    names = (
        *("columns_of", "Numbers", "property", "classmethod", "Self", "RecordColumns", "self", "column"),
        *("cls", "cls_", "tuple", "Q", "from_columns", "Sequence", "eval", "index", "count", "append"),
        *("sort", "id", "next", "list", "Any", "d", "p", "c", "out", "o"),
    )
    fields = [{"name": name, "type": ["long", "string"][number % 2]} for number, name in enumerate(names)]
    rows = {"type": "array", "items": {"type": "record", "name": "Q", "fields": fields}}
    codec = codec_of(rows, "columns")
    message = write_long(2) + b"\x0e\x02x" * len(names) + b"\x00"
    value = codec.decode(message)
    assert codec.encode(value) == message
    given = inspect.signature(type(value).from_columns).parameters
    assert type(value).from_columns(**{name: getattr(value, name) for name in given}) == value
