"""``vqe-stream outbox``: look at single results of an outbox, and help those that are stuck."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from avroforge.delivery import RowState, check, export, salvage
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import complain, counted, lasting, say
from vqe_stream.cli.options import configuration, reading
from vqe_stream.connection import open_outbox, outbox_options

if TYPE_CHECKING:
    from avroforge.delivery import Row
    from vqe_stream.config import ProducerConfig

_DAY: Final = 86_400.0
_STATES: Final = tuple(str(each) for each in RowState)
_state = click.option(
    "--only",
    "wanted",
    type=click.Choice(_STATES),
    help="Only results that stand so.  [default: all]",
)


@click.group("outbox")
def command() -> None:
    """Look at single results of the outbox, and help those that are stuck."""


@command.command("list", short_help="Print a line for each result.")
@_state
@reading
def list_command(*, wanted: str | None, config: Path | None, **given: str | None) -> ExitCode:
    """Print a line for each result: where it stands, since when, and why."""
    settings = configuration(config, given)
    if _is_there(settings):
        with open_outbox(settings) as outbox:
            for row in outbox.every_row(_parsed(wanted)):
                say(_line(row, outbox.now_ms()))
    return ExitCode.CLEAN


@command.command("requeue", short_help="Try results again that were given up.")
@click.argument("ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All that were given up.")
@reading
def requeue_command(
    ids: tuple[str, ...], *, every: bool, config: Path | None, **given: str | None
) -> ExitCode:
    """Give results that were given up another chance, after their cause is removed.

    IDS are result ids ('vqe-stream outbox list --only dead'). The next relay delivers them. Exits with 100
    when one of them was not given up.
    """
    if bool(ids) == every:
        raise click.UsageError("expected IDS, or --all")
    settings = configuration(config, given)
    if not _is_there(settings):
        return ExitCode.FINDINGS if ids else ExitCode.CLEAN
    with open_outbox(settings) as outbox:
        dead = {row.result_id for row in outbox.every_row(RowState.DEAD)}
        changed = outbox.requeue(dead if every else ids)
    say(f"{counted(changed, 'result')} waiting again; 'vqe-stream relay' delivers")
    for each in set(ids) - dead:
        complain(f"{each}: was not given up")
    return ExitCode.FINDINGS if set(ids) - dead else ExitCode.CLEAN


@command.command("export", short_help="Write results into Avro files.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder for the files, made where there is none.",
)
@_state
@reading
def export_command(*, out: Path, wanted: str | None, config: Path | None, **given: str | None) -> ExitCode:
    """Write results into Avro container files, one for each topic and schema.

    The outbox stays as it is. A file carries the ids of its results in its metadata (avroforge.result-ids);
    'avroforge inspect FILE' shows it. Results whose payload was pruned or is damaged are said, and then the
    exit code is 100.
    """
    settings = configuration(config, given)
    if not _is_there(settings):
        return ExitCode.CLEAN
    with open_outbox(settings) as outbox:
        done = export(outbox, outbox.every_row(_parsed(wanted)), out)
    for path, number in done.files:
        say(f"{path}: {counted(number, 'result')}")
    for row, reason in done.missing:
        complain(f"{row.result_id}: {reason}")
    if not done.files:
        say("no results to export")
    return ExitCode.FINDINGS if done.missing else ExitCode.CLEAN


@command.command("prune", short_help="Free the space of delivered results.")
@click.option(
    "--older-than",
    type=click.FloatRange(min=0),
    default=7.0,
    show_default=True,
    metavar="DAYS",
    help="Only what was delivered at least so long ago.",
)
@reading
def prune_command(*, older_than: float, config: Path | None, **given: str | None) -> ExitCode:
    """Free the disk space of delivered results; their ids stay, so that none is sent twice."""
    settings = configuration(config, given)
    if _is_there(settings):
        with open_outbox(settings) as outbox:
            pruned = outbox.prune(older_than * _DAY)
        say(f"{counted(pruned.rows, 'payload')} dropped, {pruned.size / 1e6:.1f} MB")
    return ExitCode.CLEAN


@command.command("check", short_help="Look for damage.")
@reading
def check_command(*, config: Path | None, **given: str | None) -> ExitCode:
    """Read every page and every checksum of the outbox; 100 when something is damaged."""
    settings = configuration(config, given)
    if not _is_there(settings):
        return ExitCode.CLEAN
    with open_outbox(settings) as outbox:
        findings = check(outbox)
    for each in findings:
        complain(each)
    say(f"{settings.outbox_directory}: {counted(len(findings), 'finding') if findings else 'whole'}")
    return ExitCode.FINDINGS if findings else ExitCode.CLEAN


@command.command("salvage", short_help="Save what a damaged outbox has.")
@reading
def salvage_command(*, config: Path | None, **given: str | None) -> ExitCode:
    """Replace a damaged outbox by a new one with every result that is still whole.

    Stop producers and relays first. The damaged files are kept beside it (damaged-...). What cannot be saved
    is said, and then the exit code is 100.
    """
    settings = configuration(config, given)
    if not _is_there(settings):
        return ExitCode.CLEAN
    done = salvage(settings.outbox_directory, outbox_options(settings))
    again = f", {done.found_again} of them found in the files of payloads" if done.found_again else ""
    say(f"{counted(done.rows, 'result')} saved{again}; damaged files kept in {done.kept}")
    for each in done.lost:
        complain(each)
    return ExitCode.FINDINGS if done.lost else ExitCode.CLEAN


def _is_there(settings: ProducerConfig) -> bool:
    """Whether there is an outbox: looking must not make one."""
    if settings.outbox_directory.is_dir():
        return True
    say(f"{settings.outbox_directory}: no outbox; the first result makes it")
    return False


def _parsed(wanted: str | None) -> RowState | None:
    return None if wanted is None else RowState(wanted)


def _line(row: Row, now_ms: int) -> str:
    age = max(0, now_ms - row.created_ms) / 1000
    where = (
        f"partition {row.partition}, offset {row.offset}" if row.state is RowState.SENT else row.error or ""
    )
    standing = f"{row.state:<7}  {counted(row.attempts, 'attempt')}  {lasting(age)}  {row.size} bytes"
    return f"{row.result_id}  {standing}  {row.topic}  {where}".rstrip()
