"""Every way to connect to a broker with TLS, and every way to be refused."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
)
from tests.integration.kafka.topic import create_topic, unique_name
from tests.integration.servers.cache import UnavailableError
from tests.integration.servers.kafka import KafkaCluster
from tests.integration.servers.kerberos import Kerberos
from tests.integration.servers.secured import PASSWORD, USER, SecuredListeners
from tests.unit.vqe_stream.conftest import ROOT

from avroforge.errors import TransportError
from vqe_stream import ProducerConfig, VQEKafkaConsumer, VQEKafkaProducer, result_from_json
from vqe_stream.check import Check, Verdict
from vqe_stream.doctor.examination import steps
from vqe_stream.doctor.step import examine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vqe_records import VQEDecoratedResult

Security = Callable[[SecuredListeners], dict[str, Any]]

LogCapture = pytest.LogCaptureFixture
_PATIENCE = 10
# Everyone may do everything that is not taken from somebody.
_RIGHTS = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
    "allow.everyone.if.no.acl.found": "true",
}
WRONG = "canary-wrong"
_LOGIN = {"sasl_plain_username": USER, "sasl_plain_password": PASSWORD}
_CLIENT = {"ssl_certfile": "producer.crt", "ssl_keyfile": "producer.key"}
_LOCKED = {"ssl_certfile": "locked.crt", "ssl_keyfile": "locked.key", "ssl_password": PASSWORD}


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kerberos | str]:
    """The Kerberos realm, or why there is none."""
    try:
        made = Kerberos(tmp_path_factory.mktemp("realm"))
    except UnavailableError as error:
        yield str(error)
        return
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def listeners(tmp_path_factory: pytest.TempPathFactory, realm: Kerberos | str) -> SecuredListeners:
    known = realm if isinstance(realm, Kerberos) else None
    return SecuredListeners(tmp_path_factory.mktemp("secrets"), known)


@pytest.fixture
def user(realm: Kerberos | str, monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Makes this process the owner of a keytab."""

    def become(keytab: str | None) -> None:
        if isinstance(realm, str):
            pytest.skip(realm)
        for name, value in realm.client(keytab).items():
            monkeypatch.setenv(name, value)

    return become


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory, listeners: SecuredListeners) -> Iterator[KafkaCluster]:
    try:
        cluster = KafkaCluster(tmp_path_factory.mktemp("kafka"), settings=_RIGHTS, secured=listeners)
    except UnavailableError as error:
        pytest.skip(str(error))
    with cluster:
        yield cluster


@pytest.fixture
def everything_logged(quiet: None, caplog: LogCapture) -> Iterator[LogCapture]:  # noqa: ARG001 - undone here
    """Every logger at DEBUG, kafka-python's too."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "kafka"]
    with ExitStack() as levels:
        for name in ("", "kafka", *names):
            levels.enter_context(caplog.at_level(logging.DEBUG, name))
        yield caplog


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


def ticket(listeners: SecuredListeners, **options: str) -> dict[str, Any]:
    return {
        "sasl_ssl": True,
        "cert_config": {"ssl_dir": str(listeners.folder)},
        "sasl_opts": {"sasl_mechanism": "GSSAPI", **options},
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


def deliver_and_read(config: ProducerConfig, result: VQEDecoratedResult) -> None:
    with VQEKafkaProducer(config) as producer:
        durable = producer.send_result(result)
        assert producer.flush().pending == 0
    for group in (None, unique_name("group")):
        with VQEKafkaConsumer(replace(config, group=group)) as consumer:
            received = consumer.receive()
            assert received is not None
            assert received.result_id == durable.result_id


@pytest.mark.parametrize("mode", MODES)
def test_a_result_is_delivered_and_read(mode: str, desk: Desk, everything_logged: LogCapture) -> None:
    listener, security = MODES[mode]
    config = desk.config(listener, security(desk.listeners))
    deliver_and_read(config, desk.result)
    assert PASSWORD not in everything_logged.text


def test_a_kerberos_ticket_lets_in(desk: Desk, user: Callable[[str | None], None]) -> None:
    user("alice")
    deliver_and_read(desk.config("GSSAPI", ticket(desk.listeners)), desk.result)


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
        lambda at: login(at, "PLAIN", sasl_plain_password=WRONG),
        "refuses the login of 'alice' by PLAIN",
    ),
    "wrong-password-scram": (
        "SCRAM512",
        lambda at: login(at, "SCRAM-SHA-512", sasl_plain_password=WRONG),
        "refuses the login of 'alice' by SCRAM-SHA-512",
    ),
    "wrong-mechanism": (
        "SCRAM256",
        lambda at: login(at, "PLAIN"),
        "security.sasl_opts.sasl_mechanism to one of SCRAM-SHA-256",
    ),
    "no-tls": ("CLIENT", tls, "does not speak TLS at this port"),
}


def refuse(config: ProducerConfig, result: VQEDecoratedResult) -> str:
    """Why the result waits; it is said in time, by the consumer too."""
    begin = time.monotonic()
    with VQEKafkaProducer(config) as producer:
        producer.send_result(result)
        while (counts := producer.flush(0.1)).blocked is None and time.monotonic() < begin + _PATIENCE:
            pass
    assert (counts.pending, counts.dead) == (1, 0)
    assert counts.blocked is not None
    assert counts.blocked.count(config.bootstrap_servers) == 1
    begin = time.monotonic()
    with VQEKafkaConsumer(config) as consumer, pytest.raises(TransportError) as caught:
        consumer.receive()
    assert time.monotonic() - begin < _PATIENCE
    local = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert PASSWORD not in local
    assert WRONG not in local
    return f"{counts.blocked}\n{caught.value}"


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_names_its_cause_and_nothing_is_given_up(
    case: str, desk: Desk, everything_logged: LogCapture
) -> None:
    listener, security, cause = REFUSALS[case]
    said = refuse(desk.config(listener, security(desk.listeners)), desk.result)
    assert said.count(cause) == 2, said
    assert WRONG not in everything_logged.text + said


TICKETS: dict[str, tuple[str | None, dict[str, str], str]] = {
    "no-ticket": (None, {}, "set KRB5_CLIENT_KTNAME"),
    "stale-key": ("stale", {}, "set KRB5_CLIENT_KTNAME"),
    "unknown-service": (
        "alice",
        {"sasl_kerberos_service_name": "nobody"},
        "check security.sasl_opts.sasl_kerberos_service_name",
    ),
    "another-service": (
        "alice",
        {"sasl_kerberos_service_name": "other"},
        "the broker refuses the Kerberos ticket",
    ),
}


@pytest.mark.parametrize("case", TICKETS)
def test_a_ticket_that_is_refused_names_its_cause(
    case: str, desk: Desk, user: Callable[[str | None], None]
) -> None:
    keytab, options, cause = TICKETS[case]
    user(keytab)
    said = refuse(desk.config("GSSAPI", ticket(desk.listeners, **options)), desk.result)
    assert said.count(cause) == 2, said


@pytest.mark.parametrize("how", ["absent", "silent"])
def test_a_kdc_that_does_not_answer_is_named(
    how: str, desk: Desk, user: Callable[[str | None], None], realm: Kerberos
) -> None:
    user("alice")
    realm.kill() if how == "absent" else realm.pause()
    try:
        said = refuse(desk.config("GSSAPI", ticket(desk.listeners)), desk.result)
    finally:
        realm.start() if how == "absent" else realm.resume()
    assert said.count("check the realm's addresses in krb5.conf (KRB5_CONFIG)") == 2, said


def examined(config: ProducerConfig) -> dict[str, Check]:
    """What the doctor says, by name."""
    return {each.name: each for each in examine(steps(config, {}, 0), seconds=20)}


@pytest.mark.parametrize("mode", ["mtls", "scram-512"])
def test_the_doctor_looks_into_the_certificates_of_both_sides(mode: str, desk: Desk) -> None:
    listener, security = MODES[mode]
    checks = examined(desk.config(listener, security(desk.listeners)))
    assert checks["brokers"].verdict is Verdict.OK
    assert checks["transactions"].verdict is Verdict.OK
    peer = checks[f"certificate of {desk.listeners.address(listener)}"]
    assert peer.verdict is Verdict.OK
    assert peer.found.startswith("localhost, 127.0.0.1, ::1: valid until ")
    assert ("ssl_keyfile producer.key" in checks) is (mode == "mtls")


@pytest.mark.parametrize("case", REFUSALS)
def test_the_doctor_names_the_cause_of_a_refusal(case: str, desk: Desk) -> None:
    listener, security, cause = REFUSALS[case]
    config = desk.config(listener, security(desk.listeners))
    checks = examined(config)
    refused = checks[f"broker {config.bootstrap_servers}"]
    assert refused.verdict is Verdict.FAILURE
    assert cause in refused.found
    assert checks["topics"].verdict is Verdict.UNCHECKED
    assert WRONG not in str(list(map(str, checks.values())))


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


@pytest.mark.parametrize("password", [PASSWORD, WRONG])
def test_a_command_shows_no_password(
    password: str, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("A_PASSWORD", password)
    settings = tmp_path / "settings.toml"
    settings.write_text(
        f"""
        bootstrap_servers = "{desk.listeners.address("SCRAM256")}"
        topic = "{desk.topic}"
        state = "{tmp_path / "state"}"
        timeout = 8
        allow_memory_file_system = true
        [security]
        sasl_ssl = true
        cert_config.ssl_dir = "{desk.listeners.folder}"
        sasl_opts.sasl_mechanism = "SCRAM-SHA-256"
        sasl_opts.sasl_plain_username = "{USER}"
        sasl_opts.sasl_plain_password = "env:A_PASSWORD"
        """
    )
    file = ROOT / "data" / "vqe" / "h2_cobyla.json"
    script = "import logging; logging.basicConfig(level=0); from vqe_stream.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "publish", str(file), "--config", str(settings)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ("delivered" in done.stdout) == (password == PASSWORD), done.stderr
    assert ("refuses the login of 'alice' by SCRAM-SHA-256" in done.stderr) == (password == WRONG)
    assert password not in done.stdout + done.stderr


def forbid(desk: Desk, topic: str, operation: ACLOperation) -> None:
    """Take a right from the user of the logins."""
    admin = KafkaAdminClient(bootstrap_servers=desk.broker.direct_servers)
    try:
        made = admin.create_acls(
            [
                ACL(
                    principal=f"User:{user}",
                    host="*",
                    operation=what,
                    permission_type=permission,
                    resource_pattern=ResourcePattern(ResourceType.TOPIC, topic),
                )
                for user, what, permission in (
                    (USER, operation, ACLPermissionType.DENY),
                    ("*", ACLOperation.ALL, ACLPermissionType.ALLOW),
                )
            ]
        )
        assert made["failed"] == []
    finally:
        admin.close()


def test_a_producer_without_the_right_to_write_waits_and_gives_nothing_up(desk: Desk) -> None:
    forbid(desk, desk.topic, ACLOperation.WRITE)
    with VQEKafkaProducer(desk.config("PLAIN", login(desk.listeners, "PLAIN"))) as producer:
        producer.send_result(desk.result)
        counts = producer.flush(5)
    assert (counts.pending, counts.dead) == (1, 0)
    assert counts.blocked == f"{desk.topic}: not authorised; grant Describe and Write on the topic"


@pytest.mark.parametrize("group", [None, "readers"])
def test_a_consumer_needs_no_right_to_claims_that_it_cannot_see(group: str | None, desk: Desk) -> None:
    config = desk.config("PLAIN", login(desk.listeners, "PLAIN"))
    claims = create_topic(desk.broker.direct_servers, config.claims_topic)
    forbid(desk, claims, ACLOperation.DESCRIBE)
    forbid(desk, claims, ACLOperation.READ)
    config = replace(config, group=group and unique_name(group))
    with VQEKafkaProducer(config) as producer:
        durable = producer.send_result(desk.result)
        assert producer.flush().pending == 0
    with VQEKafkaConsumer(config) as consumer:
        received = consumer.receive()
        assert received is not None
        assert received.result_id == durable.result_id


@pytest.mark.parametrize("group", [None, "readers"])
def test_a_consumer_that_may_not_read_is_told_of_which_topic(group: str | None, desk: Desk) -> None:
    config = desk.config("PLAIN", login(desk.listeners, "PLAIN"))
    claims = create_topic(desk.broker.direct_servers, config.claims_topic)
    forbid(desk, claims, ACLOperation.READ)
    config = replace(config, group=group and unique_name(group))
    with VQEKafkaProducer(replace(config, max_request_size=2000)) as producer:
        producer.send_result(desk.result)
        assert producer.flush().pending == 0
    with (
        VQEKafkaConsumer(config) as consumer,
        pytest.raises(TransportError, match=f"^{claims}: not authorised; grant Describe and Read"),
    ):
        consumer.receive()
