from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.registry.client.peer import answer, answering

from avroforge.errors import ConfigurationError, RegistryUnavailableError

if TYPE_CHECKING:
    from tests.unit.registry.client.conftest import MakeClient, MakePeer

REGISTRY = "http://registry.invalid:8081"


def test_a_configured_proxy_is_asked(peer: MakePeer, client: MakeClient) -> None:
    proxy = peer(answering(answer(200, ["a"])))
    registry = client(REGISTRY, proxy=proxy.url.replace("//", "//me:pw@"))
    assert registry.subjects() == ("a",)
    assert proxy.asked == [f"GET {REGISTRY}/subjects"]
    assert proxy.requests[0].headers["proxy-authorization"] == "Basic bWU6cHc="


def test_the_environment_names_a_proxy(
    peer: MakePeer, client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = peer(answering(answer(200, ["a"])))
    monkeypatch.setenv("HTTP_PROXY", proxy.url.removeprefix("http://"))
    monkeypatch.delenv("REQUEST_METHOD", raising=False)
    assert client(REGISTRY).subjects() == ("a",)
    assert len(proxy.requests) == 1


def test_the_environment_excepts_a_host(
    peer: MakePeer, client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, direct = peer(answering(answer(200, ["proxy"]))), peer(answering(answer(200, ["direct"])))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "localhost")
    assert client(direct.url).subjects() == ("direct",)


def test_a_proxy_for_tls_is_asked_for_a_tunnel(peer: MakePeer, client: MakeClient) -> None:
    proxy = peer(answering(answer(403)))
    registry = client(REGISTRY.replace("http:", "https:"), proxy=proxy.url)
    with pytest.raises(RegistryUnavailableError, match="the proxy refuses"):
        registry.subjects()
    assert proxy.asked == ["CONNECT registry.invalid:8081"]


def test_a_proxy_that_is_none(client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://me:secret@somewhere:1080")
    with pytest.raises(ConfigurationError, match="HTTP_PROXY: expected an address") as caught:
        client(REGISTRY).subjects()
    assert "secret" not in str(caught.value)
