"""What a registry, or what stands in its place, can do wrong: each has its error, and an end."""

from __future__ import annotations

import itertools
import socket
import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme
from tests.unit.registry.client.peer import Request, answer, answering

from avroforge.errors import (
    ConfigurationError,
    IncompatibleSchemaError,
    RegistryAccessError,
    RegistryAnswerError,
    RegistryCertificateError,
    RegistryError,
    RegistryRedirectError,
    RegistryTimeoutError,
    RegistryUnavailableError,
    SchemaNotFoundError,
)
from avroforge.registry.client import BasicAuth, TlsFiles
from avroforge.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.registry.client.conftest import MakeClient, MakePeer, Pki

PASSWORD = "s3cret-w0rd"  # noqa: S105 - to be found where it must not be
USER = BasicAuth("writer", Secret(PASSWORD))


def refused(ask: Callable[[], object], kind: type[RegistryError], *words: str) -> RegistryError:
    """The error of a call: of exactly this class, with these words, and without the password."""
    with pytest.raises(kind) as caught:
        ask()
    assert type(caught.value) is kind
    for each in words:
        assert each in str(caught.value)
    assert PASSWORD not in str(caught.value)
    assert PASSWORD not in repr(caught.value)
    return caught.value


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port: int = nobody.getsockname()[1]
    return port


def test_a_registry_that_is_down(client: MakeClient) -> None:
    registry = client(f"http://writer:{PASSWORD}@127.0.0.1:{closed_port()}")
    refused(registry.subjects, RegistryUnavailableError, registry.name, "no connection", "is it running")


def test_a_host_that_nobody_knows(client: MakeClient) -> None:
    registry = client("http://registry.invalid:8081")
    refused(registry.subjects, RegistryUnavailableError, "registry.invalid", "is the host name right?")


def test_a_registry_that_accepts_and_never_answers(peer: MakePeer, client: MakeClient) -> None:
    def behave(_: Request, __: socket.socket) -> None:
        silent.stopped.wait()

    silent = peer(behave)
    ask = client(silent.url, timeout=0.2).subjects
    refused(ask, RegistryTimeoutError, silent.url, "no complete answer within 0.2 s")


@pytest.mark.parametrize(
    ("start", "ever"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a", id="in the headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b" ", id="in the body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", id="in chunks"),
    ],
)
def test_a_registry_that_answers_drop_by_drop(
    peer: MakePeer, client: MakeClient, start: bytes, ever: bytes
) -> None:
    def behave(_: Request, connection: socket.socket) -> None:
        connection.sendall(start)
        for byte in itertools.cycle(ever):
            connection.sendall(bytes([byte]))
            if slow.stopped.wait(0.02):
                return

    slow = peer(behave)
    ask = client(slow.url, timeout=0.3, retries=0).subjects
    refused(ask, RegistryTimeoutError, slow.url, "no complete answer")


def test_a_handshake_that_does_not_end(client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        registry = client(f"https://localhost:{listening.getsockname()[1]}", connect_timeout=0.2, retries=0)
        refused(registry.subjects, RegistryTimeoutError, registry.name, "no connection within 0.2 s")


def test_status_500(peer: MakePeer, client: MakeClient) -> None:
    broken = peer(answering(answer(500, {"error_code": 50001, "message": "store timed out"})))
    error = refused(
        client(broken.url).subjects, RegistryUnavailableError, broken.url, "status 500: store timed out"
    )
    assert (error.status, error.error_code, error.answer) == (500, 50001, "store timed out")
    assert len(broken.requests) == 2


def test_status_502_of_a_gateway(peer: MakePeer, client: MakeClient) -> None:
    broken = peer(answering(answer(502, b"<html>bad gateway</html>")))
    error = refused(client(broken.url).subjects, RegistryUnavailableError, "HTTP status 502")
    assert error.status == 502


def test_status_409(peer: MakePeer, client: MakeClient) -> None:
    said = "Schema being registered is incompatible with an earlier schema"
    strict = peer(answering(answer(409, {"error_code": 409, "message": said})))
    error = refused(
        lambda: client(strict.url).register("s", '"int"'), IncompatibleSchemaError, "s: schema is", said
    )
    assert error.status == 409


def test_status_404_of_a_registry(peer: MakePeer, client: MakeClient) -> None:
    empty = peer(answering(answer(404, {"error_code": 40403, "message": "Schema 7 not found"})))
    refused(lambda: client(empty.url).schema_by_id(7), SchemaNotFoundError, empty.url, "Schema 7 not found")


@pytest.mark.parametrize(
    "body", [b"<html>nothing here</html>", b"", {"error_code": 404, "message": "HTTP 404 Not Found"}]
)
def test_status_404_of_something_else_is_not_an_unknown_schema(
    peer: MakePeer, client: MakeClient, body: object
) -> None:
    other = peer(answering(answer(404, body)))
    refused(
        lambda: client(other.url).schema_by_id(7),
        RegistryAnswerError,
        f"{other.url}: GET /schemas/ids/7: knows no such path",
        "is this the address of a registry",
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE html><title>Welcome</title>", "'<!DOCTYPE html>"),
        (b"", "an empty body"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"{", "expected JSON"),
    ],
)
def test_a_body_that_is_not_json(peer: MakePeer, client: MakeClient, body: bytes, reason: str) -> None:
    other = peer(answering(answer(200, body)))
    refused(client(other.url).subjects, RegistryAnswerError, other.url, "expected JSON, got", reason)
    assert len(other.requests) == 1


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"subjects": []}, "expected an array, got {"),
        ([1], "the answer's /0: expected a string, got 1"),
    ],
)
def test_json_of_another_form(peer: MakePeer, client: MakeClient, body: object, place: str) -> None:
    other = peer(answering(answer(200, body)))
    refused(client(other.url).subjects, RegistryAnswerError, other.url, place)


@pytest.mark.parametrize(
    "body",
    [
        {"id": 0, "version": 1, "schema": '"int"'},
        {"id": True, "version": 1, "schema": '"int"'},
        {"id": 2**31, "version": 1, "schema": '"int"'},
        {"id": 1, "version": "1", "schema": '"int"'},
        {"id": 1, "version": 1, "schema": {"type": "int"}},
        {"id": 1, "version": 1},
    ],
)
def test_an_id_or_a_schema_that_is_none(peer: MakePeer, client: MakeClient, body: object) -> None:
    other = peer(answering(answer(200, body)))
    refused(lambda: client(other.url).version("s"), RegistryAnswerError, other.url, "the answer's")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_gets_no_credentials(
    peer: MakePeer, client: MakeClient, status: int
) -> None:
    other = peer(answering(answer(200, [])))
    away = peer(answering(answer(status, Location=f"http://u:p@localhost:{other.port}/subjects?token=t")))
    error = refused(
        client(away.url, credentials=USER).subjects,
        RegistryRedirectError,
        away.url,
        f"redirects to http://localhost:{other.port}, which is not followed",
    )
    assert isinstance(error, RegistryRedirectError)
    assert error.target == f"http://localhost:{other.port}"
    assert other.requests == []
    assert len(away.requests) == 1


def test_a_truncated_body(peer: MakePeer, client: MakeClient) -> None:
    def behave(_: Request, connection: socket.socket) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[")
        return False

    cutting = peer(behave)
    refused(client(cutting.url).subjects, RegistryAnswerError, cutting.url, "cut off")
    assert len(cutting.requests) == 2


def test_no_answer_at_all(peer: MakePeer, client: MakeClient) -> None:
    hanging_up = peer(lambda _, __: False)
    refused(client(hanging_up.url).subjects, RegistryAnswerError, hanging_up.url, "cut off or no HTTP")


def test_something_that_speaks_another_protocol(peer: MakePeer, client: MakeClient) -> None:
    def behave(_: Request, connection: socket.socket) -> bool:
        connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")
        return False

    ssh = peer(behave)
    refused(client(ssh.url).subjects, RegistryAnswerError, ssh.url, "no HTTP")


@pytest.mark.parametrize("announced", [True, False])
def test_an_oversized_body(peer: MakePeer, client: MakeClient, *, announced: bool) -> None:
    def behave(_: Request, connection: socket.socket) -> bool:
        length = b"Content-Length: 99999999\r\n" if announced else b""
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n")
        while not huge.stopped.is_set():
            connection.sendall(b" " * 65536)
        return False

    huge = peer(behave)
    ask = client(huge.url, max_answer_bytes=100_000).subjects
    refused(ask, RegistryAnswerError, huge.url, "expected at most 100000 bytes")
    assert len(huge.requests) == 1


def test_a_packed_body_is_not_unpacked(peer: MakePeer, client: MakeClient) -> None:
    bomb = peer(answering(answer(200, b"\x1f\x8b", Content_Encoding="gzip")))
    refused(client(bomb.url).subjects, RegistryAnswerError, bomb.url, "packed as 'gzip'")
    assert bomb.requests[0].headers["accept-encoding"] == "identity"


def test_a_certificate_for_another_host(peer: MakePeer, client: MakeClient, pki: Pki) -> None:
    other = peer(answering(answer(200, [])), pki.server("example.invalid"))
    error = refused(
        client(other.url, tls=pki.tls).subjects,
        RegistryCertificateError,
        other.url,
        "its certificate is for another host",
        "'localhost'",
    )
    assert error.status is None
    assert other.requests == []


def test_an_expired_certificate(peer: MakePeer, client: MakeClient, pki: Pki) -> None:
    old = peer(answering(answer(200, [])), pki.server(expired=True))
    refused(client(old.url, tls=pki.tls).subjects, RegistryCertificateError, old.url, "has expired", "renew")


def test_a_certificate_that_nobody_signed(peer: MakePeer, client: MakeClient, pki: Pki) -> None:
    unknown = peer(answering(answer(200, [])), pki.server())
    refused(client(unknown.url).subjects, RegistryCertificateError, unknown.url, "ssl.ca.location")


def test_the_right_certificate(peer: MakePeer, client: MakeClient, pki: Pki) -> None:
    good = peer(answering(answer(200, ["a"])), pki.server())
    assert client(good.url, tls=pki.tls).subjects() == ("a",)


def test_a_registry_that_wants_a_client_certificate(
    peer: MakePeer, client: MakeClient, pki: Pki, tmp_path: Path
) -> None:
    context = pki.server()
    pki.ca.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    strict = peer(answering(answer(200, ["a"])), context)
    refused(
        client(strict.url, tls=pki.tls).subjects,
        RegistryCertificateError,
        strict.url,
        "ssl.certificate.location",
    )
    own = tmp_path / "client.pem"
    pki.ca.issue_cert("client@example.org").private_key_and_cert_chain_pem.write_to_path(str(own))
    assert client(strict.url, tls=TlsFiles(ca=pki.ca_file, certificate=own)).subjects() == ("a",)
    foreign = tmp_path / "foreign.pem"
    trustme.CA().issue_cert("client@example.org").private_key_and_cert_chain_pem.write_to_path(str(foreign))
    refused(
        client(strict.url, tls=TlsFiles(ca=pki.ca_file, certificate=foreign)).subjects,
        RegistryCertificateError,
        strict.url,
    )


def test_tls_asked_of_a_server_without(client: MakeClient) -> None:
    def answer_in_clear() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(10_000)
            connection.sendall(answer(400))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=answer_in_clear)
        serving.start()
        registry = client(f"https://localhost:{listening.getsockname()[1]}")
        refused(registry.subjects, RegistryUnavailableError, registry.name, "does not speak TLS", "http://")
        serving.join()


def test_http_asked_of_a_server_with_tls(peer: MakePeer, client: MakeClient, pki: Pki) -> None:
    secure = peer(answering(answer(200, [])), pki.server())
    with pytest.raises(RegistryError, match=secure.url.replace("https:", "http:")):
        client(secure.url.replace("https:", "http:")).subjects()


def test_a_wrong_password(peer: MakePeer, client: MakeClient) -> None:
    guarded = peer(answering(answer(401, {"error_code": 401, "message": "Unauthorized"})))
    error = refused(
        client(guarded.url, credentials=USER).subjects,
        RegistryAccessError,
        guarded.url,
        "credentials are not accepted (401)",
        "it says: Unauthorized",
    )
    assert error.status == 401
    assert len(guarded.requests) == 1


def test_no_password(peer: MakePeer, client: MakeClient) -> None:
    guarded = peer(answering(answer(401, b"<html>Unauthorized</html>")))
    refused(client(guarded.url).subjects, RegistryAccessError, "none are configured (401)", "basic.auth")


def test_forbidden(peer: MakePeer, client: MakeClient) -> None:
    guarded = peer(answering(answer(403, {"error_code": 40301, "message": "User may not write"})))
    error = refused(
        lambda: client(guarded.url, credentials=USER).register("s", '"int"'),
        RegistryAccessError,
        guarded.url,
        "may not do POST /subjects/s/versions (403)",
        "User may not write",
    )
    assert (error.status, error.error_code) == (403, 40301)


@pytest.mark.parametrize(
    ("tls", "reason"),
    [
        (TlsFiles(ca=Path("nothing.pem")), "ssl.ca.location: nothing.pem: .*no such file"),
        (TlsFiles(ca=Path(__file__)), "ssl.ca.location: .*expected certificates in PEM"),
        (TlsFiles(certificate=Path("no.pem")), "ssl.certificate.location: no.pem: no such file"),
        (
            TlsFiles(certificate=Path(__file__)),
            "ssl.certificate.location: .*a certificate and its key",
        ),
        (TlsFiles(key=Path("key.pem")), "a key without a certificate"),
    ],
)
def test_files_for_tls_are_read_at_once(client: MakeClient, tls: TlsFiles, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        client("https://localhost:1", tls=tls)
