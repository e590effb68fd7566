"""Every way to connect to a broker with TLS, and every way to be refused."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from tests.integration.kafka.topic import create_topic, unique_name
from tests.integration.servers.cache import UnavailableError
from tests.integration.servers.kafka import KafkaCluster
from tests.integration.servers.secured import PASSWORD, USER, SecuredListeners
from tests.unit.vqe_stream.conftest import ROOT

from vqe_stream import KafkaSecurity, ProducerConfig, VQEKafkaProducer, result_from_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vqe_records import VQEDecoratedResult

Security = Callable[[SecuredListeners], dict[str, Any]]

_PATIENCE = 10
_LOGIN = {"sasl_plain_username": USER, "sasl_plain_password": PASSWORD}
_CLIENT = {"ssl_certfile": "producer.crt", "ssl_keyfile": "producer.key"}
_LOCKED = {"ssl_certfile": "locked.crt", "ssl_keyfile": "locked.key", "ssl_password": PASSWORD}


@pytest.fixture(scope="module")
def listeners(tmp_path_factory: pytest.TempPathFactory) -> SecuredListeners:
    return SecuredListeners(tmp_path_factory.mktemp("secrets"))


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory, listeners: SecuredListeners) -> Iterator[KafkaCluster]:
    try:
        cluster = KafkaCluster(tmp_path_factory.mktemp("kafka"), secured=listeners)
    except UnavailableError as error:
        pytest.skip(str(error))
    with cluster:
        yield cluster


@pytest.fixture(scope="module")
def result() -> VQEDecoratedResult:
    return result_from_json((ROOT / "data" / "vqe" / "h2_cobyla.json").read_bytes())


@dataclass(frozen=True)
class Desk:
    """What a test sends, from where, and to which topic of the broker."""

    broker: KafkaCluster
    listeners: SecuredListeners
    topic: str
    result: VQEDecoratedResult
    folder: Path

    def config(self, listener: str, security: dict[str, Any]) -> ProducerConfig:
        plain = listener == "CLIENT"
        return ProducerConfig.from_dict(
            {
                "bootstrap_servers": self.broker.servers if plain else self.listeners.address(listener),
                "topic": self.topic,
                "security": security,
                "state": self.folder,
                "retries": 0,
                "timeout": 30,
                "allow_memory_file_system": True,
            }
        )


@pytest.fixture
def desk(
    broker: KafkaCluster, listeners: SecuredListeners, result: VQEDecoratedResult, tmp_path: Path
) -> Desk:
    topic = create_topic(broker.direct_servers, unique_name())
    return Desk(broker, listeners, topic, result, tmp_path)


def tls(listeners: SecuredListeners, **files: str) -> dict[str, Any]:
    return {"ssl": True, "cert_config": {"ssl_dir": str(listeners.folder), **files}}


def login(listeners: SecuredListeners, mechanism: str, **changes: str) -> dict[str, Any]:
    return {
        "sasl_ssl": True,
        "cert_config": {"ssl_dir": str(listeners.folder)},
        "sasl_opts": {"sasl_mechanism": mechanism, **_LOGIN, **changes},
    }


MODES: dict[str, tuple[str, Security]] = {
    "tls": ("TLS", tls),
    "tls-ciphers": ("TLS", lambda at: tls(at, ssl_ciphers="ECDHE+AESGCM")),
    "mtls": ("MTLS", lambda at: tls(at, **_CLIENT)),
    "mtls-key-password": ("MTLS", lambda at: tls(at, **_LOCKED)),
    "plain": ("PLAIN", lambda at: login(at, "PLAIN")),
    "scram-256": ("SCRAM256", lambda at: login(at, "SCRAM-SHA-256")),
    "scram-512": ("SCRAM512", lambda at: login(at, "SCRAM-SHA-512")),
    "host-unchecked": ("WRONGHOST", lambda at: {**tls(at), "ssl_check_hostname": False}),
}


def first_record(config: ProducerConfig) -> Any:  # noqa: ANN401 - a record of kafka-python
    client = KafkaSecurity(config.security).build_security_config()
    consumer = KafkaConsumer(
        bootstrap_servers=config.bootstrap_servers, group_id=None, consumer_timeout_ms=20_000, **client
    )
    try:
        place = TopicPartition(config.topic, 0)
        consumer.assign([place])
        consumer.seek_to_beginning(place)
        return next(consumer)
    finally:
        consumer.close()


@pytest.mark.parametrize("mode", MODES)
def test_a_result_is_delivered_and_read(mode: str, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    listener, security = MODES[mode]
    config = desk.config(listener, security(desk.listeners))
    with caplog.at_level(logging.DEBUG), VQEKafkaProducer(config) as producer:
        durable = producer.send_result(desk.result)
        assert producer.flush().pending == 0
        record = first_record(config)
    assert dict(record.headers)["result-id"].decode() == durable.result_id
    assert PASSWORD not in caplog.text


REFUSALS: dict[str, tuple[str, Security, str]] = {
    "no-client-certificate": (
        "MTLS",
        tls,
        "wants a client certificate; set security.cert_config.ssl_certfile",
    ),
    "foreign-client": (
        "MTLS",
        lambda at: tls(at, ssl_certfile="foreign.crt", ssl_keyfile="foreign.key"),
        "security.cert_config.ssl_certfile",
    ),
    "wrong-ca": (
        "TLS",
        lambda at: tls(at, ssl_cafile="other-ca.crt"),
        "not from an authority that this client trusts",
    ),
    "wrong-host": ("WRONGHOST", tls, "not for this host name"),
    "expired": ("EXPIRED", tls, "certificate has expired"),
    "wrong-password-plain": (
        "PLAIN",
        lambda at: login(at, "PLAIN", sasl_plain_password="canary-wrong"),  # noqa: S106 - it is wrong
        "refuses the login of 'alice' by PLAIN",
    ),
    "wrong-password-scram": (
        "SCRAM512",
        lambda at: login(at, "SCRAM-SHA-512", sasl_plain_password="canary-wrong"),  # noqa: S106 - as above
        "refuses the login of 'alice' by SCRAM-SHA-512",
    ),
    "wrong-mechanism": (
        "SCRAM256",
        lambda at: login(at, "PLAIN"),
        "security.sasl_opts.sasl_mechanism to one of SCRAM-SHA-256",
    ),
    "no-tls": ("CLIENT", tls, "does not speak TLS at this port"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_names_its_cause_and_nothing_is_given_up(
    case: str, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    listener, security, cause = REFUSALS[case]
    config = desk.config(listener, security(desk.listeners))
    with caplog.at_level(logging.DEBUG), VQEKafkaProducer(config) as producer:
        producer.send_result(desk.result)
        deadline = time.monotonic() + _PATIENCE
        while (counts := producer.flush(0.1)).blocked is None and time.monotonic() < deadline:
            pass
    assert (counts.pending, counts.dead) == (1, 0)
    assert counts.blocked is not None
    assert cause in counts.blocked
    assert counts.blocked.count(config.bootstrap_servers) == 1
    assert "canary-wrong" not in caplog.text + counts.blocked


@pytest.mark.parametrize("revoked", [False, True])
def test_a_revoked_certificate_of_the_broker_is_refused(revoked: bool, desk: Desk) -> None:
    listed = [desk.listeners.folder / "broker.crt"] if revoked else []
    path = desk.listeners.authority.revoke(desk.folder / "list.crl", listed)
    config = desk.config("TLS", tls(desk.listeners, ssl_crlfile=str(path)))
    with VQEKafkaProducer(config) as producer:
        producer.send_result(desk.result)
        counts = producer.flush(5.0 if revoked else 30.0)
    assert counts.pending == int(revoked)
    assert ("has been revoked" in str(counts.blocked)) is revoked
