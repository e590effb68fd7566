"""What a relay does, told to the log and to whoever watches."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Final

from avroforge.delivery.observer import NobodyWatches

if TYPE_CHECKING:
    from avroforge.delivery.courier import Blocked, Settling
    from avroforge.delivery.observer import DeliveryObserver
    from avroforge.delivery.outbox import Outbox

_log: Final = logging.getLogger("avroforge.delivery")


class Reporter:
    """Every event once, in words and as attributes of the log record.

    Args:
        outbox: which is delivered.
        observer: told too; None: nobody.
    """

    def __init__(self, outbox: Outbox, observer: DeliveryObserver | None) -> None:
        self._outbox = outbox
        self._observer = observer or NobodyWatches()

    def took_over(self, generation: int) -> None:
        """This process delivers from now on."""
        about = {"event": "took-over", "generation": generation}
        _log.info("%s is delivered by this process now", self._outbox.directory, extra=about)

    def settled(self, settling: Settling) -> None:
        """Rows came further."""
        directory = self._outbox.directory
        for row, reason in settling.dead:
            about = {"event": "given-up", "result_id": row.result_id, "topic": row.topic, "reason": reason}
            _log.error("row %d of %s is dead: %s", row.row_id, directory, reason, extra=about)
            self._observer.given_up(row, reason)
        now = self._outbox.now_ms()
        for row in settling.sent:
            seconds = max(0, now - row.created_ms) / 1000
            one = {"event": "record-delivered", "result_id": row.result_id, "topic": row.topic}
            _log.debug("%s is in %s", row.result_id, row.topic, extra={**one, "seconds": seconds})
            self._observer.delivered(row, seconds)
        for topic, number in Counter(row.topic for row in settling.sent).items():
            told = {"event": "delivered", "topic": topic, "records": number}
            _log.info("%d records of %s are in %s", number, directory, topic, extra=told)

    def held_up(self, blocked: Blocked, *, known: bool) -> None:
        """An attempt failed.

        Args:
            blocked: why.
            known: the log has the reason already.
        """
        if not known:
            about = {"event": "blocked", "topic": blocked.topic, "reason": blocked.reason}
            _log.warning("delivery of %s is blocked: %s", self._outbox.directory, blocked.reason, extra=about)
        self._observer.held_up(blocked.topic, blocked.reason)

    def unblocked(self) -> None:
        """Nothing is in the way any more."""
        _log.info("delivery of %s goes on", self._outbox.directory, extra={"event": "unblocked"})
