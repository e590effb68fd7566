"""Redpanda Connect as a process: built once, with the components of the sink alone."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.integration.servers.cache import allow_build, once, program, run
from tests.integration.servers.process import LOOPBACK, ServerProcess, free_ports

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.integration.servers.garage import Garage

VERSION: Final = "4.105.0"
_SOURCE: Final = Path(__file__).with_name("redpanda_connect")
_PATIENCE: Final = 1800


def binary() -> Path:
    """The program, built the first time (about five minutes on two cores).

    Raises:
        UnavailableError: it is not built, and cannot or shall not be (`allow_build`).
    """
    sources = sorted(each for each in _SOURCE.iterdir() if each.is_file())
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in sources)).hexdigest()[:12]

    def make(draft: Path) -> None:
        allow_build(f"Redpanda Connect {VERSION}")
        go = program("go", "Redpanda Connect is built by it")
        source = draft / "source"
        shutil.copytree(_SOURCE, source)
        command = [go, "build", "-trimpath", "-o", str(draft / "redpanda-connect"), "."]
        run(command, f"building Redpanda Connect {VERSION}", _PATIENCE, cwd=source)
        shutil.rmtree(source)

    return once(f"redpanda-connect-{VERSION}-{digest}", make) / "redpanda-connect"


class Sink(ServerProcess):
    """A pipeline of compose/ as it stands there, with addresses of this machine for those of containers."""

    def __init__(
        self,
        folder: Path,
        pipeline: Path,
        garage: Garage,
        places: Mapping[str, str],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Write the pipeline; `start` runs it.

        Args:
            folder: pipeline and log.
            pipeline: the file of compose/.
            garage: the S3 server with the bucket.
            places: addresses and folders of the container, and what is here instead.
            environment: variables of the pipeline beside the keys of the S3 server.

        Raises:
            UnavailableError: the program is not there.
            ValueError: the pipeline does not name one of the places.
        """
        folder.mkdir(parents=True, exist_ok=True)
        (self.port,) = free_ports(1)
        text = pipeline.read_text()
        own = {"garage:3901": garage.address, "0.0.0.0:4195": f"{LOOPBACK}:{self.port}"}
        for container, here in {**places, **own}.items():
            if container not in text:
                raise ValueError(f"{pipeline}: there is no {container} to replace")
            text = text.replace(container, here)
        self.path = folder / pipeline.name
        self.path.write_text(text)
        super().__init__(
            [str(binary()), "run", str(self.path)],
            folder / f"{pipeline.stem}.log",
            "Output type aws_s3 is now active",
            {
                "S3_ACCESS_KEY": garage.access_key,
                "S3_SECRET_KEY": garage.secret_key,
                **(environment or {}),
            },
        )
