"""``vqe-stream secrets``: certificates and keys for development."""

from __future__ import annotations

from pathlib import Path

import click

from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import counted, say


@click.group("secrets")
def command() -> None:
    """Make certificates for development."""


@command.command("generate")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("secrets"),
    show_default=True,
    help="Folder for the files, made where it is not there.",
)
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="Name or address of broker and registry; may be repeated.  [default: localhost, 127.0.0.1, ::1]",
)
@click.option(
    "--days",
    type=click.IntRange(1, 825),
    default=30,
    show_default=True,
    help="How long the certificates are valid.",
)
def generate_command(folder: Path, hosts: tuple[str, ...], days: int) -> ExitCode:
    """Make a certificate authority, and a certificate with a key of its own for each role.

    The roles are broker and registry (servers), producer and sink (clients): ROLE.crt, ROLE.key, and both
    with the authority in ROLE.pem, as Kafka's ssl.keystore.location takes it. Clients trust ca.crt. Every
    file is readable by its owner only; a file that is there is never replaced.

    For development and tests: ca.key lies beside the rest, and whoever has it can make every certificate.
    """
    from vqe_stream.development_pki import LOCAL, generate  # noqa: PLC0415 - the help must not wait for it

    written = generate(folder, hosts or LOCAL, days)
    for each in written:
        say(str(each))
    say(f"{counted(len(written), 'file')}, valid for {counted(days, 'day')}")
    return ExitCode.CLEAN
