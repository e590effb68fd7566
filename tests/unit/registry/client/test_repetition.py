"""When a question is asked again, where, how often, and what is looked up before."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from tests.unit.registry.client.peer import Request, answer, answering
from tests.unit.registry.client.test_failures import closed_port

from avroforge.errors import (
    IncompatibleSchemaError,
    RegistryAnswerError,
    RegistryCertificateError,
    RegistryTimeoutError,
    RegistryUnavailableError,
)
from avroforge.evolution import CompatibilityMode
from avroforge.registry import HttpRegistry, RegistryConfig
from avroforge.registry.client import RegistrySettings
from avroforge.registry.client.question import Question
from avroforge.registry.client.service import Service

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from tests.unit.registry.client.conftest import MakeClient, MakePeer, Pki

DOWN = answer(503, {"error_code": 50003, "message": "leader unknown"})
TEXT = '"int"'
REGISTERED = {"subject": "s", "version": 3, "id": 7, "schema": TEXT}


def service(waits: list[float], *urls: str, **settings: float) -> Service:
    """A service that writes down how long it would wait."""
    return Service(RegistrySettings(urls, **settings), sleep=waits.append)  # type: ignore[arg-type] # numbers all


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_passes_is_asked_again(peer: MakePeer, client: MakeClient, status: int) -> None:
    recovering = peer(answering(answer(status), answer(status), answer(200, ["a"])))
    assert client(recovering.url, retries=2).subjects() == ("a",)
    assert recovering.asked == ["GET /subjects"] * 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_what_does_not_pass_is_asked_once(peer: MakePeer, client: MakeClient, status: int) -> None:
    refusing = peer(answering(answer(status, {"error_code": status, "message": "no"})))
    with pytest.raises(Exception, match="no"):
        client(refusing.url, retries=5).subjects()
    assert len(refusing.requests) == 1


def test_without_retries_there_is_one_attempt(peer: MakePeer, client: MakeClient) -> None:
    down = peer(answering(DOWN))
    with pytest.raises(RegistryUnavailableError):
        client(down.url, retries=0).subjects()
    assert len(down.requests) == 1


def test_waits_grow_and_are_random_from_zero(peer: MakePeer) -> None:
    down = peer(answering(DOWN))
    waits: list[float] = []
    asking = service(waits, down.url, retries=5, retry_delay=0.1, longest_retry_delay=0.4, total_timeout=60.0)
    for _ in range(40):
        with pytest.raises(RegistryUnavailableError):
            asking.ask(Question("GET", ("subjects",)))
    by_attempt = [waits[at::5] for at in range(5)]
    assert [max(each) <= bound for each, bound in zip(by_attempt, (0.1, 0.2, 0.4, 0.4, 0.4), strict=True)]
    assert all(min(each) < 0.5 * max(each) for each in by_attempt)
    assert max(by_attempt[2]) > 0.2
    assert max(waits) <= 0.4
    asking.close()


def test_the_wish_of_a_busy_registry_is_respected(peer: MakePeer) -> None:
    busy = peer(answering(answer(429, Retry_After="3"), answer(200, [])))
    waits: list[float] = []
    asking = service(waits, busy.url, retry_delay=0.0)
    assert asking.ask(Question("GET", ("subjects",))) == []
    assert waits == [3.0]
    asking.close()


def test_a_wish_beyond_the_time_left_ends_the_call_at_once(peer: MakePeer) -> None:
    busy = peer(answering(answer(429, {"error_code": 429, "message": "slow down"}, Retry_After="3600")))
    waits: list[float] = []
    asking = service(waits, busy.url)
    with pytest.raises(RegistryUnavailableError, match=r"slow down.*asked again in 3600 s"):
        asking.ask(Question("GET", ("subjects",)))
    assert waits == []
    asking.close()


def test_the_date_of_a_wish_may_have_passed(peer: MakePeer) -> None:
    busy = peer(answering(answer(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"), answer(200, [])))
    waits: list[float] = []
    asking = service(waits, busy.url, retry_delay=0.0)
    assert asking.ask(Question("GET", ("subjects",))) == []
    assert waits == [0.0]
    asking.close()


def test_all_repetitions_share_one_time(peer: MakePeer, client: MakeClient) -> None:
    def behave(_: Request, __: socket.socket) -> None:
        silent.stopped.wait()

    silent = peer(behave)
    registry = client(silent.url, timeout=0.2, total_timeout=0.5, retries=1000)
    with pytest.raises(RegistryTimeoutError):
        registry.subjects()
    assert 1 <= len(silent.requests) <= 3


def test_the_next_address_is_asked_where_one_does_not_answer(peer: MakePeer, client: MakeClient) -> None:
    good = peer(answering(answer(200, ["a"])))
    registry = client(f"http://127.0.0.1:{closed_port()}", good.url, retries=0)
    assert registry.subjects() == ("a",)


def test_the_address_that_answered_is_asked_first_from_then_on(peer: MakePeer, client: MakeClient) -> None:
    down, good = peer(answering(DOWN)), peer(answering(answer(200, [])))
    registry = client(down.url, good.url)
    for _ in range(3):
        registry.subjects()
    assert (len(down.requests), len(good.requests)) == (1, 3)


def test_addresses_in_one_text(peer: MakePeer) -> None:
    good = peer(answering(answer(200, ["a"])))
    with HttpRegistry(f"http://127.0.0.1:{closed_port()}, {good.url}/") as registry:
        assert registry.subjects() == ("a",)
        assert registry.name.endswith(f",{good.url}")


def test_between_addresses_there_is_no_wait(peer: MakePeer) -> None:
    down, other = peer(answering(DOWN)), peer(answering(DOWN))
    waits: list[float] = []
    asking = service(waits, down.url, other.url, retries=2, retry_delay=1.0)
    with pytest.raises(RegistryUnavailableError, match="leader unknown"):
        asking.ask(Question("GET", ("subjects",)))
    assert [wait == 0 for wait in waits] == [True, False, True, False, True]
    assert len(down.requests) == len(other.requests) == 3
    asking.close()


def test_an_address_with_a_bad_certificate_is_passed_over(
    peer: MakePeer, client: MakeClient, pki: Pki
) -> None:
    bad = peer(answering(answer(200, ["bad"])), pki.server("example.invalid"))
    good = peer(answering(answer(200, ["good"])), pki.server())
    assert client(bad.url, good.url, tls=pki.tls).subjects() == ("good",)
    with pytest.raises(RegistryCertificateError):
        client(bad.url, tls=pki.tls).subjects()


def test_a_refusal_is_an_answer_and_no_reason_to_ask_elsewhere(peer: MakePeer, client: MakeClient) -> None:
    strict = peer(answering(answer(409, {"error_code": 409, "message": "incompatible"})))
    other = peer(answering(answer(200, REGISTERED)))
    with pytest.raises(IncompatibleSchemaError):
        client(strict.url, other.url).register("s", TEXT)
    assert other.requests == []


def losing(times: int, then: Callable[[Request], bytes]) -> Callable[[Request, socket.socket], bool | None]:
    """Hangs up on registrations, so many times, without an answer."""
    left = [times]

    def behave(request: Request, connection: socket.socket) -> bool | None:
        if request.target.endswith("/versions") and left[0]:
            left[0] -= 1
            return False
        connection.sendall(then(request))
        return None

    return behave


def test_a_registration_whose_answer_was_lost_is_looked_up_first(peer: MakePeer, client: MakeClient) -> None:
    losing_one = peer(losing(1, lambda _: answer(200, REGISTERED)))
    registered = client(losing_one.url).register("s", TEXT)
    assert (registered.schema_id, registered.version) == (7, 3)
    assert losing_one.asked == ["POST /subjects/s/versions", "POST /subjects/s"]


def test_a_registration_that_did_not_arrive_is_done_again(peer: MakePeer, client: MakeClient) -> None:
    unknown = answer(404, {"error_code": 40403, "message": "Schema not found"})

    def then(request: Request) -> bytes:
        return answer(200, REGISTERED) if request.target.endswith("/versions") else unknown

    losing_one = peer(losing(1, then))
    assert client(losing_one.url).register("s", TEXT).schema_id == 7
    assert losing_one.asked == [
        "POST /subjects/s/versions",
        "POST /subjects/s",
        "POST /subjects/s/versions",
    ]


def test_a_lost_registration_is_looked_up_at_the_other_address_too(
    peer: MakePeer, client: MakeClient
) -> None:
    first, second = peer(losing(9, lambda _: DOWN)), peer(answering(answer(200, REGISTERED)))
    assert client(first.url, second.url).register("s", TEXT).schema_id == 7
    assert second.asked == ["POST /subjects/s"]


def test_a_registration_that_was_never_sent_needs_no_look(peer: MakePeer, client: MakeClient) -> None:
    good = peer(answering(answer(200, REGISTERED)))
    registry = client(f"http://127.0.0.1:{closed_port()}", good.url)
    assert registry.register("s", TEXT).schema_id == 7
    assert good.asked == ["POST /subjects/s/versions"]


def test_a_lost_deletion_is_not_done_again(peer: MakePeer, client: MakeClient) -> None:
    losing_all = peer(lambda _, __: False)
    with pytest.raises(RegistryAnswerError, match="whether it was done is not known, look before"):
        client(losing_all.url, retries=3).delete_subject("s")
    assert losing_all.asked == ["DELETE /subjects/s"]


def test_a_deletion_that_was_never_sent_is_done_elsewhere(peer: MakePeer, client: MakeClient) -> None:
    good = peer(answering(answer(200, [1, 2])))
    registry = client(f"http://127.0.0.1:{closed_port()}", good.url)
    assert registry.delete_subject("s", permanent=True) == (1, 2)
    assert good.asked == ["DELETE /subjects/s?permanent=true"]


def test_a_setting_is_set_again(peer: MakePeer, client: MakeClient) -> None:
    recovering = peer(answering(DOWN, answer(200, {"compatibility": "FULL"}), answer(200, {})))
    client(recovering.url).update_config(RegistryConfig(CompatibilityMode.FULL), "s")
    assert recovering.asked == ["PUT /config/s", "PUT /config/s", "GET /config/s"]


def test_threads_share_the_client(peer: MakePeer, client: MakeClient) -> None:
    def behave(request: Request, connection: socket.socket) -> None:
        connection.sendall(answer(200, {"schema": f'"{request.target[-1]}"'}))

    busy = peer(behave)
    registry = client(busy.url)
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda at: registry.schema_by_id(at).text, [1, 2, 3, 4, 5, 6, 7, 8] * 10))
    assert texts == [f'"{at}"' for at in range(1, 9)] * 10


def test_after_a_fork_the_child_opens_its_own_connections(peer: MakePeer, client: MakeClient) -> None:
    connections: list[int] = []

    def behave(_: Request, connection: socket.socket) -> None:
        connections.append(connection.getpeername()[1])
        connection.sendall(answer(200, []))

    good = peer(behave)
    registry = client(good.url)
    registry.subjects()
    registry.subjects()
    registry._service._exchange._process = -1  # what a child finds
    registry.subjects()
    assert connections[0] == connections[1] != connections[2]


def test_a_closed_client_opens_new_connections(peer: MakePeer, client: MakeClient) -> None:
    good = peer(answering(answer(200, [])))
    with client(good.url) as registry:
        registry.subjects()
    assert registry.subjects() == ()
    assert threading.active_count() < 50
