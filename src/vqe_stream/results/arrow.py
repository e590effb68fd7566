"""The decoder for engines that hand over Kafka records as Arrow batches, as Spark's ``mapInArrow`` does."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from avroforge.errors import CodecError, ResolutionError, SchemaNotFoundError
from avroforge.registry import RegistryIds
from avroforge.registry.location import is_address, open_registry, options_of_environment
from vqe_records import VQEDecoratedResultInterface
from vqe_stream.results.source import StoredResult
from vqe_stream.results.table import results_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RESULT_ID: Final = "result-id"
_PLACE: Final = pa.schema([("partition", pa.int32()), ("offset", pa.int64()), ("error", pa.string())])
DECODED: Final = pa.schema([*results_table(()).schema, *_PLACE])
"""The columns of `results_table`, ``name`` being the result's id; the record's place; what is wrong."""


def decode_batches(registry: str, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Decode Kafka records, a row for each: the result's columns, or ``error`` and the others null.

    Schemas are asked for once in each process, whatever the number of calls.

    Args:
        registry: addresses of a registry server, or the path of a registry file; every worker has to reach
            it. Its settings for a server, as SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO, are in its environment.
        batches: with the columns ``value``, ``headers`` (a list of ``key`` and ``value``), ``partition`` and
            ``offset``, as Spark's Kafka source names them.

    Yields:
        Batches of the schema `DECODED`.

    Raises:
        RegistryError: the registry gave no answer; that is no fault of the records.
    """
    interface = _interface(registry)
    for batch in batches:
        read: list[tuple[int, int, StoredResult]] = []
        unread: list[tuple[int, int, str]] = []
        for record in batch.select(["value", "headers", "partition", "offset"]).to_pylist():
            headers = [(each["key"], each["value"]) for each in record["headers"] or ()]
            partition, offset = record["partition"], record["offset"]
            try:
                result = interface.from_record(record["value"] or b"", headers)
            except (CodecError, ResolutionError, SchemaNotFoundError) as error:
                unread.append((partition, offset, str(error)))
            else:
                name = dict(headers).get(RESULT_ID) or f"partition-{partition}-offset-{offset}".encode()
                read.append((partition, offset, StoredResult(name.decode(errors="replace"), result)))
        yield from _rows(read, unread)


def _rows(
    read: list[tuple[int, int, StoredResult]], unread: list[tuple[int, int, str]]
) -> Iterator[pa.RecordBatch]:
    results = results_table(stored for _, _, stored in read)
    for index, field in enumerate((_PLACE.field("partition"), _PLACE.field("offset"))):
        results = results.append_column(field, pa.array([row[index] for row in read], field.type))
    failures = {
        field.name: pa.array([row[index] for row in unread], field.type) for index, field in enumerate(_PLACE)
    }
    both = pa.concat_tables([results, pa.table(failures)], promote_options="default")
    yield from both.select(DECODED.names).cast(DECODED).to_batches()


@functools.cache
def _interface(registry: str) -> VQEDecoratedResultInterface:
    options = options_of_environment(os.environ) if is_address(registry) else None
    return VQEDecoratedResultInterface(RegistryIds(open_registry(registry, options)))
