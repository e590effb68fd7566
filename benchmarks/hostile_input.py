"""Hostile inputs by size: messages, JSON texts and container files that cost their reader what they can."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from avroforge.errors import AvroforgeError
from avroforge.formats.block_codec import block_codec
from avroforge.formats.container import CODEC_NAMES, ContainerReader
from avroforge.formats.container_header import ContainerHeader, new_metadata
from avroforge.schema import parse_schema
from avroforge.wire.varint import write_length, write_long
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[[int], bytes]
    Read = Callable[[bytes], object]

KIB: Final = 2**10
MIB: Final = 2**20
_MARKER: Final = bytes(range(16))
_VARINTS: Final = 8
_ROW: Final = {"type": "record", "name": "Row", "fields": [{"name": "x", "type": "int"}]}
_NODE: Final = {"type": "record", "name": "Node", "fields": [{"name": "next", "type": ["null", "Node"]}]}
_TREE: Final = {
    "type": "record",
    "name": "Tree",
    "fields": [{"name": "children", "type": {"type": "array", "items": "Tree"}}],
}
_NOTHING: Final = {
    "type": "record",
    "name": "Nothing",
    "fields": [{"name": f"f{number}", "type": "null"} for number in range(20)],
}
_TERM: Final = {
    "type": "record",
    "name": "Term",
    "fields": [{"name": "label", "type": "string"}, {"name": "value", "type": "double"}],
}


@dataclass(frozen=True, slots=True)
class Hostile:
    """One kind of hostile input.

    Attributes:
        name: what it is.
        make: an input of about so many bytes.
        read: what reads it.
        largest: bytes up to which it is made; less where a value is honestly made of every few bytes.
    """

    name: str
    make: Make
    read: Read
    largest: int = 100 * MIB


def _decoding(schema: object, arrays: str = "list") -> Read:
    return load_interface(json.dumps(schema), arrays=arrays)().decode  # type: ignore[arg-type]  # one of two


def _skipping(schema: object) -> Read:
    """A reader that wants nothing of what `schema` writes, but what follows it."""
    end = {"name": "end", "type": "long"}
    written = {"type": "record", "name": "Both", "fields": [{"name": "value", "type": schema}, end]}
    wanted = {"type": "record", "name": "Both", "fields": [end]}
    codec, writer = load_interface(json.dumps(wanted))(), parse_schema(json.dumps(written))
    return lambda data: codec.decode(data + b"\x00", writer_schema=writer)


def _array(items: object) -> dict[str, object]:
    return {"type": "array", "items": items}


def _map(values: object) -> dict[str, object]:
    return {"type": "map", "values": values}


def _blocks(block: bytes) -> Make:
    return lambda size: block * (size // len(block)) + b"\x00"


def _counted(item: bytes, end: bytes = b"\x00") -> Make:
    return lambda size: write_long(size // len(item)) + item * (size // len(item)) + end


def _broken_text(size: int) -> bytes:
    return write_long(size) + b"a" * (size - 1) + b"\xff"


MESSAGES: Final = (
    Hostile(
        "a count of 2**40 doubles", lambda size: write_long(2**40) + bytes(size), _decoding(_array("double"))
    ),
    Hostile(
        "a count of 2**62 nulls", lambda size: write_long(2**62) + bytes(size), _decoding(_array("null"))
    ),
    Hostile("a text of 2**40 bytes", lambda size: write_long(2**40) + bytes(size), _decoding("string")),
    Hostile("arrays of nulls in an array", _counted(b"\x02\x00"), _decoding(_array(_array("null")))),
    Hostile("records of 20 nulls", _blocks(b"\x02"), _decoding(_array(_NOTHING))),
    Hostile("a union of nulls", _counted(b"\x00"), _decoding(_array(["null"])), 10 * MIB),
    Hostile("a chain of records", lambda size: b"\x02" * size, _decoding(_NODE)),
    Hostile("a tree of records", lambda size: b"\x02" * size, _decoding(_TREE)),
    Hostile("a chain of records, skipped", lambda size: b"\x02" * size, _skipping(_NODE)),
    Hostile("blocks of one int", _blocks(b"\x02\x02"), _decoding(_array("int")), 10 * MIB),
    Hostile("blocks of one int, numpy", _blocks(b"\x02\x02"), _decoding(_array("int"), "numpy"), 10 * MIB),
    Hostile("blocks of one double, numpy", _blocks(b"\x02" + bytes(8)), _decoding(_array("double"), "numpy")),
    Hostile("sized blocks of one int", _blocks(b"\x01\x02\x02"), _decoding(_array("int")), 10 * MIB),
    Hostile("sized blocks of one record", _blocks(b"\x01\x02\x02"), _decoding(_array(_ROW)), 10 * MIB),
    Hostile("sized blocks that lie", _blocks(b"\x01\x04\x02"), _decoding(_array(_ROW))),
    Hostile("ints of one byte", _counted(b"\x02"), _decoding(_array("int")), 100 * MIB),
    Hostile(
        "ints of one byte, the last one cut", _counted(b"\x02", b"\x80"), _decoding(_array("int")), 10 * MIB
    ),
    Hostile("over-long zeros", _counted(b"\x80" * 9 + b"\x00"), _decoding(_array("long"))),
    Hostile("over-long zeros, numpy", _counted(b"\x80" * 9 + b"\x00"), _decoding(_array("long"), "numpy")),
    Hostile("an endless varint", lambda size: b"\xff" * size, _decoding("long")),
    Hostile("endless varints as items", _counted(b"\xff"), _decoding(_array("long"))),
    Hostile("a huge text", lambda size: write_long(size) + b"a" * size, _decoding("string")),
    Hostile("a huge text, invalid at its end", _broken_text, _decoding("string")),
    Hostile(
        "texts, the last one invalid",
        _counted(b"\x02a", b"\x02\xff\x00"),
        _decoding(_array("string")),
        10 * MIB,
    ),
    Hostile("a map with one key", _counted(b"\x02a\x02"), _decoding(_map("int"))),
    Hostile("a map of records with one key", _counted(b"\x02a\x02"), _decoding(_map(_ROW)), 10 * MIB),
    Hostile("records of one byte", _counted(b"\x02"), _decoding(_array(_ROW)), 10 * MIB),
    Hostile("records of one byte, no end", _counted(b"\x02", b""), _decoding(_array(_ROW)), 10 * MIB),
    Hostile(
        "runs that break after two records",
        _counted((b"\x08aaaa" + bytes(8)) * 2 + b"\x00" + bytes(8)),
        _decoding(_array(_TERM), "numpy"),
        10 * MIB,
    ),
    Hostile(
        "blocks of runs that break",
        _blocks(write_long(34) + (write_long(400) + b"a" * 400 + bytes(8)) * 2 + (b"\x00" + bytes(8)) * 32),
        _decoding(_array(_TERM)),
        10 * MIB,
    ),
    Hostile(
        "a decimal of all bytes",
        lambda size: write_long(size) + b"\x7f" * size,
        _decoding({"type": "bytes", "logicalType": "decimal", "precision": 10**9, "scale": 0}),
    ),
    Hostile(
        "a big-decimal of all bytes",
        lambda size: (
            write_long(size + 10) + write_long(size).ljust(9, b"\x00")[:9] + b"\x7f" * size + b"\x00"
        ),
        _decoding({"type": "bytes", "logicalType": "big-decimal"}),
    ),
    Hostile("arrays skipped, blocks of one", _blocks(b"\x02\x02"), _skipping(_array("int")), 10 * MIB),
    Hostile("nulls skipped, sized blocks", _blocks(b"\x01\x00"), _skipping(_array("null"))),
    Hostile("maps skipped", _counted(b"\x02a\x02"), _skipping(_map("int")), 10 * MIB),
    Hostile("texts skipped", _counted(b"\x02a"), _skipping(_array("string")), 10 * MIB),
)


def _from_json(schema: object) -> Read:
    return load_interface(json.dumps(schema))().from_json


def _from_plain_json(schema: object) -> Read:
    return load_interface(json.dumps(schema))().from_plain_json


def _repeated(start: bytes, part: bytes, end: bytes) -> Make:
    return lambda size: start + part * (size // len(part)) + end


TEXTS: Final = (
    Hostile("JSON: open brackets", lambda size: b"[" * size, _from_json(_array("int"))),
    Hostile("JSON: an integer of all digits", lambda size: b"1" * size, _from_json("long")),
    Hostile("JSON: a fraction of all digits", lambda size: b"1." + b"1" * size, _from_json("double")),
    Hostile(
        "JSON: one key again and again", _repeated(b"{", b'"a":1,', b'"a":1}'), _from_json(_map("int")), MIB
    ),
    Hostile("JSON: many keys", _repeated(b'{"":1', b',"k":1', b"}"), _from_json(_ROW), 10 * MIB),
    Hostile("JSON: escapes", _repeated(b'"', b"\\u0041", b'"'), _from_json("string"), 10 * MIB),
    Hostile("JSON: blanks", _repeated(b"", b"\n", b"1"), _from_json("int")),
    Hostile(
        "JSON: integers, the last one wrong",
        _repeated(b"[", b"1,", b"null]"),
        _from_json(_array("int")),
        10 * MIB,
    ),
    Hostile("plain JSON: open brackets", lambda size: b"[" * size, _from_plain_json(_array("int"))),
    Hostile("plain JSON: an integer of all digits", lambda size: b"1" * size, _from_plain_json("long")),
    Hostile(
        "plain JSON: one key again",
        _repeated(b"{", b'"a":1,', b'"a":1}'),
        _from_plain_json(_map("int")),
        10 * MIB,
    ),
    Hostile(
        "plain JSON: integers", _repeated(b"[", b"1,", b"null]"), _from_plain_json(_array("int")), 10 * MIB
    ),
    Hostile("schema: open brackets", lambda size: b"[" * size, lambda data: parse_schema(data.decode())),
    Hostile(
        "schema: a documentation",
        _repeated(b'{"type":"int","doc":"', b"x", b'"}'),
        lambda data: parse_schema(data.decode()),
    ),
    Hostile(
        "schema: enum symbols",
        lambda size: json.dumps(
            {"type": "enum", "name": "E", "symbols": [f"S{n}" for n in range(size // 10)]}
        ).encode(),
        lambda data: parse_schema(data.decode()),
        10 * MIB,
    ),
    Hostile(
        "schema: fields",
        lambda size: json.dumps(
            {
                "type": "record",
                "name": "R",
                "fields": [{"name": f"f{n}", "type": "int"} for n in range(size // 32)],
            }
        ).encode(),
        lambda data: parse_schema(data.decode()),
        10 * MIB,
    ),
)


def _header(schema: object, codec: str, **metadata: bytes) -> bytes:
    return ContainerHeader(new_metadata(json.dumps(schema), codec, metadata), _MARKER).render()


def _block(count: int, stored: bytes) -> bytes:
    return write_length(count) + write_length(len(stored)) + stored + _MARKER


def _reading(schema: object, *, skip: bool = True) -> Read:
    interface = load_interface(json.dumps(schema))

    def read(data: bytes) -> object:
        reader = ContainerReader(io.BytesIO(data), interface, on_damage="skip" if skip else "raise")
        count = sum(1 for _ in reader)
        if reader.losses:
            raise AvroforgeError(
                f"{count} records, {len(reader.losses)} losses, first: {reader.losses[0].error.reason}"
            )
        return count

    return read


def _bomb(codec: str) -> Make:
    """A block of zeros that expands to more than the limit, over and over."""
    stored = block_codec(codec).compress(bytes(80 * MIB))
    block = _block(1, stored)
    header = _header("bytes", codec)
    return lambda size: header + block * max(1, size // len(block))


def _nested(size: int) -> bytes:
    """Blocks that all claim to reach to the last marker of the file, and are no compressed data."""
    step = _VARINTS + len(_MARKER)
    count = max(1, size // step)
    heads = (write_length(1) + _padded((count - number - 1) * step, _VARINTS - 1) for number in range(count))
    return _header("bytes", "deflate") + b"".join(head + _MARKER for head in heads)


def _padded(number: int, width: int) -> bytes:
    """A length in exactly so many bytes."""
    raw = bytearray(write_length(number).ljust(width, b"\x00"))
    for index in range(width - 1):
        raw[index] |= 0x80
    return bytes(raw)


CONTAINERS: Final = (
    *(
        Hostile(f"container: bombs, {name}", _bomb(name), _reading("bytes"), MIB)
        for name in CODEC_NAMES
        if name != "null"
    ),
    Hostile("container: blocks in blocks", _nested, _reading("bytes"), 10 * MIB),
    Hostile(
        "container: empty blocks",
        lambda size: _header("bytes", "null") + _block(0, b"") * (size // 18),
        _reading("bytes"),
        10 * MIB,
    ),
    Hostile(
        "container: records without bytes",
        lambda size: _header("null", "null") + _block(100_000, b"") * (size // 21),
        _reading("null"),
        10 * KIB,
    ),
    Hostile(
        "container: no sync marker",
        lambda size: _header("bytes", "null") + b"\x02\x04" + bytes(size),
        _reading("bytes"),
    ),
    Hostile(
        "container: half markers",
        lambda size: _header("bytes", "null") + b"\x02\x04" + _MARKER[:15] * (size // 15),
        _reading("bytes"),
    ),
    Hostile(
        "container: a header of metadata",
        lambda size: _header("bytes", "null", x=bytes(size)),
        _reading("bytes"),
    ),
    Hostile(
        "container: a header that never ends",
        lambda size: b"Obj\x01" + b"\x02\x02a\x00" * (size // 4),
        _reading("bytes"),
    ),
)
ALL: Final = (*MESSAGES, *TEXTS, *CONTAINERS)
