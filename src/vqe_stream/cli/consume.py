"""``vqe-stream consume``: the topic's results as JSON lines, or one line each to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import complain, counted, say
from vqe_stream.adapter import result_to_json
from vqe_stream.cli.options import configuration, reading
from vqe_stream.consumer import VQEKafkaConsumer
from vqe_stream.errors import UnreadableRecordError
from vqe_stream.molecule import formula

if TYPE_CHECKING:
    from pathlib import Path

    from vqe_stream.consumer import ReceivedResult


@click.command("consume")
@click.option("--from-offset", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--limit", type=click.IntRange(min=1), help="End after so many results.  [default: none]")
@click.option("--follow", is_flag=True, help="Wait for new results instead of ending.")
@click.option("--format", "form", type=click.Choice(["json", "line"]), default="json", show_default=True)
@reading
def command(
    *, from_offset: int, limit: int | None, follow: bool, form: str, config: Path | None, **given: str | None
) -> ExitCode:
    """Print the topic's results.

    One JSON object per line, each result id once. Records that cannot be read are said on standard error and
    passed over; then the exit code is 100.
    """
    settings = configuration(config, given)
    read = unreadable = 0
    with VQEKafkaConsumer(
        settings, from_offset=from_offset, idle_timeout=None if follow else 0.0
    ) as consumer:
        while read != limit:
            try:
                received = consumer.receive()
            except UnreadableRecordError as error:
                complain(str(error))
                unreadable += 1
                continue
            if received is None:
                break
            read += 1
            say(result_to_json(received.result) if form == "json" else _line(received))
    if unreadable:
        complain(f"{counted(unreadable, 'record')} passed over")
    return ExitCode.FINDINGS if unreadable else ExitCode.CLEAN


def _line(received: ReceivedResult) -> str:
    result = received.result
    return (
        f"{received.place.offset:>6}  {received.result_id}  {formula(result.molecule):<8}"
        f"  {result.vqe_result.minimum:.9f}  schema {received.schema_id}"
    )
