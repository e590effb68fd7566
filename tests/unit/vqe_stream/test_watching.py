"""Health, metrics and progress of a relay."""

from __future__ import annotations

import io
import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from avroforge.errors import ConfigurationError, OutboxError, TransportError
from vqe_stream import ProducerConfig, VQEKafkaProducer
from vqe_stream.cli import run
from vqe_stream.cli.progress import progress
from vqe_stream.connection import open_outbox, open_registry, open_relay, open_transport
from vqe_stream.health import Health, health_of
from vqe_stream.metrics import DeliveryMetrics
from vqe_stream.status_server import Answer, StatusServer, health_routes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from avroforge.delivery import Outbox, Relay
    from vqe_records import VQEDecoratedResult

PATIENCE = 30.0
UNWELL = Health(live=True, ready=False, reasons=("broker: away",), waiting=2)


def eventually(question: Callable[[], bool]) -> None:
    """Wait until the answer is yes."""
    deadline = time.monotonic() + PATIENCE
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def asked(url: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 the test's own server
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 as above
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def sample(text: str, name: str) -> float | None:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return None if found is None else float(found[1])


@pytest.fixture
def server() -> Iterator[StatusServer]:
    with StatusServer("127.0.0.1", 0, health_routes(lambda: UNWELL)) as made:
        yield made


def test_health_says_live_and_ready_apart_with_the_reason(server: StatusServer) -> None:
    status, body = asked(f"{server.address}/health")
    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    assert json.loads(body) == {
        "status": "not ready",
        "live": True,
        "ready": False,
        "reasons": ["broker: away"],
        "waiting": 2,
    }
    assert asked(f"{server.address}/health/live")[0] == HTTPStatus.OK
    assert asked(f"{server.address}/health/ready?x=1")[0] == HTTPStatus.SERVICE_UNAVAILABLE


def test_other_paths_and_other_hosts_get_nothing(server: StatusServer) -> None:
    assert asked(f"{server.address}/etc/passwd") == (
        HTTPStatus.NOT_FOUND,
        "known are /health, /health/live, /health/ready\n",
    )
    status, body = asked(f"{server.address}/health", Host="rebound.example")
    assert status == HTTPStatus.MISDIRECTED_REQUEST
    assert "away" not in body


def test_a_look_that_fails_is_an_answer_too() -> None:
    def fail() -> Answer:
        raise OutboxError("outbox: damaged")

    with StatusServer("127.0.0.1", 0, {"/x": fail}) as server:
        assert asked(f"{server.address}/x") == (HTTPStatus.INTERNAL_SERVER_ERROR, "outbox: damaged\n")


def test_an_address_that_is_taken_is_one_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"127\.0\.0\.1:{port}: cannot listen there: address"):
            StatusServer("127.0.0.1", port, {"/": lambda: Answer(HTTPStatus.OK, "text/plain", b"")})
    with pytest.raises(ConfigurationError, match="cannot listen there"):
        StatusServer("127.0.0.1", 70_000, {})


class Desk:
    """An outbox with its relay, delivering in the background."""

    def __init__(self, config: ProducerConfig) -> None:
        self.config = config
        self.metrics = DeliveryMetrics()
        self.outbox: Outbox = open_outbox(config)
        self.transport = open_transport(config, self.outbox.id)
        self.relay: Relay = open_relay(
            config, self.outbox, self.transport, open_registry(config), self.metrics
        )
        self.metrics.watch(self.outbox.status, lambda: self.relay.blocked)

    @property
    def text(self) -> str:
        return self.metrics.text().decode()

    def close(self) -> None:
        self.relay.stop(PATIENCE)
        self.outbox.close()


@pytest.fixture
def desk(config: ProducerConfig, results: list[VQEDecoratedResult]) -> Iterator[Desk]:
    with VQEKafkaProducer(config, background=False) as producer:
        for result in results:
            producer.send_result(result)
    made = Desk(config)
    yield made
    made.close()


def obstacle(config: ProducerConfig) -> Path:
    """A folder in the place of the topic's file, so that nothing can be delivered."""
    path = config.state_directory / "topics" / config.topic / "0.log"
    path.mkdir(parents=True)
    return path


def test_a_relay_that_gets_through_is_live_and_ready(desk: Desk) -> None:
    assert health_of(desk.outbox, desk.relay) == Health(
        live=False, ready=False, reasons=("the relay's thread has ended; start it again",), waiting=3
    )
    desk.relay.start()
    eventually(lambda: desk.outbox.unfinished() == 0)
    assert health_of(desk.outbox, desk.relay) == Health(live=True, ready=True, reasons=(), waiting=0)
    assert health_of(desk.outbox, desk.relay, longest_turn=-1).status == "not live"


def test_what_is_in_the_way_is_the_reason(desk: Desk, config: ProducerConfig) -> None:
    path = obstacle(config)
    desk.relay.start()
    eventually(lambda: desk.relay.blocked is not None)
    health = health_of(desk.outbox, desk.relay)
    assert (health.status, health.waiting) == ("not ready", 3)
    assert str(path) in health.reasons[0]
    assert sample(desk.text, "vqe_stream_relay_blocked") == 1
    assert sample(desk.text, 'vqe_stream_outbox_results{state="pending"}') == 3
    assert (sample(desk.text, "vqe_stream_outbox_oldest_seconds") or 0) > 0
    path.rmdir()
    eventually(lambda: desk.outbox.unfinished() == 0)
    eventually(lambda: health_of(desk.outbox, desk.relay).ready)
    text = desk.text
    assert sample(text, 'vqe_stream_delivered_total{topic="experiment.vqe"}') == 3
    assert sample(text, 'vqe_stream_delivery_seconds_count{topic="experiment.vqe"}') == 3
    failed = [
        sample(text, f'vqe_stream_failed_attempts_total{{topic="{each}"}}')
        for each in ("all", "experiment.vqe")
    ]
    assert any(each is not None and each >= 1 for each in failed)


def test_given_up_and_retried_results_are_counted(desk: Desk) -> None:
    counts = desk.relay.deliver(PATIENCE)
    assert counts.sent == 3
    text = desk.text
    assert sample(text, 'vqe_stream_retried_total{topic="experiment.vqe"}') is None
    (row,) = desk.outbox.rows(limit=1)
    desk.metrics.given_up(row, "too large")
    desk.metrics.delivered(row, 0.2)
    assert sample(desk.text, 'vqe_stream_given_up_total{topic="experiment.vqe"}') == 1
    assert sample(desk.text, 'vqe_stream_retried_total{topic="experiment.vqe"}') == 1


def test_an_outbox_that_cannot_be_read_is_a_metric(desk: Desk) -> None:
    desk.outbox.close()
    text = desk.text
    assert sample(text, "vqe_stream_outbox_readable") == 0
    assert sample(text, "vqe_stream_outbox_bytes") is None


@contextmanager
def relaying(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A relay in a process of its own, and where it answers."""
    code = "from vqe_stream.cli import main; main()"
    command = [sys.executable, "-c", code, "--log-format", "json", "relay", *arguments]
    with subprocess.Popen(
        [*command, "--health-port", "0", "--metrics-port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().partition("/health,")[0]
        finally:
            process.kill()


def test_a_relay_answers_for_itself_until_it_is_told_to_end(config: ProducerConfig, data: Path) -> None:
    place = ["--servers", "embedded:", "--state", str(config.state_directory)]
    assert run(["publish", *place, "--no-delivery", *map(str, data.glob("*.json"))]) == 0
    with relaying(*place) as (process, url):
        eventually(lambda: json.loads(asked(f"{url}/health")[1])["waiting"] == 0)
        eventually(lambda: asked(f"{url}/health")[0] == HTTPStatus.OK)
        text = asked(f"{url}/metrics")[1]
        assert sample(text, 'vqe_stream_outbox_results{state="sent"}') == 3
        process.terminate()
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        events = [json.loads(line)["event"] for line in process.stderr.read().splitlines()]
    assert set(events) == {"took-over", "delivered"}


def test_a_relay_says_that_no_broker_answers(config: ProducerConfig, data: Path) -> None:
    place = ["--servers", "127.0.0.1:1", "--state", str(config.state_directory)]
    assert run(["publish", *place, "--no-delivery", str(min(data.glob("*.json")))]) == 0
    with relaying(*place) as (_, url):
        eventually(lambda: asked(f"{url}/health/ready")[0] == HTTPStatus.SERVICE_UNAVAILABLE)
        health = json.loads(asked(f"{url}/health")[1])
        assert (health["live"], health["ready"], health["waiting"]) == (True, False, 1)
        assert "127.0.0.1:1: connection refused: no broker answers" in health["reasons"][0]
        assert asked(f"{url}/health/live")[0] == HTTPStatus.OK
        assert sample(asked(f"{url}/metrics")[1], "vqe_stream_relay_blocked") == 1


def test_ports_are_for_a_relay_that_stays(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["relay", "--until-empty", "--health-port", "0"]) == 2
    assert "expected without --until-empty" in capsys.readouterr().err


def test_metrics_without_their_library_name_the_extra(
    config: ProducerConfig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    monkeypatch.delitem(sys.modules, "vqe_stream.metrics", raising=False)
    place = ["--servers", "embedded:", "--state", str(config.state_directory)]
    assert run(["relay", *place, "--metrics-port", "0"]) == 1
    assert "pip install avroforge[metrics]" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_that_goes_away_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "20")
    with progress(lambda: "1 of 3\n\x1b[31m delivered, and so on"):
        eventually(lambda: "1 of 3" in screen.getvalue())
    assert "\n" not in screen.getvalue()
    # 19 characters, so that no terminal wraps the line; nothing in it moves the cursor.
    assert screen.getvalue().startswith("\r\x1b[K1 of 3 \\x1b[31m ...\r")
    assert screen.getvalue().endswith("\r\x1b[K")


def test_progress_is_silent_elsewhere_and_about_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for = []

    def text() -> str:
        asked_for.append(1)
        raise TransportError("away")

    with progress(text):
        pass
    assert asked_for == []
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with progress(text):
        eventually(lambda: bool(asked_for))
    assert screen.getvalue() == "\r\x1b[K"
