"""``vqe-stream status``: where the results of an outbox stand."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import counted, lasting, say
from vqe_stream.cli.options import configuration, reading
from vqe_stream.connection import open_outbox

if TYPE_CHECKING:
    from pathlib import Path

    from avroforge.delivery import OutboxStatus


@click.command("status")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@reading
def command(*, form: str, config: Path | None, **given: str | None) -> ExitCode:
    """Say where the results of the outbox stand.

    Reasons are said with how many results give them; 'vqe-stream outbox list' has each result. Exits with 100
    when a result can never be delivered as it is, or a spill file cannot be used.
    """
    settings = configuration(config, given)
    if not settings.outbox_directory.is_dir():
        # Looking must not make one.
        say(f"{settings.outbox_directory}: no outbox; the first result makes it")
        return ExitCode.CLEAN
    with open_outbox(settings) as outbox:
        status = outbox.status()
    if form == "json":
        say(json.dumps(asdict(status), default=str, indent=2))
    else:
        _show(status)
    return ExitCode.FINDINGS if status.counts.dead or status.set_aside else ExitCode.CLEAN


def _show(status: OutboxStatus) -> None:
    counts = status.counts
    say(f"{status.directory}: {status.size / 1e6:.1f} MB, outbox {status.outbox_id}")
    undelivered = f"{counts.pending} waiting, {counts.sending} under way"
    say(f"{undelivered}, {counts.sent} delivered, {counts.dead} given up")
    if status.oldest_seconds is not None:
        say(f"oldest undelivered: {lasting(status.oldest_seconds)}")
    if status.delivered_seconds is not None:
        say(f"last delivery: {lasting(status.delivered_seconds)} ago")
    if status.relay:
        say(f"delivered by: {status.relay}")
    for reason in status.reasons:
        what = f"{counted(reason.rows, 'result')} {reason.state}"
        say(f"{what}: {reason.reason} (first: {reason.result_id}, oldest: {lasting(reason.oldest_seconds)})")
    if status.spilled:
        say(f"{counted(status.spilled, 'result')} in the spill folder")
    for path in status.set_aside:
        say(f"{path}: spill file that cannot be used")
    for path in status.damaged:
        say(f"{path}: kept after damage")
