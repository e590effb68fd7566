"""Golden cases: a project folder, a command line, and everything it prints and writes.

A case is a folder ``tests/golden/<case>/`` with ``in/`` (the project it runs in), ``command.txt`` (one
command line without ``avroforge``, ``lint`` by default), ``expected.txt`` (exit code and both streams) and,
where the command writes, ``out/`` (every file that is new or different afterwards).
``pytest tests/golden --update-golden`` rewrites the last two; read the difference before you commit it.
"""

from __future__ import annotations

import ast
import re
import shlex
import shutil
from pathlib import Path

import pytest

from avroforge.evolution.changes import CATALOGUE
from avroforge_codegen.cli import run
from avroforge_codegen.rules import RULES

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CASES = sorted(path.parent.name for path in HERE.glob("*/in"))
CODE_SOURCES = (
    "src/avroforge/schema/diagnostics.py",
    "codegen/avroforge_codegen/**/*.py",
)
EMITTERS = ROOT / "codegen/avroforge_codegen/emit"
# texts of that shape that are something else
NO_CODES = {
    "AVROFORGE_REGISTRY",
    "AVROFORGE_TRACEBACK",
    "AVRO_CLASSES",
    "CLOSURE_DIGEST",
    "AVRO_CONVERSIONS",
    "LOGICAL_TYPES",
    "SCHEMA_KEY",
    "XDG_CACHE_HOME",
    "BACKWARD_TRANSITIVE",
    "FORWARD_TRANSITIVE",
    "FULL_TRANSITIVE",
    "NOT_CHECKED",
    "FIELD_ADDED",
    "GIT_ALLOW_PROTOCOL",
    "GIT_ASKPASS",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NO_LAZY_FETCH",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OPTIONAL_LOCKS",
    "GIT_TERMINAL_PROMPT",
    "LC_ALL",
    # kinds of change have cases of their own: tests/review
    *CATALOGUE,
    # and so have lint rules: tests/lint
    *RULES,
}
ELSEWHERE = {
    **dict.fromkeys(
        [
            "AGAINST_EMPTY",
            "ARCHIVE_READ",
            "ARCHIVE_SIZE",
            "BASELINE_EMPTY",
            "GIT_FAILED",
            "REPORT_WRITE",
            "GIT_MISSING",
            "GIT_OBJECT",
            "GIT_OUTSIDE",
            "GIT_REF",
            "GIT_SHALLOW",
            "GIT_SUBMODULE",
            "GIT_UNRELATED",
            "WAIVER_READ",
            "WAIVER_SYNTAX",
            "WAIVER_VALUE",
        ],
        "needs a repository or a file of its own: tests/review",
    ),
    "SOURCE_NAME": "needs folders outside the project: tests/unit/codegen/test_sources.py",
    "SOURCE_SIZE": "needs a file of 16 MiB: tests/unit/codegen/test_sources.py",
    "VERIFY_MISMATCH": "needs a defect of the generator: tests/unit/codegen/test_verification.py",
    "OUTPUT_LOCKED": "needs a second process: tests/unit/codegen/test_staging.py",
    "OUTPUT_CHANGED": "needs another program in between: tests/unit/codegen/test_rewriting.py",
    "OUTPUT_WRITE": "needs a disk that refuses: tests/unit/codegen/test_staging.py",
    "OUTPUT_OUTSIDE": "needs a path that no schema gives: tests/unit/codegen/test_output.py",
    "OUTPUT_CASE": "needs a path that no schema gives: tests/unit/codegen/test_output.py",
}


def files_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("case", CASES)
def test_golden(
    case: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    folder = HERE / case
    project = tmp_path / "project"
    shutil.copytree(folder / "in", project, symlinks=True)
    before = files_of(project)
    monkeypatch.chdir(project)
    command = folder / "command.txt"
    arguments = shlex.split(command.read_text()) if command.exists() else ["lint"]
    code = run(arguments)
    out, err = capsys.readouterr()
    printed = f"exit {code}\n-- stdout\n{out}-- stderr\n{err}".replace(str(tmp_path), "<tmp>")
    written = {name: data for name, data in files_of(project).items() if before.get(name) != data}
    if request.config.getoption("--update-golden"):
        (folder / "expected.txt").write_text(printed, encoding="utf-8")
        shutil.rmtree(folder / "out", ignore_errors=True)
        for name, data in written.items():
            (folder / "out" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "out" / name).write_bytes(data)
    assert printed == (folder / "expected.txt").read_text(encoding="utf-8")
    assert written == files_of(folder / "out")


def codes_in_source() -> set[str]:
    """Every text of the sources that is, or starts with, a diagnostic code."""
    shape = re.compile(r"([A-Z]+(?:_[A-Z]+)+|DEPTH)(?: |$)")
    return {
        match[1]
        for pattern in CODE_SOURCES
        for path in ROOT.glob(pattern)
        if not path.is_relative_to(EMITTERS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if (match := shape.match(node.value.removeprefix(": "))) and match[1] not in NO_CODES
    }


def test_every_diagnostic_code_appears_in_a_case() -> None:
    printed = "\n".join(path.read_text(encoding="utf-8") for path in HERE.glob("*/expected.txt"))
    shown = set(re.findall(r": ([A-Z_]+) ", printed))
    assert codes_in_source() - shown - set(ELSEWHERE) == set()


def test_what_is_tested_elsewhere_is_still_a_code() -> None:
    assert set(ELSEWHERE) <= codes_in_source()
