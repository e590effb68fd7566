"""Who is let through: hosts, origins, users, sizes."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import socket
import time
from typing import TYPE_CHECKING

import bcrypt
import httpx
import pytest

from avroforge.errors import ConfigurationError
from avroforge.registry import LocalRegistry, MemoryRegistry
from avroforge.registry.server import ServerOptions, Users, serve_in_background

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# bcrypt of "s3cret:é" and of "other"
HASH = "$2b$04$Knt/HE9zJYncKfEla2dgbOaxielcefKg/xqmLw0RAeF34H2gxieBO"
USERS = f"# who\n\nann:{HASH}\nbob:$2b$04$6YZSHtUHMRdQY3GuJD1g.uGv0NjRrsL4sEyI205WycU/xU2ZyQ1c2\n"


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Starts servers on free ports; gives the address."""
    running = []

    def start(**options: object) -> str:
        context = serve_in_background(MemoryRegistry(), ServerOptions(port=0, **options))  # type: ignore[arg-type]  # the tests say what
        running.append(context)
        return context.__enter__()

    yield start
    for each in running:
        each.__exit__(None, None, None)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:1", "localhost", "LOCALHOST:99", "[::1]:1", "10.1.2.3", "mine.example:1"]
)
def test_addresses_and_known_names_are_this_server(serve: Callable[..., str], host: str) -> None:
    url = serve(hosts=frozenset({"Mine.Example"}))
    assert httpx.get(f"{url}/subjects", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example:8081", "127.0.0.1.evil.example", "", "[::1"]
)
def test_a_name_that_points_here_is_not_this_server(serve: Callable[..., str], host: str) -> None:
    answer = httpx.get(f"{serve()}/subjects", headers={"Host": host})
    assert answer.status_code in {400, 421}
    assert "subjects" not in answer.text


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://localhost:1", "http://127.0.0.1:1"]
)
def test_a_page_of_another_server_is_not_answered(serve: Callable[..., str], origin: str) -> None:
    answer = httpx.post(
        f"{serve()}/subjects/a/versions", headers={"Origin": origin}, json={"schema": '"int"'}
    )
    assert answer.status_code == 403
    assert answer.json()["error_code"] == 403


def test_a_page_of_this_server_is_answered(serve: Callable[..., str]) -> None:
    url = serve()
    assert httpx.get(f"{url}/subjects", headers={"Origin": url}).status_code == 200


def test_a_user_needs_the_password(serve: Callable[..., str]) -> None:
    url = serve(users=Users.read(None, USERS))
    for auth, status in {
        None: 401,
        ("ann", "s3cret:é"): 200,
        ("ann", "wrong"): 401,
        ("ann", ""): 401,
        ("eve", "s3cret:é"): 401,
        ("bob", "other"): 200,
        ("bob", "s3cret:é"): 401,
        ("ann", "s3cret:é" + "x" * 100): 401,
    }.items():
        answer = httpx.get(f"{url}/subjects", auth=auth)
        assert answer.status_code == status, auth
        if status == 401:
            assert answer.json() == {"error_code": 401, "message": "Unauthorized"}
            assert answer.headers["www-authenticate"].startswith("Basic realm=")


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic YQ==", "Bearer YQ==", "Basic /////w==", ""])
def test_what_is_no_password_proves_nothing(header: str) -> None:
    users = Users.read(None, USERS)
    assert users is not None
    assert users.knows(header) is None


def test_a_right_password_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    users = Users.read(None, USERS)
    assert users is not None
    header = "Basic " + base64.b64encode("ann:s3cret:é".encode()).decode()
    assert users.knows(header) == "ann"
    monkeypatch.setattr(bcrypt, "checkpw", None)
    assert users.knows(header) == "ann"


def test_the_users_of_a_file_go_before_those_of_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text(f"carl:{HASH}\n")
    file.chmod(0o600)
    users = Users.read(file, USERS)
    assert users is not None
    assert users.knows("Basic " + base64.b64encode("carl:s3cret:é".encode()).decode()) == "carl"
    assert users.knows("Basic " + base64.b64encode("ann:s3cret:é".encode()).decode()) is None
    assert Users.read(None, None) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ann:plain-password\n", ":1: expected name:hash with a bcrypt hash; write it with: htpasswd -B"),
        ("\n# x\nann\n", ":3: expected name:hash"),
        (f":{HASH}", ":1: expected name:hash"),
        ("", "no user in it; write one with: htpasswd -B"),
    ],
)
def test_a_file_without_hashes_is_refused_and_not_shown(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "users"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(ConfigurationError, match=message) as caught:
        Users.read(file, None)
    assert str(file) in str(caught.value)
    assert "plain-password" not in str(caught.value)


def test_a_file_that_others_may_write_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text(USERS)
    file.chmod(0o666)
    with pytest.raises(ConfigurationError, match="others may write this file; run: chmod go-w"):
        Users.read(file, None)


def test_a_body_is_read_up_to_the_limit(serve: Callable[..., str]) -> None:
    url = serve(most_bytes=1000)
    fits = json.dumps({"schema": '"int"', "pad": ""}).encode()
    assert httpx.post(f"{url}/subjects/a/versions", content=fits.ljust(1000)).status_code == 200
    answer = httpx.post(f"{url}/subjects/a/versions", content=fits.ljust(1001))
    assert (answer.status_code, answer.json()["error_code"]) == (413, 413)
    in_pieces = httpx.post(f"{url}/subjects/a/versions", content=iter([b" " * 600] * 2))
    assert in_pieces.status_code == 413


def test_a_client_that_goes_in_the_middle_hurts_nobody(serve: Callable[..., str]) -> None:
    url = serve()
    port = int(url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(
            b"POST /subjects/a/versions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"
        )
    assert httpx.get(f"{url}/subjects").json() == []


def test_each_request_is_logged_on_demand(
    serve: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    url = serve(log_requests=True)
    httpx.get(f"{url}/subjects/a%2Fb/versions?deleted=true")
    httpx.get(f"{url}/subjects", headers={"Host": "evil.example"})
    text = capfd.readouterr().err
    deadline = time.monotonic() + 10
    while text.count("\n") < 2 and time.monotonic() < deadline:  # a line follows its answer
        time.sleep(0.01)
        text += capfd.readouterr().err
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(each["method"], each["path"], each["status"]) for each in lines] == [
        ("GET", "/subjects/a%2Fb/versions", 404),
        ("GET", "/subjects", 421),
    ]
    assert {each["client"] for each in lines} == {"127.0.0.1"}
    assert all(each["milliseconds"] > 0 for each in lines)


def test_a_store_that_cannot_be_written_now_is_a_fault_of_the_server(tmp_path: Path) -> None:
    store = LocalRegistry(tmp_path / "registry.json", lock_timeout=0.05)
    folder = os.open(tmp_path, os.O_RDONLY)
    with serve_in_background(store) as url:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            answer = httpx.post(f"{url}/subjects/a/versions", json={"schema": '"int"'})
            assert (answer.status_code, answer.json()["error_code"]) == (500, 50002)
            assert httpx.get(f"{url}/subjects").json() == []
        finally:
            os.close(folder)
        assert httpx.post(f"{url}/subjects/a/versions", json={"schema": '"int"'}).json() == {"id": 1}


def test_a_store_that_is_damaged_meanwhile_is_a_fault_of_the_server(tmp_path: Path) -> None:
    with serve_in_background(LocalRegistry(tmp_path / "registry.json")) as url:
        (tmp_path / "registry.json").write_text("{")
        answer = httpx.get(f"{url}/subjects")
        assert (answer.status_code, answer.json()["error_code"]) == (500, 50001)
        assert "registry.json:1:2: not JSON" in answer.json()["message"]
