"""One harness for every Avro kind: what must hold for a schema, a value and a message, whatever the kind.

The compiled functions are compared with the walks, which are the authority: a compiled function may raise on
anything unusual, but what it accepts must be what the walk says.
"""

from __future__ import annotations

import json
import math
import struct
from itertools import product
from typing import TYPE_CHECKING, Any, Final, get_args

import numpy as np

from avroforge import DecodeError
from avroforge.branches import Branch
from avroforge.codec import walk_decode, walk_encode
from avroforge.codec.ir import Storage
from avroforge.record import AvroRecordBase
from avroforge.record_columns import RecordColumns
from avroforge.runtime import Budget
from avroforge.wire.array_column import ArrayColumn
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from avroforge.interface import AvroInterfaceBase

ARRAYS: Final = get_args(Storage)
MODES: Final = list(product(ARRAYS, ("typed", "raw")))
HUGE: Final = [bytes.fromhex(each) for each in ("8080808010", "80808080808080808001", "ffffffffffffffffff01")]
"""A length of 2**31, one of 2**62, and the smallest long."""
ODD: Final = [bytes.fromhex(each) for each in ("8000", "01", "ff" * 10, "80808080808080808002", "03", "c3")]
"""An over-long zero, -1, an endless varint, one of 65 bits, -2, and half a character."""


def codec_of(schema: object, arrays: str = "list", logical_types: str = "typed") -> AvroInterfaceBase[Any]:
    text = schema if isinstance(schema, str) and schema.startswith(("{", "[", '"')) else json.dumps(schema)
    interface = load_interface(text, arrays=arrays, logical_types=logical_types)  # type: ignore[arg-type]  # modes come from MODES
    return interface()


def same(a: Any, b: Any) -> bool:  # noqa: ANN401 - any two values
    """Whether two decoded values are one: same types, same numbers, zeros of the same sign; all NaN are one.

    (A signalling NaN of 32 bits becomes a quiet one on its way through a Python float, which has 64.)
    """
    if isinstance(a, RecordColumns) and isinstance(b, list):
        b = type(a)(b)  # what a test gives may be the records themselves
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return struct.pack("<d", a) == struct.pack("<d", b) or (math.isnan(a) and math.isnan(b))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and same(a.tolist(), b.tolist())
    if isinstance(a, RecordColumns):
        return len(a) == len(b) and all(map(same, a.__avro_columns__, b.__avro_columns__))
    if isinstance(a, ArrayColumn):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(value, b[key]) for key, value in a.items())
    if isinstance(a, Branch):
        return same(a.value, b.value)
    if isinstance(a, AvroRecordBase):
        return all(same(getattr(a, name), getattr(b, name)) for name in a.__avro_fields__)
    return bool(a == b)


def outcome(read: Callable[[], object], size: int) -> object:
    """What reading gives: the value or its `DecodeError`; anything else is a failure."""
    try:
        return read()
    except DecodeError as error:
        found = error
    assert 0 <= found.offset <= size
    assert found.path
    assert found.reason
    return found


def walk(codec: AvroInterfaceBase[Any], data: bytes) -> object:
    """What the walk, the authority, makes of a message."""
    node = codec._bound()
    return outcome(lambda: walk_decode.decode(data, node, walk_decode.root_name(node)), len(data))


def compiled(codec: AvroInterfaceBase[Any], data: bytes) -> tuple[bool, object]:
    """Whether the compiled function accepts a message, and what it reads."""
    try:
        value, end = codec._read(data, 0, Budget())
    except Exception:  # noqa: BLE001 - it may raise anything on what it does not know
        return False, None
    return end == len(data), value


def check_value(codec: AvroInterfaceBase[Any], value: object) -> bytes:
    """Encode: compiled and walk agree. Decode: they agree, and give the value back. The bytes, for more."""
    data = codec.encode(value)
    out: list[Any] = []
    codec._write(value, out)
    assert b"".join(out) == data
    assert walk_encode.encode(value, codec._bound()) == data
    back = codec.decode(data)
    assert same(back, value)
    assert same(walk(codec, data), back)
    assert compiled(codec, data)[0]
    assert same(codec.decode(memoryview(data)), back)  # type: ignore[arg-type]  # accepted beyond what is annotated
    return data


def check_message(codec: AvroInterfaceBase[Any], data: bytes) -> bool:
    """Whatever the bytes: a value on which all agree and that can be written again, or a `DecodeError`."""
    expected = walk(codec, data)
    accepted, value = compiled(codec, data)
    given = outcome(lambda: codec.decode(data), len(data))
    if isinstance(expected, DecodeError):
        assert not accepted, f"the compiled function reads {value!r}, the walk says {expected}"
        assert isinstance(given, DecodeError)
        assert (given.path, given.offset, given.reason) == (expected.path, expected.offset, expected.reason)
        return False
    if accepted:
        assert same(value, expected)
    assert same(given, expected)
    assert same(codec.decode(codec.encode(expected)), expected)
    return True


def damaged(data: bytes) -> Iterator[bytes]:
    """Truncations at every offset, every bit flipped, odd and huge numbers at every offset, bytes behind."""
    for end in range(len(data)):
        yield data[:end]
    for offset in range(len(data)):
        for bit in range(8):
            yield data[:offset] + bytes([data[offset] ^ 1 << bit]) + data[offset + 1 :]
        for number in (*HUGE, *ODD):
            yield data[:offset] + number + data[offset + 1 :]
            yield data[:offset] + number + data[offset:]
    yield data + b"\x00"
