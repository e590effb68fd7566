"""What servers are made of, fetched or built once into a folder of the user's cache."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# Read when imported: the test suite points XDG_CACHE_HOME elsewhere for the code under test.
CACHE: Final = Path(
    os.environ.get("AVROFORGE_SERVERS")
    or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "avroforge" / "servers"
)
_COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_POM: Final = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>servers</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>{dependencies}</dependencies></project>
"""
_DEPENDENCY: Final = (
    "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"
)
BUILD_VARIABLE: Final = "AVROFORGE_BUILD"
_PATIENCE: Final = 600


class UnavailableError(Exception):
    """A server cannot be had on this machine; the message is the reason to skip by."""


def program(name: str, why: str, places: str | None = None) -> str:
    """The path of an installed program.

    Args:
        name: of the program.
        why: it is wanted, for the reason to skip by.
        places: folders to look in; None: those of ``PATH``.

    Raises:
        UnavailableError: it is not installed.
    """
    found = shutil.which(name, path=places)
    if found is None:
        raise UnavailableError(f"{name} is not installed, and {why}")
    return found


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` of the cache, made by `make(draft)` the first time that anybody asks.

    Several test runs may ask at once: the first one makes it. A draft that failed leaves nothing behind.

    Raises:
        UnavailableError: what `make` raised.
    """
    folder = CACHE / name
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            draft = folder.with_name(f"{name}.draft")
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            make(draft)
            draft.rename(folder)
    return folder


def allow_build(what: str) -> None:
    """Say no to a build of many minutes that nobody asked for.

    Raises:
        UnavailableError: the environment does not ask for builds.
    """
    if not os.environ.get(BUILD_VARIABLE):
        raise UnavailableError(f"{what} is not built on this machine: `make stack-build` builds it, once")


def run(
    command: Sequence[str | Path],
    what: str,
    patience: float,
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run one step of making a server.

    Raises:
        UnavailableError: it failed, or took longer than `patience` seconds; with the end of its output.
    """
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
        )
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(f"{what} took more than {patience} s") from error
    if done.returncode:
        raise UnavailableError(f"{what} failed: {(done.stdout + done.stderr).strip()[-800:]}")


def jars(name: str, *coordinates: str, transitive: bool = True) -> Path:
    """A folder with the jars of `group:artifact:version` coordinates.

    Args:
        name: of the folder.
        coordinates: what to fetch.
        transitive: with all they need at run time.

    Raises:
        UnavailableError: there is no Maven, or it cannot fetch them.
    """

    def fetch(draft: Path) -> None:
        maven = program("mvn", f"{CACHE / name} is empty")
        pom = draft / "pom.xml"
        listed = "".join(_DEPENDENCY.format(*each.split(":")) for each in coordinates)
        pom.write_text(_POM.format(dependencies=listed))
        command = [maven, "-q", "-B", "-ntp", "-f", str(pom), _COPY]
        command += ["-DincludeScope=runtime", f"-DoutputDirectory={draft}"]
        command += [f"-DexcludeTransitive={str(not transitive).lower()}"]
        run(command, f"fetching {', '.join(coordinates)} by Maven", _PATIENCE)
        pom.unlink()

    return once(name, fetch)
