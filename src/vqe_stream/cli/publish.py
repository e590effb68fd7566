"""``vqe-stream publish``: result files into the outbox, and from there to the topic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from avroforge.delivery import RowState
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import complain, counted, say
from vqe_stream.adapter import result_from_json
from vqe_stream.cli.options import configuration, sending
from vqe_stream.cli.progress import progress
from vqe_stream.errors import ResultError
from vqe_stream.producer import VQEKafkaProducer

if TYPE_CHECKING:
    from avroforge.delivery import DeliveryCounts, Durable
    from vqe_records import VQEDecoratedResult


@click.command("publish")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--run-id", metavar="ID", help="Id of the one result.  [default: derived from its content]")
@click.option("--no-delivery", is_flag=True, help="Store only; `vqe-stream relay` delivers.")
@sending
def command(
    files: tuple[Path, ...],
    *,
    run_id: str | None,
    no_delivery: bool,
    config: Path | None,
    **given: str | None,
) -> ExitCode:
    """Store results and deliver them to the topic.

    FILES are JSON files of one result each. They are all read before the first is stored, and none is if one
    of them is wrong (exit code 100).

    Exits with 0 once every result is on disk; what is not delivered within --timeout stays there and is said
    on standard error. Exits with 100 when a result can never be delivered.
    """
    if run_id is not None and len(files) != 1:
        raise click.UsageError("--run-id: expected one file, because an id belongs to one result")
    settings = configuration(config, given)
    results = _read(files)
    if results is None:
        return ExitCode.FINDINGS
    producer = VQEKafkaProducer(settings, background=not no_delivery)
    try:
        stored = [producer.send_result(result, run_id=run_id) for result in results]
        with progress(lambda: _progress(producer)):
            counts = None if no_delivery else producer.flush()
        for file, durable in zip(files, stored, strict=True):
            say(f"{file}: {durable.result_id}: {_standing(producer, durable)}")
        dead = any(_state(producer, durable) is RowState.DEAD for durable in stored)
    finally:
        # The time to wait was spent in flush.
        producer.close(0.0)
    if counts is not None:
        _say_what_waits(counts)
    return ExitCode.FINDINGS if dead else ExitCode.CLEAN


def _read(files: tuple[Path, ...]) -> list[VQEDecoratedResult] | None:
    results: list[VQEDecoratedResult] = []
    wrong = 0
    for file in files:
        try:
            results.append(result_from_json(file.read_bytes(), file))
        except ResultError as error:
            complain(str(error))
            wrong += 1
    if wrong:
        complain(f"{counted(wrong, 'file')} of {len(files)} cannot be read, so nothing is published")
        return None
    return results


def _progress(producer: VQEKafkaProducer) -> str:
    status = producer.status()
    reason = next((f"; waiting: {each.reason}" for each in status.reasons if each.state != RowState.DEAD), "")
    return f"stored; {counted(status.counts.unfinished, 'result')} to deliver{reason}"


def _state(producer: VQEKafkaProducer, durable: Durable) -> RowState | None:
    row = producer.find(durable.result_id)
    return None if row is None else row.state


def _standing(producer: VQEKafkaProducer, durable: Durable) -> str:
    row = producer.find(durable.result_id)
    if row is None:
        return f"stored in {durable.spilled}"
    if row.state is RowState.SENT:
        return f"{'already ' if durable.duplicate else ''}delivered, offset {row.offset}"
    if row.state is RowState.DEAD:
        return f"cannot be delivered: {row.error}"
    return f"{'already ' if durable.duplicate else ''}stored"


def _say_what_waits(counts: DeliveryCounts) -> None:
    if counts.pending:
        why = f": {counts.blocked}" if counts.blocked else ""
        complain(f"{counted(counts.pending, 'result')} stored and not delivered yet{why}")
