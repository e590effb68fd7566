"""Arrays of string and maps with short keys: put together as text, and the bytes that the walk writes."""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avroforge.codec import walk_encode
from avroforge.errors import EncodeError
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from avroforge.interface import AvroInterfaceBase

ascii_text = st.text(st.characters(max_codepoint=127), max_size=70)


class Shown(str, Enum):  # noqa: UP042 - its format is not its text
    """A string that shows itself otherwise."""

    A = "a"

    def __format__(self, spec: str) -> str:
        return "another"


def codec_of(schema: dict[str, str]) -> AvroInterfaceBase[Any]:
    return load_interface(json.dumps(schema))()


STRINGS = codec_of({"type": "array", "items": "string"})
COUNTS = codec_of({"type": "map", "values": "long"})


def written(codec: AvroInterfaceBase[Any], value: object) -> bytes:
    """What the compiled code alone writes."""
    pieces: list[Any] = []
    codec._write(value, pieces)
    return b"".join(pieces)


@settings(deadline=None)
@given(values=st.lists(ascii_text, max_size=30) | st.lists(st.text(max_size=9), max_size=30))
def test_arrays_of_string(values: list[str]) -> None:
    data = walk_encode.encode(values, STRINGS._bound())
    assert written(STRINGS, values) == data
    assert STRINGS.decode(data) == values


@pytest.mark.parametrize("size", [63, 64, 127, 128, 8191, 8192, 100_000])
@pytest.mark.parametrize("letter", ["a", "\x80", "\u20ac"])
def test_one_long_text_among_short_ones(size: int, letter: str) -> None:
    values = [*"bcdefghij" * 300, letter * size]
    assert written(STRINGS, values) == walk_encode.encode(values, STRINGS._bound())
    counts = dict.fromkeys(values, 7)
    assert written(COUNTS, counts) == walk_encode.encode(counts, COUNTS._bound())


def test_subclasses_of_str_are_written_as_their_text() -> None:
    values = [Shown.A, *"bcdefghij"]
    assert written(STRINGS, values) == written(STRINGS, list("abcdefghij"))
    assert written(COUNTS, {Shown.A: 1}) == written(COUNTS, {"a": 1})


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize("wrong", [None, 1, b"a", "\ud800"])
def test_an_item_that_is_no_text_is_named(count: int, wrong: object) -> None:
    with pytest.raises(EncodeError) as caught:
        STRINGS.encode(["a"] * count + [wrong])
    assert caught.value.path == f"array[{count}]"
