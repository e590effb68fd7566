"""What is in the way of delivery: of everything, or of one topic while the others go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from avroforge.delivery.courier import Blocked

_MOST_DOUBLINGS: Final = 32


@dataclass(slots=True)
class Obstacle:
    """Why a topic, or everything, waits.

    Attributes:
        failures: how often in a row.
        until: monotonic time of the next attempt.
        hopeless: it is no use to try again at once.
    """

    reason: str
    failures: int
    until: float
    hopeless: bool


class Obstacles:
    """One obstacle at most per topic, and one for all of them.

    Args:
        retries: immediate further attempts after a failure that may pass unaided.
        delay: the pause before the first of them, in seconds; doubled for each further one.
        longest: what no pause exceeds, in seconds.
        clock: seconds, monotonic.
    """

    def __init__(self, retries: int, delay: float, longest: float, clock: Callable[[], float]) -> None:
        self._retries = retries
        self._delay = delay
        self._longest = longest
        self._clock = clock
        self._topics: dict[str | None, Obstacle] = {}

    @property
    def reason(self) -> str | None:
        """Why something waits: what blocks everything, else the first topic's; None when nothing does."""
        first = self._topics.get(None) or next(iter(self._topics.values()), None)
        return None if first is None else first.reason

    @property
    def everything(self) -> Obstacle | None:
        """What blocks all topics."""
        return self._topics.get(None)

    @property
    def hopeless(self) -> bool:
        """Whether there are obstacles, and none that is worth another attempt at once."""
        return bool(self._topics) and all(each.hopeless for each in self._topics.values())

    def topics(self, *, hopeless: bool) -> frozenset[str]:
        """Topics whose next attempt is not due yet.

        Args:
            hopeless: include those that are due and hopeless.
        """
        now = self._clock()
        return frozenset(
            name
            for name, each in self._topics.items()
            if name is not None and (each.until > now or (hopeless and each.hopeless))
        )

    def note(self, blocked: Blocked) -> Obstacle:
        """Take down a failure; the obstacle with its next attempt."""
        known = self._topics.get(blocked.topic)
        failures = 1 if known is None else known.failures + 1
        pause = min(self._delay * 2.0 ** min(failures - 1, _MOST_DOUBLINGS), self._longest)
        hopeless = not blocked.retriable or failures > self._retries
        noted = Obstacle(blocked.reason, failures, self._clock() + pause, hopeless)
        self._topics[blocked.topic] = noted
        return noted

    def passed(self, topics: Iterable[str]) -> None:
        """Records of these topics got through."""
        for name in (None, *topics):
            self._topics.pop(name, None)

    def seconds_to_next(self, *, hopeless: bool) -> float:
        """Until the earliest next attempt; 0 when nothing is in the way.

        Args:
            hopeless: include those that it is no use to try at once.
        """
        due = (each.until for each in self._topics.values() if hopeless or not each.hopeless)
        return max(0.0, min(due, default=0.0) - self._clock())

    def start_anew(self) -> None:
        """Somebody waits: everything may be tried at once, and pauses start small again."""
        self._topics.clear()
