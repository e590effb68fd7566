"""One HTTP request and its answer, bounded in time and size, or the reason why there is none."""

from __future__ import annotations

import os
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from avroforge.errors import ConfigurationError, RegistryAnswerError, RegistryRedirectError
from avroforge.registry.client.address import origin_of, split_address
from avroforge.registry.client.bounded import bounded_transport, ending_by
from avroforge.registry.client.failure import RequestFailed, failure_of
from avroforge.registry.client.tls import tls_context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.registry.client.settings import RegistrySettings
    from avroforge.secret import Secret

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is asked.

    Attributes:
        peer: who is asked, in messages.
        headers: by name; credentials among them.
    """

    peer: str
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What was answered.

    Attributes:
        retry_after: seconds after which the server wants to be asked again; None where it does not say.
    """

    peer: str
    status: int
    body: bytes
    retry_after: float | None = None


class Exchange:
    """Sends requests over kept connections; safe in threads, and after a fork it opens its own."""

    def __init__(self, settings: RegistrySettings) -> None:
        self._settings = settings
        # Reading the certificates that a system trusts takes longer than a request.
        self._context = (
            tls_context(settings.tls) if settings.uses_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )
        self._clients: dict[str | None, httpx.Client] = {}
        self._proxies: dict[tuple[str, str], str | None] = {}
        self._process = os.getpid()
        self._lock = threading.Lock()
        self.clock_offset: float | None = None
        """Seconds by which the server's clock was ahead of this one at its last answer, where it said."""

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            clients, self._clients = self._clients, {}
        for client in clients.values():
            client.close()

    def send(self, request: HttpRequest, stop: float) -> HttpAnswer:
        """Send a request; redirects are never followed, because credentials go with it.

        Args:
            request: what is asked.
            stop: when to give up at the latest, on the monotonic clock.

        Raises:
            RequestFailed: no answer, or none that could be taken.
        """
        settings = self._settings
        stop = min(stop, time.monotonic() + settings.timeout)
        left = max(0.001, stop - time.monotonic())
        timeout = httpx.Timeout(left, connect=min(left, settings.connect_timeout))
        client = self._client(request.url)
        try:
            with (
                ending_by(stop),
                client.stream(
                    request.method,
                    request.url,
                    headers=request.headers,
                    content=request.content,
                    timeout=timeout,
                    follow_redirects=False,
                ) as response,
            ):
                return self._take(request, response)
        except httpx.HTTPError as error:
            raise failure_of(request.peer, error, settings) from error
        except httpx.InvalidURL as error:
            raise ConfigurationError(f"url: {request.peer}: {error}") from None

    def _take(self, request: HttpRequest, response: httpx.Response) -> HttpAnswer:
        self._note_time(response.headers.get("date"))
        if response.status_code in _REDIRECTS:
            raise RequestFailed(_redirected(request, response))
        limit = self._settings.max_answer_bytes
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise RequestFailed(
                RegistryAnswerError(
                    f"{request.peer}: expected a plain answer, got one packed as "
                    f"{response.headers['content-encoding']!r}, which was not asked for",
                    status=response.status_code,
                )
            )
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            if len(body) > limit:
                raise RequestFailed(
                    RegistryAnswerError(
                        f"{request.peer}: expected at most {limit} bytes, got a larger answer; "
                        "raise max_answer_bytes if it is a registry's",
                        status=response.status_code,
                    )
                )
        return HttpAnswer(
            request.peer, response.status_code, bytes(body), _retry_after(response.headers.get("retry-after"))
        )

    def _note_time(self, date: str | None) -> None:
        if date is not None:
            with suppress(ValueError):
                self.clock_offset = parsedate_to_datetime(date).timestamp() - time.time()

    def _client(self, url: str) -> httpx.Client:
        parts = urlsplit(url)
        origin = (parts.scheme, parts.netloc)
        with self._lock:
            if origin not in self._proxies:
                self._proxies[origin] = _proxy_for(self._settings.proxy, *origin)
            proxy = self._proxies[origin]
            if self._process != os.getpid():
                # The connections belong to the parent: used by both, each would get the other's answers.
                self._clients = {}
                self._process = os.getpid()
            client = self._clients.get(proxy)
            if client is None:
                client = self._clients[proxy] = httpx.Client(
                    transport=bounded_transport(self._context, proxy),
                    headers={"Accept-Encoding": "identity", "User-Agent": "avroforge"},
                    trust_env=False,
                )
        return client


def _proxy_for(configured: Secret | str | None, scheme: str, host: str) -> str | None:
    """The proxy on the way to a host: the configured one, else what the environment says."""
    if configured is not None:
        return configured if isinstance(configured, str) else configured.reveal()
    proxies = getproxies()
    found = proxies.get(scheme) or proxies.get("all")
    if not found or proxy_bypass(host):
        return None
    address = found if "://" in found else f"http://{found}"
    split_address(f"{scheme.upper()}_PROXY", address)
    return address


def _redirected(request: HttpRequest, response: httpx.Response) -> RegistryRedirectError:
    target = origin_of(response.headers.get("location", ""))
    return RegistryRedirectError(
        f"{request.peer}: redirects to {target}, which is not followed with credentials; "
        "if the registry is there, make that its address",
        target=target,
        status=response.status_code,
    )


def _retry_after(value: str | None) -> float | None:
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
