from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from tests.unit.codec.harness import ARRAYS, MODES, check_message, check_value, codec_of, damaged, same

from avroforge import EncodeError
from avroforge.wire.logical import Duration, LocalTimestampNanos, TimestampNanos

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Classes = Mapping[str, Any]

NAN, INF = float("nan"), float("inf")
UTC = dt.UTC
NODE = {
    "type": "record",
    "name": "ns.Node",
    "fields": [{"name": "v", "type": "int"}, {"name": "next", "type": ["null", "Node"]}],
}
POINT = {
    "type": "record",
    "name": "P",
    "fields": [{"name": "x", "type": "int"}, {"name": "y", "type": "double"}],
}
COLOUR = {"type": "enum", "name": "C", "symbols": ["A", "B", "None", "mro"]}


@dataclass(frozen=True)
class Kind:
    """A schema with values it holds and values it does not, each of these with the error it must give."""

    name: str
    schema: object
    valid: Callable[[Classes], list[object]]
    invalid: Callable[[Classes], list[tuple[object, str, str]]]
    logical: bool = False


def plain(*values: object) -> Callable[[Classes], list[object]]:
    return lambda _: list(values)


def wrong(*cases: tuple[object, str, str]) -> Callable[[Classes], list[tuple[object, str, str]]]:
    return lambda _: list(cases)


KINDS = [
    Kind("null", "null", plain(None), wrong((0, "null", "expected null, got int 0"))),
    Kind(
        "boolean",
        "boolean",
        plain(True, False),
        wrong((1, "boolean", "expected boolean, got int 1"), (None, "boolean", "expected boolean, got None")),
    ),
    Kind(
        "int",
        "int",
        plain(0, -1, 1, 63, 64, -64, -65, 8191, 8192, 2**31 - 1, -(2**31)),
        wrong(
            (2**31, "int", "expected an int of 32 bits, got int 2147483648"),
            (True, "int", "expected int, got bool True"),
            (1.0, "int", "expected int, got float 1.0"),
            ("1", "int", "expected int, got str '1'"),
        ),
    ),
    Kind(
        "long",
        "long",
        plain(0, -1, 8191, 8192, 2**62, 2**63 - 1, -(2**63)),
        wrong((2**63, "long", "64 bits"), (False, "long", "expected long, got bool False")),
    ),
    Kind(
        "float",
        "float",
        plain(0.0, -0.0, 1.5, INF, -INF, NAN, 3.4028234663852886e38),
        wrong(
            (1e39, "float", "32 bits"), ("x", "float", "expected float"), (True, "float", "expected float")
        ),
    ),
    Kind(
        "double",
        "double",
        plain(0.0, -0.0, 0.1, INF, -INF, NAN, 5e-324, 1.7976931348623157e308),
        wrong(
            ("1.0", "double", "expected double, got str '1.0'"),
            (Decimal(1), "double", "expected double, got Decimal"),
            (True, "double", "expected double, got bool True"),
            (2**53 + 1, "double", "got int 9007199254740993"),
            (10**400, "double", "expected double"),
        ),
    ),
    Kind(
        "bytes",
        "bytes",
        plain(b"", b"\x00", b"x" * 70, bytes(9000)),
        wrong(("x", "bytes", "expected bytes, got str 'x'"), ([1], "bytes", "expected bytes, got list [1]")),
    ),
    Kind(
        "string",
        "string",
        plain("", "a", "ß€𝄞", "x" * 64, "\x00"),
        wrong((b"x", "string", "expected string, got bytes b'x'"), ("\ud800", "string", "lone surrogates")),
    ),
    Kind(
        "fixed",
        {"type": "fixed", "name": "F", "size": 3},
        plain(b"abc"),
        wrong((b"ab", "F", "expected fixed of 3 bytes, got bytes b'ab'"), (None, "F", "fixed of 3 bytes")),
    ),
    Kind(
        "fixed0",
        {"type": "fixed", "name": "F", "size": 0},
        plain(b""),
        wrong((b"a", "F", "fixed of 0 bytes")),
    ),
    Kind(
        "enum",
        COLOUR,
        lambda c: list(c["C"]),
        wrong(
            ("A", "C", "expected a member of C, got str 'A'"), (0, "C", "expected a member of C, got int 0")
        ),
    ),
    Kind(
        "array",
        {"type": "array", "items": "string"},
        plain([], ["a"], ["x"] * 9000),
        wrong(
            ("abc", "array", "expected array, got str 'abc'"),
            (b"abc", "array", "expected array, got bytes"),
            ({"a"}, "array", "expected array, got set"),
            (["a", None], "array[1]", "expected string, got None"),
        ),
    ),
    Kind(
        "map",
        {"type": "map", "values": "long"},
        plain({}, {"a": 1, "": -1}, {str(n): n for n in range(100)}),
        wrong(
            ([("a", 1)], "map", "expected map, got list"),
            ({1: 1}, "map[int 1]", "expected a string as map key, got int 1"),
            ({"a": "b"}, "map['a']", "expected long, got str 'b'"),
        ),
    ),
    Kind(
        "record",
        POINT,
        lambda c: [c["P"](x=1, y=2.0)],
        lambda c: [
            (c["P"](x="1", y=2.0), "P.x", "expected int, got str '1'"),
            (c["P"](x=1, y=None), "P.y", "expected double, got None"),
            ({"x": 1, "y": 2.0}, "P", "expected P, got dict"),
            (object.__new__(c["P"]), "P.x", "expected a value, got nothing: the attribute was never set"),
        ],
    ),
    Kind(
        "empty record",
        {"type": "record", "name": "E", "fields": []},
        lambda c: [c["E"]()],
        wrong((1, "E", "E")),
    ),
    Kind(
        "recursive record",
        NODE,
        lambda c: [c["ns.Node"](v=1, next=c["ns.Node"](v=2, next=None))],
        lambda c: [
            (c["ns.Node"](v=1, next=c["ns.Node"](v=None, next=None)), "Node.next.v", "expected int, got None")
        ],
    ),
    Kind(
        "nullable",
        ["null", "string"],
        plain(None, "", "x"),
        wrong((1, "union", "expected string or null, got int 1")),
    ),
    Kind(
        "plain union",
        ["string", "double", "boolean", COLOUR, POINT, {"type": "map", "values": "int"}],
        lambda c: ["s", 1.5, True, c["C"].B, c["P"](x=1, y=0.0), {"x": 1}],
        wrong(
            (object, "union", "expected a value of one of the branches string, double, boolean, C, P, map")
        ),
    ),
    Kind(
        "wrapped union",
        [
            "null",
            "int",
            "long",
            "float",
            "double",
            "bytes",
            {"type": "fixed", "name": "F", "size": 2},
            "string",
        ],
        lambda c: [None, *_wrapped(c), c["F"](b"xy"), "s"],
        lambda c: [(c["F"](b"xyz"), "union", "fixed of 2 bytes"), ([], "union", "branches null, int, long")],
    ),
    Kind(
        "union of logical types",
        [
            "null",
            {"type": "int", "logicalType": "date"},
            {"type": "long", "logicalType": "timestamp-micros"},
            {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2},
            "double",
        ],
        plain(None, dt.date(2026, 1, 2), dt.datetime(2026, 1, 2, tzinfo=dt.UTC), Decimal("1.25"), 1.5),
        wrong(
            (
                Decimal("1.001"),
                "union",
                "at most 2 digits after the point) or null, int (date), long (timestamp-micros), double, got",
            ),
            (dt.datetime(2026, 1, 2), "union", "an aware datetime, which a naive one is not"),  # noqa: DTZ001 - what is refused
            ("x", "union", "branches null, int (date), long (timestamp-micros), bytes (decimal), double"),
        ),
        logical=True,
    ),
    Kind("union of none", ["null"], plain(None), wrong((0, "union", "branches null"))),
    Kind(
        "records of one shape",
        [
            {"type": "record", "name": "L", "fields": [{"name": "a", "type": "int"}]},
            {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]},
        ],
        lambda c: [c["L"](a=1), c["R"](a=1)],
        wrong(({"a": 1}, "union", "branches L, R")),
    ),
    Kind(
        "nested containers",
        {"type": "array", "items": {"type": "map", "values": {"type": "array", "items": ["null", POINT]}}},
        lambda c: [[], [{}], [{"a": [], "b": [None, c["P"](x=0, y=NAN)]}]],
        lambda c: [([{"a": [None, c["P"](x=0, y="")]}], "array[0]['a'][1].y", "expected double, got str ''")],
    ),
    Kind(
        "record holding records",
        {
            "type": "record",
            "name": "H",
            "fields": [
                {"name": "first", "type": POINT},
                {"name": "all", "type": {"type": "array", "items": "P"}},
                {"name": "nothing", "type": "null"},
            ],
        },
        lambda c: [
            c["H"](first=c["P"](x=1, y=1.0), all=[c["P"](x=n, y=0.5) for n in range(3)], nothing=None)
        ],
        lambda c: [
            (c["H"](first=None, all=[], nothing=None), "H.first", "expected P, got None"),
            (c["H"](first=c["P"](x=1, y=1.0), all=[], nothing=0), "H.nothing", "expected null, got int 0"),
            (c["H"](first=c["P"](x=1, y=1.0), all=[1], nothing=None), "H.all[0]", "expected P, got int 1"),
        ],
    ),
]


def _wrapped(classes: Classes) -> list[object]:
    from avroforge import runtime  # noqa: PLC0415 - the wrappers are the subject of one kind only

    del classes
    return [
        runtime.Int(1),
        runtime.Long(2**40),
        runtime.Float(0.5),
        runtime.Double(0.1),
        runtime.Bytes(b"xy"),
    ]


def _logical(name: str, base: str | dict[str, object], *valid: object, bad: object) -> Kind:
    kind: dict[str, object] = {"type": base} if isinstance(base, str) else dict(base)
    properties = {"precision": 6, "scale": 2} if name == "decimal" else {}
    schema = {**kind, "logicalType": name, **properties}
    root = base if isinstance(base, str) else "X"
    return Kind(f"{name} {root}", schema, plain(*valid), wrong((bad, root, f"expected {name}")), logical=True)


def _fixed(size: int) -> dict[str, object]:
    return {"type": "fixed", "name": "X", "size": size}


NOW = dt.datetime(2024, 2, 29, 23, 59, 59, 123000, UTC)
ID = UUID("12345678-1234-5678-1234-567812345678")
KINDS += [
    _logical("date", "int", dt.date(1, 1, 1), dt.date(9999, 12, 31), bad=NOW),
    _logical("time-millis", "int", dt.time(0), dt.time(23, 59, 59, 999000), bad=dt.time(0, 0, 0, 1)),
    _logical("time-micros", "long", dt.time(23, 59, 59, 999999), bad="12:00"),
    _logical("timestamp-millis", "long", NOW, dt.datetime(1, 1, 1, tzinfo=UTC), bad=NOW.replace(tzinfo=None)),
    _logical("timestamp-micros", "long", NOW.replace(microsecond=1), bad=NOW.replace(tzinfo=None)),
    _logical(
        "timestamp-nanos", "long", TimestampNanos(2**63 - 1), TimestampNanos(-1), bad=NOW.replace(tzinfo=None)
    ),
    _logical("local-timestamp-millis", "long", NOW.replace(tzinfo=None), bad=NOW),
    _logical("local-timestamp-micros", "long", NOW.replace(tzinfo=None), bad=NOW),
    _logical("local-timestamp-nanos", "long", LocalTimestampNanos(-(2**63)), bad=NOW),
    _logical("decimal", "bytes", Decimal("-1.25"), Decimal("9999.99"), Decimal("0.00"), bad=Decimal("0.001")),
    _logical("decimal", _fixed(4), Decimal("-1.25"), Decimal("9999.99"), bad=1.5),
    _logical("big-decimal", "bytes", Decimal("1.50"), Decimal("-1E+3"), bad=Decimal("NaN")),
    _logical("uuid", "string", ID, bad=str(ID)),
    _logical("uuid", _fixed(16), ID, bad=ID.bytes),
    _logical("duration", _fixed(12), Duration(1, 2, 3), Duration(2**32 - 1, 0, 0), bad=dt.timedelta(1)),
]
NUMBERS = {
    "double": [[], [0.5], [0.1, NAN, INF, -0.0], [0.25] * 9000],
    "float": [[], [0.5], [NAN, INF], [0.25] * 70],
    "long": [[], [1], [2**63 - 1, -(2**63)], [*range(-70, 9000, 100)]],
    "int": [[], [1], [2**31 - 1, -(2**31)], [*range(-70, 70)]],
}


@pytest.mark.parametrize(("arrays", "logical_types"), MODES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_holds_its_values_refuses_others_and_survives_damage(
    kind: Kind, arrays: str, logical_types: str
) -> None:
    codec = codec_of(kind.schema, arrays, logical_types)
    if kind.logical and logical_types == "raw":
        typed = codec_of(kind.schema, arrays)
        values = [codec.decode(typed.encode(value)) for value in kind.valid({})]
    else:
        values = kind.valid(codec.classes())
        for value, path, message in kind.invalid(codec.classes()):
            with pytest.raises(EncodeError) as caught:
                codec.encode(value)
            assert caught.value.path == path
            assert message in str(caught.value)
            assert str(caught.value).startswith(f"{path}: expected {caught.value.expected}, got ")
    messages = [check_value(codec, value) for value in values]
    for data in messages:
        for each in damaged(data[:24]):
            check_message(codec, each)


@pytest.mark.parametrize("kind", NUMBERS)
def test_arrays_of_numbers_survive_damage_and_agree_between_list_and_numpy(kind: str) -> None:
    listed, arrayed = (codec_of({"type": "array", "items": kind}, arrays) for arrays in ("list", "numpy"))
    for values in NUMBERS[kind]:
        data = check_value(listed, values)
        array = arrayed.decode(data)
        assert check_value(arrayed, array) == data
        assert arrayed.encode(values) == listed.encode(array) == data
        for each in damaged(data[:40]):
            assert check_message(listed, each) == check_message(arrayed, each)
        assert same(listed.decode(data), array.tolist())


BLOCKS = {
    "one block": ("040204", 2),
    "two blocks": ("02020204", 2),
    "negative count": ("0304020400"[:8], 2),
    "two negative counts": ("01020201020400"[:12], 2),
    "mixed": ("01020202" + "04", 2),
    "over-long count": ("8400" + "0204", 2),
    "over-long block size": ("03" + "8400" + "0204", 2),
    "over-long end": ("040204" + "80", 2),
    "size too small": ("0302" + "0204", None),
    "size too large": ("0306" + "0204", None),
    "size past the end": ("037e" + "0204", None),
    "negative size": ("0303" + "0204", None),
    "count past the end": ("40" + "0204", None),
    "smallest long as count": ("ffffffffffffffffff01" + "04" + "0204", None),
    "no end": ("040204"[:6], 2),
}


@pytest.mark.parametrize("arrays", ARRAYS)
@pytest.mark.parametrize(
    "items", ["int", "long", "boolean", "string", "bytes", "null", "record", "float", "double"]
)
@pytest.mark.parametrize("layout", BLOCKS)
def test_blocks_of_any_shape_are_read_and_dishonest_ones_refused(
    layout: str, items: str, arrays: str
) -> None:
    empty: dict[str, object] = {"type": "record", "name": "Z", "fields": []}
    codec = codec_of({"type": "array", "items": empty if items == "record" else items}, arrays)
    head, count = BLOCKS[layout]
    check_message(codec, bytes.fromhex(head) + b"\x00")
    if items in {"int", "long"}:
        assert check_message(codec, bytes.fromhex(head) + b"\x00") == (count is not None)
        if count is not None:
            assert list(codec.decode(bytes.fromhex(head) + b"\x00")) == [1, 2]


def test_every_layout_of_blocks_reads_as_a_map_too() -> None:
    codec = codec_of({"type": "map", "values": "int"})
    one = bytes.fromhex("0261020262040263060000")
    assert codec.decode(b"\x06" + one[:-1]) == {"a": 1, "b": 2, "c": 3}
    assert codec.decode(b"\x05\x12" + one[:-1]) == {"a": 1, "b": 2, "c": 3}
    assert codec.decode(b"\x02" + one[:3] + b"\x03\x0c" + one[3:-1]) == {"a": 1, "b": 2, "c": 3}
    assert not check_message(codec, b"\x05\x10" + one[:-1])
    assert codec.decode(b"\x04" + one[:3] + one[:2] + b"\x08\x00") == {"a": 4}
