"""Container files: rows per second beside fastavro, reading and writing, in one run.

Ours takes and gives typed objects, fastavro dicts. Rounds are interleaved and the best of each is kept, so
that the machine's moods hit both alike; read the ratios, not the rates.
"""

from __future__ import annotations

import io
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import fastavro
from vqe_sample import sample

from avroforge.formats.container import ContainerReader, ContainerWriter
from avroforge_codegen import load_interface
from vqe_records import VQEDecoratedResultInterface

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS: Final = 5
INTERVAL: Final = 64_000
FLAT: Final = json.dumps(
    {
        "type": "record",
        "name": "shop.Order",
        "fields": [
            {"name": "id", "type": "long"},
            {"name": "customer", "type": "string"},
            {"name": "note", "type": ["null", "string"]},
            {"name": "amount", "type": "double"},
            {"name": "paid", "type": "boolean"},
        ],
    }
)


@dataclass
class Case:
    """The same rows in both libraries' form."""

    name: str
    interface: Any
    schema: Any
    rows: list[Any]
    dicts: list[Any]


def cases() -> list[Case]:
    """Many flat rows, and few that are mostly arrays of doubles."""
    orders = load_interface(FLAT)
    dicts = [
        {
            "id": number * 7919,
            "customer": f"customer {number % 977}",
            "note": None if number % 3 else f"note {number}",
            "amount": number / 7,
            "paid": number % 2 == 0,
        }
        for number in range(30_000)
    ]
    codec = orders()
    flat = Case(
        "flat rows",
        orders,
        fastavro.parse_schema(json.loads(FLAT)),
        [codec.deserialize(each) for each in dicts],
        dicts,
    )
    results = VQEDecoratedResultInterface
    datum = sample()
    schema = fastavro.parse_schema(json.loads(results.SELF_CONTAINED))
    return [flat, Case("VQE results", results, schema, [results().deserialize(datum)] * 40, [datum] * 40)]


def write_ours(case: Case, codec: str) -> bytes:
    """A file by avroforge."""
    file = io.BytesIO()
    with ContainerWriter(file, case.interface, codec, sync_interval=INTERVAL) as writer:
        writer.write_all(case.rows)
    return file.getvalue()


def write_fast(case: Case, codec: str) -> bytes:
    """A file by fastavro."""
    file = io.BytesIO()
    fastavro.writer(file, case.schema, case.dicts, codec=codec, sync_interval=INTERVAL)
    return file.getvalue()


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def read_ours(data: bytes, interface: Any) -> None:  # noqa: ANN401 - a generated class
    """Every row as an object."""
    for _ in ContainerReader(io.BytesIO(data), interface):
        pass


def read_fast(data: bytes) -> None:
    """Every row as a dict."""
    for _ in fastavro.reader(io.BytesIO(data)):
        pass


def compare(what: str, count: int, ours: Callable[[], object], fast: Callable[[], object]) -> None:
    """Print one row of the table."""
    best = [float("inf")] * 2
    for _ in range(ROUNDS):
        for index, work in enumerate((ours, fast)):
            best[index] = min(best[index], seconds(work))
    rates = "".join(f"{count / each:>12,.0f}" for each in best)
    print(f"{what:<28}{rates}{best[1] / best[0]:>8.2f}x")


def main() -> None:
    """Print rows per second of both, and their ratio."""
    print(f"{'':<28}{'avroforge':>12}{'fastavro':>12}{'ratio':>9}")
    for case in cases():
        count = len(case.rows)
        for codec in ("null", "deflate"):
            data = write_ours(case, codec)
            compare(
                f"{case.name}, {codec}, write",
                count,
                lambda case=case, codec=codec: write_ours(case, codec),  # type: ignore[misc]  # bound per round
                lambda case=case, codec=codec: write_fast(case, codec),  # type: ignore[misc]  # as above
            )
            compare(
                f"{case.name}, {codec}, read",
                count,
                lambda case=case, data=data: read_ours(data, case.interface),  # type: ignore[misc]  # as above
                lambda data=data: read_fast(data),  # type: ignore[misc]  # as above
            )


if __name__ == "__main__":
    main()
