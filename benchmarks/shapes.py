"""Records of other shapes than VQE: encode and decode beside fastavro, on the same bytes, in one run.

Ours takes and gives typed objects, fastavro dicts. Rounds are interleaved and the best of each is kept; read
the ratios (fastavro's time over ours), not the times.
"""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import fastavro

from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS: Final = 9
SECONDS: Final = 0.03


def record(name: str, /, **fields: object) -> dict[str, object]:
    """A record schema of these fields."""
    return {
        "type": "record",
        "name": name,
        "fields": [{"name": key, "type": each} for key, each in fields.items()],
    }


def array(items: object) -> dict[str, object]:
    """An array schema."""
    return {"type": "array", "items": items}


def logical(base: str, name: str, **attributes: int) -> dict[str, object]:
    """A logical type over a primitive."""
    return {"type": base, "logicalType": name, **attributes}


ADDRESS: Final = record(
    "Address", **dict.fromkeys(("street", "city", "state_prov", "country", "zip"), "string")
)
USER: Final = record(
    "UserInfo", username="string", age="int", phone="string", housenum="string", address=ADDRESS
)
POINT: Final = record("Point", x="double", y="double", tag="string")
WHEN: Final = datetime(2026, 5, 17, 12, 30, 15, 250000, tzinfo=UTC)
SHAPES: Final[dict[str, tuple[dict[str, object], Any]]] = {
    "small flat": (
        record("Flat", id="long", name="string", score="double", active="boolean"),
        {"id": 123456, "name": "a name", "score": 0.5, "active": True},
    ),
    "nested user": (
        USER,
        {
            "username": "username",
            "age": 10,
            "phone": "000000000",
            "housenum": "0000",
            "address": {
                "street": "street",
                "city": "city",
                "state_prov": "sp",
                "country": "country",
                "zip": "zip",
            },
        },
    ),
    "100 strings": (
        record("Texts", texts=array("string")),
        {"texts": [f"text number {n}" for n in range(100)]},
    ),
    "map of long": (
        record("Counts", counts={"type": "map", "values": "long"}),
        {"counts": {f"key{n}": n * 1000 for n in range(100)}},
    ),
    "array of int": (record("Ints", numbers=array("int")), {"numbers": [n * 37 % 5000 for n in range(1000)]}),
    "100 records": (
        record("Points", points=array(POINT)),
        {"points": [{"x": n * 0.5, "y": -n * 1.5, "tag": f"p{n}"} for n in range(100)]},
    ),
    "1000 records": (
        record("ManyPoints", points=array(POINT)),
        {"points": [{"x": n * 0.5, "y": -n * 1.5, "tag": f"p{n:04}"} for n in range(1000)]},
    ),
    "logical types": (
        record(
            "Logical",
            day=logical("int", "date"),
            at=logical("long", "timestamp-micros"),
            millis=logical("long", "timestamp-millis"),
            amount=logical("bytes", "decimal", precision=12, scale=2),
            key=logical("string", "uuid"),
        ),
        {
            "day": date(2026, 5, 17),
            "at": WHEN,
            "millis": WHEN,
            "amount": Decimal("12345.67"),
            "key": UUID("12345678-1234-5678-1234-567812345678"),
        },
    ),
    "unions": (
        record(
            "Unions",
            a=["null", "string"],
            b=["null", "long"],
            c=["string", "double", "boolean"],
            d=array(["null", "string", "double", POINT]),
        ),
        {
            "a": "text",
            "b": None,
            "c": 2.5,
            "d": [None, "x", 1.5, {"x": 1.0, "y": 2.0, "tag": "t"}] * 5,
        },
    ),
}


def best(actions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The best time of each action in microseconds; rounds go through all of them in turn."""
    counts: dict[str, int] = {}
    for name, action in actions.items():
        start = time.perf_counter()
        action()
        counts[name] = max(1, int(SECONDS / (time.perf_counter() - start)))
    result = dict.fromkeys(actions, float("inf"))
    for _ in range(ROUNDS):
        for name, action in actions.items():
            start = time.perf_counter()
            for _ in range(counts[name]):
                action()
            result[name] = min(result[name], (time.perf_counter() - start) / counts[name] * 1e6)
    return result


def measured(name: str, schema: dict[str, object], datum: object) -> str:
    """One row of the table."""
    fast = fastavro.parse_schema(json.loads(json.dumps(schema)))

    def fast_encode() -> bytes:
        out = io.BytesIO()
        fastavro.schemaless_writer(out, fast, datum)
        return out.getvalue()

    data = fast_encode()
    codec = load_interface(json.dumps(schema))()
    value = codec.decode(data)
    if codec.encode(value) != data:
        raise AssertionError(f"{name}: the libraries do not write the same bytes")
    times = best(
        {
            "encode": lambda: codec.encode(value),
            "fast_encode": fast_encode,
            "decode": lambda: codec.decode(data),
            "fast_decode": lambda: fastavro.schemaless_reader(io.BytesIO(data), fast, None),
        }
    )
    encode, decode = times["encode"], times["decode"]
    return (
        f"{name:<16}{len(data):>8,}{encode:>12.2f}{times['fast_encode'] / encode:>9.1f} x"
        f"{decode:>12.2f}{times['fast_decode'] / decode:>9.1f} x"
    )


def main() -> None:
    """Print the table."""
    print(f"fastavro {fastavro.__version__}, best of {ROUNDS} interleaved rounds; ratios: its time over ours")
    print(f"{'shape':<16}{'bytes':>8}{'encode us':>12}{'ratio':>11}{'decode us':>12}{'ratio':>11}")
    for name, (schema, datum) in SHAPES.items():
        print(measured(name, schema, datum), flush=True)


if __name__ == "__main__":
    main()
