from __future__ import annotations

import io
import json

import avro.datafile
import avro.io
import avro.schema
import fastavro
import pytest
from tests.unit.formats.sample import TEXT, Interface, datums, rows

from avroforge.formats.container import CODEC_NAMES, ContainerReader, ContainerWriter

AVRO_CODECS = sorted({*CODEC_NAMES} - {"xz"})  # the reference library for Python has no xz
COUNT = 300


def ours(codec: str) -> bytes:
    file = io.BytesIO()
    with ContainerWriter(file, Interface, codec, sync_interval=900, metadata={"who": "us"}) as writer:
        writer.write_all(rows(COUNT))
    return file.getvalue()


def read_by_us(data: bytes) -> None:
    with ContainerReader(io.BytesIO(data), Interface) as reader:
        assert list(reader) == rows(COUNT)
    with ContainerReader(io.BytesIO(data)) as plain:
        assert list(plain) == datums(COUNT)


@pytest.mark.parametrize("codec", CODEC_NAMES)
def test_fastavro_reads_what_we_write(codec: str) -> None:
    reader = fastavro.reader(io.BytesIO(ours(codec)))
    assert list(reader) == datums(COUNT)
    assert (reader.codec, reader.metadata["who"]) == (codec, "us")


@pytest.mark.parametrize("codec", CODEC_NAMES)
def test_we_read_what_fastavro_writes(codec: str) -> None:
    file = io.BytesIO()
    fastavro.writer(file, json.loads(TEXT), datums(COUNT), codec=codec, sync_interval=900)
    read_by_us(file.getvalue())


@pytest.mark.parametrize("codec", AVRO_CODECS)
def test_the_reference_library_reads_what_we_write(codec: str) -> None:
    reader = avro.datafile.DataFileReader(io.BytesIO(ours(codec)), avro.io.DatumReader())
    assert list(reader) == datums(COUNT)
    assert reader.get_meta("who") == b"us"


@pytest.mark.parametrize("codec", AVRO_CODECS)
def test_we_read_what_the_reference_library_writes(codec: str) -> None:
    file = io.BytesIO()
    schema = avro.schema.parse(TEXT)
    writer = avro.datafile.DataFileWriter(file, avro.io.DatumWriter(), schema, codec=codec)
    for number, each in enumerate(datums(COUNT)):
        writer.append(each)
        if number % 40 == 0:
            writer.sync()
    writer.flush()
    read_by_us(file.getvalue())


@pytest.mark.parametrize("codec", CODEC_NAMES)
def test_each_appends_to_the_other_s_file(codec: str) -> None:
    file = io.BytesIO()
    fastavro.writer(file, json.loads(TEXT), datums(COUNT)[:100], codec=codec)
    with ContainerWriter.append(file, Interface) as writer:
        writer.write_all(rows(COUNT)[100:200])
    fastavro.writer(file, json.loads(TEXT), datums(COUNT)[200:])
    read_by_us(file.getvalue())
