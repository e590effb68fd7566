"""The neutral bytes of 1,043 schemas through Avro JSON, single-object encoding and container files."""

from __future__ import annotations

import gzip
import io
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import fastavro
import pytest

from avroforge.errors import SchemaError
from avroforge.formats.avro_json import bytes_of, json_of
from avroforge.formats.container import ContainerReader, ContainerWriter
from avroforge.schema import Schema, parse_schema
from avroforge_codegen import load_interface

SHARED = Path(os.environ.get("AVROFORGE_SHARED", Path(__file__).parents[3] / "shared"))
ORACLE = SHARED / "conformance" / "bytes.jsonl.gz"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not ORACLE.exists(), reason=f"no oracle file {ORACLE}; set AVROFORGE_SHARED"),
]


@cache
def rows() -> list[tuple[Schema, list[bytes]]]:
    found = []
    for line in gzip.decompress(ORACLE.read_bytes()).decode().split("\n"):
        row: dict[str, Any] = json.loads(line) if line else {}
        if not row.get("data"):
            continue
        try:
            text = (SHARED / "corpus" / row["schema"]).read_text(encoding="utf-8")
            schema = parse_schema(text, path=row["schema"], lenient=True)
        except SchemaError:
            continue  # counted in test_schema_java
        found.append((schema, [bytes.fromhex(each) for each in row["data"]]))
    return found


def test_every_message_passes_through_json_unchanged() -> None:
    compared = 0
    for schema, messages in rows():
        for message in messages:
            assert bytes_of(json_of(message, schema), schema) == message, schema.path
            compared += 1
    assert compared > 3500


def test_every_message_passes_through_a_container_that_fastavro_reads_too() -> None:
    compared = read_by_fastavro = 0
    for schema, messages in rows()[::6]:
        try:
            interface = load_interface(parse_schema(schema.text), logical_types="raw")
        except SchemaError:
            continue  # names that Python cannot have, or a schema that only lenient parsing takes
        codec = interface()
        values = [codec.decode(message) for message in messages]
        file = io.BytesIO()
        with ContainerWriter(file, interface, "deflate", sync_interval=50) as writer:
            writer.write_all(values)
        data = file.getvalue()
        again = [codec.encode(value) for value in ContainerReader(io.BytesIO(data), interface)]
        assert again == messages, schema.path
        assert len(list(ContainerReader(io.BytesIO(data), logical_types="raw"))) == len(messages)
        single = [codec.decode_single_object(codec.encode_single_object(value)) for value in values]
        assert [codec.encode(value) for value in single] == messages
        compared += 1
        try:
            read_by_fastavro += len(list(fastavro.reader(io.BytesIO(data)))) == len(messages)
        except Exception:  # noqa: BLE001, S112 - fastavro refuses some schemas and values, in many ways
            continue
    assert compared > 160
    assert read_by_fastavro > 0.9 * compared
