"""The server's answers, call by call: status, error code and body."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.registry_suite.http_calls import CALLS, JSON_TYPE, SCENARIOS, V1_TYPE, Raw, body_of

from avroforge.registry.server.route import ROUTES

if TYPE_CHECKING:
    from tests.registry_suite.http_calls import Call, Json


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_calls_are_answered_as_by_confluent(url: str, scenario: str) -> None:
    with httpx.Client(base_url=url, headers={"Content-Type": V1_TYPE}) as client:
        for number, call in enumerate(SCENARIOS[scenario], 1):
            answer = client.send(_request(client, call))
            where = f"call {number}: {call.method} {call.path}: {answer.text}"
            assert answer.status_code == call.status, where
            if isinstance(call.expected, Raw):
                assert answer.text == call.expected, where
            else:
                found = answer.json()
                _check(found, call.expected, where)
            wanted = JSON_TYPE if call.headers.get("Accept") == JSON_TYPE else V1_TYPE
            assert answer.headers["content-type"] == wanted, where


def _request(client: httpx.Client, call: Call) -> httpx.Request:
    # The path as it stands: httpx would decode and encode it again.
    target = httpx.URL(str(client.base_url).rstrip("/")).copy_with(raw_path=call.path.encode())
    return client.build_request(call.method, target, content=body_of(call), headers=call.headers)


def _check(found: Json, expected: Json, where: str) -> None:
    if isinstance(expected, dict):
        assert isinstance(found, dict), where
        for key, value in expected.items():
            assert key in found, f"{where}: {key}"
            _check(found[key], value, f"{where}: {key}")
    elif isinstance(expected, list):
        assert isinstance(found, list), where
        assert len(found) == len(expected), where
        for one, other in zip(found, expected, strict=True):
            _check(one, other, where)
    else:
        assert found == expected, where


def test_there_are_enough_calls_and_every_address_is_called() -> None:
    assert CALLS >= 120
    called = {(call.method, _shape(call.path)) for calls in SCENARIOS.values() for call in calls}
    missing = [
        f"{route.method} {route.path}" for route in ROUTES if (route.method, _shape(route.path)) not in called
    ]
    assert missing == []


def _shape(path: str) -> str:
    """A path with its variables blanked: the segments at the places where variables stand."""
    segments = path.partition("?")[0].split("/")[1:]
    if segments[0] == "contexts" and len(segments) > 2:
        segments = segments[2:]
    places = {"subjects": (1, 3), "config": (1,), "mode": (1,), "compatibility": (2, 4)}.get(
        segments[0], (2,) if segments[:2] in (["schemas", "ids"], ["schemas", "guids"]) else ()
    )
    return "/".join("*" if at in places else each for at, each in enumerate(segments))


def test_an_error_has_code_and_message_and_nothing_else(url: str) -> None:
    answer = httpx.get(f"{url}/subjects/x/versions")
    assert json.loads(answer.content) == {"error_code": 40401, "message": "Subject 'x' not found."}


def test_a_head_request_has_no_body(url: str) -> None:
    answer = httpx.head(f"{url}/subjects")
    assert (answer.status_code, answer.content) == (200, b"")
