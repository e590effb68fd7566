"""Where the server listens, and whether it may."""

from __future__ import annotations

import os
import socket
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from avroforge.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

_BACKLOG: Final = 512


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificates.

    Attributes:
        certificate: the server's certificate with its chain, PEM.
        key: its private key, PEM, without password.
        client_authority: who has to have signed the clients' certificates; None where they need none.
    """

    certificate: Path
    key: Path
    client_authority: Path | None = None

    def context(self) -> ssl.SSLContext:
        """The context: TLS 1.2 or later.

        Raises:
            ConfigurationError: the files do not fit together.
            OSError: a file cannot be read.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            # A password would be asked for at the terminal; a server has none to ask.
            context.load_cert_chain(self.certificate, self.key, password=b"")
            if self.client_authority is not None:
                context.load_verify_locations(self.client_authority)
                context.verify_mode = ssl.CERT_REQUIRED
        except ssl.SSLError as error:
            reason = (error.reason or str(error)).lower().replace("_", " ")
            raise ConfigurationError(
                f"{self.certificate}, {self.key}: expected a PEM certificate and its key without password: "
                f"{reason}"
            ) from None
        return context


def check_exposure(host: str, *, authenticated: bool, encrypted: bool) -> None:
    """Refuse to be reached from elsewhere by anybody, or in the clear.

    Args:
        host: the address to listen on.
        authenticated: whether clients have to say who they are.
        encrypted: whether there is TLS.

    Raises:
        ConfigurationError: a public address without both, or a name that stands for no address.
    """
    if _is_loopback(host) or (authenticated and encrypted):
        return
    missing = [
        *([] if authenticated else ["authentication (--users FILE, or --tls-client-ca FILE)"]),
        *([] if encrypted else ["TLS (--tls-cert FILE --tls-key FILE)"]),
    ]
    raise ConfigurationError(
        f"--host {host}: others can reach this address, so it needs {' and '.join(missing)}; "
        "127.0.0.1 needs neither"
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.

    Raises:
        ConfigurationError: the address is taken, not of this machine, or none.
    """
    try:
        family, _, _, _, address = _resolve(host, port)[0]
        listening = socket.create_server(address, family=family, backlog=_BACKLOG)
    except OSError as error:
        # Of a name that cannot be resolved the number is the resolver's.
        number = error.errno or 0
        reason = (os.strerror(number) if number > 0 else error.strerror or str(error)).lower()
        raise ConfigurationError(f"{host}:{port}: {reason}; choose another --host or --port") from None
    # Inherited by every connection; asyncio sets it only on sockets that say they are TCP, which these do
    # not. Without it an answer in two pieces waits 40 ms for the client's acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def url_of(listening: socket.socket, host: str, *, encrypted: bool) -> str:
    """The address that clients use, by the name that the user gave."""
    port = listening.getsockname()[1]
    name = f"[{host}]" if ":" in host else host
    return f"{'https' if encrypted else 'http'}://{name}:{port}"


def _is_loopback(host: str) -> bool:
    try:
        return all(ip_address(found[4][0]).is_loopback for found in _resolve(host, 0))
    except OSError as error:
        raise ConfigurationError(f"--host {host}: {(error.strerror or str(error)).lower()}") from None


_Found = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]


def _resolve(host: str, port: int) -> list[_Found]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return [
        (family, kind, number, name, (str(to[0]), int(to[1]))) for family, kind, number, name, to in found
    ]
