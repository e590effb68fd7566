from __future__ import annotations

from pathlib import Path

import pytest

from avroforge.errors import ConfigurationError
from avroforge.registry import RegistrySettings, confluent_settings
from avroforge.registry.client import (
    BasicAuth,
    BearerToken,
    ClientCredentials,
    Tenant,
    TlsFiles,
    TokenFile,
    TokenFunction,
)
from avroforge.secret import Secret

URL = {"schema.registry.url": "https://a:8081/"}


OAUTH = URL | {
    "bearer.auth.issuer.endpoint.url": "https://idp/token",
    "bearer.auth.client.id": "me",
    "bearer.auth.client.secret": "s",
}


def test_the_address_alone() -> None:
    assert confluent_settings(URL) == RegistrySettings(("https://a:8081",))


def test_every_name_with_and_without_prefix() -> None:
    given = {
        "url": "http://a:1, https://b/path/",
        "basic.auth.user.info": "me:pass:word",
        "schema.registry.ssl.ca.location": "/ca.pem",
        "ssl.certificate.location": "/c.pem",
        "ssl.key.location": "/k.pem",
        "ssl.key.password": "kp",
        "timeout": 7,
        "connect.timeout": "1.5",
        "total.timeout": 30,
        "max.retries": "5",
        "retries.wait.ms": 250,
        "retries.max.wait.ms": 4000,
        "max.answer.bytes": 1000,
        "proxy": "http://user:pw@proxy:3128",
    }
    settings = confluent_settings(given)
    assert settings == RegistrySettings(
        ("http://a:1", "https://b/path"),
        credentials=BasicAuth("me", Secret("pass:word")),
        tls=TlsFiles(Path("/ca.pem"), Path("/c.pem"), Path("/k.pem"), Secret("kp")),
        proxy="http://user:pw@proxy:3128",
        connect_timeout=1.5,
        timeout=7.0,
        total_timeout=30.0,
        retries=5,
        retry_delay=0.25,
        longest_retry_delay=4.0,
        max_answer_bytes=1000,
    )
    assert not any(secret in repr(settings) for secret in ("pass:word", "kp'", "pw"))


def test_user_information_in_the_address() -> None:
    settings = confluent_settings({"url": "https://me:pa%3Ass@a", "basic.auth.credentials.source": "URL"})
    assert settings.credentials == BasicAuth("me", Secret("pa:ss"))
    assert settings.name == "https://a"


def test_the_credentials_of_kafka() -> None:
    settings = confluent_settings(
        URL
        | {
            "basic.auth.credentials.source": "SASL_INHERIT",
            "sasl.username": "me",
            "sasl.password": Secret("pw"),
        }
    )
    assert settings.credentials == BasicAuth("me", Secret("pw"))


def test_bearer_tokens() -> None:
    tenant = {"bearer.auth.logical.cluster": "lsrc-1", "bearer.auth.identity.pool.id": "pool-1"}
    known = Tenant(logical_cluster="lsrc-1", identity_pool="pool-1")
    static = {"bearer.auth.credentials.source": "STATIC_TOKEN", "bearer.auth.token": "t"}
    assert confluent_settings(URL | static | tenant).credentials == BearerToken(Secret("t"), known)
    assert confluent_settings(URL | {"bearer.auth.token.file": "/t"}).credentials == TokenFile(Path("/t"))
    oauth = {
        "bearer.auth.credentials.source": "OAUTHBEARER",
        "bearer.auth.issuer.endpoint.url": "https://idp/token",
        "bearer.auth.client.id": "me",
        "bearer.auth.client.secret": "s",
    }
    assert confluent_settings(URL | oauth).credentials == ClientCredentials(
        "https://idp/token", "me", Secret("s")
    )


def test_a_function_of_the_users_own() -> None:
    given = {
        "bearer.auth.custom.provider.function": lambda config: {"bearer.auth.token": config["t"]},
        "bearer.auth.custom.provider.config": {"t": "abc"},
    }
    credentials = confluent_settings(URL | given).credentials
    assert isinstance(credentials, TokenFunction)
    assert credentials.function() == {"bearer.auth.token": "abc"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "schema.registry.url: missing"),
        (URL | {"basic.auth.userinfo": "a:b"}, "did you mean 'basic.auth.user.info'"),
        (URL | {"schema.registry.ssl.ca.locaton": "x"}, "did you mean 'ssl.ca.location'"),
        (URL | {"url": "https://b"}, "url: given twice"),
        (URL | {"cache.capacity": 10}, "cache.capacity: has no effect here"),
        (URL | {"basic.auth.user.info": "nocolon"}, "expected 'user:password', got no ':'"),
        (URL | {"basic.auth.user.info": 5}, "basic.auth.user.info: expected a text, got int"),
        (URL | {"sasl.username": "me"}, "sasl.password: missing, and .* is SASL_INHERIT"),
        (
            URL | {"basic.auth.credentials.source": "URL", "basic.auth.user.info": "a:b"},
            "basic.auth.user.info: has no effect with basic.auth.credentials.source URL",
        ),
        (URL | {"basic.auth.credentials.source": "FILE"}, "expected one of URL, USER_INFO, SASL_INHERIT"),
        (URL | {"bearer.auth.credentials.source": "STATIC_TOKEN"}, "bearer.auth.token: missing"),
        (
            URL | {"bearer.auth.token": "a", "bearer.auth.client.id": "b"},
            "bearer.auth.client.id, bearer.auth.token: do not belong together",
        ),
        (URL | {"bearer.auth.token": "a", "basic.auth.user.info": "a:b"}, "both are set; keep one"),
        (
            {"url": "https://a:b@c", "basic.auth.user.info": "a:b"},
            "stand in an address and are given elsewhere too",
        ),
        (URL | {"bearer.auth.custom.provider.function": "x"}, "expected a function, got str"),
        (URL | {"timeout": 0}, "timeout: expected seconds, more than 0"),
        (URL | {"max.retries": -1}, "max.retries: expected a whole number, 0 or more"),
        (URL | {"ssl.key.location": "/k"}, "a key without a certificate"),
        ({"url": "ftp://me:secret@a"}, "url: expected an address such as https://registry:8081, got scheme"),
        ({"url": "https://me:secret@"}, "got no host"),
        ({"url": "https://me:secret@a:port"}, "url: expected an address"),
        ({"url": "https://a/?x=secret"}, "got a query or a fragment"),
        ({"url": "https://a b"}, "got white space"),
        ({"url": ""}, "expected at least one address"),
        ({"url": ["https://me:secret@a", 5]}, "url: .* got int"),
        (
            OAUTH | {"bearer.auth.issuer.endpoint.url": "https://me:secret@a"},
            "user information",
        ),
        (OAUTH | {"bearer.auth.issuer.endpoint.url": "idp.secret"}, "no host"),
        (URL | {"proxy": "socks5://me:secret@p"}, "proxy: expected an address such as"),
    ],
)
def test_what_cannot_be_meant(given: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        confluent_settings(given)
    assert "secret" not in str(caught.value)
