"""Make a failing case smaller while it fails in the same way."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.case import Case

_SECONDS: Final = 20.0


def reduced(case: Case, fails: Callable[[Case], bool]) -> Case:
    """The case with parts of its data left out, larger parts first; what must stay the same is in `fails`."""
    if case.same_as is not None:
        return case  # both encodings would have to change alike
    end = time.monotonic() + _SECONDS
    size = max(1, len(case.data) // 2)
    while time.monotonic() < end:
        smaller = _without_parts(case, size, fails, end)
        if smaller is case and size == 1:
            break
        if smaller is case:
            size = max(1, size // 2)
        case = smaller
    return case


def _without_parts(case: Case, size: int, fails: Callable[[Case], bool], end: float) -> Case:
    start = 0
    while start < len(case.data) and time.monotonic() < end:
        shorter = replace(case, data=case.data[:start] + case.data[start + size :])
        if fails(shorter):
            case = shorter
        else:
            start += size
    return case
