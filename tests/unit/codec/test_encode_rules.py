"""What a value may be beside the obvious: numbers, arrays, unions, and what is never accepted."""

from __future__ import annotations

import copy
import datetime as dt
import enum
from array import array
from collections import ChainMap, OrderedDict, UserList, deque
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from tests.ids import shown
from tests.unit.codec.harness import ARRAYS, MODES, codec_of, same

from avroforge import EncodeError
from avroforge.runtime import Bytes, Double, Float, Int, Long
from vqe_records import VQEDecoratedResultInterface

if TYPE_CHECKING:
    from collections.abc import Iterable

LIH = Path(__file__).parents[3] / "data" / "vqe" / "lih_lbfgsb.avro"
DOUBLES = {"type": "array", "items": "double"}


def refused(codec: Any, value: object) -> EncodeError:  # noqa: ANN401 - any interface
    with pytest.raises(EncodeError) as caught:
        codec.encode(value)
    return caught.value


class Number(enum.IntEnum):
    ONE = 1


class Text(str):
    __slots__ = ()


class Pretender:
    """Says that it is a float, and is none."""

    @property  # type: ignore[misc]  # mypy knows that this is a lie
    def __class__(self) -> type:
        return float


@pytest.mark.parametrize(
    "value", [1, np.int8(1), np.uint64(1), np.float16(1), np.float32(1), np.float64(1), Number.ONE]
)
def test_a_double_takes_every_number_that_it_holds_exactly(value: object) -> None:
    assert codec_of("double").encode(value) == codec_of("double").encode(1.0)


@pytest.mark.parametrize(
    "value",
    [
        *(
            2**53 + 1,
            -(2**53) - 1,
            np.uint64(2**64 - 1),
            10**400,
            True,
            np.True_,
            "1.0",
            b"1",
            None,
            1j,
            np.complex128(1),
        ),
        *(
            Decimal(1),
            Fraction(1),
            [1.0],
            np.array(1.0),
            np.array([1.0]),
            np.datetime64(1, "ns"),
            np.timedelta64(1, "s"),
        ),
        *(np.longdouble("0.1"), np.str_("1"), dt.timedelta(1), Pretender(), object(), float),
    ],
    ids=shown,
)
def test_a_double_refuses_what_it_cannot_hold_exactly(value: object) -> None:
    error = refused(codec_of("double"), value)
    assert error.path == "double"
    assert "double" in error.expected


@pytest.mark.parametrize("value", [1, np.int8(1), np.int64(1), np.uint64(1), Number.ONE, np.intp(1)])
@pytest.mark.parametrize("kind", ["int", "long"])
def test_an_int_takes_every_scalar_integer(kind: str, value: object) -> None:
    assert codec_of(kind).encode(value) == b"\x02"


@pytest.mark.parametrize(
    "value",
    [
        True,
        np.True_,
        1.0,
        np.float64(1),
        "1",
        b"1",
        None,
        Decimal(1),
        np.array(1),
        np.array([1]),
        Pretender(),
    ],
    ids=shown,
)
@pytest.mark.parametrize("kind", ["int", "long"])
def test_an_int_refuses_booleans_and_all_that_is_no_integer(kind: str, value: object) -> None:
    assert refused(codec_of(kind), value).expected == kind


@pytest.mark.parametrize(("kind", "bits"), [("int", 32), ("long", 64)])
def test_an_int_refuses_what_its_bits_do_not_hold(kind: str, bits: int) -> None:
    for value in (2 ** (bits - 1), -(2 ** (bits - 1)) - 1, 2**70, np.uint64(2**63)):
        assert f"{bits} bits" in refused(codec_of(kind), value).expected


def test_a_float_is_rounded_once_and_never_overflows() -> None:
    codec = codec_of("float")
    assert codec.decode(codec.encode(0.1)) == float(np.float32(0.1))
    largest = 3.4028235677973364e38
    assert codec.decode(codec.encode(largest)) == float(np.finfo(np.float32).max)
    for value in (np.nextafter(largest, np.inf).item(), -3.5e38, 2**128):
        assert "32 bits" in refused(codec, value).expected


def test_scalars_take_their_subclasses_and_numpys() -> None:
    assert codec_of("boolean").encode(np.True_) == b"\x01"
    assert codec_of("string").encode(Text("a")) == codec_of("string").encode(np.str_("a")) == b"\x02a"
    assert (
        codec_of("bytes").encode(bytearray(b"a"))
        == codec_of("bytes").encode(memoryview(b"xax")[1:2])
        == b"\x02a"
    )
    fixed = codec_of({"type": "fixed", "name": "F", "size": 2})
    assert (
        fixed.encode(bytearray(b"ab")) == fixed.encode(memoryview(b"abab")[::2][:1].tobytes() + b"b") == b"ab"
    )


def test_bytes_are_never_the_memory_of_something_else() -> None:
    for value in (np.zeros(2), memoryview(array("d", [1.0])), array("b", [1]), [1], "a", 1):
        assert refused(codec_of("bytes"), value).expected == "bytes"


@pytest.mark.parametrize(
    "value",
    [
        *(
            [0.5, 2.0],
            (0.5, 2.0),
            deque([0.5, 2.0]),
            UserList([0.5, 2.0]),
            array("d", [0.5, 2.0]),
            array("f", [0.5, 2.0]),
        ),
        *(np.array([0.5, 2.0], dtype) for dtype in ("<f8", ">f8", "<f4", ">f4", "<f2")),
        np.array([0.5, 9.0, 2.0])[::2],
        np.array([[0.5, 1.0], [2.0, 1.0]])[:, 0],
        np.frombuffer(np.array([0.5, 2.0]).tobytes()),
        np.array([0.5, 2.0]).astype(np.longdouble),
    ],
    ids=lambda value: f"{type(value).__name__}-{getattr(value, 'dtype', '')}",
)
@pytest.mark.parametrize("arrays", ARRAYS)
@pytest.mark.parametrize("kind", ["double", "float"])
def test_an_array_of_reals_takes_every_sequence_and_layout_exactly(
    kind: str, arrays: str, value: Iterable[float]
) -> None:
    codec = codec_of({"type": "array", "items": kind}, arrays)
    before = copy.copy(value)
    assert codec.encode(value) == codec.encode([0.5, 2.0])
    assert list(codec.decode(codec.encode(value))) == [0.5, 2.0]
    assert list(before) == list(value)


@pytest.mark.parametrize("dtype", ["<i8", ">i8", "<u8", "<i4", "<u4", "<i2", "<i1", "<u1"])
@pytest.mark.parametrize("arrays", ARRAYS)
@pytest.mark.parametrize("kind", ["double", "float", "long", "int"])
def test_an_array_of_numbers_takes_integers_of_any_width(kind: str, arrays: str, dtype: str) -> None:
    codec = codec_of({"type": "array", "items": kind}, arrays)
    assert codec.encode(np.array([1, 100], dtype)) == codec.encode([1, 100])


@pytest.mark.parametrize(
    "value",
    [
        *(
            np.array([1j]),
            np.array([True]),
            np.array([1.0], object),
            np.array([[1.0]]),
            np.array(1.0),
            np.array(["1"]),
        ),
        *(
            np.ma.MaskedArray([1.0], [True]),
            np.ma.MaskedArray([1.0]),
            np.array([1], "M8[ns]"),
            np.array([1], "m8[s]"),
        ),
        *(np.array([2**53 + 1]), np.array([2**63 + 1], np.uint64), np.array([np.longdouble("0.1")])),
        *(
            np.array([(1.0,)], [("x", "<f8")]),
            np.float64(1),
            1.0,
            "1",
            b"1",
            {1.0},
            {1.0: 1},
            None,
            (x for x in [1.0]),
        ),
    ],
    ids=lambda value: f"{type(value).__name__}-{getattr(value, 'dtype', '')}-{getattr(value, 'ndim', '')}",
)
@pytest.mark.parametrize("arrays", ARRAYS)
@pytest.mark.parametrize("kind", ["double", "float"])
def test_an_array_of_reals_refuses_what_has_no_exact_reals(kind: str, arrays: str, value: object) -> None:
    assert refused(codec_of({"type": "array", "items": kind}, arrays), value).path in {"array", "array[0]"}


@pytest.mark.parametrize(
    "value",
    [
        np.array([1.0]),
        np.array([True]),
        np.array([1], object),
        np.array([1], "M8[ns]"),
        np.array([2**63], np.uint64),
        [1.0],
        [True],
    ],
    ids=lambda value: f"{type(value).__name__}-{getattr(value, 'dtype', value)}",
)
@pytest.mark.parametrize("arrays", ARRAYS)
@pytest.mark.parametrize("kind", ["long", "int"])
def test_an_array_of_integers_refuses_all_else(kind: str, arrays: str, value: object) -> None:
    assert refused(codec_of({"type": "array", "items": kind}, arrays), value).path in {"array", "array[0]"}


@pytest.mark.parametrize("arrays", ARRAYS)
def test_an_array_of_floats_refuses_what_overflows_and_says_where(arrays: str) -> None:
    codec = codec_of({"type": "array", "items": "float"}, arrays)
    for value in ([1.0, 1e39], np.array([1.0, 1e39]), (1.0, -1e39)):
        error = refused(codec, value)
        assert error.path == "array[1]"
        assert "32 bits" in error.expected
    assert codec.encode(np.array([np.inf, np.nan])) == codec.encode([float("inf"), float("nan")])


@pytest.mark.parametrize("arrays", ARRAYS)
def test_empty_and_read_only_arrays_are_arrays(arrays: str) -> None:
    codec = codec_of(DOUBLES, arrays)
    frozen = np.array([1.0])
    frozen.flags.writeable = False
    assert codec.encode(frozen) == codec.encode([1.0])
    empties: list[object] = [[], (), np.array([]), np.array([], "<i8"), np.zeros((3,))[3:], range(0)]
    for empty in empties:
        assert codec.encode(empty) == b"\x00"


def test_an_encoded_array_is_a_copy_and_a_decoded_one_is_free_to_change() -> None:
    codec = codec_of(DOUBLES, "numpy")
    values = np.arange(3.0)
    data = codec.encode(values)
    values[0] = 9.0
    decoded = codec.decode(data)
    assert decoded.flags.writeable
    assert decoded.flags.aligned
    assert decoded.base is None
    decoded[1] = 7.0
    assert codec.decode(data).tolist() == [0.0, 1.0, 2.0]


def test_a_signalling_nan_of_64_bits_keeps_its_bits() -> None:
    payload = bytes.fromhex("010000000000f47f")
    for arrays in ARRAYS:
        codec = codec_of(DOUBLES, arrays)
        assert codec.encode(codec.decode(b"\x02" + payload + b"\x00")) == b"\x02" + payload + b"\x00"
    assert codec_of("double").encode(codec_of("double").decode(payload)) == payload


def test_arrays_of_texts_and_booleans_come_from_numpy_too() -> None:
    texts = codec_of({"type": "array", "items": "string"})
    assert (
        texts.encode(np.array(["a", "b"]))
        == texts.encode(np.array(["a", "b"], object))
        == texts.encode(["a", "b"])
    )
    flags = codec_of({"type": "array", "items": "boolean"})
    assert flags.encode(np.array([True, False])) == flags.encode([True, False])
    assert refused(texts, np.array(["a", 1], object)).path == "array[1]"


def test_a_map_takes_every_mapping() -> None:
    codec = codec_of({"type": "map", "values": "int"})
    for value in (OrderedDict(a=1), ChainMap({"a": 1}), {Text("a"): Number.ONE}):
        assert codec.encode(value) == b"\x02\x02a\x02\x00"


@pytest.mark.parametrize(("arrays", "logical_types"), MODES)
def test_a_plain_value_belongs_to_the_first_branch_that_holds_it_exactly(
    arrays: str, logical_types: str
) -> None:
    codec = codec_of(["null", "float", "int", "long", "double"], arrays, logical_types)
    for value, expected in [
        *((0.5, Float(0.5)), (0.1, Double(0.1)), (1e300, Double(1e300)), (5, Int(5)), (2**31, Long(2**31))),
        *(
            (Long(5), Long(5)),
            (Double(0.5), Double(0.5)),
            (Number.ONE, Int(1)),
            (np.float64(0.1), Double(0.1)),
            (np.int64(2**40), Long(2**40)),
        ),
        (None, None),
    ]:
        assert same(codec.decode(codec.encode(value)), expected)
    assert codec.encode(float("nan")) == codec.encode(Float(float("nan")))
    for wrong in (True, "1", Int(2**31), Float("x"), Bytes(b""), 2**70 + 1):
        assert refused(codec, wrong).path == "union"


def test_a_boolean_is_never_a_number_and_a_datetime_never_a_date() -> None:
    flags = codec_of(["int", "boolean"])
    assert flags.encode(True) == b"\x02\x01"
    assert flags.encode(np.True_) == b"\x02\x01"
    moments = codec_of(
        [{"type": "int", "logicalType": "date"}, {"type": "long", "logicalType": "timestamp-micros"}]
    )
    assert moments.encode(dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) == b"\x02\x00"
    assert moments.encode(dt.date(1970, 1, 1)) == b"\x00\x00"
    only_dates = codec_of(["string", {"type": "int", "logicalType": "date"}])
    assert refused(only_dates, dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).path == "union"


def test_a_number_goes_where_it_fits_when_its_own_branch_is_too_small() -> None:
    codec = codec_of(["int", "double"])
    assert codec.decode(codec.encode(2**40)) == 2.0**40
    assert codec.decode(codec.encode(5)) == 5
    assert refused(codec, 2**60 + 1).path == "union"


def test_a_scalar_of_numpy_is_no_array_in_a_union() -> None:
    codec = codec_of([DOUBLES, "double", "string"])
    assert codec.decode(codec.encode(np.float64(0.5))) == 0.5
    assert codec.decode(codec.encode(np.str_("x"))) == "x"
    assert codec.decode(codec.encode(np.array([0.5]))) == [0.5]


def test_two_decimals_of_a_union_are_told_apart() -> None:
    fixed = {"type": "fixed", "name": "D", "size": 8, "logicalType": "decimal", "precision": 10, "scale": 2}
    codec = codec_of([{"type": "bytes", "logicalType": "big-decimal"}, fixed])
    classes = codec.classes()
    for value in (Bytes(Decimal("0.05")), classes["D"](Decimal("0.05"))):
        assert same(codec.decode(codec.encode(value)), value)
    assert codec.encode(Decimal("0.05")) == codec.encode(Bytes(Decimal("0.05")))


def test_an_unknown_symbol_and_a_member_of_another_enum_are_refused() -> None:
    one, other = (
        codec_of({"type": "enum", "name": name, "symbols": ["A", "B"]}) for name in ("One", "Other")
    )
    foreign = next(iter(cast("Any", other.classes()["Other"])))
    for value in ("C", "A", 0, None, foreign, [foreign]):
        assert refused(one, value).expected == "a member of One"


SHAPE = {
    "type": "record",
    "name": "S",
    "fields": [{"name": "x", "type": "int"}, {"name": "y", "type": "int"}],
}


def test_a_subclass_is_accepted_and_another_class_of_the_same_shape_is_not() -> None:
    codec = codec_of(SHAPE)
    shape = codec.classes()["S"]

    class Named(shape):  # type: ignore[misc, valid-type]  # a class known at run time only
        label = "extra"

    assert codec.encode(Named(x=1, y=2)) == codec.encode(shape(x=1, y=2)) == b"\x02\x04"
    twin = codec_of({**SHAPE, "name": "T"}).classes()["T"]
    assert str(refused(codec, twin(x=1, y=2))) == "S: expected S, got T T(x=1, y=2)"
    nested = codec_of({"type": "record", "name": "H", "fields": [{"name": "s", "type": SHAPE}]})
    holder = nested.classes()["H"]
    assert refused(nested, holder(s=twin(x=1, y=2))).path == "H.s"
    listed = codec_of({"type": "array", "items": SHAPE})
    inner = listed.classes()["S"]
    assert refused(listed, [inner(x=1, y=1), twin(x=1, y=2)]).path == "array[1]"


def test_a_missing_attribute_is_named() -> None:
    codec = codec_of(SHAPE)
    value = codec.classes()["S"](x=1, y=2)
    del value.y
    error = refused(codec, value)
    assert (error.path, error.got) == ("S.y", "nothing: the attribute was never set")


def test_a_value_that_holds_itself_is_an_error_and_no_crash() -> None:
    node = {"type": "record", "name": "N", "fields": [{"name": "next", "type": ["null", "N"]}]}
    codec = codec_of(node)
    loop = codec.classes()["N"](next=None)
    loop.next = loop
    assert "endless" in refused(codec, loop).expected
    with pytest.raises(EncodeError):
        codec.serialize(loop)
    array_of = codec_of({"type": "array", "items": {"type": "array", "items": "int"}})
    itself: list[Any] = []
    itself.append(itself)
    assert refused(array_of, itself).path == "array[0][0]"


def test_the_place_of_a_wrong_value_deep_in_a_result_is_named() -> None:
    codec = VQEDecoratedResultInterface()
    result = codec.decode(LIH.read_bytes())
    result.vqe_result.iteration_list[3].std = "1.0"  # type: ignore[assignment]  # the mistake of the example
    error = refused(codec, result)
    assert str(error) == "VQEDecoratedResult.vqe_result.iteration_list[3].std: expected double, got str '1.0'"
    result.vqe_result.iteration_list[3].std = 0.5
    result.vqe_result.initial_data.hamiltonian[7].coefficients.imaginary = None  # type: ignore[assignment]  # as above
    assert (
        refused(codec, result).path
        == "VQEDecoratedResult.vqe_result.initial_data.hamiltonian[7].coefficients.imaginary"
    )


def test_values_that_resist_being_shown_are_still_reported() -> None:
    class Mute:
        def __repr__(self) -> str:
            raise RuntimeError

    assert refused(codec_of("int"), Mute()).got == "Mute <no repr>"
    assert len(refused(codec_of("int"), "x" * 10_000).got) < 80
    assert refused(codec_of("int"), "a\nb").got == r"str 'a\nb'"
