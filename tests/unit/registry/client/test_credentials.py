from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from tests.unit.registry.client.peer import Request, answer, answering

from avroforge.errors import RegistryAccessError, RegistryTimeoutError
from avroforge.registry.client import (
    BasicAuth,
    BearerToken,
    ClientCredentials,
    RegistrySettings,
    Tenant,
    TokenFile,
    TokenFunction,
)
from avroforge.registry.client.authorization import Authorization
from avroforge.registry.client.exchange import Exchange
from avroforge.secret import Secret

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from tests.unit.registry.client.conftest import MakeClient, MakePeer
    from tests.unit.registry.client.peer import Peer


def sent(asked: Peer) -> list[str | None]:
    """The credentials of each request."""
    return [each.headers.get("authorization") for each in asked.requests]


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_nobody_in_particular(peer: MakePeer, client: MakeClient) -> None:
    good = peer(answering(answer(200, [])))
    client(good.url).subjects()
    assert sent(good) == [None]


def test_user_and_password(peer: MakePeer, client: MakeClient) -> None:
    good = peer(answering(answer(200, [])))
    client(good.url, credentials=BasicAuth("jürgen", Secret("pä:ss"))).subjects()
    assert sent(good) == [basic("jürgen", "pä:ss")]


def test_user_and_password_out_of_the_address(peer: MakePeer, client: MakeClient) -> None:
    good = peer(answering(answer(200, [])))
    registry = client(good.url.replace("http://", "http://me:p%40ss@"))
    registry.subjects()
    assert sent(good) == [basic("me", "p@ss")]
    assert registry.name == good.url
    assert "p@ss" not in repr(registry.settings)
    assert "p%40ss" not in repr(registry.settings)


def test_a_token(peer: MakePeer, client: MakeClient) -> None:
    good = peer(answering(answer(200, [])))
    tenant = Tenant(logical_cluster="lsrc-1", identity_pool="pool-2")
    client(good.url, credentials=BearerToken(Secret("abc"), tenant)).subjects()
    assert sent(good) == ["Bearer abc"]
    assert good.requests[0].headers["target-sr-cluster"] == "lsrc-1"
    assert good.requests[0].headers["confluent-identity-pool-id"] == "pool-2"


def test_a_token_in_a_file_may_be_renewed(peer: MakePeer, client: MakeClient, tmp_path: Path) -> None:
    good = peer(answering(answer(200, [])))
    file = tmp_path / "token"
    registry = client(good.url, credentials=TokenFile(file))
    for token in ("one\n", "two"):
        file.write_text(token)
        registry.subjects()
    assert sent(good) == ["Bearer one", "Bearer two"]


def test_a_file_that_is_not_there(peer: MakePeer, client: MakeClient) -> None:
    good = peer(answering(answer(200, [])))
    with pytest.raises(RegistryAccessError, match=r"bearer.auth.token.file: /no/token: no such file"):
        client(good.url, credentials=TokenFile(Path("/no/token"))).subjects()
    assert good.requests == []


@pytest.mark.parametrize("token", ["", "two words", "line\nfeed", "tök"])
def test_a_token_that_is_none_is_not_sent_and_not_shown(
    peer: MakePeer, client: MakeClient, token: str
) -> None:
    good = peer(answering(answer(200, [])))
    with pytest.raises(match="expected a token of printable ASCII, got none"):
        client(good.url, credentials=TokenFunction(lambda: token)).subjects()
    assert good.requests == []


def test_a_function_is_asked_for_every_request(peer: MakePeer, client: MakeClient) -> None:
    good = peer(answering(answer(200, [])))
    tokens: Iterator[str | dict[str, str]] = iter(
        ["one", {"bearer.auth.token": "two", "bearer.auth.logical.cluster": "lsrc-9"}]
    )
    registry = client(good.url, credentials=TokenFunction(lambda: next(tokens)))
    registry.subjects()
    registry.subjects()
    assert sent(good) == ["Bearer one", "Bearer two"]
    assert good.requests[1].headers["target-sr-cluster"] == "lsrc-9"


def test_a_function_that_fails(peer: MakePeer, client: MakeClient) -> None:
    def fail() -> str:
        raise KeyError("no token for you")

    good = peer(answering(answer(200, [])))
    with pytest.raises(RegistryAccessError, match="the function that gives the token raised KeyError"):
        client(good.url, credentials=TokenFunction(fail)).subjects()


def oauth(url: str) -> ClientCredentials:
    return ClientCredentials(f"{url}/token", "my client", Secret("top&secret"), "schemas")


def numbered(life: object = 3600) -> object:
    """An authorisation server that gives t1, t2, ..."""
    count = [0]

    def behave(_: Request, connection: socket.socket) -> None:
        count[0] += 1
        connection.sendall(answer(200, {"access_token": f"t{count[0]}", "expires_in": life}))

    return behave


def test_an_oauth_token_is_fetched_once(peer: MakePeer, client: MakeClient) -> None:
    good, tokens = peer(answering(answer(200, []))), peer(numbered())
    registry = client(good.url, credentials=oauth(tokens.url))
    registry.subjects()
    registry.subjects()
    assert sent(good) == ["Bearer t1", "Bearer t1"]
    (request,) = tokens.requests
    assert request.headers["authorization"] == basic("my+client", "top%26secret")
    assert parse_qs(request.body.decode()) == {"grant_type": ["client_credentials"], "scope": ["schemas"]}


def test_an_oauth_token_is_fetched_anew_before_it_expires(peer: MakePeer) -> None:
    tokens = peer(numbered(100))
    now = [time.monotonic()]
    exchange = Exchange(RegistrySettings(("http://unused",)))
    authorization = Authorization(oauth(tokens.url), exchange, clock=lambda: now[0])

    def token() -> str:
        return authorization.headers(time.monotonic() + 10)["Authorization"]

    assert token() == "Bearer t1"
    now[0] += 79
    assert token() == "Bearer t1"
    now[0] += 2
    assert token() == "Bearer t2"
    exchange.close()


def test_a_refused_oauth_token_is_replaced_once(peer: MakePeer, client: MakeClient) -> None:
    def behave(request: Request, connection: socket.socket) -> None:
        accepted = request.headers["authorization"] == "Bearer t2"
        connection.sendall(answer(200, []) if accepted else answer(401))

    picky, tokens = peer(behave), peer(numbered())
    registry = client(picky.url, credentials=oauth(tokens.url))
    assert registry.subjects() == ()
    assert sent(picky) == ["Bearer t1", "Bearer t2"]


def test_an_oauth_token_that_is_never_accepted(peer: MakePeer, client: MakeClient) -> None:
    picky, tokens = peer(answering(answer(401))), peer(numbered())
    with pytest.raises(RegistryAccessError, match="not accepted"):
        client(picky.url, credentials=oauth(tokens.url)).subjects()
    assert len(picky.requests) == 2


def test_an_authorisation_server_that_knows_no_such_client(peer: MakePeer, client: MakeClient) -> None:
    good = peer(answering(answer(200, [])))
    tokens = peer(answering(answer(401, {"error": "invalid_client"})))
    with pytest.raises(RegistryAccessError, match=r"server .*/token: gives no token .'invalid_client'"):
        client(good.url, credentials=oauth(tokens.url)).subjects()
    assert good.requests == []
    assert len(tokens.requests) == 1


def test_an_authorisation_server_that_fails_in_passing(peer: MakePeer, client: MakeClient) -> None:
    good = peer(answering(answer(200, [])))
    token = {"access_token": "t", "token_type": "bearer"}
    tokens = peer(answering(answer(503), answer(200, token)))
    client(good.url, credentials=oauth(tokens.url)).subjects()
    assert sent(good) == ["Bearer t"]


def test_an_authorisation_server_that_never_answers(peer: MakePeer, client: MakeClient) -> None:
    def behave(_: Request, __: socket.socket) -> None:
        silent.stopped.wait()

    good, silent = peer(answering(answer(200, []))), peer(behave)
    registry = client(good.url, credentials=oauth(silent.url), timeout=0.2, retries=0)
    with pytest.raises(RegistryTimeoutError, match="authorisation server"):
        registry.subjects()


def test_no_secret_is_in_any_repr() -> None:
    secret = Secret("hidden")
    shown = [BasicAuth("u", secret), BearerToken(secret), ClientCredentials("https://a/t", "id", secret)]
    assert "hidden" not in json.dumps([repr(each) for each in shown])


def test_credentials_in_the_clear_are_warned_of(client: MakeClient, caplog: pytest.LogCaptureFixture) -> None:
    for each in ("http://localhost:1", "http://127.0.0.1:1", "https://elsewhere.invalid"):
        client(each, credentials=BasicAuth("u", Secret("p")))
    client("http://elsewhere.invalid")
    assert caplog.text == ""
    client("http://elsewhere.invalid", credentials=BasicAuth("u", Secret("p")))
    assert "http://elsewhere.invalid: credentials are sent without TLS" in caplog.text
