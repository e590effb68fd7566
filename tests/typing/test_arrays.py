"""What a type checker knows of generated arrays, in every mode that they come in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from tests.unit.codec.harness import ARRAYS

from avroforge_codegen import generate

ROOT: Final = Path(__file__).parents[2]
COMMON: Final = """
from typing import assert_type
import numpy as np
from numpy.typing import NDArray
from avroforge.wire.array_column import ArrayColumn
from vqe import (
    ComplexNumber, HamiltonianTerm, VQEDecoratedResultInterface, VQEInitialData, VQEProcess, VQEResult,
)

run = VQEDecoratedResultInterface().decode(b"").vqe_result
for step in run.iteration_list:
    assert_type(step, VQEProcess)
    assert_type(step.result, float)
assert_type(run.iteration_list[0], VQEProcess)
"""
ROWS: Final = """
assert_type(run.iteration_list, list[VQEProcess])
run.iteration_list = [run.iteration_list[0]]
"""
NUMPY: Final = """
assert_type(run.optimal_parameters, NDArray[np.float64])
assert_type(run.iteration_list[0].parameters, NDArray[np.float64])
"""
COLUMNS: Final = """
from vqe import ComplexNumberColumns, HamiltonianTermColumns, VQEProcessColumns
from collections.abc import Sequence

terms = run.initial_data.hamiltonian
steps = run.iteration_list
assert_type(terms, HamiltonianTermColumns)
assert_type(terms[0], HamiltonianTerm)
assert_type(terms[1:], HamiltonianTermColumns)
assert_type(terms.coefficients, ComplexNumberColumns)
assert_type(terms.coefficients.real, NDArray[np.float64])
assert_type(terms.label, tuple[str, ...])
assert_type(steps.iteration, NDArray[np.int32])
assert_type(steps.result, NDArray[np.float64])
assert_type(steps.energy_delta, tuple[float | None, ...])
assert_type(steps.parameters, ArrayColumn[NDArray[np.float64]])
assert_type(steps.parameters[0], NDArray[np.float64])
assert_type(steps.parameters.matrix, NDArray[np.float64])
listed: Sequence[VQEProcess] = steps
made = HamiltonianTermColumns.from_columns(
    label=["ZZ"], coefficients=ComplexNumberColumns.from_columns(real=np.zeros(1), imaginary=[0.0])
)
assert_type(made, HamiltonianTermColumns)
run.initial_data.hamiltonian = HamiltonianTermColumns(term for term in terms if term.label != "II")
steps.nothing  # type: ignore[attr-defined]
HamiltonianTermColumns([step])  # type: ignore[list-item]
HamiltonianTermColumns.from_columns(label=["ZZ"])  # type: ignore[call-arg]
HamiltonianTermColumns.from_columns(label=[1], coefficients=[])  # type: ignore[list-item]
"""
SAMPLES: Final = {
    "list": [COMMON, ROWS, "assert_type(run.optimal_parameters, list[float])\n"],
    "numpy": [COMMON, ROWS, NUMPY],
    "view": [COMMON, ROWS, NUMPY],
    "columns": [COMMON, NUMPY, COLUMNS],
}


def test_every_mode_has_a_sample() -> None:
    assert tuple(SAMPLES) == ARRAYS


@pytest.mark.parametrize("arrays", ARRAYS)
def test_mypy_strict_knows_arrays_rows_and_columns(arrays: str, tmp_path: Path) -> None:
    schemas = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in (ROOT / "schemas").rglob("*.avsc")
    }
    for name, text in generate(schemas, package="vqe", arrays=arrays).items():  # type: ignore[arg-type]  # one of them
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "sample.py").write_text("".join(SAMPLES[arrays]), encoding="utf-8")
    mypy = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--config-file="]
    cache = f"--cache-dir={ROOT / '.mypy_cache' / 'arrays'}"
    environment = {**os.environ, "MYPYPATH": str(ROOT / "src")}
    checked = subprocess.run(
        [*mypy, cache, "sample.py", "vqe"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
