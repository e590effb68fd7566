"""Whether a relay lives and gets through, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from avroforge.errors import OutboxError

if TYPE_CHECKING:
    from avroforge.delivery import Outbox, Relay

LONGEST_TURN: Final = 180.0
"""Seconds after which a relay that has not come round is taken for stuck; a turn is bounded by about 30."""


@dataclass(frozen=True, slots=True)
class Health:
    """A moment of a relay.

    Attributes:
        live: its thread works; otherwise only a new process helps.
        ready: nothing is in the way of delivery.
        reasons: why it is not live or not ready.
        waiting: results that are still to be delivered; None where the outbox cannot be read.
    """

    live: bool
    ready: bool
    reasons: tuple[str, ...]
    waiting: int | None

    @property
    def status(self) -> str:
        """``ok``, ``not ready`` or ``not live``."""
        if not self.live:
            return "not live"
        return "ok" if self.ready else "not ready"

    def document(self) -> dict[str, Any]:
        """As it is answered in JSON."""
        return {
            "status": self.status,
            "live": self.live,
            "ready": self.ready,
            "reasons": list(self.reasons),
            "waiting": self.waiting,
        }


def health_of(outbox: Outbox, relay: Relay, longest_turn: float = LONGEST_TURN) -> Health:
    """Look at a relay that delivers in the background."""
    reasons = []
    idle = relay.idle_seconds
    live = idle is not None and idle <= longest_turn
    if idle is None:
        reasons.append("the relay's thread has ended; start it again")
    elif not live:
        reasons.append(f"the relay has not come round for {idle:.0f} s; start it again")
    waiting = None
    try:
        waiting = outbox.unfinished()
    except OutboxError as error:
        reasons.append(str(error))
    blocked = relay.blocked
    if blocked is not None:
        reasons.append(blocked)
    return Health(live, live and not reasons, tuple(reasons), waiting)
