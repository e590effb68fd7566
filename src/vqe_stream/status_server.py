"""A small HTTP server for those who watch a relay: its health, and its metrics."""

from __future__ import annotations

import json
import logging
import socket
import threading
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from avroforge.errors import AvroforgeError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vqe_stream.health import Health

LOOPBACK: Final = "127.0.0.1"
_log: Final = logging.getLogger("vqe_stream")
_PATIENCE: Final = 5.0
_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path answers."""

    status: HTTPStatus
    content_type: str
    body: bytes


def health_routes(look: Callable[[], Health]) -> dict[str, Callable[[], Answer]]:
    """``/health``, ``/health/live`` and ``/health/ready``: 200 or 503, and why, in JSON."""

    def answer(good: Callable[[Health], bool]) -> Callable[[], Answer]:
        def ask() -> Answer:
            health = look()
            status = HTTPStatus.OK if good(health) else HTTPStatus.SERVICE_UNAVAILABLE
            return Answer(status, "application/json", json.dumps(health.document()).encode() + b"\n")

        return ask

    return {
        "/health": answer(lambda health: health.ready),
        "/health/live": answer(lambda health: health.live),
        "/health/ready": answer(lambda health: health.ready),
    }


class StatusServer:
    """Answers some paths in threads of its own until it is closed.

    On a loopback address it answers only requests that name one, so that no page in a browser can ask.

    Args:
        host: the address to listen on.
        port: 0 takes any that is free.
        routes: what each path answers.

    Raises:
        ConfigurationError: the address cannot be had.
    """

    def __init__(self, host: str, port: int, routes: Mapping[str, Callable[[], Answer]]) -> None:
        self._routes = dict(routes)
        only_here = host in _LOOPBACK_NAMES

        class Handler(BaseHTTPRequestHandler):
            timeout = _PATIENCE
            server_version = "vqe-stream"
            sys_version = ""

            def do_GET(self) -> None:
                _answer(self, routes, only_here=only_here)

            do_HEAD = do_GET  # noqa: N815 - the name that the base looks for

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base
                _log.debug("%s: %s", self.address_string(), format % args)

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
            daemon_threads = True

        try:
            self._server = Server((host, port), Handler)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ConfigurationError(f"{host}:{port}: cannot listen there: {reason.lower()}") from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="vqe-stream-status", daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        """``http://host:port``."""
        host, port = self._server.server_address[:2]
        return f"http://[{host!s}]:{port}" if ":" in str(host) else f"http://{host!s}:{port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _answer_of(route: Callable[[], Answer]) -> Answer:
    try:
        return route()
    except (AvroforgeError, OSError) as error:
        _log.warning("no answer for whoever watches: %s", error)
        return Answer(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain", f"{error}\n".encode())


def _answer(
    handler: BaseHTTPRequestHandler, routes: Mapping[str, Callable[[], Answer]], *, only_here: bool
) -> None:
    host = urlsplit(f"//{handler.headers.get('Host', '')}").hostname
    route = routes.get(urlsplit(handler.path).path)
    if only_here and host not in _LOOPBACK_NAMES:
        answer = Answer(HTTPStatus.MISDIRECTED_REQUEST, "text/plain", b"expected a loopback name in Host\n")
    elif route is None:
        known = ", ".join(sorted(routes))
        answer = Answer(HTTPStatus.NOT_FOUND, "text/plain", f"known are {known}\n".encode())
    else:
        answer = _answer_of(route)
    handler.send_response(answer.status)
    handler.send_header("Content-Type", answer.content_type)
    handler.send_header("Content-Length", str(len(answer.body)))
    handler.send_header("Cache-Control", "no-store")
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(answer.body)
