"""Settings in the spelling of Confluent's clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from avroforge.errors import ConfigurationError
from avroforge.registry.client.credentials import (
    BasicAuth,
    BearerToken,
    ClientCredentials,
    Credentials,
    Tenant,
    TokenFile,
    TokenFunction,
)
from avroforge.registry.client.settings import RegistrySettings, TlsFiles
from avroforge.secret import Secret
from avroforge.setting import path, refuse_unknown, seconds, text, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PREFIX: Final = "schema.registry."
_TENANT: Final = ("bearer.auth.logical.cluster", "bearer.auth.identity.pool.id")
_BASIC: Final[Mapping[str, tuple[str, ...]]] = {
    "URL": (),
    "USER_INFO": ("basic.auth.user.info",),
    "SASL_INHERIT": ("sasl.username", "sasl.password"),
}
_BEARER: Final[Mapping[str, tuple[str, ...]]] = {
    "STATIC_TOKEN": ("bearer.auth.token", *_TENANT),
    "FILE": ("bearer.auth.token.file", *_TENANT),
    "OAUTHBEARER": (
        "bearer.auth.issuer.endpoint.url",
        "bearer.auth.client.id",
        "bearer.auth.client.secret",
        "bearer.auth.scope",
        *_TENANT,
    ),
    "CUSTOM": ("bearer.auth.custom.provider.function", "bearer.auth.custom.provider.config"),
}
_SOURCES: Final = ("basic.auth.credentials.source", "bearer.auth.credentials.source")
_TLS: Final = (
    "ssl.ca.location",
    "ssl.certificate.location",
    "ssl.key.location",
    "ssl.key.password",
)
_TIMES: Final[Mapping[str, str]] = {
    "timeout": "timeout",
    "connect.timeout": "connect_timeout",
    "total.timeout": "total_timeout",
}
_MILLISECONDS: Final[Mapping[str, str]] = {
    "retries.wait.ms": "retry_delay",
    "retries.max.wait.ms": "longest_retry_delay",
}
_WITHOUT_EFFECT: Final[Mapping[str, str]] = {
    "cache.capacity": "ids and schemas are kept for the life of the process",
    "cache.latest.ttl.sec": "the latest version is never kept",
    "auto.register.schemas": "it is said where records are written",
}
SETTINGS: Final = (
    "url",
    "proxy",
    "max.retries",
    "max.answer.bytes",
    *_SOURCES,
    *(name for names in (*_BASIC.values(), *_BEARER.values()) for name in names),
    *_TLS,
    *_TIMES,
    *_MILLISECONDS,
)
_SECRETS: Final = frozenset(
    {
        "basic.auth.user.info",
        "bearer.auth.client.secret",
        "bearer.auth.token",
        "proxy",
        "sasl.password",
        "ssl.key.password",
    }
)


def confluent_settings(given: Mapping[str, object]) -> RegistrySettings:
    """The settings out of a configuration as Confluent's clients take it.

    Args:
        given: ``schema.registry.url`` or ``url`` (several addresses with commas between them),
            ``basic.auth.*``, ``bearer.auth.*``, ``ssl.*``, ``timeout`` (seconds), ``max.retries``,
            ``retries.wait.ms``, ``retries.max.wait.ms``, ``proxy``; every name with or without
            ``schema.registry.`` before it. Beyond Confluent's: ``connect.timeout`` and ``total.timeout``
            (seconds), ``max.answer.bytes``, ``bearer.auth.token.file``.

    Raises:
        ConfigurationError: an unknown name (the message has the one probably meant), a missing or
            contradictory value. Values that may be secret are not shown.
    """
    values = _plain(given)
    if "url" not in values:
        raise ConfigurationError("schema.registry.url: missing; expected the address of a registry")
    others: dict[str, Any] = {}
    for name, setting in _TIMES.items():
        if name in values:
            others[setting] = seconds(name, values[name], zero=False)
    for name, setting in _MILLISECONDS.items():
        if name in values:
            others[setting] = seconds(name, values[name], zero=True) / 1000
    for name, setting in (("max.retries", "retries"), ("max.answer.bytes", "max_answer_bytes")):
        if name in values:
            others[setting] = whole(name, values[name], 0)
    if "proxy" in values:
        others["proxy"] = _secret("proxy", values["proxy"])
    return RegistrySettings(
        _addresses(values["url"]), credentials=_credentials(values), tls=_tls(values), **others
    )


def hidden(given: Mapping[str, object]) -> dict[str, object]:
    """The same settings with every value that is a secret as a `Secret`."""
    return {
        key: Secret(value) if isinstance(value, str) and str(key).removeprefix(_PREFIX) in _SECRETS else value
        for key, value in given.items()
    }


def _plain(given: Mapping[str, object]) -> dict[str, object]:
    """The values that are set, by name without prefix."""
    values: dict[str, object] = {}
    for key, value in given.items():
        name = str(key).removeprefix(_PREFIX)
        if name in _WITHOUT_EFFECT:
            raise ConfigurationError(f"{key}: has no effect here ({_WITHOUT_EFFECT[name]}); remove it")
        if name in values:
            raise ConfigurationError(f"{key}: given twice, with and without {_PREFIX!r}")
        if value is not None:
            values[name] = value
    refuse_unknown(values, SETTINGS)
    return values


def _addresses(given: object) -> tuple[Any, ...]:
    """The addresses; what is no text is left to be refused without being shown."""
    listed = given if isinstance(given, list | tuple) else [given]
    split = [each.split(",") if isinstance(each, str) else [each] for each in listed]
    return tuple(each for some in split for each in some if each != "")


def _credentials(values: Mapping[str, object]) -> Credentials | None:
    basic = _source(values, "basic.auth.credentials.source", _BASIC)
    bearer = _source(values, "bearer.auth.credentials.source", _BEARER)
    if basic and bearer:
        raise ConfigurationError(f"{_SOURCES[0]}, {_SOURCES[1]}: both are set; keep one")
    if bearer:
        return _bearer(bearer, values)
    if basic == "USER_INFO":
        user, colon, password = (
            _secret("basic.auth.user.info", values["basic.auth.user.info"]).reveal().partition(":")
        )
        if not colon:
            raise ConfigurationError("basic.auth.user.info: expected 'user:password', got no ':'")
        return BasicAuth(user, Secret(password))
    if basic == "SASL_INHERIT":
        return BasicAuth(
            text("sasl.username", values["sasl.username"]), _secret("sasl.password", values["sasl.password"])
        )
    return None


def _source(values: Mapping[str, object], setting: str, sources: Mapping[str, tuple[str, ...]]) -> str | None:
    """Where credentials come from, by name or by what is set; a setting of another source is an error."""
    given = {name for names in sources.values() for name in names if name in values}
    named = values.get(setting)
    if named is None:
        fitting = [source for source, names in sources.items() if names and given and given <= set(names)]
        if given and not fitting:
            raise ConfigurationError(f"{', '.join(sorted(given))}: do not belong together; set {setting}")
        named = fitting[0] if fitting else None
    elif named not in sources:
        raise ConfigurationError(f"{setting}: expected one of {', '.join(sources)}, got {named!r}")
    if named is None:
        return None
    source = str(named)
    if foreign := sorted(given - set(sources[source])):
        raise ConfigurationError(f"{foreign[0]}: has no effect with {setting} {source}; remove it")
    optional = {*_TENANT, "bearer.auth.scope", "bearer.auth.custom.provider.config"}
    if missing := [name for name in sources[source] if name not in values and name not in optional]:
        raise ConfigurationError(f"{missing[0]}: missing, and {setting} is {source}")
    return source


def _bearer(source: str, values: Mapping[str, object]) -> Credentials:
    cluster, pool = (None if values.get(name) is None else text(name, values[name]) for name in _TENANT)
    tenant = Tenant(logical_cluster=cluster, identity_pool=pool)
    match source:
        case "STATIC_TOKEN":
            return BearerToken(_secret("bearer.auth.token", values["bearer.auth.token"]), tenant)
        case "FILE":
            return TokenFile(path("bearer.auth.token.file", values["bearer.auth.token.file"]), tenant)
        case "OAUTHBEARER":
            scope = values.get("bearer.auth.scope")
            return ClientCredentials(
                text("bearer.auth.issuer.endpoint.url", values["bearer.auth.issuer.endpoint.url"]),
                text("bearer.auth.client.id", values["bearer.auth.client.id"]),
                _secret("bearer.auth.client.secret", values["bearer.auth.client.secret"]),
                None if scope is None else text("bearer.auth.scope", scope),
                tenant,
            )
        case _:
            return TokenFunction(_token_function(values))


def _token_function(values: Mapping[str, object]) -> Callable[[], str | Mapping[str, str]]:
    function = values["bearer.auth.custom.provider.function"]
    config = values.get("bearer.auth.custom.provider.config")
    if not callable(function):
        raise ConfigurationError(
            f"bearer.auth.custom.provider.function: expected a function, got {type(function).__name__}"
        )
    called = function
    return lambda: called(config)


def _tls(values: Mapping[str, object]) -> TlsFiles:
    ca, certificate, key = (
        None if values.get(name) is None else path(name, values[name]) for name in _TLS[:3]
    )
    password = values.get(_TLS[3])
    return TlsFiles(ca, certificate, key, None if password is None else _secret(_TLS[3], password))


def _secret(name: str, value: object) -> Secret:
    """A secret; a message about it shows its type only."""
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{name}: expected a text, got {type(value).__name__}")
    return Secret(value)
