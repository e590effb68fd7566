"""Settings of the connection to Kafka."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from avroforge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

MEBIBYTE: Final = 1024 * 1024
# Kafka answers "the previous transaction is still completing" for some milliseconds after a commit.
_BACKOFF_MS: Final = 20
_BATCH_FRAMING: Final = 1024
_REQUEST_MS: Final = 30_000
_LONGEST_TRANSACTION_MS: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaOptions:
    """Settings of `KafkaTransport`.

    Attributes:
        servers: ``host:port``, several separated by commas.
        retries: how often the client itself asks again after a failure that may pass; 0 counts as 1, because
            an idempotent producer has to be allowed to.
        delivery_timeout_ms: when the client gives up on a record.
        max_request_size: largest record, in bytes.
        buffer_memory: bytes of records that are handed to the client at a time.
        group_records: how many records share a transaction at most.
        security: settings of TLS and SASL by kafka-python's names (``security_protocol``, ``ssl_context``,
            ...); never shown.

    Raises:
        ConfigurationError: a value that Kafka's idempotent producer cannot work with.
    """

    servers: str
    retries: int = 5
    delivery_timeout_ms: int = 120_000
    max_request_size: int = 16 * MEBIBYTE
    buffer_memory: int = 32 * MEBIBYTE
    group_records: int = 100
    security: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not self.addresses:
            raise ConfigurationError(f"bootstrap_servers: expected 'host:port', got {self.servers!r}")
        for address in self.addresses:
            _, _, port = address.rpartition(":")
            if not port.isascii() or not port.isdigit() or not 0 < int(port) < 2**16:
                raise ConfigurationError(
                    f"bootstrap_servers: expected 'host:port', several separated by commas, got {address!r}"
                )
        if self.security.get("security_protocol") == "SASL_PLAINTEXT":
            raise ConfigurationError(
                "security_protocol: expected 'SASL_SSL', got 'SASL_PLAINTEXT': a login needs TLS around it"
            )
        for name in ("delivery_timeout_ms", "max_request_size", "buffer_memory", "group_records"):
            if getattr(self, name) < 1:
                raise ConfigurationError(f"{name}: expected 1 or more, got {getattr(self, name)}")

    @property
    def addresses(self) -> list[str]:
        """Each ``host:port``."""
        return [each.strip() for each in self.servers.split(",") if each.strip()]

    @property
    def transaction_timeout_ms(self) -> int:
        """After which Kafka takes back what a producer that went away had sent."""
        return min(self.delivery_timeout_ms, _LONGEST_TRANSACTION_MS)

    def client_settings(self, name: str, timeout: float) -> dict[str, Any]:
        """What every kafka-python client is made with.

        Args:
            name: by which the brokers' logs know it.
            timeout: seconds to get in touch.
        """
        return {
            **self.security,
            "bootstrap_servers": self.addresses,
            "client_id": name,
            "bootstrap_timeout_ms": max(1, int(timeout * 1000)),
            "request_timeout_ms": self.request_timeout_ms,
            "reconnect_backoff_max_ms": 1000,
            "metrics_enabled": False,
        }

    @property
    def request_timeout_ms(self) -> int:
        """How long the client waits for one answer."""
        return min(self.delivery_timeout_ms, _REQUEST_MS)

    def producer_settings(self, name: str, timeout: float) -> dict[str, Any]:
        """What the producer is made with.

        Args:
            name: its transactional id.
            timeout: seconds to get in touch, and for each call that may block.
        """
        return {
            **self.client_settings(name, timeout),
            "transactional_id": name,
            "transaction_timeout_ms": self.transaction_timeout_ms,
            "enable_idempotence": True,
            "acks": "all",
            "retries": max(1, self.retries),
            "retry_backoff_ms": _BACKOFF_MS,
            "delivery_timeout_ms": self.delivery_timeout_ms,
            "max_block_ms": max(1, int(timeout * 1000)),
            "max_request_size": self.max_request_size,
            # Small records share a batch; kafka-python has one batch per partition under way at a time. A
            # batch larger than what a topic takes by default would be refused, split and sent again.
            "batch_size": min(MEBIBYTE - _BATCH_FRAMING, self.max_request_size),
            "allow_auto_create_topics": False,
        }
