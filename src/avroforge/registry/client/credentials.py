"""Who asks: the kinds of credentials that a registry may want, as settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from avroforge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from avroforge.secret import Secret


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """User name and password, sent with every request."""

    username: str
    password: Secret

    def __post_init__(self) -> None:
        if ":" in self.username:
            raise ConfigurationError("basic authentication: a user name cannot contain ':'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """What a registry with many tenants wants to know beside a token.

    Attributes:
        logical_cluster: sent as ``target-sr-cluster``.
        identity_pool: sent as ``Confluent-Identity-Pool-Id``.
    """

    logical_cluster: str | None = None
    identity_pool: str | None = None


@dataclass(frozen=True, slots=True)
class BearerToken:
    """A token that stays as it is."""

    token: Secret
    tenant: Tenant = field(default_factory=Tenant)


@dataclass(frozen=True, slots=True)
class TokenFile:
    """A token in a file, read for every request: whoever renews it replaces the file."""

    path: Path
    tenant: Tenant = field(default_factory=Tenant)


@dataclass(frozen=True, slots=True)
class TokenFunction:
    """A function that gives the token, called for every request; it does its own caching.

    Attributes:
        function: gives the token, or a mapping with ``bearer.auth.token`` and what a `Tenant` has, as the
            function of Confluent's source ``CUSTOM`` does.
    """

    function: Callable[[], str | Mapping[str, str]]
    tenant: Tenant = field(default_factory=Tenant)


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """OAuth 2.0 client credentials; the token is kept until shortly before it expires.

    Attributes:
        token_url: the authorisation server's token endpoint.
        client_id: who asks.
        client_secret: its secret, sent to that endpoint only.
        scope: what is asked for, names separated by spaces; None: what the server gives by itself.
    """

    token_url: str
    client_id: str
    client_secret: Secret
    scope: str | None = None
    tenant: Tenant = field(default_factory=Tenant)


Credentials: TypeAlias = BasicAuth | BearerToken | TokenFile | TokenFunction | ClientCredentials
