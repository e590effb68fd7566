"""Who is told what becomes of records: metrics, for instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from avroforge.delivery.row import Row


class DeliveryObserver(Protocol):
    """Told by the relay, in its thread, after the outbox has it; returns at once and raises nothing."""

    def delivered(self, row: Row, seconds: float) -> None:
        """A record stands in its topic.

        Args:
            row: as it was before.
            seconds: since the record was made, by the outbox's clock; never below 0.
        """
        ...

    def given_up(self, row: Row, reason: str) -> None:
        """A record can never be delivered as it is."""
        ...

    def held_up(self, topic: str | None, reason: str) -> None:
        """An attempt failed, and will be made again.

        Args:
            topic: None where everything waits.
            reason: why.
        """
        ...


class NobodyWatches:
    """A `DeliveryObserver` that lets everything pass."""

    def delivered(self, row: Row, seconds: float) -> None:
        """As `DeliveryObserver.delivered`."""

    def given_up(self, row: Row, reason: str) -> None:
        """As `DeliveryObserver.given_up`."""

    def held_up(self, topic: str | None, reason: str) -> None:
        """As `DeliveryObserver.held_up`."""
