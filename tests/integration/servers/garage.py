"""Garage, the S3 server of the compose files, as a process: its own binary, built once from its crate."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from tests.integration.servers.cache import allow_build, once, program, run
from tests.integration.servers.process import LOOPBACK, ServerProcess, free_ports

if TYPE_CHECKING:
    from pathlib import Path

VERSION: Final = "2.5.0"
REGION: Final = "garage"
_PATIENCE: Final = 2400
# Half the time of the published profile; the difference in speed is not what tests look at.
_LIGHT: Final = {
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "1",
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
}


def binary() -> Path:
    """The program, built the first time (about ten minutes on two cores).

    Raises:
        UnavailableError: it is not built, and cannot or shall not be (`allow_build`).
    """

    def make(draft: Path) -> None:
        allow_build(f"Garage {VERSION}")
        cargo = program("cargo", "Garage is built by it")
        command = [cargo, "install", "garage", "--version", VERSION, "--locked", "--no-default-features"]
        command += ["--features", "bundled-libs,sqlite", "--root", str(draft)]
        run(command, f"building Garage {VERSION}", _PATIENCE, environment=_LIGHT)

    return once(f"garage-{VERSION}", make) / "bin" / "garage"


class Garage(ServerProcess):
    """One node with one bucket and one key, configured as in compose/, with addresses of its own."""

    def __init__(self, folder: Path, configuration: Path, bucket: str) -> None:
        """Write the configuration; `start` starts the server.

        Args:
            folder: data, configuration and log.
            configuration: the garage.toml to take addresses and paths out of.
            bucket: made at the first start.

        Raises:
            UnavailableError: the program is not there.
        """
        folder.mkdir(parents=True, exist_ok=True)
        rpc, self.port, admin = free_ports(3)
        text = configuration.read_text()
        for place, here in (
            ("/var/lib/garage", str(folder)),
            ("[::]:3900", f"{LOOPBACK}:{rpc}"),
            (f"{LOOPBACK}:3900", f"{LOOPBACK}:{rpc}"),
            ("[::]:3901", f"{LOOPBACK}:{self.port}"),
            ("[::]:3903", f"{LOOPBACK}:{admin}"),
        ):
            if place not in text and here not in text:
                raise ValueError(f"{configuration}: there is no {place} to replace")
            text = text.replace(place, here)
        path = folder / "garage.toml"
        path.write_text(text)
        self.bucket = bucket
        self.access_key = f"GK{secrets.token_hex(12)}"
        self.secret_key = secrets.token_hex(32)
        super().__init__(
            [str(binary()), "-c", str(path), "server", "--single-node", "--default-bucket"],
            folder / "garage.log",
            "S3 API server listening",
            {
                "GARAGE_RPC_SECRET": secrets.token_hex(32),
                "GARAGE_DEFAULT_ACCESS_KEY": self.access_key,
                "GARAGE_DEFAULT_SECRET_KEY": self.secret_key,
                "GARAGE_DEFAULT_BUCKET": bucket,
                "RUST_LOG": "garage=info",
            },
        )

    @property
    def address(self) -> str:
        """``host:port`` of the S3 API."""
        return f"{LOOPBACK}:{self.port}"

    def client(self) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes when they are asked for
        """A boto3 client with this server's key."""
        import boto3  # noqa: PLC0415 - slow to import, and only tests of the sink want it
        from botocore.config import Config  # noqa: PLC0415 - as boto3

        return boto3.client(
            "s3",
            endpoint_url=f"http://{self.address}",
            region_name=REGION,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(s3={"addressing_style": "path"}),
        )
