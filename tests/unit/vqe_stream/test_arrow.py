from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pytest
from tests.unit.vqe_stream.conftest import ROOT

from avroforge.errors import RegistryError
from avroforge.registry import LocalRegistry, RegistryIds
from vqe_records import VQEDecoratedResultInterface
from vqe_stream import result_from_json
from vqe_stream.results import StoredResult
from vqe_stream.results.arrow import DECODED, decode_batches
from vqe_stream.results.table import results_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FILES: Final = sorted((ROOT / "data" / "vqe").glob("*.json"))


@pytest.fixture
def registry(tmp_path: Path) -> str:
    return str(tmp_path / "registry.json")


def records(values: Sequence[bytes | None], names: Sequence[bytes | None]) -> pa.RecordBatch:
    """As Spark's Kafka source gives them."""
    headers = [[{"key": "result-id", "value": name}] if name else None for name in names]
    return pa.RecordBatch.from_pydict(
        {
            "value": pa.array(values, pa.binary()),
            "headers": pa.array(headers, pa.list_(pa.struct([("key", pa.string()), ("value", pa.binary())]))),
            "partition": pa.array([2] * len(values), pa.int32()),
            "offset": pa.array(range(len(values)), pa.int64()),
        }
    )


def framed(registry: str) -> list[bytes]:
    ids = RegistryIds(LocalRegistry(registry))
    interface = VQEDecoratedResultInterface(ids, "experiment.vqe-value")
    ids.ensure_registered("experiment.vqe-value", interface.SELF_CONTAINED)
    results = [result_from_json(file.read_bytes()) for file in FILES]
    return [interface.to_avro_bytes(each, require_header=True) for each in results]


def rows(registry: str, batch: pa.RecordBatch) -> list[dict[str, Any]]:
    table = pa.Table.from_batches(list(decode_batches(registry, [batch])), DECODED)
    return sorted(table.to_pylist(), key=lambda row: row["offset"])


def test_a_row_has_what_the_table_of_stored_results_has(registry: str) -> None:
    found = rows(registry, records(framed(registry), [file.stem.encode() for file in FILES]))
    stored = [StoredResult(file.stem, result_from_json(file.read_bytes())) for file in FILES]
    place = [{"partition": 2, "offset": offset, "error": None} for offset in range(len(FILES))]
    assert found == [row | at for row, at in zip(results_table(stored).to_pylist(), place, strict=True)]


def test_what_is_no_result_has_its_reason_and_does_not_end_the_rest(registry: str) -> None:
    good, *_ = framed(registry)
    unknown = good[:1] + (999).to_bytes(4, "big") + good[5:]
    found = rows(registry, records([b"garbage", None, unknown, good[:100], good], [None] * 5))
    assert [row["error"] is None for row in found] == [False, False, False, False, True]
    assert "999" in found[2]["error"]
    assert {row["molecule"] for row in found[:4]} == {None}
    assert found[4]["name"] == "partition-2-offset-4"


def test_no_records_are_no_rows(registry: str) -> None:
    framed(registry)
    assert rows(registry, records([], [])) == []


def test_a_registry_that_does_not_answer_is_no_fault_of_the_records() -> None:
    good = b"\x00\x00\x00\x00\x01rest"
    with pytest.raises(RegistryError):
        rows("http://127.0.0.1:1", records([good], [None]))
