"""``vqe-stream demo``: three real results from file to topic and back, every step with its result."""

from __future__ import annotations

import shutil
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avroforge.shell.exit_code import ExitCode
from avroforge.shell.location import shown
from avroforge.shell.terminal import complain, counted, say
from vqe_stream.config import ProducerConfig
from vqe_stream.demo.check import ask_all
from vqe_stream.demo.journey import compare, deliver, read_back, store
from vqe_stream.demo.repository import BASELINE, find_repository, provide_registry, read_samples
from vqe_stream.demo.table import show
from vqe_stream.producer import VQEKafkaProducer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vqe_stream.demo.journey import Comparison
    from vqe_stream.demo.repository import Sample


@click.command("demo")
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for outbox, registry file and topic log.  [default: .state/demo in the repository]",
)
@click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for delivery.")
def command(*, state: Path | None, timeout: float) -> ExitCode:
    """Three real results: stored, delivered, read back, compared.

    Needs a checkout of the repository, and no server. Can be run again at any time, also after it was killed:
    no result is lost, and none stands in the topic twice.
    """
    root = find_repository()
    numbers = count(1)
    failed = _check(root, numbers)
    if failed is not None:
        return failed
    folder = state or root / ".state" / "demo"
    registry, copied = provide_registry(root, folder)
    config = ProducerConfig(bootstrap_servers="embedded:", state=folder, timeout=timeout)
    # Without its own thread, so that the steps show what is stored before anything is delivered.
    with VQEKafkaProducer(config, background=False) as producer:
        how = f"a copy of {BASELINE}" if copied else "kept from the last run"
        _step(numbers, "schema registered", f"{config.subject} in {shown(registry)}, {how}")
        rows = _send_and_read(producer, read_samples(root), numbers)
    say("")
    show(rows)
    say("")
    same = all(row.same_bytes and row.same_values for row in rows)
    if same:
        _say_what_next(folder)
    else:
        complain("demo: a result came back other than it was; please report this")
    return ExitCode.CLEAN if same else ExitCode.FAILED


def _check(root: Path, numbers: Iterator[int]) -> ExitCode | None:
    """The exit code to end with, or None when every check passed."""
    for answer in ask_all(root):
        name = f"avroforge {' '.join(answer.check.arguments)}"
        if answer.exit_code:
            found = answer.exit_code == ExitCode.FINDINGS
            _step(numbers, answer.check.question, f"{'no' if found else 'not checked'} ({name})")
            complain(answer.output.rstrip())
            return ExitCode.FINDINGS if found else ExitCode.FAILED
        _step(numbers, answer.check.question, f"yes ({name}: {answer.last_line})")
    return None


def _send_and_read(
    producer: VQEKafkaProducer, samples: list[Sample], numbers: Iterator[int]
) -> list[Comparison]:
    config = producer.config
    stored = store(producer, samples)
    _step(
        numbers,
        "results on disk before anything is sent",
        f"{counted(stored.new, 'result')} stored, {len(stored.ids) - stored.new} already there",
    )
    offsets = deliver(producer, stored.ids)
    places = f"offsets {', '.join(map(str, offsets))}"
    _step(
        numbers,
        f"delivered to {config.topic}",
        f"{counted(stored.waiting, 'result')}, {places}"
        if stored.waiting
        else f"already delivered, nothing is sent again ({places})",
    )
    found = read_back(config, stored.ids)
    rows = compare(config, samples, stored.ids, found)
    once = _yes(all(row.copies == 1 for row in rows))
    equal = _yes(all(row.same_values for row in rows))
    _step(
        numbers,
        "read back as typed objects",
        f"{counted(len(found), 'result')}; each id once in the log: {once}; equal to the JSON: {equal}",
    )
    return rows


def _step(numbers: Iterator[int], what: str, result: str) -> None:
    say(f"{next(numbers)}. {what}: {result}")


def _yes(truth: bool) -> str:
    return "yes" if truth else "no"


def _say_what_next(folder: Path) -> None:
    command = _own_command()
    place = shown(folder)
    say("Look at it again:")
    say(f"  {command} status --state {place}")
    say(f"  {command} consume --servers embedded: --state {place} --format line")
    say("Against a real Kafka (or `make stack`, then `. .state/stack/env` in place of --servers):")
    say(f"  {command} topic create --servers localhost:9092")
    say(f"  {command} doctor --servers localhost:9092")
    say(f"  {command} publish data/vqe/*.json --servers localhost:9092")


def _own_command() -> str:
    """What to type for this command: an environment that is not activated is not on the path."""
    beside = Path(sys.executable).with_name("vqe-stream")
    return shown(beside) if beside.exists() and shutil.which("vqe-stream") != str(beside) else "vqe-stream"
