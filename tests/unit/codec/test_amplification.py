"""What hostile messages may cost: memory in proportion to the message, however large the numbers in it."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from tests.unit.codec.harness import ARRAYS, codec_of

from avroforge import DecodeError
from avroforge.wire.varint import write_long

if TYPE_CHECKING:
    from collections.abc import Callable

EMPTY = {"type": "record", "name": "Z", "fields": []}
WORST = 150
"""Bytes of memory for a byte of message: one-byte items as Python objects in a list, and what grows it."""


def peak(schema: object, data: bytes, arrays: str) -> int:
    """The most memory that decoding a message takes, whether or not it succeeds."""
    codec = codec_of(schema, arrays)
    for each in (b"", data):
        with suppress(DecodeError):
            codec.decode(each)  # compiled, bound, and its tables built, before anything is measured
    tracemalloc.start()
    try:
        with suppress(DecodeError):
            codec.decode(data)
    finally:
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return found


def array_of(items: object) -> dict[str, object]:
    return {"type": "array", "items": items}


HOSTILE: dict[str, tuple[object, Callable[[int], bytes]]] = {
    "count of a gigabyte of doubles": (array_of("double"), lambda n: write_long(2**30) + bytes(n)),
    "count of a gigabyte of texts": (array_of("string"), lambda n: write_long(2**30) + bytes(n)),
    "text of a gigabyte": ("string", lambda n: write_long(2**30) + bytes(n)),
    "negative count of a gigabyte": (
        array_of("long"),
        lambda n: write_long(-(2**30)) + write_long(n) + bytes(n),
    ),
    "as many longs as bytes, the last one cut": (
        array_of("long"),
        lambda n: write_long(n) + bytes(n - 1) + b"\x80",
    ),
    "as many texts as bytes, and no end": (array_of("string"), lambda n: write_long(n) + bytes(n)),
    "as many entries as bytes": ({"type": "map", "values": "null"}, lambda n: write_long(n) + bytes(n)),
    "blocks of one": (array_of("boolean"), lambda n: b"\x02\x01" * (n // 2)),
    "empty arrays in an array": (array_of(array_of(array_of("int"))), lambda n: write_long(n) + bytes(n)),
    "records of one byte": (
        array_of({"type": "record", "name": "R", "fields": [{"name": "x", "type": "int"}]}),
        lambda n: write_long(n) + bytes(n),
    ),
    "a decimal of many digits": (
        {"type": "bytes", "logicalType": "decimal", "precision": 10**6, "scale": 0},
        lambda n: write_long(n) + b"\x7f" * n,
    ),
}


@pytest.mark.parametrize("arrays", ARRAYS)
@pytest.mark.parametrize("name", HOSTILE)
def test_memory_grows_with_the_message_and_not_with_its_claims(name: str, arrays: str) -> None:
    schema, message = HOSTILE[name]
    for size in (4_000, 16_000):
        data = message(size)
        assert peak(schema, data, arrays) < WORST * len(data) + 100_000


@pytest.mark.parametrize("items", ["null", EMPTY, array_of("null")], ids=str)
def test_items_without_bytes_stop_at_the_budget(items: object) -> None:
    data = write_long(2**40) + bytes(100)
    assert peak(array_of(items), data, "list") < 100_000
