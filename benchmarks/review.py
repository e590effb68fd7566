"""The gate and the report: a pair's verdict, 500 schemas against a git ref, a page of 200 changed subjects.

Every figure is the minimum of several runs in one process, or of a process of its own for commands.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avroforge.evolution import Direction, check_compatibility
from avroforge.evolution.changes import Differ, judge
from avroforge.schema import parse_schema

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 5
KINDS: list[Any] = [
    "int",
    "long",
    "string",
    ["null", "double"],
    {"type": "array", "items": "double"},
    {"type": "map", "values": "string"},
    {"type": "long", "logicalType": "timestamp-millis"},
]


def record(number: int, *, changed: bool) -> dict[str, Any]:
    """A record of thirteen fields; every third refers to another file."""
    fields: list[dict[str, Any]] = [
        {"name": f"field_{each}", "type": KINDS[(number + each) % len(KINDS)], "doc": f"Field {each}."}
        for each in range(12)
    ]
    if number >= 5 and number % 3 == 0:
        other = f"shop.part{(number - 5) % 7}.Record{number - 5}"
        fields.append({"name": "ref", "type": ["null", other], "default": None})
    if changed:
        fields[0]["name"] = "renamed_field"
        fields[1]["type"] = "double"
        del fields[3]
        fields.append({"name": "added", "type": "string"})
    return {
        "type": "record",
        "name": f"Record{number}",
        "namespace": f"shop.part{number % 7}",
        "fields": fields,
    }


def write(folder: Path, count: int, changed: int) -> None:
    """The schemas of a project, the first ones changed."""
    for number in range(count):
        path = folder / f"schemas/shop/part{number % 7}/Record{number}.avsc"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps(record(number, changed=number < changed), indent=2) + "\n", encoding="utf-8"
        )


def project(folder: Path, count: int, changed: int) -> None:
    """A repository whose work tree differs from its commit."""
    write(folder, count, 0)
    (folder / "avroforge.toml").write_text('[generate]\npackage = "out"\n', encoding="utf-8")
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "old"]):
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603 - fixed words
    write(folder, count, changed)


def best(call: Callable[[], object], runs: int = RUNS) -> float:
    """Seconds of the quickest run."""
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)


def command(folder: Path, *arguments: str) -> Callable[[], object]:
    """A run of the command line in a process of its own."""
    program = "import sys; from avroforge_codegen.cli import run; sys.exit(run(sys.argv[1:]))"
    words = [sys.executable, "-c", program, *arguments]
    return lambda: subprocess.run(words, cwd=folder, check=False, capture_output=True)  # noqa: S603 - as above


def main() -> None:
    """Print the figures."""
    old, new = (parse_schema(json.dumps(record(1, changed=each))) for each in (False, True))
    both = best(lambda: (check_compatibility(new, old), check_compatibility(old, new)), 200)

    def review() -> None:
        changes = Differ([old.type, new.type]).compare(old.type, new.type).all_changes()
        for direction in Direction:
            judge(old, new, changes, direction)

    print(f"verdict on a pair of 12 fields       {both / 2 * 1e6:8.1f} us")
    print(f"changes and verdicts, both directions {best(review, 200) * 1e6:7.1f} us")
    with tempfile.TemporaryDirectory() as scratch:
        few, many = Path(scratch) / "few", Path(scratch) / "many"
        for folder, changed in ((few, 5), (many, 200)):
            folder.mkdir()
            project(folder, 500, changed)
        nothing = best(command(few, "--help"))
        gate = best(command(few, "breaking", "--against", "main"))
        page = best(command(many, "review", "--against", "main", "--format", "html", "--out", "review.html"))
        size = (many / "review.html").stat().st_size
        print(f"--help                               {nothing:8.2f} s")
        print(f"breaking, 500 schemas, 5 changed     {gate:8.2f} s")
        print(f"review --format html, 200 changed    {page:8.2f} s, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
