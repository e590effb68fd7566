"""What the Kafka clients are given for TLS and logins, and what is refused before anyone connects."""

from __future__ import annotations

import logging
import ssl
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509

from avroforge.errors import ConfigurationError
from avroforge.kafka import KafkaOptions
from avroforge.secret import HiddenText
from vqe_stream import CertConfig, KafkaSecurity, SaslSslOpts, Secret, SecurityConfig
from vqe_stream.cli import run
from vqe_stream.development_pki import LOCAL, Authority, generate

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "correct-horse-battery"
LOGIN = {"sasl_plain_username": "me", "sasl_plain_password": CANARY}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    authority = Authority()
    authority.save(tmp_path)
    authority.issue(tmp_path, "client")
    authority.issue(tmp_path, "other")
    authority.issue(tmp_path, "locked", password=CANARY)
    return tmp_path


def built(folder: Path, files: dict[str, Any] | None = None, **settings: Any) -> dict[str, Any]:  # noqa: ANN401 - as in a file
    made = {"ssl": True, "cert_config": {"ssl_dir": str(folder), **(files or {})}, **settings}
    return KafkaSecurity(SecurityConfig.from_dict(made)).build_security_config()


def test_nothing_switched_on_gives_nothing() -> None:
    assert KafkaSecurity(SecurityConfig()).build_security_config() == {}


def test_tls_is_new_and_strict_unless_told_otherwise(folder: Path) -> None:
    context: ssl.SSLContext = built(folder)["ssl_context"]
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    lax: ssl.SSLContext = built(folder, ssl_check_hostname=False)["ssl_context"]
    assert not lax.check_hostname
    assert lax.verify_mode is ssl.CERT_REQUIRED


def test_ciphers_and_revocation_lists_are_applied(folder: Path) -> None:
    authority = Authority()
    authority.revoke(folder / "list.crl")
    files = {"ssl_ciphers": "ECDHE-ECDSA-AES256-GCM-SHA384", "ssl_crlfile": "list.crl"}
    context: ssl.SSLContext = built(folder, files)["ssl_context"]
    older = {each["name"] for each in context.get_ciphers() if each["protocol"] != "TLSv1.3"}
    assert older == {"ECDHE-ECDSA-AES256-GCM-SHA384"}
    assert context.verify_flags & ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_a_login_needs_no_client_certificate(folder: Path, mechanism: str) -> None:
    (folder / "client.crt").unlink()
    (folder / "client.key").unlink()
    made = built(folder, ssl=False, sasl_ssl=True, sasl_opts={"sasl_mechanism": mechanism, **LOGIN})
    assert made["security_protocol"] == "SASL_SSL"
    assert made["sasl_mechanism"] == mechanism
    assert made["sasl_plain_password"].encode() == CANARY.encode()
    assert "\0".join(["me", made["sasl_plain_password"]]) == f"me\0{CANARY}"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"ssl_cafile": "none.crt"}, "ssl_cafile: .*none.crt: no such file"),
        ({"ssl_cafile": "client.key"}, "ssl_cafile: .*expected certificates in PEM"),
        ({"ssl_certfile": "none.crt"}, "ssl_certfile: .*none.crt: no such file"),
        ({"ssl_keyfile": None}, "ssl_keyfile: expected the file that belongs to 'client.crt'"),
        ({"ssl_keyfile": "other.key"}, "ssl_keyfile: .*is not the key of"),
        (
            {"ssl_certfile": "locked.crt", "ssl_keyfile": "locked.key"},
            "the key's password in security.cert_config.ssl_password",
        ),
        (
            {"ssl_certfile": "locked.crt", "ssl_keyfile": "locked.key", "ssl_password": "canary-wrong"},
            "the key's password in security.cert_config.ssl_password",
        ),
        ({"ssl_certfile": None, "ssl_keyfile": None, "ssl_password": CANARY}, "ssl_password: set although"),
        ({"ssl_crlfile": "none.crl"}, "ssl_crlfile: .*no such file"),
        ({"ssl_crlfile": "ca.crt"}, "ssl_crlfile: .*expected a revocation list in PEM, got none"),
        ({"ssl_ciphers": "NONSENSE"}, "ssl_ciphers: expected OpenSSL names of ciphers, got 'NONSENSE'"),
    ],
)
def test_a_file_that_cannot_be_honoured_is_refused(folder: Path, files: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^security\.cert_config\..*{message}") as caught:
        built(folder, files)
    assert "canary-wrong" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sasl_opts": LOGIN}, "sasl_plain_username: set although security.sasl_ssl is off"),
        ({"sasl_ssl": True}, "sasl_plain_username: expected a text for PLAIN, got none"),
        (
            {"sasl_ssl": True, "sasl_opts": {"sasl_plain_username": "me"}},
            "sasl_plain_password: expected a text for PLAIN, got none",
        ),
        (
            {"sasl_ssl": True, "sasl_opts": {"sasl_mechanism": "DIGEST", **LOGIN}},
            "sasl_mechanism: expected PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, GSSAPI, got 'DIGEST'",
        ),
        (
            {"sasl_ssl": True, "sasl_opts": {"sasl_mechanism": "GSSAPI", **LOGIN}},
            "sasl_plain_username: set although GSSAPI takes a Kerberos ticket",
        ),
    ],
)
def test_a_login_that_is_incomplete_or_ignored_is_refused(
    folder: Path, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=rf"^security\.sasl_opts\.{message}"):
        built(folder, **settings)


def test_a_login_without_tls_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="a login needs TLS around it"):
        KafkaOptions(servers="a:1", security={"security_protocol": "SASL_PLAINTEXT"})


def test_the_password_shows_in_no_text_of_what_the_clients_take(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = built(folder, sasl_ssl=True, sasl_opts=LOGIN)
    options = KafkaOptions(servers="a:1", security=made)
    settings = options.producer_settings("name", 1.0)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").debug("%s %r %s", made, settings, made["sasl_plain_password"])
    password = made["sasl_plain_password"]
    assert isinstance(password, HiddenText)
    shown = [str(made), repr(made), repr(options), f"{password}", f"{password!r}", str(settings)]
    assert CANARY not in " ".join([*shown, caplog.text])


def test_a_password_is_read_from_where_the_table_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_PASSWORD", CANARY)
    private = tmp_path / "password"
    private.touch(0o600)
    private.write_text(f"{CANARY}\n")
    for value in (CANARY, "env:A_PASSWORD", f"file:{private}"):
        options = SaslSslOpts.from_dict({"sasl_plain_password": value})
        assert options.sasl_plain_password == Secret(CANARY)
        assert CertConfig.from_dict({"ssl_password": value}).ssl_password == Secret(CANARY)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("env:NOT_SET_ANYWHERE", "the environment variable NOT_SET_ANYWHERE is not set"),
        ("file:{folder}/none", "none: no such file"),
        ("file:{folder}/open", "open: expected a file that only its owner can read; run chmod 600"),
        ("file:{folder}/empty", "empty: expected a password, got an empty file"),
        ("file:{folder}/binary", "binary: expected text in UTF-8"),
    ],
)
def test_a_password_that_is_not_there_is_an_error(tmp_path: Path, value: str, message: str) -> None:
    (tmp_path / "empty").touch(0o600)
    (tmp_path / "binary").touch(0o600)
    (tmp_path / "binary").write_bytes(b"\xff" + CANARY.encode())
    (tmp_path / "open").write_text(CANARY)
    (tmp_path / "open").chmod(0o640)
    with pytest.raises(
        ConfigurationError, match=rf"^security\.sasl_opts\.sasl_plain_password: .*{message}"
    ) as caught:
        SaslSslOpts.from_dict({"sasl_plain_password": value.format(folder=tmp_path)})
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_the_command_makes_secrets_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "secrets"
    arguments = ["secrets", "generate", "--dir", str(folder), "--host", "kafka.example", "--days", "3"]
    assert run(arguments) == 0
    assert capsys.readouterr().out.endswith("14 files, valid for 3 days\n")
    broker = x509.load_pem_x509_certificate((folder / "broker.crt").read_bytes())
    names = broker.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["kafka.example"]
    assert broker.version is x509.Version.v3
    assert run(arguments) == 2
    assert "ca.crt: expected no such file" in capsys.readouterr().err
    assert run(["secrets", "generate", "--dir", str(tmp_path / "other"), "--host", "a b"]) == 2
    assert not (tmp_path / "other").exists()


def test_generated_secrets_are_private_and_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    written = generate(folder, LOCAL)
    roles = {
        f"{role}.{kind}"
        for role in ("broker", "registry", "producer", "sink")
        for kind in ("crt", "key", "pem")
    }
    assert {each.name for each in written} == {"ca.crt", "ca.key"} | roles
    assert {each.stat().st_mode & 0o777 for each in written} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len({each.read_bytes() for each in folder.glob("*.key")}) == 5
    before = {each: each.read_bytes() for each in written}
    with pytest.raises(ConfigurationError, match="expected no such file"):
        generate(folder, LOCAL)
    assert {each: each.read_bytes() for each in written} == before
    context = KafkaSecurity(
        SecurityConfig(
            ssl=True,
            cert_config=CertConfig(str(folder), ssl_certfile="producer.crt", ssl_keyfile="producer.key"),
        )
    ).build_security_config()["ssl_context"]
    assert context.cert_store_stats() == {"x509": 1, "crl": 0, "x509_ca": 1}
