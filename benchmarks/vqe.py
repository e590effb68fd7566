"""VQE results: encode and decode beside fastavro and avro, on the same bytes, in one run.

Ours takes and gives typed objects, the others dicts. Rounds are interleaved and the best of each is kept, so
that the machine's moods hit all alike; read the ratios, not the times.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import avro.io
import avro.schema
import fastavro
from timing import best
from vqe_sample import sample

from vqe_records import VQEDecoratedResult, VQEDecoratedResultInterface

DATA: Final = Path(__file__).resolve().parents[1] / "data" / "vqe"
SIZES: Final = {
    "3.5 kB": {"iterations": 5, "parameters": 4, "terms": 4, "qubits": 2},
    "116 kB": {},
    "3.3 MB": {"iterations": 2000, "parameters": 200, "terms": 2000, "qubits": 14},
}

CODEC: Final = VQEDecoratedResultInterface()
FAST: Final = fastavro.parse_schema(json.loads(CODEC.SELF_CONTAINED))
REFERENCE: Final = avro.schema.parse(CODEC.SELF_CONTAINED)


@dataclass
class Case:
    """One message in every library's form."""

    name: str
    data: bytes
    datum: dict[str, Any]
    arrays: VQEDecoratedResult
    lists: VQEDecoratedResult


def fast_encode(datum: dict[str, Any]) -> bytes:
    """One record by fastavro."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, FAST, datum)
    return out.getvalue()


def fast_decode(data: bytes) -> object:
    """One record by fastavro."""
    return fastavro.schemaless_reader(io.BytesIO(data), FAST, None)


def avro_encode(datum: dict[str, Any]) -> bytes:
    """One record by the reference library."""
    out = io.BytesIO()
    avro.io.DatumWriter(REFERENCE).write(datum, avro.io.BinaryEncoder(out))
    return out.getvalue()


def avro_decode(data: bytes) -> object:
    """One record by the reference library."""
    return avro.io.DatumReader(REFERENCE).read(avro.io.BinaryDecoder(io.BytesIO(data)))


def with_lists(data: bytes) -> VQEDecoratedResult:
    """The record with Python lists in place of numpy arrays."""
    record = CODEC.decode(data)
    run: Any = record.vqe_result
    run.optimal_parameters = run.optimal_parameters.tolist()
    run.initial_data.initial_parameters = run.initial_data.initial_parameters.tolist()
    for step in run.iteration_list:
        step.parameters = step.parameters.tolist()
    return record


def case(name: str, data: bytes) -> Case:
    """Prepare a message and check that everyone reads and writes the same."""
    datum: Any = fast_decode(data)
    prepared = Case(name, data, datum, CODEC.decode(data), with_lists(data))
    for encoded in (
        fast_encode(datum),
        avro_encode(datum),
        CODEC.encode(prepared.arrays),
        CODEC.encode(prepared.lists),
    ):
        if encoded != data:
            raise AssertionError(f"{name}: the libraries do not write the same bytes")
    return prepared


def measured(prepared: Case) -> list[str]:
    """The rows of one message."""
    encoding = best(
        {
            "numpy": lambda: CODEC.encode(prepared.arrays),
            "lists": lambda: CODEC.encode(prepared.lists),
            "fastavro": lambda: fast_encode(prepared.datum),
            "avro": lambda: avro_encode(prepared.datum),
        }
    )
    decoding = best(
        {
            "numpy": lambda: CODEC.decode(prepared.data),
            "fastavro": lambda: fast_decode(prepared.data),
            "avro": lambda: avro_decode(prepared.data),
        }
    )
    head = f"{prepared.name:<12}{len(prepared.data):>10,}"
    return [
        f"{head}  encode{_cells(encoding, 'numpy')}",
        f"{'':<12}{'':>10}  ... lists{_cells(encoding, 'lists')[2:]}",
        f"{'':<12}{'':>10}  decode{_cells(decoding, 'numpy')}",
    ]


def _cells(times: dict[str, float], ours: str) -> str:
    own, fast, slow = times[ours], times["fastavro"], times["avro"]
    return f"{own:>12,.1f}{fast / own:>14.1f} x{slow / own:>11.1f} x"


def main() -> None:
    """Print the table."""
    print(f"fastavro {fastavro.__version__}, best of many interleaved rounds; ratios: theirs over ours")
    print(f"{'message':<12}{'bytes':>10}  {'':<6}{'avroforge us':>12}{'to fastavro':>16}{'to avro':>13}")
    messages = {path.stem: path.read_bytes() for path in sorted(DATA.glob("*.avro"))}
    messages |= {name: fast_encode(sample(**sizes)) for name, sizes in SIZES.items()}
    for name, data in messages.items():
        for row in measured(case(name, data)):
            print(row, flush=True)


if __name__ == "__main__":
    main()
