"""The server as a whole: a store, an address, the rules, and a run until it is told to stop."""

from __future__ import annotations

import json
import signal
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import uvicorn

from avroforge.registry.server.application import application
from avroforge.registry.server.guard import Guard, Rules
from avroforge.registry.server.listener import check_exposure, listen, url_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator, Mapping

    from avroforge.registry.interface import SchemaRegistry
    from avroforge.registry.server.listener import Tls
    from avroforge.registry.server.users import Users
    from avroforge.schema.model import JsonValue

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8081
MOST_BYTES: Final = 10 * 1024 * 1024
_GRACE_SECONDS: Final = 3


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How a registry is served.

    Attributes:
        host: the address to listen on.
        port: the port; 0 takes a free one.
        users: who may use it; None for everybody.
        tls: certificates; None for none.
        hosts: names that clients may call the server by, besides addresses, `localhost` and `host`.
        most_bytes: the largest body that is read.
        log_requests: whether each request is a JSON line on standard error.
    """

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    users: Users | None = None
    tls: Tls | None = None
    hosts: frozenset[str] = frozenset()
    most_bytes: int = MOST_BYTES
    log_requests: bool = False


def serve(registry: SchemaRegistry, options: ServerOptions, ready: Callable[[str], None]) -> None:
    """Serve a registry until SIGINT or SIGTERM.

    Args:
        registry: what to serve.
        options: how.
        ready: called with the server's address when it answers.

    Raises:
        ConfigurationError: an address that is taken, or that may not be public.
        RegistryCorruptError: the store cannot be read.
    """
    with _prepared(registry, options) as (server, listening, url):
        server.when_ready = lambda: ready(url)
        server.run(sockets=[listening])


@contextmanager
def serve_in_background(registry: SchemaRegistry, options: ServerOptions | None = None) -> Iterator[str]:
    """Serve a registry in a thread, for the tests of a program that wants a registry's address.

    Args:
        registry: what to serve, for example a `MemoryRegistry`.
        options: how; by default on a free port of this machine.

    Yields:
        The server's address.

    Raises:
        ConfigurationError, RegistryCorruptError: as `serve`.
    """
    answers = threading.Event()
    with _prepared(registry, options or ServerOptions(port=0)) as (server, listening, url):
        server.when_ready = answers.set
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, name="registry server", daemon=True
        )
        thread.start()
        try:
            # It listens already: a client that is faster waits for the first answer.
            answers.wait(_GRACE_SECONDS)
            yield url
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def _prepared(
    registry: SchemaRegistry, options: ServerOptions
) -> Iterator[tuple[_Server, socket.socket, str]]:
    """A server that only has to run, its socket and its address."""
    authenticated = options.users is not None or (
        options.tls is not None and options.tls.client_authority is not None
    )
    check_exposure(options.host, authenticated=authenticated, encrypted=options.tls is not None)
    # Before the socket: what cannot work must not look like a server that is about to answer.
    context = options.tls.context() if options.tls else None
    registry.subjects()
    config = uvicorn.Config(
        Guard(application(registry), _rules(options)),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="off",
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    config.load()
    config.ssl = context
    with listen(options.host, options.port) as listening:
        yield _Server(config), listening, url_of(listening, options.host, encrypted=context is not None)


def _rules(options: ServerOptions) -> Rules:
    hosts = frozenset(name.lower() for name in (options.host, *options.hosts))
    return Rules(hosts, options.users, options.most_bytes, _log if options.log_requests else None)


def _log(record: Mapping[str, JsonValue]) -> None:
    sys.stderr.write(f"{json.dumps(record)}\n")
    sys.stderr.flush()


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it is ready and takes a signal for an end, not for a failure."""

    when_ready: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.when_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on SIGINT and SIGTERM; uvicorn's own way raises them again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {each: signal.signal(each, self.handle_exit) for each in signals}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
