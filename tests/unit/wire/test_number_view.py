"""Arrays of numbers as views over the message: no copy, read-only, and the same numbers on every message."""

from __future__ import annotations

import pickle
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from tests.unit.codec.harness import codec_of

from avroforge.wire.varint import write_long

DOUBLES = {"type": "array", "items": "double"}
RUN = {
    "type": "array",
    "items": {
        "type": "record",
        "name": "R",
        "fields": [{"name": "x", "type": DOUBLES}, {"name": "n", "type": "double"}],
    },
}


def blocks(*parts: list[float], sized: bool = False) -> bytes:
    out = b""
    for part in parts:
        body = np.array(part, "<f8").tobytes()
        out += write_long(-len(part)) + write_long(len(body)) if sized else write_long(len(part))
        out += body
    return out + b"\x00"


@pytest.mark.parametrize("kind", ["double", "float"])
@pytest.mark.parametrize("count", [1, 63, 64, 70, 9000])
def test_one_block_is_a_read_only_view_over_the_very_message(kind: str, count: int) -> None:
    codec = codec_of({"type": "array", "items": kind}, "view")
    data = codec.encode(np.arange(count, dtype="<f8"))
    value = codec.decode(data)
    assert value.tolist() == list(range(count))
    assert np.shares_memory(value, np.frombuffer(data, np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        value[0] = 1


@pytest.mark.parametrize("sized", [False, True])
@pytest.mark.parametrize("parts", [[], [[1.0]], [[1.0, 2.0], [3.0]], [[1.0]] * 5])
def test_blocks_of_any_kind_give_the_same_read_only_numbers(parts: list[list[float]], sized: bool) -> None:
    value = codec_of(DOUBLES, "view").decode(blocks(*parts, sized=sized))
    assert value.tolist() == [each for part in parts for each in part]
    assert not value.flags.writeable


def test_a_view_keeps_the_message_alive_and_a_copy_does_not_need_it() -> None:
    codec = codec_of(DOUBLES, "view")
    data = codec.encode([1.0, 2.0])
    value = codec.decode(data)
    assert value.base is data
    copied = value.copy()
    assert copied.base is None
    assert copied.flags.writeable


def test_arrays_in_a_run_of_records_are_views_too() -> None:
    codec = codec_of(RUN, "view")
    made = codec.classes()["R"]
    rows: list[Any] = [made(x=np.array([n, n + 0.5]), n=float(n)) for n in range(100)]
    data = codec.encode(rows)
    value = codec.decode(data)
    assert value == rows
    assert all(np.shares_memory(each.x, np.frombuffer(data, np.uint8)) for each in value)
    assert not any(each.x.flags.writeable for each in value)


def test_empty_arrays_in_a_run_are_read_only() -> None:
    codec = codec_of(RUN, "view")
    rows = [codec.classes()["R"](x=[], n=0.0)] * 100
    assert not any(each.x.flags.writeable for each in codec.decode(codec.encode(rows)))


def test_integers_are_arrays_of_their_own() -> None:
    codec = codec_of({"type": "array", "items": "long"}, "view")
    value = codec.decode(codec.encode([1, 2, 300]))
    assert value.dtype == np.int64
    assert value.flags.writeable


def test_views_are_copied_pickled_and_written_like_any_array() -> None:
    codec = codec_of(DOUBLES, "view")
    data = codec.encode([0.5, float("nan"), -0.0])
    value = codec.decode(data)
    assert codec.encode(value) == data
    assert pickle.loads(pickle.dumps(value)).tobytes() == value.tobytes()  # noqa: S301 - what this very line wrote
    assert deepcopy(value).flags.writeable


def test_what_another_schema_wrote_and_what_json_says_is_read_only_too() -> None:
    codec = codec_of(DOUBLES, "view")
    written = codec_of({"type": "array", "items": "float"}, "list")
    value = codec.decode(written.encode([1.5, 2.5]), writer_schema=written.SELF_CONTAINED)
    assert (value.tolist(), value.dtype, value.flags.writeable) == ([1.5, 2.5], np.float64, False)
    assert not codec.from_plain_json("[1.5]").flags.writeable
    assert not codec.from_json("[1.5]").flags.writeable
