"""What a user's own type checker and interpreter say about code on the public names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import vqe_stream

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "tests" / "typing" / "sample_producer.py"


def test_a_sample_producer_is_clean_under_strict_type_checking() -> None:
    command = [sys.executable, "-m", "mypy", "--strict", str(SAMPLE)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_sample_producer_runs(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(SAMPLE)], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == ["run-2026-11-23: sent, 0 waiting", "[-1.0]"]


def test_every_public_name_is_there() -> None:
    assert {name for name in vqe_stream.__all__ if getattr(vqe_stream, name).__name__ == name} == set(
        vqe_stream.__all__
    )
    assert set(vqe_stream.__all__) <= set(dir(vqe_stream))


def test_the_import_does_no_work() -> None:
    code = "import sys, vqe_stream; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"numpy", "avroforge", "vqe_records"} & set(done.stdout.split()) == set()
