"""Prometheus metrics of an outbox and its delivery; needs the extra ``metrics``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from avroforge.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client.core import Metric

    from avroforge.delivery import OutboxStatus, Row

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_EVERYTHING: Final = "all"
_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400)


class DeliveryMetrics:
    """A `DeliveryObserver` that counts.

    Args:
        registry: where the metrics are; one of their own unless given.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = CollectorRegistry() if registry is None else registry
        self._delivered = Counter(
            "vqe_stream_delivered", "Results that stand in their topic.", ("topic",), registry=self.registry
        )
        self._given_up = Counter(
            "vqe_stream_given_up", "Results that were given up.", ("topic",), registry=self.registry
        )
        self._failed = Counter(
            "vqe_stream_failed_attempts",
            "Attempts that failed and are made again; topic 'all' where everything waits.",
            ("topic",),
            registry=self.registry,
        )
        self._retried = Counter(
            "vqe_stream_retried",
            "Results that were delivered after more than one attempt.",
            ("topic",),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "vqe_stream_delivery_seconds",
            "From the making of a result to its delivery.",
            ("topic",),
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def delivered(self, row: Row, seconds: float) -> None:
        """As `DeliveryObserver.delivered`."""
        self._delivered.labels(row.topic).inc()
        self._seconds.labels(row.topic).observe(seconds)
        # A row with an open attempt was found in the topic; the attempt that brought it there is counted.
        if row.attempts > (0 if row.attempt is None else 1):
            self._retried.labels(row.topic).inc()

    def given_up(self, row: Row, reason: str) -> None:  # noqa: ARG002 a reason is no label: it has no bound
        """As `DeliveryObserver.given_up`."""
        self._given_up.labels(row.topic).inc()

    def held_up(self, topic: str | None, reason: str) -> None:  # noqa: ARG002 as above
        """As `DeliveryObserver.held_up`."""
        self._failed.labels(topic or _EVERYTHING).inc()

    def watch(self, status: Callable[[], OutboxStatus], blocked: Callable[[], str | None]) -> None:
        """Add what the outbox and its disk look like whenever somebody asks.

        Args:
            status: of the outbox; `VQEKafkaProducer.status` for instance.
            blocked: why nothing gets through, or None.
        """
        self.registry.register(_OutboxCollector(status, blocked))

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self.registry)


class _OutboxCollector:
    """Looks at the outbox when asked."""

    def __init__(self, status: Callable[[], OutboxStatus], blocked: Callable[[], str | None]) -> None:
        self._status = status
        self._blocked = blocked

    def collect(self) -> Iterator[Metric]:
        yield _gauge(
            "vqe_stream_relay_blocked", "1 while something is in the way.", self._blocked() is not None
        )
        try:
            status = self._status()
        except DeliveryError:
            yield _gauge("vqe_stream_outbox_readable", "0 while the outbox cannot be read.", 0)
            return
        yield _gauge("vqe_stream_outbox_readable", "0 while the outbox cannot be read.", 1)
        counts = status.counts
        states = GaugeMetricFamily("vqe_stream_outbox_results", "Results by state.", labels=("state",))
        for name in ("pending", "sending", "sent", "dead"):
            states.add_metric((name,), getattr(counts, name))
        yield states
        age = status.oldest_seconds or 0.0
        yield _gauge("vqe_stream_outbox_oldest_seconds", "Age of the oldest undelivered result.", age)
        yield _gauge("vqe_stream_outbox_bytes", "Size on disk.", status.size)
        disk = os.statvfs(status.directory)
        yield _gauge("vqe_stream_outbox_free_bytes", "Free on its disk.", disk.f_bavail * disk.f_frsize)
        yield _gauge("vqe_stream_outbox_spilled", "Results in the spill folder.", status.spilled)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)
