"""A server as a process: started, asked whether it is ready, stopped, killed, paused, and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LOOPBACK: Final = "127.0.0.1"
_POLL: Final = 0.05
_LOG_TAIL: Final = 4000


class ServerProcess:
    """One process with a log file; stopped as a group, so that nothing of it stays behind."""

    def __init__(
        self, command: Sequence[str], log: Path, ready: str, environment: Mapping[str, str] | None = None
    ) -> None:
        """Describe the process; `start` runs it.

        Args:
            command: what to run.
            log: receives its output, one start after another.
            ready: the text in its log that says it is.
            environment: variables beside those of this process.
        """
        self._command = list(command)
        self._ready = ready.encode()
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self.log = log

    @property
    def running(self) -> bool:
        """Whether it runs, or is paused."""
        return self._process is not None and self._process.poll() is None

    @property
    def process(self) -> int | None:
        """Its number while it runs."""
        return self._process.pid if self._process is not None and self.running else None

    def launch(self) -> None:
        """Run it without waiting; `wait_ready` waits."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, start_new_session=True, env=self._environment
            )

    def wait_ready(self, timeout: float = 90) -> None:
        """Return once the log says that it is ready.

        Raises:
            RuntimeError: it ended instead, or took too long; the message has the end of its log.
        """
        deadline = time.monotonic() + timeout
        while self._ready not in self._recent_log():
            if not self.running or time.monotonic() > deadline:
                tail = self._recent_log()[-_LOG_TAIL:].decode(errors="replace")
                raise RuntimeError(f"{self.log}: not ready after {timeout} s or ended\n{tail}")
            time.sleep(_POLL)

    def start(self, timeout: float = 90) -> None:
        """Run it and return once it is ready."""
        self.launch()
        self.wait_ready(timeout)

    def stop(self, timeout: float = 20) -> None:
        """Ask it to end, and kill it when it does not."""
        if self._process is None:
            return
        self._signal(signal.SIGCONT)
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL: no word of farewell to anybody."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(30)

    def pause(self) -> None:
        """SIGSTOP: its connections stay open and nobody answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, number)

    def _recent_log(self) -> bytes:
        if not self.log.exists():
            return b""
        with self.log.open("rb") as file:
            file.seek(self._log_start)
            return file.read()


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface that nobody had a moment ago, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
