"""``avroforge registry serve``: a registry server for development and tests."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from avroforge.errors import MissingExtraError
from avroforge.registry import LocalRegistry
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.location import shown
from avroforge.shell.terminal import counted, say

_FILE_NAME = "registry.json"
_PACKAGES = frozenset({"bcrypt", "starlette", "uvicorn"})
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8081,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="DIR",
    help=f"Folder of the registry file {_FILE_NAME}; default: this folder.",
)
@click.option(
    "--users",
    type=_FILE,
    metavar="FILE",
    help="Who may use it, as htpasswd -B writes it; default: the variable AVROFORGE_REGISTRY_USERS.",
)
@click.option("--tls-cert", type=_FILE, metavar="FILE", help="Certificate with its chain, PEM.")
@click.option("--tls-key", type=_FILE, metavar="FILE", help="Its private key, PEM, without password.")
@click.option(
    "--tls-client-ca", type=_FILE, metavar="FILE", help="Who has to have signed the clients' certificates."
)
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="A name that clients may call the server by, besides addresses and localhost; may be repeated.",
)
@click.option("--log-requests", is_flag=True, help="Write each request as a JSON line to standard error.")
def serve(  # noqa: PLR0913, PLR0917 - one argument for each option
    host: str,
    port: int,
    store: Path,
    users: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    tls_client_ca: Path | None,
    allow_host: tuple[str, ...],
    log_requests: bool,
) -> ExitCode:
    """Serve a registry over Confluent's REST API, for development and tests.

    What is registered is kept in one file, which other processes may use at the same time. When it answers,
    the server prints its address, and a line "ready" with the same as JSON. Ctrl-C ends it.
    """
    try:
        from avroforge.registry import server  # noqa: PLC0415 - loads starlette and uvicorn
    except ModuleNotFoundError as error:
        if error.name not in _PACKAGES:
            raise
        raise MissingExtraError(f"{error.name} is not installed: pip install 'avroforge[serve]'") from error
    registry = LocalRegistry(store / _FILE_NAME)
    registry.check_writable()
    options = server.ServerOptions(
        host=host,
        port=port,
        users=server.Users.read(users, os.environ.get(server.USERS_VARIABLE)),
        tls=server.Tls(*files) if (files := _tls_files(tls_cert, tls_key, tls_client_ca)) else None,
        hosts=frozenset(allow_host),
        log_requests=log_requests,
    )

    def ready(url: str) -> None:
        subjects = counted(len(registry.subjects()), "subject")
        say(f"schema registry for development, not for production: {url}")
        say(f"{subjects} in {shown((store / _FILE_NAME).absolute())}; Ctrl-C ends")
        say(f"ready {json.dumps({'url': url, 'pid': os.getpid()})}")

    server.serve(registry, options, ready)
    say("stopped")
    return ExitCode.CLEAN


def _tls_files(
    certificate: Path | None, key: Path | None, client_authority: Path | None
) -> tuple[Path, Path, Path | None] | None:
    if certificate is None and key is None and client_authority is None:
        return None
    if certificate is None or key is None:
        raise click.UsageError("--tls-cert and --tls-key belong together")
    return certificate, key, client_authority
