"""Time actions side by side: many short rounds through all of them in turn, the best of each kept.

A short round is more likely to fall between the machine's other work than a long one, and whatever slows it
down hits all alike. Read the ratios, not the times.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROUNDS: Final = 60
SECONDS: Final = 0.004
"""How long one action lasts in a round, about; it runs once at least."""
LONGEST: Final = 1.0
"""How many seconds an action has in all, about; it gets three rounds at least."""


def best(actions: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """The best time of each action in microseconds."""
    counts: dict[str, int] = {}
    rounds: dict[str, int] = {}
    for name, action in actions.items():
        action()
        start = time.perf_counter()
        action()
        taken = time.perf_counter() - start
        counts[name] = max(1, int(SECONDS / taken))
        rounds[name] = max(3, min(ROUNDS, int(LONGEST / (taken * counts[name]))))
    result = dict.fromkeys(actions, float("inf"))
    for number in range(max(rounds.values())):
        for name, action in actions.items():
            if number < rounds[name]:
                start = time.perf_counter()
                for _ in range(counts[name]):
                    action()
                result[name] = min(result[name], (time.perf_counter() - start) / counts[name] * 1e6)
    return result
