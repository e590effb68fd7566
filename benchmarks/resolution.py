"""A resolved decode beside a plain one: the same VQE result, written by a schema that differs a little.

Each writer swaps two doubles and has a field more, in one of the records of the result. Rounds are
interleaved and the best of each is kept; read the ratios, not the times.
"""

from __future__ import annotations

import copy
import io
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import fastavro
from vqe_sample import sample

from vqe_records import VQEDecoratedResultInterface

if TYPE_CHECKING:
    from collections.abc import Callable

DATA: Final = Path(__file__).resolve().parents[1] / "data" / "vqe"
ROUNDS: Final = 15
SECONDS: Final = 0.03
"""How long one measurement lasts, about."""
CODEC: Final = VQEDecoratedResultInterface()
SIZES: Final = {
    "3.5 kB": {"iterations": 5, "parameters": 4, "terms": 4, "qubits": 2},
    "116 kB": {},
    "3.3 MB": {"iterations": 2000, "parameters": 200, "terms": 2000, "qubits": 14},
}
WRITERS: Final = {
    "VQEDecoratedResult": ("mapping_time", "vqe_time"),
    "VQEResult": ("minimum", "minimization_time"),
    "VQEProcess": ("result", "std"),
    "ComplexNumber": ("real", "imaginary"),
}
ADDED: Final = {"name": "added", "type": "string"}


def record_named(node: Any, name: str) -> dict[str, Any] | None:  # noqa: ANN401 - JSON
    """The definition of a record inside a schema."""
    if isinstance(node, dict):
        if "fields" in node and str(node["name"]).endswith(name):
            return node
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            found = record_named(each, name)
            if found is not None:
                return found
    return None


def writer_of(name: str) -> str:
    """The schema with two doubles of a record swapped and a field added to it."""
    schema = json.loads(CODEC.SELF_CONTAINED)
    record = record_named(schema, name)
    if record is None:
        raise AssertionError(f"no record {name} in the schema")
    fields = record["fields"]
    first, second = (next(i for i, each in enumerate(fields) if each["name"] == key) for key in WRITERS[name])
    fields[first], fields[second] = fields[second], fields[first]
    fields.insert(second, ADDED)
    return json.dumps(schema)


def with_added(datum: Any, key: str) -> Any:  # noqa: ANN401 - plain datum
    """The datum with the added field in every record that has the field `key`."""
    if isinstance(datum, list):
        return [with_added(each, key) for each in datum]
    if not isinstance(datum, dict):
        return datum
    changed = {name: with_added(each, key) for name, each in datum.items()}
    return {**changed, "added": "something"} if key in changed else changed


def best(actions: list[Callable[[], object]]) -> list[float]:
    """The best processor time of each action in microseconds: other programs matter less to it."""
    counts = []
    for action in actions:
        start = time.process_time()
        action()
        counts.append(max(1, int(SECONDS / (time.process_time() - start))))
    times = [float("inf")] * len(actions)
    for _ in range(ROUNDS):
        for index, action in enumerate(actions):
            start = time.process_time()
            for _ in range(counts[index]):
                action()
            times[index] = min(times[index], (time.process_time() - start) / counts[index] * 1e6)
    return times


def row(name: str, data: bytes, record: str) -> str:
    """One line of the table."""
    writer = writer_of(record)
    plain = CODEC.decode(data)
    datum = with_added(copy.deepcopy(CODEC.serialize(plain)), WRITERS[record][0])
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(json.loads(writer)), datum)
    written = out.getvalue()
    if CODEC.decode(written, writer_schema=writer) != plain:
        raise AssertionError(f"{name}: the resolved record is another one")
    own, resolved = best(
        [lambda: CODEC.decode(data), lambda: CODEC.decode(written, writer_schema=writer)],
    )
    return f"{name:<12}{record:<20}{own:>10,.1f}{resolved:>12,.1f}{resolved / own:>8.2f}"


def main() -> None:
    """Print the table."""
    print(f"{'message':<12}{'changed record':<20}{'plain us':>10}{'resolved us':>12}{'ratio':>8}")
    messages = {path.stem: path.read_bytes() for path in sorted(DATA.glob("*.avro"))}
    for name, sizes in SIZES.items():
        messages[name] = CODEC.encode(CODEC.deserialize(sample(**sizes)))
    for name, data in messages.items():
        for record in WRITERS:
            print(row(name, data, record), flush=True)


if __name__ == "__main__":
    main()
