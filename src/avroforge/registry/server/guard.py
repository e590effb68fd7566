"""Who may speak to the server, from where, and how much: checked before anything else is done."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from avroforge.registry.server.users import Users
    from avroforge.schema.model import JsonValue

_MEDIA_TYPE: Final = "application/vnd.schemaregistry.v1+json"
_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="avroforge registry", charset="UTF-8"'}


@dataclass(frozen=True, slots=True)
class Rules:
    """What is let through.

    Attributes:
        hosts: names that clients may call the server by; addresses and ``localhost`` always.
        users: who may use it; None for everybody.
        most_bytes: the largest body that is read.
        log: gets a record of each request; None for no log.
    """

    hosts: frozenset[str]
    users: Users | None
    most_bytes: int
    log: Callable[[Mapping[str, JsonValue]], None] | None = None


class Guard:
    """Lets requests through to an application by `Rules`."""

    def __init__(self, inner: ASGIApp, rules: Rules) -> None:
        self._inner = inner
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let the application do it."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        log = _Log(scope, send)
        user, refusal = await self._check(scope)
        if refusal is not None:
            await refusal(scope, receive, log.send)
        else:
            body = _Body(receive, self._rules.most_bytes)
            if await body.read():
                await self._inner(scope, body.receive, log.send)
            else:
                too_large = f"the body is larger than {self._rules.most_bytes} bytes"
                await _refuse(413, too_large)(scope, receive, log.send)
        if self._rules.log is not None:
            self._rules.log(log.record(user))

    async def _check(self, scope: Scope) -> tuple[str | None, Response | None]:
        """The user, and what to answer instead of what was asked for."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host):
            return None, _refuse(421, f"this server is not called {host!r}; start it with --allow-host")
        # A browser says from which page a request comes; no page of another server has business here.
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin)[:2] != (scope["scheme"], host):
            return None, _refuse(403, f"requests from {origin!r} are not answered")
        if self._rules.users is None:
            return None, None
        user = await run_in_threadpool(self._rules.users.knows, headers.get("authorization", ""))
        return user, _refuse(401, "Unauthorized", _CHALLENGE) if user is None else None

    def _is_ours(self, host: str) -> bool:
        """Whether a request was meant for this server: a page may have its name point here."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name == "localhost" or name in self._rules.hosts or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _refuse(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    body = json.dumps({"error_code": status, "message": message})
    return Response(body, status, {**(headers or {}), "Connection": "close"}, _MEDIA_TYPE)


class _Body:
    """The body of a request, read whole and not beyond a limit."""

    def __init__(self, receive: Receive, most_bytes: int) -> None:
        self._receive = receive
        self._most_bytes = most_bytes
        self._first: Message | None = None

    async def read(self) -> bool:
        """Read the body; False where it is too large."""
        pieces: list[bytes] = []
        size, more = 0, True
        while more:
            message = await self._receive()
            if message["type"] != "http.request":
                self._first = message
                return True
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            more = message.get("more_body", False)
            if size > self._most_bytes:
                return False
        self._first = {"type": "http.request", "body": b"".join(pieces), "more_body": False}
        return True

    async def receive(self) -> Message:
        """The whole body as one message, then what comes after it."""
        first, self._first = self._first, None
        return await self._receive() if first is None else first


class _Log:
    """What is known of a request when it is answered."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._started = time.perf_counter()
        self._status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        await self._send(message)

    def record(self, user: str | None) -> dict[str, JsonValue]:
        client = self._scope.get("client")
        return {
            "client": client[0] if client else None,
            "user": user,
            "method": self._scope["method"],
            "path": self._scope["raw_path"].decode("ascii", "backslashreplace"),
            "status": self._status,
            "milliseconds": round((time.perf_counter() - self._started) * 1000, 3),
        }
