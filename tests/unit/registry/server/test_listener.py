"""Where the server listens: what may be public, what is taken, what is encrypted."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import httpx
import pytest
import trustme

from avroforge.errors import ConfigurationError, RegistryCorruptError
from avroforge.registry import LocalRegistry, MemoryRegistry
from avroforge.registry.server import ServerOptions, Tls, Users, serve_in_background
from avroforge.registry.server.listener import check_exposure

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA, tmp_path: Path) -> Tls:
    issued = authority.issue_cert("localhost", "127.0.0.1")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    for number, pem in enumerate(issued.cert_chain_pems):
        pem.write_to_path(tmp_path / "cert.pem", append=number > 0)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return Tls(tmp_path / "cert.pem", tmp_path / "key.pem")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_an_address_of_this_machine_alone_needs_nothing(host: str) -> None:
    check_exposure(host, authenticated=False, encrypted=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104 - what is to be refused
def test_a_public_address_needs_users_and_tls(host: str) -> None:
    check_exposure(host, authenticated=True, encrypted=True)
    with pytest.raises(ConfigurationError, match=r"needs authentication .* and TLS .*; 127\.0\.0\.1 needs"):
        check_exposure(host, authenticated=False, encrypted=False)
    with pytest.raises(ConfigurationError, match=r"so it needs TLS \(--tls-cert"):
        check_exposure(host, authenticated=True, encrypted=False)
    with pytest.raises(ConfigurationError, match=r"so it needs authentication \(--users FILE"):
        check_exposure(host, authenticated=False, encrypted=True)


def test_a_public_server_is_not_started_by_mistake() -> None:
    options = ServerOptions(host="0.0.0.0", port=0)  # noqa: S104 - as above
    with (
        pytest.raises(ConfigurationError, match="others can reach this address"),
        serve_in_background(MemoryRegistry(), options),
    ):
        pytest.fail("it was started")


def test_a_public_server_is_started_with_users_and_tls(tls: Tls, authority: trustme.CA) -> None:
    users = Users({"ann": b"$2b$04$" + b"a" * 53})
    options = ServerOptions(host="0.0.0.0", port=0, users=users, tls=tls)  # noqa: S104 - as above
    with serve_in_background(MemoryRegistry(), options) as url:
        answer = httpx.get(url.replace("0.0.0.0", "127.0.0.1"), verify=_trusting(authority))  # noqa: S104 - as above
        assert answer.status_code == 401


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigurationError, match=rf"127\.0\.0\.1:{port}: address already in use; choose"),
            serve_in_background(MemoryRegistry(), ServerOptions(port=port)),
        ):
            pytest.fail("it was started")


def test_an_address_of_another_machine_is_refused() -> None:
    options = ServerOptions(host="no-such-host.invalid")
    with (
        pytest.raises(ConfigurationError, match=r"no-such-host\.invalid"),
        serve_in_background(MemoryRegistry(), options),
    ):
        pytest.fail("it was started")


def test_a_damaged_store_is_told_before_the_server_answers(tmp_path: Path) -> None:
    (tmp_path / "registry.json").write_text("{")
    with pytest.raises(RegistryCorruptError), serve_in_background(LocalRegistry(tmp_path / "registry.json")):
        pytest.fail("it was started")


def test_tls_is_spoken(tls: Tls, authority: trustme.CA) -> None:
    with serve_in_background(MemoryRegistry(), ServerOptions(port=0, tls=tls)) as url:
        assert url.startswith("https://127.0.0.1:")
        assert httpx.get(f"{url}/subjects", verify=_trusting(authority)).json() == []
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{url.replace('https', 'http')}/subjects")


def test_old_tls_is_not_spoken(tls: Tls, authority: trustme.CA) -> None:
    old = _trusting(authority)
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match=r"TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        serve_in_background(MemoryRegistry(), ServerOptions(port=0, tls=tls)) as url,
        pytest.raises(httpx.ConnectError),
    ):
        httpx.get(f"{url}/subjects", verify=old)


def test_a_client_certificate_is_demanded_on_demand(tls: Tls, authority: trustme.CA, tmp_path: Path) -> None:
    demanding = Tls(tls.certificate, tls.key, tmp_path / "ca.pem")
    with serve_in_background(MemoryRegistry(), ServerOptions(port=0, tls=demanding)) as url:
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{url}/subjects", verify=_trusting(authority))
        known = _trusting(authority)
        authority.issue_cert("client@example.org").configure_cert(known)
        assert httpx.get(f"{url}/subjects", verify=known).json() == []


def test_a_key_of_another_certificate_is_refused(tls: Tls, authority: trustme.CA, tmp_path: Path) -> None:
    authority.issue_cert("localhost").private_key_pem.write_to_path(tmp_path / "other.pem")
    with pytest.raises(
        ConfigurationError, match=r"cert\.pem.*other\.pem: expected a PEM certificate and its key"
    ):
        Tls(tls.certificate, tmp_path / "other.pem").context()


def _trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context
