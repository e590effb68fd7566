"""From credentials to the headers of a request; OAuth tokens are fetched when they are needed."""

from __future__ import annotations

import base64
import json
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus, urlencode

from avroforge.errors import (
    RegistryAccessError,
    RegistryAnswerError,
    RegistryUnavailableError,
)
from avroforge.registry.client.credentials import (
    BasicAuth,
    BearerToken,
    ClientCredentials,
    Tenant,
    TokenFile,
    TokenFunction,
)
from avroforge.registry.client.exchange import HttpRequest
from avroforge.registry.client.failure import RequestFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from avroforge.registry.client.credentials import Credentials
    from avroforge.registry.client.exchange import Exchange, HttpAnswer

_OK: Final = 200
_REFUSED: Final = frozenset({400, 401, 403})
_MARGIN: Final = 60.0
_SHARE: Final = 0.2
_DEFAULT_LIFE: Final = 300.0


class Authorization:
    """The headers that say who asks.

    Args:
        credentials: who.
        exchange: how an authorisation server is reached.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        credentials: Credentials | None,
        exchange: Exchange,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._credentials = credentials
        self._clock = clock
        self._exchange = exchange
        self._token: _Token | None = None
        self._lock = threading.Lock()

    @property
    def given(self) -> bool:
        """Whether requests carry credentials at all."""
        return self._credentials is not None

    def headers(self, stop: float) -> dict[str, str]:
        """The headers for the next request.

        Args:
            stop: when to give up on an authorisation server at the latest, on the monotonic clock.

        Raises:
            RequestFailed: the authorisation server gives no token.
            RegistryAccessError: the token's file or function gives none.
        """
        match self._credentials:
            case None:
                return {}
            case BasicAuth(username, password):
                return {"Authorization": f"Basic {_base64(f'{username}:{password.reveal()}')}"}
            case BearerToken(token, tenant):
                return _bearer(token.reveal(), tenant)
            case TokenFile(path, tenant):
                return _bearer(_read_token(path), tenant)
            case TokenFunction(function, tenant):
                return _given(_call(function), tenant)
            case ClientCredentials() as client:
                return _bearer(self._oauth_token(client, stop), client.tenant)

    def renew(self, headers: Mapping[str, str]) -> bool:
        """After a refusal of these headers: whether others can be had."""
        if not isinstance(self._credentials, ClientCredentials):
            return False
        with self._lock:
            if self._token is not None and headers.get("Authorization") == f"Bearer {self._token.text}":
                self._token = None
        return True

    def _oauth_token(self, client: ClientCredentials, stop: float) -> str:
        with self._lock:
            now = self._clock()
            if self._token is None or now >= self._token.renew_at:
                self._token = _fetch(client, self._exchange, now, stop)
            return self._token.text


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    renew_at: float


def _read_token(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "not UTF-8"
        raise RegistryAccessError(f"bearer.auth.token.file: {path}: {said}") from error


def _call(function: Callable[[], str | Mapping[str, str]]) -> str | Mapping[str, str]:
    try:
        return function()
    except Exception as error:
        # The user's own code: whatever it raises means that there is no token now.
        raise RegistryAccessError(
            f"bearer authentication: the function that gives the token raised {type(error).__name__}"
        ) from error


def _bearer(token: str, tenant: Tenant) -> dict[str, str]:
    stripped = token.strip()
    if not stripped or not stripped.isascii() or not stripped.isprintable() or " " in stripped:
        raise RegistryAccessError("bearer authentication: expected a token of printable ASCII, got none")
    headers = {"Authorization": f"Bearer {stripped}"}
    if tenant.logical_cluster:
        headers["target-sr-cluster"] = tenant.logical_cluster
    if tenant.identity_pool:
        headers["Confluent-Identity-Pool-Id"] = tenant.identity_pool
    return headers


def _given(found: str | Mapping[str, str], tenant: Tenant) -> dict[str, str]:
    if isinstance(found, str):
        return _bearer(found, tenant)
    own = Tenant(
        logical_cluster=found.get("bearer.auth.logical.cluster"),
        identity_pool=found.get("bearer.auth.identity.pool.id"),
    )
    return _bearer(found.get("bearer.auth.token", ""), own)


def _fetch(client: ClientCredentials, exchange: Exchange, asked: float, stop: float) -> _Token:
    """Ask for a token (RFC 6749, 4.4); the client's secret goes into the header (2.3.1)."""
    peer = f"authorisation server {client.token_url}"
    form = {"grant_type": "client_credentials", **({"scope": client.scope} if client.scope else {})}
    user = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret.reveal())}"
    request = HttpRequest(
        peer,
        "POST",
        client.token_url,
        {
            "Authorization": f"Basic {_base64(user)}",
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        urlencode(form).encode(),
    )
    try:
        answer = exchange.send(request, stop)
    except RequestFailed as failed:
        # The registry itself was not asked yet.
        raise RequestFailed(failed.error, again=failed.again, arrived=False) from failed
    return _token_of(answer, asked)


def _token_of(answer: HttpAnswer, asked: float) -> _Token:
    try:
        document = json.loads(answer.body.decode())
    except (ValueError, RecursionError):
        document = None
    found = document if isinstance(document, dict) else {}
    if answer.status in _REFUSED:
        said = str(found.get("error", answer.status))[:100]
        raise RegistryAccessError(
            f"{answer.peer}: gives no token ({said!r}); check client id, client secret and scope",
            status=answer.status,
        )
    if answer.status != _OK:
        failed = RegistryUnavailableError(f"{answer.peer}: answered {answer.status}", status=answer.status)
        raise RequestFailed(failed, again=True, arrived=False, wait=answer.retry_after)
    token, life = found.get("access_token"), found.get("expires_in", _DEFAULT_LIFE)
    if not isinstance(token, str) or not isinstance(life, int | float):
        raise RegistryAnswerError(f"{answer.peer}: expected JSON with an 'access_token', got something else")
    return _Token(token, asked + life - min(_MARGIN, _SHARE * life))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
