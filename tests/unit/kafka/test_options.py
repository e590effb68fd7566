"""Settings of the connection to Kafka, and what becomes of them."""

from __future__ import annotations

import logging
import socket

import pytest

from avroforge.errors import ConfigurationError, TransportError
from avroforge.kafka import KafkaOptions, KafkaTransport
from avroforge.kafka.connection import knock


@pytest.mark.parametrize("servers", ["", " , ", "kafka", "kafka:", "kafka:http", "kafka:0", "a:1,b:70000"])
def test_an_address_that_cannot_be_meant_is_refused(servers: str) -> None:
    with pytest.raises(ConfigurationError, match="bootstrap_servers: expected 'host:port'"):
        KafkaOptions(servers=servers)


def test_several_addresses_are_taken_with_spaces_and_ipv6() -> None:
    assert KafkaOptions(servers=" a:1 , [::1]:2,").addresses == ["a:1", "[::1]:2"]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"retries": 9}, {"retries": 9}),
        ({"retries": 0}, {"retries": 1}),
        ({"delivery_timeout_ms": 5000}, {"delivery_timeout_ms": 5000, "request_timeout_ms": 5000}),
        ({"delivery_timeout_ms": 300_000}, {"request_timeout_ms": 30_000, "transaction_timeout_ms": 60_000}),
        ({"max_request_size": 1000}, {"max_request_size": 1000, "batch_size": 1000}),
        ({"security": {"security_protocol": "SSL"}}, {"security_protocol": "SSL"}),
        ({}, {"acks": "all", "enable_idempotence": True, "allow_auto_create_topics": False}),
    ],
)
def test_settings_reach_the_client(settings: dict[str, object], expected: dict[str, object]) -> None:
    made = KafkaOptions(servers="a:1", **settings).producer_settings("name", 2.0)  # type: ignore[arg-type]  # by name
    assert {name: made[name] for name in expected} == expected
    assert (made["max_block_ms"], made["bootstrap_timeout_ms"]) == (2000, 2000)


def test_security_settings_show_in_no_text() -> None:
    assert "hunter2" not in repr(KafkaOptions(servers="a:1", security={"sasl_plain_password": "hunter2"}))


def test_group_limits_are_records_and_bytes() -> None:
    limit = KafkaTransport(KafkaOptions(servers="a:1", buffer_memory=5, group_records=7), "x").group_limit
    assert (limit.records, limit.size) == (7, 5)


def test_who_does_not_answer_is_named_with_the_reason() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        # Bound and not listening: refused.
        with pytest.raises(
            TransportError, match=f"{address}: connection refused.*no broker answers"
        ) as caught:
            knock([address], 1.0)
        assert caught.value.retriable
        taken.listen()
        knock(["127.0.0.1:1", address], 1.0)


def test_kafka_python_never_logs_at_debug(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("kafka")
    monkeypatch.setattr(logger, "level", logging.DEBUG)
    with pytest.raises(TransportError):
        KafkaTransport(KafkaOptions(servers="127.0.0.1:1"), "x").fence("t", timeout=1)
    assert logger.getEffectiveLevel() == logging.INFO
    # Not even when it is told to afterwards.
    for name in ("kafka", "kafka.net.connection"):
        with caplog.at_level(logging.DEBUG, name):
            logging.getLogger(name).debug("a password")
            logging.getLogger(name).info("a connection")
    assert caplog.messages == ["a connection"] * 2
