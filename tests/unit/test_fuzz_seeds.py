"""What fuzzing has found once: every seed in ``tests/data/fuzz`` holds now (``make fuzz`` looks for more)."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fuzz.case import Case
from tests.fuzz.oracle import check, check_cost

SEEDS = sorted((Path(__file__).parents[1] / "data" / "fuzz").glob("*.json"))


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: str(path.stem))
def test_seed_is_a_value_or_one_error(path: Path) -> None:
    case = Case.load(path)
    check(case)
    check_cost(case)
