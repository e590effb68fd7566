"""Records of other shapes than VQE: encode and decode beside fastavro, on the same bytes, in one run.

A single string, a single timestamp and the nested user are what the fastavro project measures itself by.
Ours takes and gives typed objects, fastavro dicts. Rounds are interleaved and the best of each is kept; read
the ratios (fastavro's time over ours), not the times.
"""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import fastavro
from timing import best

from avroforge_codegen import load_interface


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
PERSON: Final[dict[str, Any]] = {
    "username": "username",
    "age": 10,
    "phone": "000000000",
    "housenum": "0000",
    "address": {
        "street": "street",
        "city": "city",
        "state_prov": "state_prov",
        "country": "country",
        "zip": "zip",
    },
}
SHAPES: Final[dict[str, tuple[dict[str, object], Any]]] = {
    "small flat": (
        record("Flat", id="long", name="string", score="double", active="boolean"),
        {"id": 123456, "name": "a name", "score": 0.5, "active": True},
    ),
    "one string": (record("Text", field="string"), {"field": "foo"}),
    "one timestamp": (record("Time", at=logical("long", "timestamp-micros")), {"at": WHEN}),
    "nested user": (USER, PERSON),
    "100 users": (record("Users", users=array(USER)), {"users": [PERSON] * 100}),
    "100 strings": (
        record("Texts", texts=array("string")),
        {"texts": [f"text number {n}" for n in range(100)]},
    ),
    "map of long": (
        record("Counts", counts={"type": "map", "values": "long"}),
        {"counts": {f"key{n}": n * 1000 for n in range(100)}},
    ),
    "array of int": (record("Ints", numbers=array("int")), {"numbers": [n * 37 % 5000 for n in range(1000)]}),
    "array of times": (
        record("Times", numbers=array("long")),
        {"numbers": [1_700_000_000_000 + n * 1000 for n in range(1000)]},
    ),
    "array of long": (
        record("Longs", numbers=array("long")),
        {"numbers": [(-1) ** n * 7 ** (n % 17) for n in range(1000)]},
    ),
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
    print(f"fastavro {fastavro.__version__}, best of many interleaved rounds; ratios: its time over ours")
    print(f"{'shape':<16}{'bytes':>8}{'encode us':>12}{'ratio':>11}{'decode us':>12}{'ratio':>11}")
    for name, (schema, datum) in SHAPES.items():
        print(measured(name, schema, datum), flush=True)


if __name__ == "__main__":
    main()
