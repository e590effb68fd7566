"""``vqe-stream relay``: deliver an outbox from a process of its own."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

import click

from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import complain, counted, say
from vqe_stream.cli.options import configuration, sending
from vqe_stream.connection import check_reachable, open_outbox, open_registry, open_relay, open_transport

if TYPE_CHECKING:
    from pathlib import Path

    from avroforge.delivery import Outbox, Relay

_SLICE: Final = 1.0


@click.command("relay")
@click.option("--until-empty", is_flag=True, help="End when nothing is left, or after --timeout.")
@sending
def command(*, until_empty: bool, config: Path | None, **given: str | None) -> ExitCode:
    """Deliver what waits in the outbox.

    Without --until-empty it runs until it is interrupted. Exits with 100 when results are left or can never
    be delivered.
    """
    settings = configuration(config, given)
    check_reachable(settings)
    ids = open_registry(settings)
    with closing(ids.registry), open_outbox(settings) as outbox:
        transport = open_transport(settings, outbox.id)
        relay = open_relay(settings, outbox, transport, ids)
        try:
            if until_empty:
                return _drain(relay, settings.timeout)
            _run(outbox, relay)
        finally:
            transport.close(_SLICE)
    return ExitCode.CLEAN


def _drain(relay: Relay, timeout: float) -> ExitCode:
    counts = relay.drain(timeout)
    _report(counts.sent, counts.pending, counts.dead)
    if counts.blocked:
        complain(counts.blocked)
    return ExitCode.FINDINGS if counts.pending or counts.dead else ExitCode.CLEAN


def _run(outbox: Outbox, relay: Relay) -> None:
    """Deliver, and say what changes, until somebody interrupts."""
    before, obstacle = outbox.counts(), None
    relay.start()
    say(f"{outbox.directory}: {counted(before.unfinished, 'result')} to deliver; interrupt to end")
    try:
        while True:
            time.sleep(_SLICE)
            now = outbox.counts()
            if (now.sent, now.dead) != (before.sent, before.dead):
                _report(now.sent - before.sent, now.unfinished, now.dead - before.dead)
            if relay.blocked not in (None, obstacle):
                complain(str(relay.blocked))
            before, obstacle = now, relay.blocked
    finally:
        relay.stop(_SLICE)


def _report(sent: int, left: int, dead: int) -> None:
    say(f"{counted(sent, 'result')} delivered, {left} left, {dead} given up")
