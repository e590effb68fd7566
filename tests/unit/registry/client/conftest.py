"""Misbehaving servers, certificates good and bad, and a client that loses no time."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import trustme
from tests.unit.registry.client.peer import Peer

from avroforge.registry.client import HttpRegistry, RegistrySettings, TlsFiles

if TYPE_CHECKING:
    from pathlib import Path

MakePeer: TypeAlias = Callable[..., Peer]
MakeClient: TypeAlias = Callable[..., HttpRegistry]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def peer() -> Iterator[MakePeer]:
    """Makes servers that end with the test."""
    made: list[Peer] = []

    def make(behave: Any, context: ssl.SSLContext | None = None) -> Peer:  # noqa: ANN401 - as `Peer`
        made.append(Peer(behave, context))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def client() -> Iterator[MakeClient]:
    """Makes clients that give up soon."""
    made: list[HttpRegistry] = []

    def make(*urls: str, **settings: Any) -> HttpRegistry:  # noqa: ANN401 - as `RegistrySettings`
        quick = {"connect_timeout": 2.0, "timeout": 5.0, "retry_delay": 0.001, "retries": 1}
        made.append(HttpRegistry(RegistrySettings(urls, **{**quick, **settings})))
        return made[-1]

    yield make
    for each in made:
        each.close()


@dataclass(frozen=True)
class Pki:
    """A certificate authority, and the file that makes clients trust it."""

    ca: trustme.CA
    ca_file: Path

    @property
    def tls(self) -> TlsFiles:
        return TlsFiles(ca=self.ca_file)

    def server(self, name: str = "localhost", *, expired: bool = False) -> ssl.SSLContext:
        """The context of a server with a certificate for `name`."""
        ends = datetime(2021, 1, 1, tzinfo=UTC) if expired else None
        starts = datetime(2020, 1, 1, tzinfo=UTC) if expired else None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(name, not_before=starts, not_after=ends).configure_cert(context)
        return context


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    ca = trustme.CA()
    file = tmp_path_factory.mktemp("pki") / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    return Pki(ca, file)
