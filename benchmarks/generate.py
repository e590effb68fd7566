"""Generate packages: 200 records, a corpus, and growth to 5,000 schemas that refer to each other.

Each run is a process of its own; ratios are against avroforge on the same files. The peers take part where
they are installed (``pip install "dataclasses-avroschema[pydantic]" datamodel-code-generator``, best in an
environment of its own); both write classes without codecs. The corpus is read where AVROFORGE_SHARED names
its folder.
"""

from __future__ import annotations

import importlib.util
import json
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOMAIN = 25
"""Schemas that refer to each other; so many share a namespace."""
DEEPEST = 45
SIZES = (1_000, 2_500, 5_000)
FIELD_TYPES: tuple[object, ...] = (
    "int",
    "long",
    "string",
    "double",
    ["null", "string"],
    {"type": "array", "items": "double"},
    {"type": "map", "values": "long"},
)


class Outcome(NamedTuple):
    """Characters written, and files refused."""

    size: int
    refused: int


class Run(NamedTuple):
    """Seconds of processor time, peak memory in MiB, and what came of it."""

    seconds: float
    peak: float
    outcome: Outcome


Tool: TypeAlias = "Callable[[Mapping[str, str]], Outcome]"


def synthetic(count: int, fields: int = 8) -> dict[str, str]:
    """Record schemas; each refers to up to two earlier ones of its domain and to one of the first domain."""
    draw = random.Random(1)  # noqa: S311 - the same schemas in every run
    result: dict[str, str] = {}
    for number in range(count):
        domain = number // DOMAIN
        listed: list[dict[str, object]] = [
            {"name": f"f{each}", "type": draw.choice(FIELD_TYPES)} for each in range(fields)
        ]
        earlier = [*range(domain * DOMAIN, number)]
        targets = draw.sample(earlier, min(2, len(earlier)))
        targets += [draw.randrange(DOMAIN)] if domain else []
        for each, target in enumerate(targets):
            name = f"bench.d{target // DOMAIN}.R{target}"
            listed.append({"name": f"ref{each}", "type": ["null", name], "default": None})
        record = {"type": "record", "name": f"R{number}", "namespace": f"bench.d{domain}", "fields": listed}
        result[f"bench/d{domain}/R{number}.avsc"] = json.dumps(record)
    return result


def dense(count: int, fields: int = 8) -> dict[str, str]:
    """Record schemas that mean most of the others: each refers to three earlier ones anywhere."""
    draw = random.Random(3)  # noqa: S311 - as above
    levels: list[int] = []
    result: dict[str, str] = {}
    for number in range(count):
        domain = number // DOMAIN
        listed: list[dict[str, object]] = [
            {"name": f"f{each}", "type": draw.choice(FIELD_TYPES)} for each in range(fields)
        ]
        # a schema may nest 100 deep
        earlier = [each for each in range(number) if levels[each] < DEEPEST]
        targets = draw.sample(earlier, min(3, len(earlier)))
        levels.append(1 + max((levels[each] for each in targets), default=0))
        for each, target in enumerate(targets):
            name = f"bench.d{target // DOMAIN}.R{target}"
            listed.append({"name": f"ref{each}", "type": ["null", name], "default": None})
        record = {"type": "record", "name": f"R{number}", "namespace": f"bench.d{domain}", "fields": listed}
        result[f"bench/d{domain}/R{number}.avsc"] = json.dumps(record)
    return result


def flat(count: int) -> dict[str, str]:
    """Record schemas that refer to nothing, which every peer can read one by one."""
    draw = random.Random(2)  # noqa: S311 - as above
    result: dict[str, str] = {}
    for number in range(count):
        fields = [{"name": f"f{each}", "type": draw.choice(FIELD_TYPES)} for each in range(12)]
        record = {"type": "record", "name": f"R{number}", "namespace": "bench", "fields": fields}
        result[f"bench/R{number}.avsc"] = json.dumps(record)
    return result


def avroforge(sources: Mapping[str, str]) -> Outcome:
    """Everything as one package."""
    from avroforge_codegen import generate  # noqa: PLC0415 - each tool in a process of its own

    return Outcome(sum(map(len, generate(sources, package="bench_records").values())), 0)


def one_by_one(write: Callable[[str, str], int], sources: Mapping[str, str]) -> Outcome:
    """Every schema by itself: a corpus has many of one name."""
    size = refused = 0
    for path, text in sources.items():
        try:
            size += write(path, text)
        except Exception:  # noqa: BLE001 - a peer's failure is a result
            refused += 1
    return Outcome(size, refused)


def avroforge_apart(sources: Mapping[str, str]) -> Outcome:
    """Every schema as a package."""
    from avroforge_codegen import generate  # noqa: PLC0415 - as above

    return one_by_one(
        lambda path, text: sum(map(len, generate({path: text}, package="bench_records").values())), sources
    )


def dataclasses_avroschema(sources: Mapping[str, str]) -> Outcome:
    """Its model generator."""
    from dataclasses_avroschema import ModelGenerator  # type: ignore[import-not-found]  # noqa: PLC0415 - a peer

    # one that is used again would write all earlier models again
    return one_by_one(lambda _, text: len(ModelGenerator().render(schema=json.loads(text))), sources)


def datamodel_code_generator(sources: Mapping[str, str]) -> Outcome:
    """Its `generate`."""
    import datamodel_code_generator as peer  # type: ignore[import-not-found]  # noqa: PLC0415 - a peer

    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "models.py"

        def write(_: str, text: str) -> int:
            peer.generate(text, input_file_type=peer.InputFileType.Avro, output=output)
            return output.stat().st_size

        return one_by_one(write, sources)


PEERS: dict[str, tuple[str, Tool]] = {
    "dataclasses-avroschema": ("dataclasses_avroschema", dataclasses_avroschema),
    "datamodel-code-generator": ("datamodel_code_generator", datamodel_code_generator),
}


def _child(connection: Any, tool: Tool, sources: Mapping[str, str]) -> None:  # noqa: ANN401 - a pipe's end
    quiet = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    start = time.process_time()
    outcome = tool(sources)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    connection.send(Run(seconds, peak, outcome))


def measure(tool: Tool, sources: Mapping[str, str]) -> Run:
    """Run a tool in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_child, args=(theirs, tool, sources))
    process.start()
    result: Run = ours.recv()
    process.join()
    return result


def show(what: str, run: Run, count: int, base: Run | None = None) -> None:
    """One line of the table."""
    done = count - run.outcome.refused
    each = f"{run.seconds / count * 1e3:6.2f} ms, {run.outcome.size / max(done, 1) / 1e3:5.1f} kB a schema"
    ratio = f"{run.seconds / base.seconds:6.1f}x" if base else ""
    refused = f"{run.outcome.refused:5} refused" if run.outcome.refused else ""
    print(f"{what:<40} {run.seconds:7.2f} s {run.peak:6.0f} MiB {each} {ratio:>7} {refused}")


def compare(what: str, ours: Tool, sources: Mapping[str, str]) -> None:
    """One of our lines, and one of each peer on the same files."""
    base = measure(ours, sources)
    show(what, base, len(sources))
    for name, (module, tool) in PEERS.items():
        if importlib.util.find_spec(module) is None:
            print(f"    {name:<36} not installed")
        else:
            show(f"    {name}", measure(tool, sources), len(sources), base)


def corpus() -> dict[str, str]:
    """The valid schemas of the corpus, by path; none where it is not there."""
    shared = os.environ.get("AVROFORGE_SHARED")
    folder = Path(shared) / "corpus" / "valid" if shared else None
    if folder is None or not folder.is_dir():
        return {}
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(folder.rglob("*.avsc"))
    }


def main() -> None:
    """Print the table."""
    compare("200 records", avroforge, flat(200))
    found = corpus()
    if found:
        compare(f"corpus, {len(found)} files one by one", avroforge_apart, found)
    else:
        print(f"{'corpus':<40} AVROFORGE_SHARED is not set")
    for size in SIZES:
        show(f"{size:,} schemas that refer to each other", measure(avroforge, synthetic(size)), size)
    for size in SIZES:
        show(f"{size:,} schemas that mean most others", measure(avroforge, dense(size)), size)


if __name__ == "__main__":
    main()
