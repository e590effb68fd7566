"""The other languages: what each needs, how its program is built into a cache folder, and how it is run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SOURCES: Final = Path(__file__).resolve().parent
_BUILD_SECONDS: Final = 1800
_RUN_SECONDS: Final = 600


class UnavailableError(Exception):
    """A language that cannot be measured here; the message says why."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a library took for one message, in microseconds.

    Attributes:
        peer: the library and the way it is used.
        message: the name of the message.
        equal: whether it wrote the very bytes that it had read.
        encode: the best round of encoding.
        decode: the best round of decoding.
    """

    peer: str
    message: str
    equal: bool
    encode: float
    decode: float


@dataclass(frozen=True, slots=True)
class Language:
    """One program over one or more libraries.

    Attributes:
        name: of the language, and in lower case of the folder.
        tools: commands that must be there.
        build: commands to run in the copy of the folder; ``{data}`` is where the schema is.
        run: the program, in the same folder; folder, seconds and messages are appended.
        versions: the pinned version of each library, by the start of its peer's name.
        environment: variables for the program.
    """

    name: str
    tools: tuple[str, ...]
    build: tuple[tuple[str, ...], ...]
    run: tuple[str, ...]
    versions: Callable[[Path], dict[str, str]]
    environment: tuple[tuple[str, str], ...] = ()

    def prepare(self, cache: Path, data: Path) -> Path:
        """Copy the sources into the cache folder and build them there.

        Raises:
            UnavailableError: a tool is missing, or the build fails.
        """
        missing = [tool for tool in self.tools if shutil.which(tool) is None]
        if missing:
            raise UnavailableError(f"not on PATH: {', '.join(missing)}")
        folder = cache / self.name.lower()
        shutil.copytree(SOURCES / folder.name, folder, dirs_exist_ok=True)
        log = folder / "build.log"
        with log.open("wb") as out:
            for step in self.build:
                command = [part.format(data=data) for part in step]
                done = subprocess.run(  # noqa: S603 - fixed commands of our own
                    command,
                    cwd=folder,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    check=False,
                    timeout=_BUILD_SECONDS,
                )
                if done.returncode:
                    raise UnavailableError(f"{' '.join(command)} failed; see {log}")
        return folder

    def measure(self, folder: Path, data: Path, seconds: float, messages: Sequence[str]) -> list[Measurement]:
        """Run the program once over some messages.

        Raises:
            UnavailableError: it stops with an error.
        """
        done = subprocess.run(  # noqa: S603 - a program built from this folder
            [*self.run, str(data), str(seconds), *messages],
            cwd=folder,
            env={**os.environ, **dict(self.environment)},
            capture_output=True,
            text=True,
            check=False,
            timeout=_RUN_SECONDS,
        )
        if done.returncode:
            raise UnavailableError(f"the program failed: {done.stderr.strip()[-300:]}")
        versions = self.versions(SOURCES / folder.name)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return [Measurement(**{**line, "peer": _with_version(line["peer"], versions)}) for line in lines]


def _with_version(peer: str, versions: dict[str, str]) -> str:
    library, comma, way = peer.partition(",")
    return f"{library} {versions[library]}{comma}{way}"


def _maven(folder: Path) -> dict[str, str]:
    found = re.search(r"<avro.version>(.*)</avro.version>", (folder / "pom.xml").read_text())
    return {"avro": found[1] if found else "?"}


def _go_modules(folder: Path) -> dict[str, str]:
    found = re.findall(r"github\.com/(\w+/avro)\S* v(\S+)", (folder / "go.mod").read_text())
    return dict(found)


def _crates(folder: Path) -> dict[str, str]:
    packages = tomllib.loads((folder / "Cargo.lock").read_text())["package"]
    return {each["name"]: each["version"] for each in packages}


def _npm(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "package.json").read_text())["dependencies"]
    return found


LANGUAGES: Final = (
    Language(
        "Java",
        ("java", "mvn"),
        (("mvn", "-q", "-B", "compile", "-Dschemas={data}"),),
        ("java", "-XX:+UseSerialGC", "-Xms1g", "-cp", "target/classes:target/lib/*", "avroforge.Peer"),
        _maven,
    ),
    Language(
        "Go", ("go",), (("go", "build", "-o", "peer", "."),), ("./peer",), _go_modules, (("GOMAXPROCS", "1"),)
    ),
    Language(
        "Rust",
        ("cargo",),
        (("cargo", "build", "--release", "--locked"),),
        ("target/release/peer",),
        _crates,
    ),
    Language("JS", ("node", "npm"), (("npm", "ci", "--no-audit", "--no-fund"),), ("node", "peer.js"), _npm),
)


def cache_folder() -> Path:
    """Where the programs are built: below the user's cache folder."""
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "avroforge" / "peers"
