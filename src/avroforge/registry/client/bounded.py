"""Connections whose every step ends by one deadline, however slowly the other side sends.

A read time-out by itself bounds nothing: a server that sends a byte now and then keeps a call open for days.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, NoReturn

import httpcore
import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_IDLE: Final = 5.0
"""Seconds for which an unused connection is kept; in between may be a gateway that forgets it silently."""
_STOP: Final[ContextVar[float]] = ContextVar("stop")
"""When the call of this thread has to end, on the monotonic clock."""


@contextmanager
def ending_by(stop: float) -> Iterator[None]:
    """Let every connection that is used inside end its work by `stop` (monotonic, seconds)."""
    token = _STOP.set(stop)
    try:
        yield
    finally:
        _STOP.reset(token)


def bounded_transport(context: ssl.SSLContext, proxy: str | None) -> httpx.HTTPTransport:
    """A transport of httpx over bounded connections, through a proxy if one is named."""
    return _BoundedTransport(context, proxy)


class _BoundedTransport(httpx.HTTPTransport):
    def __init__(self, context: ssl.SSLContext, proxy: str | None) -> None:
        super().__init__(verify=context, trust_env=False)
        backend = _BoundedBackend()
        if proxy is None:
            self._pool = httpcore.ConnectionPool(
                ssl_context=context, keepalive_expiry=_IDLE, network_backend=backend
            )
            return
        through = httpx.Proxy(proxy)
        self._pool = httpcore.HTTPProxy(
            proxy_url=str(through.url),
            proxy_auth=through.raw_auth,
            proxy_ssl_context=context if through.url.scheme == "https" else None,
            ssl_context=context,
            keepalive_expiry=_IDLE,
            network_backend=backend,
        )


class _BoundedBackend(httpcore.NetworkBackend):
    """Opens TCP connections; the addresses of a name share one time-out."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers."""
        del local_address, socket_options
        until = time.monotonic() + _seconds_left(timeout, httpcore.ConnectTimeout)
        with _as_httpcore(httpcore.ConnectTimeout, httpcore.ConnectError):
            addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            for at, (family, kind, protocol, _, address) in enumerate(addresses, 1):
                made = socket.socket(family, kind, protocol)
                try:
                    made.settimeout(max(0.001, until - time.monotonic()))
                    made.connect(address)
                except OSError:
                    made.close()
                    if at == len(addresses):
                        raise
                else:
                    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    return _BoundedStream(made)
        raise httpcore.ConnectError(f"no address for {host}")


class _BoundedStream(httpcore.NetworkStream):
    """A socket, in clear or with TLS."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._socket.settimeout(_seconds_left(timeout, httpcore.ReadTimeout))
        with _as_httpcore(httpcore.ReadTimeout, httpcore.ReadError):
            return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _as_httpcore(httpcore.WriteTimeout, httpcore.WriteError):
            while buffer:
                self._socket.settimeout(_seconds_left(timeout, httpcore.WriteTimeout))
                buffer = buffer[self._socket.send(buffer) :]

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection with TLS; TLS inside TLS (an https proxy to an https registry) is not had."""
        if isinstance(self._socket, ssl.SSLSocket):
            self.close()
            raise httpcore.ConnectError("TLS through a proxy that is reached by TLS is not supported")
        with _as_httpcore(httpcore.ConnectTimeout, httpcore.ConnectError):
            try:
                secured = ssl_context.wrap_socket(
                    self._socket, server_hostname=server_hostname, do_handshake_on_connect=False
                )
                _shake_hands(secured, timeout)
            except BaseException:
                self.close()
                raise
        return _BoundedStream(secured)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore has it
        """What httpcore asks for: whether an idle connection was closed by the other side."""
        if info == "is_readable":
            return _ready(self._socket, select.POLLIN, 0)
        if info == "ssl_object" and isinstance(self._socket, ssl.SSLSocket):
            return self._socket
        return self._socket if info == "socket" else None


def _shake_hands(secured: ssl.SSLSocket, timeout: float | None) -> None:
    secured.setblocking(False)
    while True:
        try:
            secured.do_handshake()
        except ssl.SSLWantReadError:
            wanted = select.POLLIN
        except ssl.SSLWantWriteError:
            wanted = select.POLLOUT
        else:
            return
        if not _ready(secured, wanted, _seconds_left(timeout, httpcore.ConnectTimeout)):
            raise httpcore.ConnectTimeout("no end of the TLS handshake")


def _ready(connected: socket.socket, event: int, seconds: float) -> bool:
    """Whether the socket is readable or writable, or broken, within so many seconds."""
    waiting = select.poll()
    waiting.register(connected, event)
    return bool(waiting.poll(seconds * 1000))


def _seconds_left(timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
    left = _STOP.get() - time.monotonic()
    if left <= 0:
        raise late("out of time")
    return left if timeout is None else min(left, timeout)


@contextmanager
def _as_httpcore(
    late: type[httpcore.TimeoutException], failed: type[httpcore.NetworkError]
) -> Iterator[None]:
    """Errors of sockets in the words of httpcore, which httpx expects; the cause stays attached."""
    try:
        yield
    except TimeoutError as error:
        _raise(late, error)
    except OSError as error:
        _raise(failed, error)


def _raise(kind: type[Exception], cause: OSError) -> NoReturn:
    raise kind(str(cause)) from cause
