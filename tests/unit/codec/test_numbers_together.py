"""Numbers of a record that may be null: packed and unpacked together where all are there, never otherwise."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avroforge.codec import walk_decode, walk_encode
from avroforge.errors import DecodeError, EncodeError
from avroforge.interface import AvroInterfaceBase
from avroforge_codegen import load_interface

STEP = {
    "type": "record",
    "name": "Step",
    "fields": [
        {"name": "number", "type": "int"},
        {"name": "energy", "type": "double"},
        {"name": "delta", "type": ["null", "double"]},
        {"name": "norm", "type": ["double", "null"]},
        {"name": "error", "type": ["null", "float"]},
        {"name": "last", "type": "float"},
    ],
}
STEPS = load_interface(json.dumps({"type": "array", "items": STEP}))()
ONE = load_interface(json.dumps(STEP))()
PLAIN: dict[str, Any] = {"number": 1, "energy": 0.5, "delta": 1.5, "norm": -2.5, "error": 0.25, "last": 3.0}

singles = st.floats(width=32, allow_nan=False)
doubles = st.floats(allow_nan=False)
steps = st.fixed_dictionaries(
    {
        "number": st.integers(-(2**31), 2**31 - 1),
        "energy": doubles,
        "delta": st.none() | doubles,
        "norm": st.none() | doubles,
        "error": st.none() | singles,
        "last": singles,
    }
)


def outcome(codec: AvroInterfaceBase[Any], data: bytes, *, slowly: bool) -> object:
    try:
        return walk_decode.decode(data, codec._bound(), "array") if slowly else codec.decode(data)
    except DecodeError as error:
        return error.path, error.offset, error.reason


@settings(deadline=None)
@given(rows=st.lists(steps, max_size=15))
def test_every_choice_of_nulls(rows: list[dict[str, Any]]) -> None:
    values = STEPS.deserialize(rows)
    data = walk_encode.encode(values, STEPS._bound())
    assert STEPS.encode(values) == data
    assert STEPS.decode(data) == values
    for value in values:
        assert ONE.encode(ONE.deserialize(STEPS.serialize([value])[0])) in data


def test_clean_messages_need_no_second_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    some = [{**PLAIN, **dict.fromkeys(absent)} for absent in ((), ("delta",), ("norm", "error"))] * 4
    data = STEPS.encode(STEPS.deserialize(some))

    def refuse(_codec: object, _data: bytes) -> object:
        raise AssertionError("a clean message was read a second time")

    monkeypatch.setattr(AvroInterfaceBase, "_decode_slowly", refuse)
    assert len(STEPS.decode(data)) == len(some)
    assert STEPS.decode(STEPS.encode(STEPS.deserialize([dict.fromkeys(PLAIN) | {
        "number": 1, "energy": 0.5, "last": 3.0}])))  # fmt: skip


@pytest.mark.parametrize("absent", [(), ("delta",), ("delta", "norm", "error")])
def test_damage_is_seen_as_the_walk_sees_it(absent: tuple[str, ...]) -> None:
    data = STEPS.encode(STEPS.deserialize([{**PLAIN, **dict.fromkeys(absent)}] * 2))
    for offset in range(len(data)):
        with pytest.raises(DecodeError):
            STEPS.decode(data[:offset])
        for byte in (data[offset] ^ 0x01, data[offset] ^ 0x02, 0xFF):
            damaged = data[:offset] + bytes([byte]) + data[offset + 1 :]
            assert outcome(STEPS, damaged, slowly=False) == outcome(STEPS, damaged, slowly=True)


@pytest.mark.parametrize("field", ["energy", "delta", "norm", "error", "last"])
@pytest.mark.parametrize("wrong", ["1.0", True, 2**53 + 1])
def test_a_wrong_value_is_named(field: str, wrong: object) -> None:
    (value,) = STEPS.deserialize([PLAIN])
    setattr(value, field, wrong)
    with pytest.raises(EncodeError) as caught:
        STEPS.encode([value])
    assert caught.value.path == f"array[0].{field}"


def test_numbers_that_are_no_floats_are_converted() -> None:
    (value,) = STEPS.deserialize([PLAIN])
    value.delta, value.energy = 3, 4
    assert STEPS.decode(STEPS.encode([value])) == STEPS.deserialize([{**PLAIN, "delta": 3.0, "energy": 4.0}])
