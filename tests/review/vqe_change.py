"""A real change of this repository's schemas, as the documentation shows it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.review.cases import Case

ROOT = Path(__file__).parents[2]
FOLDER = "schemas/quantum_pipeline"


def _edit(files: dict[str, str], name: str, pattern: str, replacement: str) -> None:
    path = f"{FOLDER}/{name}.avsc"
    files[path], count = re.subn(pattern, replacement, files[path], flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{path}: expected the pattern once, found it {count} times")


def vqe_change() -> Case:
    """Add ``exact_estimator``, widen ``nfev``, rename ``std``, make ``default_shots`` required."""
    today = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((ROOT / FOLDER).glob("*.avsc"))
    }
    old, new = dict(today), dict(today)
    _edit(old, "VQEInitialData", r',\s*\{\s*"name": "exact_estimator".*?\}', "")
    _edit(new, "VQEResult", r'("name": "nfev",\s*"type": \[[^\]]*)"int"', r'\1"long"')
    _edit(new, "VQEProcess", '"name": "std"', '"name": "standard_deviation"')
    _edit(new, "VQEInitialData", r'("name": "default_shots",\s*"type": )\["int", "null"\]', r'\1"int"')
    settings = '[subjects]\n"experiment.vqe-value" = "quantum_pipeline.VQEDecoratedResult"\n'
    return Case(old, new, old_settings=settings, new_settings=settings)
