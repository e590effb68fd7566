"""Rules and layout: the schemas of a corpus, and 500 schemas beside 500 Protobuf files under buf.

``python benchmarks/rules.py [CORPUS]``. buf comes from npm (``@bufbuild/buf``) into the user's cache folder;
without npm that part is left out. Figures are minima; those of commands are processor time of a process of
its own, in turns.
"""

from __future__ import annotations

import gc
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from review import project

from avroforge.errors import SchemaError
from avroforge.schema import parse_schema
from avroforge_codegen.formatting import format_text
from avroforge_codegen.rules.check import check
from avroforge_codegen.rules.schema_file import SchemaFile, SchemaFolder
from avroforge_codegen.rules.selection import select
from avroforge_codegen.settings import FormatSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BUF: Final = "1.75.0"
RUNS: Final = 5
COUNT: Final = 500
KINDS: Final = (
    "int32",
    "int64",
    "string",
    "optional double",
    "repeated double",
    "map<string, string>",
    "google.protobuf.Timestamp",
)


def message(number: int) -> str:
    """A message with the fields of the record of the same number."""
    fields = [f"  {KINDS[(number + each) % len(KINDS)]} field_{each} = {each + 1};" for each in range(12)]
    imports = ['import "google/protobuf/timestamp.proto";']
    if number >= 5 and number % 3 == 0:
        other = number - 5
        imports.append(f'import "shop/part{other % 7}/v1/record{other}.proto";')
        fields.append(f"  shop.part{other % 7}.v1.Record{other} ref = 13;")
    head = ['syntax = "proto3";', "", f"package shop.part{number % 7}.v1;", "", *imports, ""]
    return "\n".join([*head, f"message Record{number} {{", *fields, "}", ""])


def protobuf(folder: Path) -> None:
    """The Protobuf files of a project."""
    (folder / "buf.yaml").write_text("version: v2\n", encoding="utf-8")
    for number in range(COUNT):
        path = folder / f"shop/part{number % 7}/v1/record{number}.proto"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(message(number), encoding="utf-8")


def buf_program() -> str | None:
    """The path of buf, installed by npm where it is not yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / f"avroforge/buf-{BUF}"
    program, npm = cache / "node_modules/.bin/buf", shutil.which("npm")
    if not program.exists():
        if npm is None:
            return None
        words = [npm, "install", "--silent", "--no-audit", "--prefix", str(cache), f"@bufbuild/buf@{BUF}"]
        if subprocess.run(words, check=False).returncode:  # noqa: S603 - fixed words
            return None
    return str(program)


def seconds(folder: Path, words: Sequence[str]) -> float:
    """Processor time of one run of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, cwd=folder, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode not in {0, 100}:
        raise RuntimeError(f"{words}: {done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def corpus(folder: Path) -> None:
    """Parsing, checking and formatting every schema of a corpus, each as a project of its own."""
    texts = {path.name: path.read_bytes().decode() for path in sorted(folder.glob("*.avsc"))}
    everything, usual = select(["STRICT"]), select(["STANDARD", "DOCS"])
    schemas = {}

    def parse() -> None:
        for name, text in texts.items():
            try:
                schemas[name] = parse_schema(text, path=name)
            except SchemaError:
                continue

    def lint(selection: object) -> Callable[[], None]:
        def run() -> None:
            for name, schema in schemas.items():
                files = SchemaFolder()
                files.files = [SchemaFile(name, name, schema, files)]
                check(files.files, selection)  # type: ignore[arg-type]  # one of two

        return run

    def layout() -> None:
        for name in schemas:
            format_text(texts[name], FormatSettings())

    actions = {"parse": parse, "every rule": lint(everything), "usual rules": lint(usual), "format": layout}
    best = dict.fromkeys(actions, float("inf"))
    gc.disable()
    for _ in range(RUNS):
        for name, action in actions.items():
            start = time.process_time()
            action()
            best[name] = min(best[name], time.process_time() - start)
            gc.collect()
    gc.enable()
    size = sum(map(len, texts.values()))
    print(f"{len(schemas)} of {len(texts)} schemas parse, {size / 1e6:.1f} MB; processor time")
    for name, taken in best.items():
        print(f"  {name:<14} {taken:6.2f} s")


def beside_buf() -> None:
    """Lint of 500 schemas and of 500 Protobuf files, in turns."""
    program = buf_program()
    with tempfile.TemporaryDirectory() as scratch:
        ours, theirs = Path(scratch) / "avro", Path(scratch) / "protobuf"
        ours.mkdir()
        theirs.mkdir()
        project(ours, COUNT, 0)
        protobuf(theirs)
        avroforge = str(Path(sys.executable).parent / "avroforge")
        runs = {
            "avroforge lint": (ours, [avroforge, "lint"]),
            "avroforge fmt --check": (ours, [avroforge, "fmt", "--check"]),
        }
        if program is None:
            print("buf: npm is not here, or did not find it; left out")
        else:
            runs |= {
                "buf lint": (theirs, [program, "lint"]),
                "buf format --exit-code": (theirs, [program, "format", "--exit-code", "--diff"]),
            }
        best = dict.fromkeys(runs, float("inf"))
        for _ in range(RUNS):
            for name, run in runs.items():
                best[name] = min(best[name], seconds(*run))
        print(f"{COUNT} schemas, {COUNT} Protobuf files of the same shape; processor time of a command")
        for name, taken in best.items():
            print(f"  {name:<24} {taken:6.2f} s")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        corpus(Path(sys.argv[1]))
    beside_buf()
