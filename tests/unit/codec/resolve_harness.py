"""Write by one schema, read by another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from avroforge.codec.ir import Storage


def record(*fields: dict[str, Any], name: str = "R", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(name: str, kind: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"name": name, "type": kind, **more}


def read(writer: Any, reader: Any, datum: Any, arrays: Storage = "list") -> Any:  # noqa: ANN401 - JSON and plain datums
    """Write `datum` as plain Avro data of the writer, read it as the reader."""
    data = encoded(writer, datum)
    return load_interface(json.dumps(reader), arrays=arrays)().decode(data, writer_schema=json.dumps(writer))


def encoded(writer: Any, datum: Any) -> bytes:  # noqa: ANN401 - as above
    codec = load_interface(json.dumps(writer))()
    return codec.encode(codec.deserialize(datum))


def raw_read(writer: Any, reader: Any, data: bytes) -> Any:  # noqa: ANN401 - as above
    return load_interface(json.dumps(reader))().decode(data, writer_schema=json.dumps(writer))
