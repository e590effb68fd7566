"""Records of one size are written at once, and never otherwise than one by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avroforge.codec import walk_encode
from avroforge.errors import EncodeError
from avroforge.wire.stride_write import FEWEST
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from avroforge.codec.ir import Storage
    from avroforge.interface import AvroInterfaceBase

ROW = {
    "type": "record",
    "name": "Row",
    "fields": [
        {"name": "label", "type": "string"},
        {
            "name": "inner",
            "type": {"type": "record", "name": "In", "fields": [{"name": "x", "type": "double"}]},
        },
        {"name": "single", "type": "float"},
        {"name": "flag", "type": "boolean"},
        {"name": "note", "type": "string"},
    ],
}
SCHEMA = json.dumps({"type": "array", "items": ROW})
PLAIN: dict[str, Any] = {"label": "IXYZ", "inner": {"x": 1.5}, "single": 0.5, "flag": True, "note": ""}
MANY = FEWEST + 3
odd = st.fixed_dictionaries(
    {
        "label": st.sampled_from(["IXYZ", "é12", "x" * 100, ""]),
        "inner": st.fixed_dictionaries({"x": st.sampled_from([0.0, -1.5, float("inf"), 7])}),
        "single": st.sampled_from([0.1, float("nan")]),
        "flag": st.booleans(),
        "note": st.sampled_from(["", "n"]),
    }
)


def codec_of(arrays: Storage) -> AvroInterfaceBase[Any]:
    return load_interface(SCHEMA, arrays=arrays)()


def one_by_one(codec: AvroInterfaceBase[Any], values: object) -> bytes:
    return walk_encode.encode(values, codec._bound())


@pytest.mark.parametrize("arrays", ["list", "numpy"])
@settings(max_examples=40, deadline=None)
@given(row=odd, others=st.lists(st.tuples(odd, st.integers(0, MANY - 1)), max_size=3))
def test_many_records_are_written_as_one_by_one(
    arrays: Storage, row: dict[str, Any], others: list[tuple[dict[str, Any], int]]
) -> None:
    codec = codec_of(arrays)
    rows = [row] * MANY
    for other, place in others:
        rows[place] = other
    values = codec.deserialize(rows)
    assert codec.encode(values) == one_by_one(codec, values)


@pytest.mark.parametrize("arrays", ["list", "numpy"])
@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("label", 5, "string"),
        ("label", "\ud800", "string without lone surrogates"),
        ("label", b"IXYZ", "string"),
        ("single", 1e300, "float of 32 bits"),
        ("single", "1.0", "float"),
        ("flag", 1, "boolean"),
        ("inner.x", True, "double"),
        ("inner.x", 2**53 + 1, "integer that a double holds exactly"),
        ("inner", None, "In"),
    ],
)
def test_a_wrong_value_among_many_is_named(arrays: Storage, path: str, value: object, expected: str) -> None:
    codec = codec_of(arrays)
    values = codec.deserialize([PLAIN] * MANY)
    target, _, name = path.rpartition(".")
    setattr(getattr(values[7], target) if target else values[7], name, value)
    with pytest.raises(EncodeError) as caught:
        codec.encode(values)
    assert caught.value.path == f"array[7].{path}"
    assert expected in caught.value.expected


@pytest.mark.parametrize("arrays", ["list", "numpy"])
def test_records_of_a_subclass_and_of_another_class(arrays: Storage) -> None:
    codec = codec_of(arrays)
    values = codec.deserialize([PLAIN] * MANY)
    special = type("Special", (type(values[0]),), {})
    values[3] = special(**{name: getattr(values[3], name) for name in PLAIN})
    assert codec.encode(values) == one_by_one(codec, values)
    values[3] = object()
    with pytest.raises(EncodeError, match=r"array\[3\]: expected Row"):
        codec.encode(values)
