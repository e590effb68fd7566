from __future__ import annotations

import io
import random
import zlib
from itertools import pairwise
from typing import Any

import pytest
from tests.unit.formats.sample import Interface, datums, rows

from avroforge.errors import AvroforgeError, DecodeError, SchemaError
from avroforge.formats.container import CODEC_NAMES, ContainerLimits, ContainerReader, ContainerWriter, Loss
from avroforge.wire.varint import write_long
from avroforge_codegen import load_interface

MARKER = b"0123456789abcdef"


def written(data: list[Any], interface: Any = Interface, codec: str = "null", **options: Any) -> bytes:  # noqa: ANN401 - the writer's own
    file = io.BytesIO()
    with ContainerWriter(file, interface, codec, sync_marker=MARKER, **options) as writer:
        writer.write_all(data)
    return file.getvalue()


def blocks_of(data: bytes) -> list[int]:
    """Where each block starts, and the end."""
    found = []
    at = data.find(MARKER)
    while at >= 0:
        found.append(at + 16)
        at = data.find(MARKER, at + 16)
    return found


def recovered(data: bytes, interface: Any = Interface) -> tuple[list[Any], tuple[Loss, ...]]:  # noqa: ANN401 - as above
    reader = ContainerReader(io.BytesIO(data), interface, on_damage="skip")
    return list(reader), reader.losses


def block(count: int, data: bytes, marker: bytes = MARKER) -> bytes:
    return write_long(count) + write_long(len(data)) + data + marker


HEADER = written([])
FILE = written(rows(40), sync_interval=200)


def error_of(data: bytes, **options: Any) -> DecodeError:  # noqa: ANN401 - the reader's own
    with pytest.raises(DecodeError) as caught:
        list(ContainerReader(io.BytesIO(data), Interface, **options))
    return caught.value


@pytest.mark.parametrize(("codec", "step"), [("null", 1), ("deflate", 9), ("snappy", 9)])
def test_a_file_cut_anywhere_gives_its_whole_blocks_and_says_what_is_lost(codec: str, step: int) -> None:
    data = written(rows(30), codec=codec, sync_interval=300)
    starts = blocks_of(data)
    for size in range(0, len(data), step):
        if size < starts[0]:
            assert error_of(data[:size]).path == "<header>"
            continue
        whole = max(start for start in starts if start <= size)
        found, losses = recovered(data[:size])
        assert found == rows(30)[: len(found)]
        assert [(each.start, each.end) for each in losses] == ([] if size == whole else [(whole, size)])
        if losses:
            assert "the file ends inside" in losses[0].reason
            assert error_of(data[:size]).offset == whole


@pytest.mark.parametrize("codec", CODEC_NAMES)
def test_a_flipped_bit_costs_its_block_and_the_next_at_most(codec: str) -> None:
    data = written(rows(60), codec=codec, sync_interval=300)
    starts = blocks_of(data)
    whole = [list(ContainerReader(io.BytesIO(data[: starts[0]] + data[a:b]))) for a, b in pairwise(starts)]
    random.seed(5)
    for _ in range(300):
        at = random.randrange(starts[0], len(data))  # noqa: S311 - no secret
        damaged = bytearray(data)
        damaged[at] ^= 1 << random.randrange(8)  # noqa: S311 - as above
        reader = ContainerReader(io.BytesIO(bytes(damaged)), on_damage="skip")
        found = list(reader)
        hit = max(number for number, start in enumerate(starts) if start <= at)
        before = [row for each in whole[:hit] for row in each]
        after = [row for each in whole[hit + 2 :] for row in each]
        assert found[: len(before)] == before
        assert not after or found[-len(after) :] == after
        for loss in reader.losses:
            assert starts[0] <= loss.start < loss.end <= len(data)
            assert loss.start in starts
            assert loss.start <= at


def test_each_loss_is_reported_with_range_reason_and_records() -> None:
    starts = blocks_of(FILE)
    damaged = bytearray(FILE)
    damaged[starts[1] - 3] ^= 0xFF  # the marker behind the first block
    found, losses = recovered(bytes(damaged))
    assert [(each.start, each.end) for each in losses] == [(starts[0], starts[2])]
    assert "expected the sync marker 30313233343536373839616263646566, got" in losses[0].reason
    assert losses[0].records is None
    assert found == rows(40)[-len(found) :]
    assert str(losses[0]).startswith(f"bytes {starts[0]} to {starts[2]}: <block 0> at byte")


def test_a_broken_record_costs_the_rest_of_its_block_only() -> None:
    encode = Interface().encode
    records = [encode(row) for row in rows(6)]
    good = b"".join(records[:2])
    data = HEADER + block(4, good + b"\xff" * 30) + block(2, b"".join(records[4:]))
    found, losses = recovered(data)
    assert found == rows(2) + rows(6)[4:]
    assert [each.records for each in losses] == [2]
    error = error_of(data)
    assert error.path == "Order.id"
    assert error.offset == len(HEADER) + 2 + len(good)
    assert f"(record 2 of the block at byte {len(HEADER)})" in error.reason


def test_with_a_codec_the_offset_is_the_block_s_and_the_reason_says_the_rest() -> None:
    header = written([], codec="deflate")
    body = zlib.compress(Interface().encode(rows(1)[0]) + b"\x01")[2:-4]
    error = error_of(header + block(2, body))
    assert error.offset == len(header)
    assert "record 1 of the block" in error.reason
    assert "of its decompressed data" in error.reason


@pytest.mark.parametrize(
    ("tail", "reason"),
    [
        (block(-1, b""), "count: expected 0 or more, got -1"),
        (write_long(1) + write_long(-1), "size: expected 0 or more, got -1"),
        (b"\xff" * 11, "expected a varint of at most 10 bytes"),
        (
            write_long(1) + write_long(2**40),
            "more than the limit of 67108864 bytes; ContainerLimits raises it",
        ),
        (write_long(1) + write_long(10**6) + b"abc", "the file ends inside a block: 7 of 1000020 bytes"),
        (b"\x80", "the file ends inside the header of a block"),
        (block(0, b"abc"), "3 bytes follow the last record of the block"),
        (block(1, b""), "the data ends inside the long"),
        (FILE, "another container file starts here"),
    ],
)
def test_what_is_no_block_is_one_clear_error(tail: bytes, reason: str) -> None:
    assert reason in error_of(FILE + tail).reason
    found, losses = recovered(FILE + tail)
    assert found[:40] == rows(40)
    assert losses[0].start == len(FILE)


def test_a_block_without_records_is_nothing() -> None:
    for codec in CODEC_NAMES:
        header = written([], codec=codec)
        assert recovered(header + block(0, b"") + block(0, b"")) == ([], ())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "expected an object container file, which starts with 4f 62 6a 01, got an empty file"),
        (b"{}", "got 7b 7d"),
        (b"Obj\x02....", "got 4f 62 6a 02"),
        (b"Obj\x01", "the file ends inside the count of the metadata"),
        (b"Obj\x01\x02\x01", "length of the key of the metadata: expected 0 or more, got -1"),
        (b"Obj\x01\x02\x02a", "the file ends inside the length of the metadata 'a'"),
        (b"Obj\x01\x00" + MARKER, "the metadata has no avro.schema; it has nothing"),
        (b"Obj\x01\x02\x02k\x02v\x00" + MARKER, "it has 'k'"),
        (b"Obj\x01\x02\x02k\x02v\x00" + MARKER[:7], "the file ends inside the sync marker"),
        (b"Obj\x01" + write_long(10**12), "the file ends inside the length of the key"),
        (b"Obj\x01\x02\x14avro.codec\x08gzip\x00" + MARKER, "expected one of null, deflate, .*, got 'gzip'"),
        (b"Obj\x01\x02\x16avro.schema\x02\xff\x00" + MARKER, "avro.schema: invalid UTF-8"),
    ],
)
def test_what_is_no_header_is_one_clear_error(data: bytes, reason: str) -> None:
    for on_damage in ("raise", "skip"):
        with pytest.raises(DecodeError, match=reason) as caught:
            ContainerReader(io.BytesIO(data), Interface, on_damage=on_damage)
        assert caught.value.path == "<header>"


def test_metadata_in_several_blocks_with_sizes_is_a_header() -> None:
    entries = [b'\x16avro.schema\x0a"int"', b"\x02k\x02v"]
    head = b"Obj\x01" + b"".join(write_long(-1) + write_long(len(each)) + each for each in entries)
    reader = ContainerReader(io.BytesIO(head + b"\x00" + MARKER + block(2, b"\x02\x04")))
    assert list(reader) == [1, 2]
    assert reader.metadata["k"] == b"v"


def test_a_schema_that_is_none_is_a_schema_error() -> None:
    with pytest.raises(SchemaError, match=r"<avro\.schema>:1:1"):
        ContainerReader(io.BytesIO(b'Obj\x01\x02\x16avro.schema\x06"x"\x00' + MARKER))


@pytest.mark.parametrize("codec", ["deflate", "bzip2", "xz", "zstandard"])
def test_a_block_that_expands_beyond_the_limit_is_damage(codec: str) -> None:
    interface = load_interface('"bytes"')
    data = written([bytes(5_000_000)], interface, codec)
    limits = ContainerLimits(expanded_bytes=10**6)
    reader = ContainerReader(io.BytesIO(data), interface, on_damage="skip", limits=limits)
    assert list(reader) == []
    assert "expands to more than 1000000 bytes" in reader.losses[0].reason


def test_a_block_of_records_without_bytes_is_bounded() -> None:
    data = written([], load_interface('"null"')) + block(10**15, b"")
    with pytest.raises(DecodeError, match="expected at most 10000000 records and items of zero bytes"):
        list(ContainerReader(io.BytesIO(data)))
    nested = load_interface('{"type": "record", "name": "E", "fields": [{"name": "n", "type": "null"}]}')
    with pytest.raises(DecodeError, match="expected at most 10000000 records and items of zero bytes"):
        list(ContainerReader(io.BytesIO(written([], nested) + block(10**15, b"")), nested))


def test_what_is_lost_holds_nothing_of_the_block_that_it_was_in() -> None:
    bomb = block(1, zlib.compressobj(9, zlib.DEFLATED, -15).flush() + bytes(1000))
    data = written([], codec="deflate") + bomb * 20 + block(3, FILE[-200:-16])
    _, losses = recovered(data)
    assert len(losses) == 21
    for loss in losses:
        assert loss.error.__traceback__ is None
        assert loss.error.__context__ is None


def test_blocks_inside_a_block_that_does_not_expand_are_not_looked_for() -> None:
    # else each of them, reaching to the end of the file, would be read again: time by the square of the size
    inner = b"".join(
        (write_long(1) + write_long(200 + number)).ljust(5, b"\x07") + MARKER for number in range(9)
    )
    data = written([], codec="deflate") + block(7, inner[:-16])
    found, losses = recovered(data)
    assert found == []
    assert [(each.start, each.end, each.records) for each in losses] == [
        (len(data) - len(inner) - 3, len(data), 7)
    ]


def test_valid_records_that_compiled_code_does_not_know_cost_linear_time() -> None:
    # varints longer than they need be: the walk reads the rest of the block, once
    interface = load_interface('"long"')
    data = written([], interface) + block(50_000, b"\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00" * 50_000)
    assert list(ContainerReader(io.BytesIO(data), interface)) == [1] * 50_000


def test_any_damage_to_a_whole_file_ends_in_our_own_errors() -> None:
    random.seed(11)
    for _ in range(400):
        damaged = bytearray(FILE)
        for _ in range(random.randrange(1, 4)):  # noqa: S311 - no secret
            damaged[random.randrange(len(FILE))] = random.randrange(256)  # noqa: S311 - as above
        try:
            with ContainerReader(io.BytesIO(bytes(damaged)), on_damage="skip") as reader:
                list(reader)
        except AvroforgeError:
            continue


def test_plain_datums_survive_recovery_as_objects_do() -> None:
    starts = blocks_of(FILE)
    damaged = FILE[: starts[1]] + b"\xff" * 11 + FILE[starts[2] :]
    typed, losses = recovered(damaged)
    plain, same = recovered(damaged, None)
    assert plain == [row for row in datums(40) if row["id"] in {each.id for each in typed}]
    assert [each.start for each in losses] == [each.start for each in same] == [starts[1]]
