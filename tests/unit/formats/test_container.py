from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.property.strategies import data_for, schemas
from tests.unit.formats.sample import TEXT, Interface, datums, rows

from avroforge.errors import ConfigurationError, DecodeError, EncodeError, ResolutionError
from avroforge.formats.container import CODEC_NAMES, ContainerLimits, ContainerReader, ContainerWriter
from avroforge.record import values_equal
from avroforge_codegen import load_interface

MARKER = bytes(range(16))
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def written(data: list[Any], interface: Any = Interface, codec: str = "null", **options: Any) -> bytes:  # noqa: ANN401 - the writer's own
    file = io.BytesIO()
    with ContainerWriter(file, interface, codec, **options) as writer:
        writer.write_all(data)
    return file.getvalue()


def read(data: bytes, interface: Any = Interface, **options: Any) -> list[Any]:  # noqa: ANN401 - the reader's own
    return list(ContainerReader(io.BytesIO(data), interface, **options))


def read_from(file: Any) -> list[Any]:  # noqa: ANN401 - any binary file
    return list(ContainerReader(file, Interface))


@pytest.mark.parametrize("codec", CODEC_NAMES)
@pytest.mark.parametrize("sync_interval", [1, 700, 10**6])
def test_what_is_written_is_read(codec: str, sync_interval: int) -> None:
    data = written(rows(), codec=codec, sync_interval=sync_interval)
    assert read(data) == rows()
    assert list(ContainerReader(io.BytesIO(data))) == datums()


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_values_of_every_schema(data: st.DataObject) -> None:
    interface = load_interface(data.draw(schemas(), label="schema"))
    values = data.draw(st.lists(data_for(interface()), max_size=5), label="values")
    stored = written(values, interface, sync_interval=data.draw(st.integers(1, 40)))
    again = read(stored, interface)
    assert len(again) == len(values)
    assert all(map(values_equal, again, values))
    assert len(list(ContainerReader(io.BytesIO(stored)))) == len(values)


def test_numpy_arrays_are_read_as_such() -> None:
    interface = load_interface(TEXT, arrays="numpy")
    found = read(written(rows(9)), interface)
    assert [row.price.dtype.str for row in found] == ["<f8"] * 9
    assert [row.price.tolist() for row in found] == [row.price for row in rows(9)]


def test_a_file_says_what_it_is() -> None:
    data = written(rows(3), codec="deflate", metadata={"who": "me", "raw": b"\xff"}, sync_marker=MARKER)
    reader = ContainerReader(io.BytesIO(data), Interface)
    assert reader.codec == "deflate"
    assert reader.schema.key == Interface.SCHEMA_KEY
    assert reader.sync_marker == MARKER
    assert reader.metadata["who"] == b"me"
    assert reader.metadata["raw"] == b"\xff"
    assert reader.metadata["avro.schema"] == TEXT.encode()


def test_the_same_marker_gives_the_same_file_and_none_gives_another() -> None:
    assert written(rows(3), sync_marker=MARKER) == written(rows(3), sync_marker=MARKER)
    assert written(rows(3)) != written(rows(3))


def test_a_file_without_records_is_a_file() -> None:
    assert read(written([])) == []


def test_a_pipe_will_do() -> None:
    class Pipe(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 13, 13))

        def seek(self, *_: int) -> int:
            raise OSError("a pipe cannot seek")

        tell = seek

    assert read_from(Pipe(written(rows(50), sync_interval=99))) == rows(50)


def test_reading_starts_where_the_file_stands() -> None:
    file = io.BytesIO(b"before" + written(rows(3)))
    file.seek(6)
    assert list(ContainerReader(file, Interface)) == rows(3)


def test_another_schema_s_file_is_resolved() -> None:
    text = json.loads(TEXT)
    text["fields"].append({"name": "new", "type": "string", "default": "fresh"})
    text["fields"].reverse()
    newer = load_interface(json.dumps(text))
    found = read(written(rows(60), sync_interval=500), newer)
    assert [row.new for row in found] == ["fresh"] * 60
    assert [(row.id, row.price) for row in found] == [(row.id, row.price) for row in rows(60)]


def test_a_file_that_the_interface_cannot_read_is_refused_at_once() -> None:
    with pytest.raises(ResolutionError):
        ContainerReader(io.BytesIO(written([1], load_interface('"int"'))), Interface)


def test_a_block_is_in_memory_at_a_time() -> None:
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            found = super().read(size)
            self.taken += len(found)
            return found

    file = Counting(written(rows(60_000), sync_interval=1000))
    reader = ContainerReader(file, Interface)
    next(reader)
    assert file.taken < len(file.getvalue()) / 4


def test_a_record_that_cannot_be_encoded_leaves_no_trace() -> None:
    file = io.BytesIO()
    with ContainerWriter(file, Interface) as writer:
        writer.write(rows(1)[0])
        with pytest.raises(EncodeError):
            writer.write("no order")
        writer.write(rows(2)[1])
    assert read(file.getvalue()) == rows(2)


def test_records_without_bytes_end_a_block_too() -> None:
    interface = load_interface('"null"')
    assert read(written([None] * 250_000, interface), interface) == [None] * 250_000


def test_a_closed_writer_takes_nothing() -> None:
    writer = ContainerWriter(io.BytesIO(), Interface)
    writer.close()
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write(rows(1)[0])
    with pytest.raises(ValueError, match="closed"):
        writer.flush()


def test_after_a_failed_write_the_writer_refuses_to_go_on() -> None:
    class Full(io.BytesIO):
        full = False

        def write(self, data: Any) -> int:  # noqa: ANN401 - a buffer
            if self.full:
                super().write(data[:10])
                raise OSError(28, "No space left on device")
            return super().write(data)

    file = Full()
    with ContainerWriter(file, Interface) as writer:
        writer.write(rows(1)[0])
        file.full = True
        with pytest.raises(OSError, match="No space"):
            writer.flush()
        file.full = False
        with pytest.raises(ValueError, match="damaged"):
            writer.write(rows(1)[0])
    size = len(file.getvalue())
    assert size == len(written([])) + 10


@pytest.mark.parametrize("codec", ["null", "deflate", "zstandard"])
def test_appending_keeps_codec_marker_and_metadata(codec: str) -> None:
    file = io.BytesIO(written(rows(10), codec=codec, metadata={"who": "me"}))
    before = ContainerReader(io.BytesIO(file.getvalue()), Interface)
    file.seek(3)
    with ContainerWriter.append(file, Interface) as writer:
        writer.write_all(rows(20)[10:])
    after = ContainerReader(io.BytesIO(file.getvalue()), Interface)
    assert (after.codec, after.sync_marker) == (codec, before.sync_marker)
    assert dict(after.metadata) == dict(before.metadata)
    assert list(after) == rows(20)


def test_appending_to_another_schema_s_file_is_refused() -> None:
    # the same bytes, another meaning: the fingerprint would not notice
    scaled = load_interface('{"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}')
    other = load_interface('{"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 1}')
    file = io.BytesIO(written([], scaled))
    before = file.getvalue()
    with pytest.raises(ConfigurationError, match="append: expected a file with the schema"):
        ContainerWriter.append(file, other)
    assert file.getvalue() == before


@pytest.mark.parametrize("cut", [1, 16, 20])
def test_appending_to_a_file_with_a_damaged_end_is_refused(cut: int) -> None:
    data = written(rows(10))[:-cut]
    file = io.BytesIO(data)
    with pytest.raises(DecodeError, match="does not end with its sync marker"):
        ContainerWriter.append(file, Interface)
    assert file.getvalue() == data


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"codec": "gzip"}, "codec: expected one of"),
        ({"level": 3}, "level of codec 'null'"),
        ({"sync_marker": b"short"}, "sync_marker: expected 16 bytes, got 5"),
        ({"sync_interval": 0}, "sync_interval: expected 1 or more"),
        ({"metadata": {"avro.codec": "null"}}, "keys that start with 'avro.' are reserved"),
    ],
)
def test_wrong_settings_write_nothing(options: dict[str, Any], message: str) -> None:
    file = io.BytesIO()
    with pytest.raises(ConfigurationError, match=message):
        ContainerWriter(file, Interface, **options)
    assert file.getvalue() == b""


def test_large_metadata_is_read_up_to_a_limit() -> None:
    data = written(rows(3), metadata={"big": bytes(3_000_000), **{f"k{each}": b"v" for each in range(9999)}})
    assert read(data) == rows(3)
    with pytest.raises(DecodeError, match="the header is larger than 1000000 bytes; ContainerLimits raises"):
        read(data, limits=ContainerLimits(header_bytes=10**6))


def test_plain_datums_come_with_or_without_logical_types() -> None:
    interface = load_interface('{"type": "int", "logicalType": "date"}')
    data = written([dt.date(2026, 1, 2)], interface)
    assert list(ContainerReader(io.BytesIO(data))) == [dt.date(2026, 1, 2)]
    assert list(ContainerReader(io.BytesIO(data), logical_types="raw")) == [20455]
    with pytest.raises(ConfigurationError, match="an interface has its own"):
        read(data, interface, logical_types="raw")


@pytest.mark.parametrize("file", ["orders.avro", b"Obj", io.StringIO(), None])
def test_what_is_no_binary_file_is_named(file: Any) -> None:  # noqa: ANN401 - what is refused
    for use in (ContainerReader, ContainerWriter, ContainerWriter.append):
        with pytest.raises(ConfigurationError, match="file: expected one opened for bytes"):
            use(file, Interface)


def test_an_object_of_an_interface_is_not_its_class() -> None:
    interface: Any = Interface()
    for use in (ContainerReader, ContainerWriter, ContainerWriter.append):
        with pytest.raises(ConfigurationError, match="interface: expected a class such as OrderInterface"):
            use(io.BytesIO(), interface)


def test_another_way_with_damage_is_refused() -> None:
    ignore: Any = "ignore"
    with pytest.raises(ConfigurationError, match="on_damage: expected 'raise' or 'skip', got 'ignore'"):
        ContainerReader(io.BytesIO(), Interface, on_damage=ignore)
