"""The producer and the consumer with a registry server, above all with one that fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.unit.registry.client.peer import Peer, Request, answer

from avroforge.delivery import RowState
from avroforge.errors import ConfigurationError, IncompatibleSchemaError, RegistryUnavailableError
from avroforge.secret import Secret
from avroforge.wire.framing import unframe
from vqe_records import VQEDecoratedResultInterface
from vqe_stream import ProducerConfig, VQEKafkaConsumer, VQEKafkaProducer, result_to_json
from vqe_stream.cli.options import configuration

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from avroforge.delivery import LogEntry
    from vqe_records import VQEDecoratedResult

    Behaviour = Callable[[Request, socket.socket], object]

QUICK = {"timeout": 0.3, "total.timeout": 0.3, "max.retries": 0}
SUBJECT = "experiment.vqe-value"
TEXT = VQEDecoratedResultInterface.SELF_CONTAINED
REGISTERED = {"subject": SUBJECT, "version": 1, "id": 42, "schema": TEXT}
UNKNOWN = answer(404, {"error_code": 40403, "message": "Schema not found"})


class Switched:
    """A peer whose behaviour can be changed."""

    def __init__(self) -> None:
        self.behave: Behaviour = works
        self.peer = Peer(self._now)

    def _now(self, request: Request, connection: socket.socket) -> object:
        return self.behave(request, connection)


def works(request: Request, connection: socket.socket) -> None:
    known = request.target.startswith(("/subjects/", "/schemas/ids/42"))
    connection.sendall(answer(200, REGISTERED) if known else UNKNOWN)


@pytest.fixture
def server() -> Iterator[Switched]:
    switched = Switched()
    yield switched
    switched.peer.close()


@pytest.fixture
def config(config: ProducerConfig, server: Switched) -> ProducerConfig:
    return replace(config, registry=server.peer.url, registry_options=QUICK)


def saying(reply: bytes) -> Behaviour:
    def behave(_: Request, connection: socket.socket) -> None:
        connection.sendall(reply)

    return behave


def never_answers(_: Request, connection: socket.socket) -> None:
    while connection.recv(1000):
        pass


def hangs_up(_: Request, connection: socket.socket) -> bool:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    return False


FAILURES: dict[str, Behaviour] = {
    "never answers": never_answers,
    "500": saying(answer(500, {"error_code": 50001, "message": "store"})),
    "404 of something else": saying(answer(404, b"<html>")),
    "not JSON": saying(answer(200, b"<html>")),
    "redirect": saying(answer(307, Location="http://elsewhere.invalid/")),
    "truncated": hangs_up,
    "oversized": saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b" " * 2_000_000),
    "wrong password": saying(answer(401, {"error_code": 401, "message": "Unauthorized"})),
    "forbidden": saying(answer(403, {"error_code": 40301, "message": "Forbidden"})),
    "read only": saying(answer(422, {"error_code": 42205, "message": "Subject is in read-only mode"})),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_publishing_does_not_wait_for_a_registry_that_fails(  # noqa: PLR0913, PLR0917 - fixtures
    config: ProducerConfig,
    server: Switched,
    results: list[VQEDecoratedResult],
    entries: Callable[[], list[LogEntry]],
    caplog: pytest.LogCaptureFixture,
    failure: Behaviour,
) -> None:
    config = replace(config, registry_options={**QUICK, "max.answer.bytes": 1_000_000})
    server.behave = failure
    with VQEKafkaProducer(config) as producer:
        assert server.peer.url in caplog.text
        assert "results are kept, and sent once it answers" in caplog.text
        durable = producer.send_result(results[0])
        row = producer.find(durable.result_id)
        assert row is not None
        assert (row.state, row.attempts) == (RowState.PENDING, 0)
        assert entries() == []
        # It is mended: the same process delivers, framed.
        server.behave = works
        assert producer.flush(30).pending == 0
    (entry,) = entries()
    assert unframe(entry.value)[0] == 42


def test_publishing_does_not_wait_for_a_registry_that_is_down(
    config: ProducerConfig, server: Switched, results: list[VQEDecoratedResult]
) -> None:
    server.peer.close()
    with VQEKafkaProducer(config) as producer:
        durable = producer.send_result(results[0])
        assert producer.close(0.5) is not None
    assert durable.result_id


def test_publishing_does_not_wait_for_a_registry_without_the_right_certificate(
    config: ProducerConfig,
    server: Switched,
    results: list[VQEDecoratedResult],
    caplog: pytest.LogCaptureFixture,
) -> None:
    config = replace(config, registry=server.peer.url.replace("http:", "https:"), timeout=0.1)
    with VQEKafkaProducer(config) as producer:
        producer.send_result(results[0])
        assert "results are kept" in caplog.text


def test_an_incompatible_schema_raises_before_anything_is_stored(
    config: ProducerConfig, server: Switched
) -> None:
    refusal = {"error_code": 409, "message": "incompatible with an earlier schema"}

    def behave(request: Request, connection: socket.socket) -> None:
        connection.sendall(answer(409, refusal) if request.target.endswith("/versions") else UNKNOWN)

    server.behave = behave
    with pytest.raises(IncompatibleSchemaError, match="incompatible with an earlier schema"):
        VQEKafkaProducer(config)
    assert not config.state_directory.exists()


def test_a_schema_that_is_refused_later_blocks_delivery_and_nothing_else(
    config: ProducerConfig, server: Switched, results: list[VQEDecoratedResult]
) -> None:
    server.behave = FAILURES["500"]
    with VQEKafkaProducer(replace(config, timeout=0.3)) as producer:
        server.behave = saying(answer(409, {"error_code": 409, "message": "incompatible with version 3"}))
        durable = producer.send_result(results[0], wait=True)
        counts = producer.flush(1.0)
        assert counts.pending == 1
        assert counts.blocked is not None
        assert "incompatible" in counts.blocked
        row = producer.find(durable.result_id)
        assert row is not None
        assert row.state is RowState.PENDING


def test_any_number_of_results_costs_one_request(
    config: ProducerConfig, server: Switched, results: list[VQEDecoratedResult]
) -> None:
    with VQEKafkaProducer(config) as producer, ThreadPoolExecutor(4) as pool:
        for each in pool.map(lambda at: producer.send_result(results[at % 3], run_id=f"r{at}"), range(40)):
            assert each.result_id
        assert producer.flush(30).pending == 0
    assert server.peer.asked == [f"POST /subjects/{SUBJECT}"]


def test_a_new_schema_costs_one_request_more(
    config: ProducerConfig, server: Switched, results: list[VQEDecoratedResult]
) -> None:
    def behave(request: Request, connection: socket.socket) -> None:
        connection.sendall(answer(200, REGISTERED) if request.target.endswith("/versions") else UNKNOWN)

    server.behave = behave
    with VQEKafkaProducer(config) as producer:
        producer.send_result(results[0], wait=True)
    assert server.peer.asked == [f"POST /subjects/{SUBJECT}", f"POST /subjects/{SUBJECT}/versions"]


def test_a_consumer_asks_once_per_id_and_registers_nothing(
    config: ProducerConfig, server: Switched, results: list[VQEDecoratedResult]
) -> None:
    with VQEKafkaProducer(config) as producer:
        for number in range(9):
            producer.send_result(results[number % 3], run_id=f"r{number}")
        assert producer.flush(30).pending == 0
    server.peer.requests.clear()
    with VQEKafkaConsumer(config) as consumer:
        assert len(list(consumer)) == 9
    assert server.peer.asked == ["GET /schemas/ids/42"]


def test_a_consumer_goes_on_with_the_same_record_when_the_registry_answers_again(
    config: ProducerConfig, server: Switched, results: list[VQEDecoratedResult]
) -> None:
    with VQEKafkaProducer(config) as producer:
        producer.send_result(results[0], wait=True)
    with VQEKafkaConsumer(config) as consumer:
        server.behave = FAILURES["500"]
        with pytest.raises(RegistryUnavailableError):
            next(consumer)
        server.behave = works
        assert result_to_json(next(consumer)) == result_to_json(results[0])


def test_options_reach_the_client(config: ProducerConfig, server: Switched) -> None:
    config = replace(config, registry_options={**QUICK, "basic.auth.user.info": "me:secret-word"})
    assert "secret-word" not in repr(config)
    assert "secret-word" not in repr(config.to_dict())
    assert ProducerConfig.from_dict(config.to_dict()) == config
    VQEKafkaProducer(config).close()
    assert server.peer.requests[0].headers["authorization"] == "Basic bWU6c2VjcmV0LXdvcmQ="


def test_a_password_in_the_address_becomes_an_option(config: ProducerConfig, server: Switched) -> None:
    secret = server.peer.url.replace("//", "//me:secret%2Dword@")
    config = replace(config, registry=secret)
    assert config.registry == server.peer.url
    assert config.registry_options["basic.auth.user.info"] == Secret("me:secret-word")
    assert "secret-word" not in repr(config.to_dict())
    VQEKafkaProducer(config).close()
    assert server.peer.requests[0].headers["authorization"] == "Basic bWU6c2VjcmV0LXdvcmQ="


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"registry": "ftp://me:secret@a"}, "registry: expected a file or an address of http:// or https://"),
        ({"registry_options": {"timeout": 1}}, "registry_options: set although the registry is a file"),
        ({"registry": "http://a", "registry_options": {"time": 1}}, "did you mean 'timeout'"),
        ({"registry": "http://a", "registry_options": 5}, "registry_options: expected a table"),
        ({"registry": "https://me:secret@a:x"}, "url: expected an address"),
    ],
)
def test_what_cannot_be_meant(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        ProducerConfig.from_dict(settings)
    assert "secret" not in str(caught.value)


def test_the_command_lines_registry_comes_from_line_environment_or_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('registry = "http://file"\n[registry_options]\ntimeout = 3\n"bearer.auth.token" = "t"\n')
    assert configuration(file, {}).registry == "http://file"
    monkeypatch.setenv("SCHEMA_REGISTRY_URL", "http://environment")
    monkeypatch.setenv("SCHEMA_REGISTRY_TIMEOUT", "7")
    known = configuration(file, {})
    assert (known.registry, known.registry_options["timeout"]) == ("http://environment", "7")
    assert known.registry_options["bearer.auth.token"] == Secret("t")
    assert configuration(file, {"registry": "http://line"}).registry == "http://line"
    monkeypatch.setenv("SCHEMA_REGISTRY_BEARER_AUTH_TOKEN", "u")
    assert configuration(file, {}).registry_options["bearer.auth.token"] == Secret("u")
    assert configuration(None, {"registry": str(tmp_path / "r.json")}).registry_options == {}
