"""``vqe-stream doctor``: everything that a run of hours relies on, before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from vqe_stream.cli.checks import show
from vqe_stream.cli.options import configuration_with_sources, sending
from vqe_stream.doctor.examination import steps
from vqe_stream.doctor.step import examine

if TYPE_CHECKING:
    from pathlib import Path

    from avroforge.shell.exit_code import ExitCode

_GIGABYTE: Final = 10**9


@click.command("doctor")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--space",
    type=click.IntRange(min=0),
    default=_GIGABYTE,
    show_default=True,
    metavar="BYTES",
    help="What the results of the run will take on disk.",
)
@click.option(
    "--within",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long each step may take.",
)
@click.option("--strict", is_flag=True, help="Take warnings for failures.")
@sending
def command(
    *, form: str, space: int, within: float, strict: bool, config: Path | None, **given: str | None
) -> ExitCode:
    """Look at everything that a run relies on, before it begins.

    Configuration, disk and outbox, brokers by every address, topics and their limits, transactions,
    certificates, the registry and its schemas, the clock: one line each, with what to do. Nothing is made or
    changed; a temporary file and a transactional id of its own (avroforge-doctor-...) prove that it could be.

    Exits with 0 when nothing is in the way (warnings included, unless --strict), with 100 after a failure,
    with 1 when something could not be checked.
    """
    settings, sources = configuration_with_sources(config, given)
    return show(examine(steps(settings, sources, space), within), form, strict=strict)
