"""``vqe-stream consume``: the topic's results as JSON lines, or one line each to look at."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import complain, counted, say
from vqe_stream.adapter import result_to_json
from vqe_stream.cli.options import configuration, consuming
from vqe_stream.consumer import VQEKafkaConsumer, group_has_its_place
from vqe_stream.errors import UnreadableRecordError
from vqe_stream.molecule import formula

if TYPE_CHECKING:
    from pathlib import Path

    from vqe_stream.consumer import ReceivedResult


@click.command("consume")
@click.option("--from-beginning", is_flag=True, help="Read everything; so it is without a group, too.")
@click.option("--from-offset", type=click.IntRange(min=0), help="Begin at this offset.  [default: 0]")
@click.option(
    "--since",
    metavar="TIME",
    help="Begin with the first record of this ISO 8601 time, UTC unless it says otherwise.  [default: none]",
)
@click.option("--key", metavar="ID", help="Only records with this result id or key.  [default: all]")
@click.option("--limit", type=click.IntRange(min=1), help="End after so many results.  [default: none]")
@click.option("--follow", is_flag=True, help="Wait for new results instead of ending.")
@click.option("--format", "form", type=click.Choice(["json", "line"]), default="json", show_default=True)
@consuming
def command(  # noqa: PLR0913 one parameter per option
    *,
    from_beginning: bool,
    from_offset: int | None,
    since: str | None,
    key: str | None,
    limit: int | None,
    follow: bool,
    form: str,
    config: Path | None,
    **given: str | bool | None,
) -> ExitCode:
    """Print the topic's results.

    One JSON object per line, each result id once. Without a group it reads everything from the place it is
    given; with --group it goes on where the group stopped, and commits each result once it is printed.
    Records that cannot be read are said on standard error and passed over; then the exit code is 100.
    """
    settings = configuration(config, given)
    if sum((from_beginning, from_offset is not None, since is not None)) > 1:
        raise click.UsageError("--from-beginning, --from-offset, --since: expected one of them")
    if from_beginning and settings.group is not None:
        raise group_has_its_place(settings.group)
    read = unreadable = 0
    with VQEKafkaConsumer(
        settings,
        from_offset=from_offset or 0,
        since_ms=None if since is None else _milliseconds(since),
        key=key,
        idle_timeout=None if follow else 0.0,
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
            consumer.commit()
    if unreadable:
        complain(f"{counted(unreadable, 'record')} passed over")
    return ExitCode.FINDINGS if unreadable else ExitCode.CLEAN


def _milliseconds(since: str) -> int:
    try:
        time = datetime.fromisoformat(since)
    except ValueError as error:
        raise click.BadParameter(
            f"expected a time like 2026-05-17T12:30:00+02:00, got {since!r}", param_hint="--since"
        ) from error
    return round((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000)


def _line(received: ReceivedResult) -> str:
    result = received.result
    return (
        f"{received.place.offset:>6}  {received.result_id}  {formula(result.molecule):<8}"
        f"  {result.vqe_result.minimum:.9f}  schema {received.schema_id}"
    )
