"""What servers are made of, fetched once by Maven into a folder of the user's cache."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

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
_PATIENCE: Final = 600


class UnavailableError(Exception):
    """A server cannot be had on this machine; the message is the reason to skip by."""


def program(name: str, why: str) -> str:
    """The path of an installed program.

    Raises:
        UnavailableError: it is not installed.
    """
    found = shutil.which(name)
    if found is None:
        raise UnavailableError(f"{name} is not installed, and {why}")
    return found


def jars(name: str, *coordinates: str) -> Path:
    """A folder with the jars of `group:artifact:version` coordinates and of all they need at run time.

    Raises:
        UnavailableError: there is no Maven, or it cannot fetch them.
    """
    folder = CACHE / name
    CACHE.mkdir(parents=True, exist_ok=True)
    # Several test runs may want them at once; the first one fetches.
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            _fetch(folder, coordinates)
    return folder


def _fetch(folder: Path, coordinates: tuple[str, ...]) -> None:
    maven = program("mvn", f"{folder} is empty")
    draft = folder.with_name(f"{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    pom = draft / "pom.xml"
    listed = "".join(_DEPENDENCY.format(*each.split(":")) for each in coordinates)
    pom.write_text(_POM.format(dependencies=listed))
    command = [maven, "-q", "-B", "-ntp", "-f", str(pom), _COPY]
    command += ["-DincludeScope=runtime", f"-DoutputDirectory={draft}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(f"Maven did not fetch {', '.join(coordinates)} in {_PATIENCE} s") from error
    if done.returncode:
        raise UnavailableError(f"Maven cannot fetch {', '.join(coordinates)}: {done.stdout.strip()[-500:]}")
    pom.unlink()
    draft.rename(folder)
