"""The project's own registry server as a process, on a port that it keeps over restarts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.integration.servers.process import LOOPBACK, ServerProcess, free_ports

from avroforge.registry import HttpRegistry

if TYPE_CHECKING:
    from pathlib import Path


class RegistryServer(ServerProcess):
    """``avroforge registry serve`` over a file in a folder."""

    def __init__(self, folder: Path, secrets: Path | None = None) -> None:
        """Choose a port; `start` starts the server.

        Args:
            folder: registry file and log.
            secrets: certificates; then it speaks TLS, and wants one of its clients.
        """
        (port,) = free_ports(1)
        self.address = f"{LOOPBACK}:{port}"
        run = "import sys; from avroforge_codegen.cli import main; main()"
        command = [
            sys.executable,
            "-c",
            run,
            "registry",
            "serve",
            "--port",
            str(port),
            "--store",
            str(folder),
        ]
        if secrets is not None:
            files = {"cert": "registry.crt", "key": "registry.key", "client-ca": "ca.crt"}
            command += [f"--tls-{name}={secrets / file}" for name, file in files.items()]
        super().__init__(command, folder / "registry.log", "ready {")

    def register(self, subject: str, text: str) -> int:
        """Register a schema; its id."""
        with HttpRegistry(f"http://{self.address}") as registry:
            return registry.register(subject, text).schema_id
