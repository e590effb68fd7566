"""Generated records as Python objects: equality, copies, pickles, patterns, defaults."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import typing

import numpy as np
import pytest
from tests.unit.codec.harness import ARRAYS, codec_of

from avroforge.runtime import Double, Float, Int
from vqe_records import ComplexNumber, VQEProcess

NAN = float("nan")
EVERYTHING = {
    "type": "record",
    "name": "ns.E",
    "fields": [
        {"name": "doubles", "type": {"type": "array", "items": "double"}},
        {"name": "value", "type": "double", "default": 0.5},
        {"name": "names", "type": {"type": "array", "items": "string"}, "default": []},
        {"name": "counts", "type": {"type": "map", "values": "int"}, "default": {"a": 1}},
        {"name": "choice", "type": ["null", "int", "double", "long"], "default": None},
        {
            "name": "inner",
            "type": {
                "type": "record",
                "name": "I",
                "fields": [{"name": "value", "type": "int"}, {"name": "b", "type": "int"}],
            },
            "default": {"value": 1, "b": 2},
        },
        {"name": "colour", "type": {"type": "enum", "name": "C", "symbols": ["R", "G"]}, "default": "G"},
    ],
}


@pytest.fixture(params=ARRAYS)
def arrays(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def make(arrays: str, **fields: object) -> typing.Any:  # noqa: ANN401 - a class known at run time only
    doubles = [0.5, NAN, 2.0]
    given = {"doubles": np.array(doubles) if arrays != "list" else doubles, **fields}
    return codec_of(EVERYTHING, arrays).classes()["ns.E"](**given)


def test_records_are_equal_by_value_arrays_and_nan_included(arrays: str) -> None:
    assert make(arrays) == make(arrays)
    assert make(arrays, value=NAN) == make(arrays, value=float("nan"))
    assert make(arrays, doubles=np.array([0.5, NAN, 2.0])) == make(arrays, doubles=[0.5, NAN, 2.0])
    assert make(arrays, choice=Double(NAN)) == make(arrays, choice=Double(float("nan")))


@pytest.mark.parametrize(
    "change",
    [
        *(
            {"doubles": [0.5, NAN]},
            {"doubles": [0.5, NAN, 2.5]},
            {"doubles": [NAN, 0.5, 2.0]},
            {"doubles": []},
        ),
        *(
            {"value": 1.0},
            {"names": ["x"]},
            {"counts": {"a": 2}},
            {"counts": {}},
            {"choice": Int(1)},
            {"choice": 1},
        ),
    ],
    ids=str,
)
def test_records_differ_in_any_field(arrays: str, change: dict[str, object]) -> None:
    if arrays != "list" and "doubles" in change:
        change = {"doubles": np.array(change["doubles"])}
    assert make(arrays) != make(arrays, **change)
    assert make(arrays, choice=Int(1)) != make(arrays, choice=Double(1.0))


def test_true_is_not_the_number_one() -> None:
    codec = codec_of({"type": "record", "name": "F", "fields": [{"name": "x", "type": ["boolean", "int"]}]})
    made = codec.classes()["F"]
    assert made(x=True) == made(x=True)
    assert made(x=True) != made(x=1)
    assert made(x=0) != made(x=False)
    assert codec.encode(made(x=True)) != codec.encode(made(x=1))


@pytest.mark.parametrize("branch", [Float, Double])
def test_a_branch_of_nan_equals_another(branch: type[Float[float] | Double[float]]) -> None:
    assert branch(NAN) == branch(float("nan"))
    assert hash(branch(NAN)) == hash(branch(float("nan")))
    assert branch(NAN) != branch(0.5)
    assert branch(0.5) == branch(0.5)
    assert {branch(0.5): 1}[branch(0.5)] == 1
    assert Float(0.5) != Double(0.5)
    assert branch(0.5) != 0.5
    assert pickle.loads(pickle.dumps(branch(0.5))) == branch(0.5)  # noqa: S301 - its own pickle
    assert copy.deepcopy(branch(0.5)) == branch(0.5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        branch(0.5).value = 1.0  # type: ignore[misc]  # that it fails is the point


def test_a_field_called_value_does_not_hide_the_others() -> None:
    inner = codec_of(EVERYTHING).classes()["ns.I"]
    assert make("list", inner=inner(value=1, b=3)) != make("list", inner=inner(value=1, b=4))
    assert [inner(value=1, b=3)] != [inner(value=1, b=4)]


def test_a_record_equals_only_its_own_class() -> None:
    twin = codec_of({**EVERYTHING, "doc": "another text"}).classes()["ns.E"]
    assert make("list") != twin(doubles=[0.5, NAN, 2.0])
    assert make("list") != 5
    with pytest.raises(TypeError):
        hash(make("list"))


def test_copies_pickles_and_replacements_are_equal_and_independent(arrays: str) -> None:
    codec = codec_of(EVERYTHING, arrays)
    for value in (make(arrays), codec.decode(codec.encode(make(arrays)))):
        for other in (
            copy.deepcopy(value),
            *(pickle.loads(pickle.dumps(value, protocol)) for protocol in range(2, 6)),  # noqa: S301 - our own bytes
            codec.decode(codec.encode(value)),
        ):
            assert other == value
            assert type(other) is type(value)
            if arrays == "view":
                other.doubles = other.doubles.copy()
            other.doubles[0] = 9.0
            other.inner.b = 9
            other.names.append("x")
            assert other != value
            assert value == make(arrays)
        shallow = copy.copy(value)
        assert shallow == value
        assert shallow.doubles is value.doubles
        replaced = dataclasses.replace(value, value=2.5)
        assert replaced.value == 2.5
        assert value.value == 0.5


def test_the_repr_names_every_field(arrays: str) -> None:
    text = repr(make(arrays, value=1.5))
    assert text.startswith("E(doubles=")
    assert "value=1.5" in text
    assert "inner=I(value=1, b=2)" in text


def test_records_match_patterns_by_keyword() -> None:
    match ComplexNumber(real=0.5, imaginary=-1.0):
        case ComplexNumber(real=0.0):
            raise AssertionError
        case ComplexNumber(real=0.5, imaginary=found):
            assert found == -1.0
        case _:
            raise AssertionError
    match make("list", choice=Int(7)).choice:
        case Double(_):
            raise AssertionError
        case Int(number):
            assert number == 7


def test_defaults_are_built_for_each_object_and_never_shared(arrays: str) -> None:
    first, second = make(arrays), make(arrays)
    first.names.append("x")
    first.counts["b"] = 2
    first.inner.b = 7
    assert (second.names, second.counts, second.inner.b) == ([], {"a": 1}, 2)
    assert make(arrays).names == []
    assert first.colour.name == "G"


def test_construction_is_by_keyword_only_and_unknown_fields_are_refused() -> None:
    with pytest.raises(TypeError):
        ComplexNumber(0.5, 0.0)  # type: ignore[call-arg]  # the mistake under test
    with pytest.raises(TypeError):
        ComplexNumber(real=0.5, imag=0.0)  # type: ignore[call-arg]  # the mistake under test
    with pytest.raises(AttributeError):
        ComplexNumber(real=0.5, imaginary=0.0).imag = 1.0  # type: ignore[attr-defined]  # the mistake under test


def test_annotations_resolve_and_say_what_decoding_gives(arrays: str) -> None:
    classes = codec_of(EVERYTHING, arrays).classes()
    hints = typing.get_type_hints(classes["ns.E"])
    assert hints["names"] == list[str]
    assert hints["inner"] is classes["ns.I"]
    assert hints["colour"] is classes["ns.C"]
    assert (hints["doubles"] == list[float]) is (arrays == "list")
    assert typing.get_type_hints(VQEProcess)["energy_delta"] == float | None


def test_a_record_with_a_field_dtype_is_no_array() -> None:
    inner = {"type": "record", "name": "I", "fields": [{"name": "dtype", "type": "string"}]}
    outer = {"type": "record", "name": "O", "fields": [{"name": "i", "type": inner}]}
    classes = codec_of(outer).classes()
    one, two = (classes["O"](i=classes["I"](dtype=each)) for each in ("f8", "f4"))
    assert one == copy.deepcopy(one)
    assert one != two
