"""A TCP proxy in front of one port, whose network can be cut, frozen, delayed and throttled."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Final, Self

from tests.integration.servers.process import LOOPBACK

_BLOCK: Final = 65536
_SLICE: Final = 0.05


class Proxy:
    """Listens on a loopback port of its own and passes bytes on, as its settings of the moment say.

    Attributes:
        delay: seconds by which every block of bytes is held back, in both directions.
        bytes_per_second: of each connection and direction; None: no limit.
        frozen: connections stay open and nothing passes.
    """

    def __init__(self, port: int | None = None) -> None:
        self._listener = socket.create_server((LOOPBACK, port or 0))
        self._target: tuple[str, int] | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._refusing = False
        self._closed = False
        self.delay = 0.0
        self.bytes_per_second: float | None = None
        self.frozen = False
        self.passed = 0
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def lead_to(self, port: int) -> None:
        """Pass new connections on to this loopback port."""
        self._target = (LOOPBACK, port)

    def cut(self) -> None:
        """Break every connection and refuse new ones."""
        self._refusing = True
        with self._lock:
            for each in self._open:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Undo `cut`, `frozen`, `delay` and `bytes_per_second`."""
        self._refusing = self.frozen = False
        self.delay = 0.0
        self.bytes_per_second = None

    def close(self) -> None:
        """Cut everything and stop to listen."""
        self._closed = True
        self.cut()
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._refusing or self._target is None:
                # A client that comes back at once must not spin.
                time.sleep(_SLICE)
                client.close()
                continue
            try:
                server = socket.create_connection(self._target, timeout=5)
            except OSError:
                time.sleep(_SLICE)
                client.close()
                continue
            for one, other in ((client, server), (server, client)):
                one.settimeout(None)
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self._open.add(one)
                threading.Thread(target=self._pass, args=(one, other), name="proxy", daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(_BLOCK):
                self._hold_back(len(data))
                sink.sendall(data)
                self.passed += len(data)
        except OSError:
            pass
        finally:
            for each in (source, sink):
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            with self._lock:
                self._open.discard(source)
            source.close()

    def _hold_back(self, size: int) -> None:
        pause = self.delay + (size / self.bytes_per_second if self.bytes_per_second else 0.0)
        if pause:
            time.sleep(pause)
        while self.frozen and not self._refusing:
            time.sleep(_SLICE)
