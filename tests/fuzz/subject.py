"""What is fuzzed: schemas with valid messages, and other schemas that read them."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, given, seed, settings
from tests.property.evolutions import evolutions
from tests.property.strategies import data_for, schemas

from avroforge.errors import EncodeError, SchemaError
from avroforge_codegen import load_interface

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from hypothesis.strategies import DataObject

ROOT: Final = Path(__file__).resolve().parents[2]
SHARED: Final = Path(os.environ.get("AVROFORGE_SHARED", ROOT / "shared"))
_LONGEST_SCHEMA: Final = 20_000
_LONGEST_MESSAGE: Final = 40_000


@dataclass(frozen=True, slots=True)
class Subject:
    """A schema, valid messages of it, and schemas that may read them."""

    schema: str
    messages: tuple[bytes, ...]
    readers: tuple[str, ...] = ()


def subjects(random: Random) -> Iterator[Subject]:
    """Endless subjects of all kinds in turn."""
    corpus = _corpus()
    while True:
        yield from _drawn(random)
        for _ in range(4):
            yield _run(random)
            yield random.choice(_vqe())
            if corpus:
                yield random.choice(corpus)


@cache
def _vqe() -> tuple[Subject, ...]:
    """The project's own records: real ones, and one that is small."""
    text = (ROOT / "tests" / "data" / "VQEDecoratedResult.inline.avsc").read_text(encoding="utf-8")
    schema = json.loads(text)
    codec = load_interface(text)()
    real = min((ROOT / "data" / "vqe").glob("*.avro"), key=lambda path: path.stat().st_size)
    record: Any = codec.decode(real.read_bytes())
    record.vqe_result.initial_data.ansatz = "OPENQASM 3.0;"
    del record.vqe_result.initial_data.hamiltonian[40:]
    del record.vqe_result.iteration_list[36:]
    shorter = {**schema, "fields": [each for each in schema["fields"] if each["name"] != "molecule"]}
    return (Subject(text, (codec.encode(record),), (json.dumps(shorter),)),)


@cache
def _corpus() -> tuple[Subject, ...]:
    """Real schemas with the messages of a neutral encoder, where the shared files are."""
    path = SHARED / "conformance" / "bytes.jsonl.gz"
    if not path.exists():
        return ()
    found = []
    for line in gzip.decompress(path.read_bytes()).decode().split("\n"):
        row = json.loads(line) if line else {"data": []}
        messages = tuple(bytes.fromhex(each) for each in row["data"])
        if messages and max(map(len, messages)) < _LONGEST_MESSAGE:
            text = (SHARED / "corpus" / row["schema"]).read_text(encoding="utf-8")
            if len(text) < _LONGEST_SCHEMA:
                found.append(Subject(text, messages))
    return tuple(found)


@dataclass
class _Drawn:
    found: list[Subject] = field(default_factory=list)

    def take(self, data: DataObject) -> None:
        text = data.draw(schemas())
        try:
            codec = load_interface(text)()
            values = [data.draw(data_for(codec)) for _ in range(3)]
            messages = tuple(codec.encode(value) for value in values)
        except (SchemaError, EncodeError):
            return
        readers = tuple(data.draw(evolutions(text)) for _ in range(2))
        self.found.append(Subject(text, messages, readers))


def _drawn(random: Random) -> list[Subject]:
    """Schemas of the property tests, with values and later versions."""
    drawn = _Drawn()

    @seed(random.getrandbits(32))
    @settings(
        max_examples=12,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def draw(data: DataObject) -> None:
        drawn.take(data)

    draw()
    return drawn.found


_ENUM: Final = {"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}
_FIXED: Final = {"type": "fixed", "name": "F", "size": 3}
_LEAVES: Final[dict[str, Any]] = {
    "text": "string",
    "raw": "bytes",
    "small": "int",
    "large": "long",
    "real": "double",
    "short": "float",
    "flag": "boolean",
    "symbol": _ENUM,
    "blob": _FIXED,
    "reals": {"type": "array", "items": "double"},
    "shorts": {"type": "array", "items": "float"},
    "numbers": {"type": "array", "items": "long"},
    "maybe": ["null", "double"],
    "perhaps": ["string", "null"],
    "times": {"type": "map", "values": "int"},
    "inner": {
        "type": "record",
        "name": "Inner",
        "fields": [{"name": "x", "type": "double"}, {"name": "note", "type": "string"}],
    },
}
_WIDER: Final = {"int": "long", "long": "double", "float": "double", "string": "bytes"}


def _run(random: Random) -> Subject:
    """An array of records that mostly have one size: what is read in runs."""
    names = random.sample(sorted(_LEAVES), random.randint(1, 5))
    fields = [{"name": name, "type": _LEAVES[name]} for name in names]
    schema = {"type": "array", "items": {"type": "record", "name": "Row", "fields": fields}}
    text = json.dumps(schema)
    codec = load_interface(text)()
    rows = [_row(names, random) for _ in range(random.choice((33, 40, 70)))]
    if random.random() < 0.5:
        rows[random.randrange(len(rows))] = _row(names, random, random.randint(0, 200))
    kept = [_widened(each, random) for each in fields if random.random() < 0.7]
    random.shuffle(kept)
    reader = {"type": "array", "items": {"type": "record", "name": "Row", "fields": kept}}
    return Subject(text, (codec.encode(codec.deserialize(rows)),), (json.dumps(reader),))


def _widened(each: dict[str, Any], random: Random) -> dict[str, Any]:
    kind = each["type"]
    wider = isinstance(kind, str) and random.random() < 0.3
    return {**each, "type": _WIDER.get(kind, kind)} if wider else each


def _row(names: list[str], random: Random, size: int = 4) -> dict[str, Any]:
    values: dict[str, Any] = {
        "text": "".join(random.choice("IXYZ\u00e9") for _ in range(size)),
        "raw": random.randbytes(size),
        "small": random.randint(0, 60) * (1 + size // 8),
        "large": random.choice((1, 100, 2**40)),
        "real": random.random(),
        "short": float(random.randint(0, 9)),
        "flag": random.random() < 0.5,
        "symbol": random.choice("ABC"),
        "blob": random.randbytes(3),
        "reals": [random.random() for _ in range(size)],
        "shorts": [1.5] * size,
        "numbers": [random.randint(-70, 70) for _ in range(size)],
        "maybe": 1.0 if size == 4 else None,
        "perhaps": "yes" if size == 4 else None,
        "times": {str(each): each for each in range(size % 3)},
        "inner": {"x": random.random(), "note": "n" * size},
    }
    return {name: values[name] for name in names}
