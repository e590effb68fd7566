"""Clients of kafka-python, made only where somebody answers, and within a bounded time."""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, KafkaTimeoutError

from avroforge.errors import TransportError
from avroforge.kafka.admission import AdmissionError, enter
from avroforge.kafka.fault import explain

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from avroforge.kafka.options import KafkaOptions

T = TypeVar("T")

_LONGEST_CONTACT: Final = 10.0
_LONGEST_KNOCK: Final = 3.0
_LONGEST_QUESTION_MS: Final = 10_000

# At DEBUG kafka-python writes down credentials and payloads.
_CHATTY: Final = logging.getLogger("kafka")


def make_producer(options: KafkaOptions, name: str, timeout: float) -> KafkaProducer:
    """A transactional producer, not initialised yet; no call of it blocks for longer than `timeout` seconds.

    Raises:
        TransportError: nobody answers, or the brokers let nobody in.
    """
    return _make(options, lambda left: KafkaProducer(**options.producer_settings(name, left)), name, timeout)


def make_reader(options: KafkaOptions, name: str, timeout: float, isolation: str) -> KafkaConsumer:
    """A consumer without a group, to look into partitions.

    Raises:
        TransportError: nobody answers, or the brokers let nobody in.
    """

    def make(left: float) -> KafkaConsumer:
        return KafkaConsumer(
            **options.client_settings(f"{name}-search", left),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level=isolation,
            allow_auto_create_topics=False,
        )

    return _make(options, make, name, timeout)


def make_consumer(options: KafkaOptions, timeout: float, **settings: object) -> KafkaConsumer:
    """A consumer that commits only what it is told to.

    Args:
        options: settings of the connection.
        timeout: seconds to get in touch.
        settings: of the consumer, by kafka-python's names.

    Raises:
        TransportError: nobody answers, or the brokers let nobody in.
    """

    def make(left: float) -> KafkaConsumer:
        return KafkaConsumer(
            **options.client_settings("avroforge-consumer", left),
            enable_auto_commit=False,
            allow_auto_create_topics=False,
            **settings,
        )

    return _make(options, make, "avroforge-consumer", timeout)


def make_admin(options: KafkaOptions, name: str, timeout: float) -> KafkaAdminClient:
    """A client that asks about topics.

    Raises:
        TransportError: nobody answers, or the brokers let nobody in.
    """

    def make(left: float) -> KafkaAdminClient:
        settings = options.client_settings(f"{name}-admin", left)
        # The admin client always keeps metrics, and its calls take no time-out of their own.
        del settings["metrics_enabled"]
        settings["request_timeout_ms"] = min(options.request_timeout_ms, _LONGEST_QUESTION_MS)
        return KafkaAdminClient(**settings)

    return _make(options, make, name, timeout)


def close_client(client: KafkaConsumer | KafkaAdminClient | None, timeout: float | None = None) -> None:
    """Let go of a client; what it has to say about that interests nobody.

    Args:
        client: a client.
        timeout: seconds for a consumer to leave its group; None for the client's own.
    """
    if client is not None:
        bound = {} if timeout is None else {"timeout_ms": timeout * 1000}
        with contextlib.suppress(KafkaError, OSError, RuntimeError):
            client.close(**bound)


def _make(options: KafkaOptions, make: Callable[[float], T], name: str, timeout: float) -> T:
    _silence()
    started = time.monotonic()
    knock(options.addresses, min(timeout, _LONGEST_KNOCK), options.security)
    left = max(0.1, min(timeout - (time.monotonic() - started), _LONGEST_CONTACT))
    try:
        return make(left)
    except KafkaTimeoutError as error:
        # kafka-python says the same for every refused login and handshake.
        raise TransportError(
            f"{options.servers}: a server answers, but not as a Kafka broker that lets this client in "
            f"({error}); check the port and the security settings",
            retriable=True,
        ) from error
    except (KafkaError, OSError, ValueError, AssertionError) as error:
        raise explain(error, topic=None, producer=name) from error


def knock(addresses: list[str], timeout: float, security: Mapping[str, Any] | None = None) -> None:
    """Return when one of the addresses lets this client in.

    kafka-python would try for as long as it may, and then not say why.

    Args:
        addresses: each ``host:port``.
        timeout: seconds for each step.
        security: settings by kafka-python's names.

    Raises:
        TransportError: none does; the message has the reason of each.
    """
    refusals = []
    for address in addresses:
        refusal = why_not(address, timeout, security or {})
        if refusal is None:
            return
        refusals.append((address, refusal))
    refused = any(not each.passing for _, each in refusals)
    reasons = "; ".join(f"{address}: {each}" for address, each in refusals)
    verdict = "no broker lets this client in" if refused else "no broker answers"
    raise TransportError(f"{reasons}: {verdict}; results wait until one does", retriable=not refused)


def why_not(address: str, timeout: float, security: Mapping[str, Any]) -> AdmissionError | None:
    """Why an address does not let this client in; None where it does.

    Args:
        address: ``host:port``.
        timeout: seconds for each step.
        security: settings by kafka-python's names.
    """
    try:
        with socket.create_connection(host_and_port(address), timeout=timeout) as connection:
            enter(connection, host_and_port(address)[0], security)
    except AdmissionError as error:
        return error
    except OSError as error:
        return AdmissionError(_reason(error), passing=True)
    return None


def peer_certificate(address: str, timeout: float, security: Mapping[str, Any]) -> bytes | None:
    """The certificate that a broker shows (DER); None without TLS.

    Raises:
        OSError: no connection, or a certificate that is refused.
    """
    context: ssl.SSLContext | None = security.get("ssl_context")
    if context is None:
        return None
    with (
        socket.create_connection(host_and_port(address), timeout=timeout) as connection,
        context.wrap_socket(connection, server_hostname=host_and_port(address)[0]) as channel,
    ):
        return channel.getpeercert(binary_form=True)


def host_and_port(address: str) -> tuple[str, int]:
    """Both parts of an address; an IPv6 host stands in brackets."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def _silence() -> None:
    """Drop what kafka-python says below INFO, whatever level its loggers have or are given later."""
    if _CHATTY.getEffectiveLevel() < logging.INFO:
        _CHATTY.setLevel(logging.INFO)
    for name, each in list(logging.root.manager.loggerDict.items()):
        if isinstance(each, logging.Logger) and (name == "kafka" or name.startswith("kafka.")):
            each.addFilter(_is_harmless)


def _is_harmless(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.INFO


def _reason(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).lower()
