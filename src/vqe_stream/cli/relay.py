"""``vqe-stream relay``: deliver an outbox from a process of its own."""

from __future__ import annotations

import signal
import threading
from contextlib import ExitStack, closing
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import click

from avroforge.errors import MissingExtraError
from avroforge.shell.exit_code import ExitCode
from avroforge.shell.terminal import complain, counted, say
from vqe_stream.cli.options import configuration, sending
from vqe_stream.cli.progress import progress
from vqe_stream.connection import check_reachable, open_outbox, open_registry, open_relay, open_transport
from vqe_stream.health import health_of
from vqe_stream.status_server import LOOPBACK, Answer, StatusServer, health_routes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from avroforge.delivery import Counts, Outbox, Relay
    from vqe_stream.metrics import DeliveryMetrics

_SLICE: Final = 1.0


@click.command("relay")
@click.option("--until-empty", is_flag=True, help="End when nothing is left, or after --timeout.")
@click.option(
    "--health-port",
    type=int,
    metavar="PORT",
    help="Answer /health, /health/live and /health/ready here; 0 for any port.  [default: none]",
)
@click.option(
    "--metrics-port",
    type=int,
    metavar="PORT",
    help="Answer /metrics (Prometheus) here; may be the same port.  [default: none]",
)
@click.option(
    "--listen",
    default=LOOPBACK,
    show_default=True,
    metavar="ADDRESS",
    help="Where both ports are; whoever reaches it can read them.",
)
@sending
def command(
    *,
    until_empty: bool,
    health_port: int | None,
    metrics_port: int | None,
    listen: str,
    config: Path | None,
    **given: str | None,
) -> ExitCode:
    """Deliver what waits in the outbox.

    Without --until-empty it runs until it is interrupted, or ended by SIGTERM (exit code 0). With it, exits
    with 100 when results are left or can never be delivered.
    """
    if until_empty and (health_port, metrics_port) != (None, None):
        raise click.UsageError("--health-port, --metrics-port: expected without --until-empty")
    settings = configuration(config, given)
    check_reachable(settings)
    metrics = None if metrics_port is None else _metrics()
    ids = open_registry(settings)
    with closing(ids.registry), open_outbox(settings) as outbox:
        transport = open_transport(settings, outbox.id)
        relay = open_relay(settings, outbox, transport, ids, metrics)
        try:
            if until_empty:
                return _drain(outbox, relay, settings.timeout)
            # Before anybody can ask whether it lives.
            relay.start()
            with ExitStack() as servers:
                for server in _servers(outbox, relay, metrics, (health_port, metrics_port, listen)):
                    servers.enter_context(server)
                _run(outbox, relay)
        finally:
            relay.stop(_SLICE)
            transport.close(_SLICE)
    return ExitCode.CLEAN


def _drain(outbox: Outbox, relay: Relay, timeout: float) -> ExitCode:
    with progress(lambda: _standing(outbox.counts(), relay.blocked)):
        counts = relay.drain(timeout)
    _report(counts.sent, counts.pending, counts.dead)
    if counts.blocked:
        complain(counts.blocked)
    return ExitCode.FINDINGS if counts.pending or counts.dead else ExitCode.CLEAN


def _run(outbox: Outbox, relay: Relay) -> None:
    """Deliver, and say what changes, until somebody interrupts or ends it."""
    ended = threading.Event()
    before, obstacle = outbox.counts(), None
    previous = signal.signal(signal.SIGTERM, lambda *_: ended.set())
    say(f"{outbox.directory}: {counted(before.unfinished, 'result')} to deliver; interrupt to end")
    try:
        while not ended.wait(_SLICE):
            now = outbox.counts()
            if (now.sent, now.dead) != (before.sent, before.dead):
                _report(now.sent - before.sent, now.unfinished, now.dead - before.dead)
            if relay.blocked not in (None, obstacle):
                complain(str(relay.blocked))
            before, obstacle = now, relay.blocked
    finally:
        signal.signal(signal.SIGTERM, previous)


def _servers(
    outbox: Outbox,
    relay: Relay,
    metrics: DeliveryMetrics | None,
    place: tuple[int | None, int | None, str],
) -> list[StatusServer]:
    """The servers that are asked for: two, one, or one for both."""
    health_port, metrics_port, host = place
    routes: dict[int, dict[str, Callable[[], Answer]]] = {}
    if health_port is not None:
        routes.setdefault(health_port, {}).update(health_routes(partial(health_of, outbox, relay)))
    if metrics_port is not None and metrics is not None:
        metrics.watch(outbox.status, lambda: relay.blocked)
        routes.setdefault(metrics_port, {})["/metrics"] = partial(_measured, metrics)
    servers = []
    for port, paths in routes.items():
        server = StatusServer(host, port, paths)
        say(", ".join(f"{server.address}{path}" for path in paths))
        servers.append(server)
    return servers


def _metrics() -> DeliveryMetrics:
    try:
        from vqe_stream.metrics import DeliveryMetrics  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        if error.name != "prometheus_client":
            raise
        raise MissingExtraError(
            "prometheus-client is not installed; run 'pip install avroforge[metrics]'"
        ) from error
    return DeliveryMetrics()


def _measured(metrics: DeliveryMetrics) -> Answer:
    from vqe_stream.metrics import CONTENT_TYPE  # noqa: PLC0415 - as above

    return Answer(HTTPStatus.OK, CONTENT_TYPE, metrics.text())


def _standing(counts: Counts, blocked: str | None) -> str:
    waiting = f"{counts.sent} delivered, {counts.unfinished} to go"
    return f"{waiting}; waiting: {blocked}" if blocked else waiting


def _report(sent: int, left: int, dead: int) -> None:
    say(f"{counted(sent, 'result')} delivered, {left} left, {dead} given up")
