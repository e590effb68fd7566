"""Addresses of registries, taken apart so that no message ever shows the password in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urlsplit

from avroforge.errors import ConfigurationError
from avroforge.registry.client.credentials import BasicAuth
from avroforge.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable

_OAUTH_SETTING: Final = "bearer.auth.issuer.endpoint.url"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_BLANK: Final = " "
"""Up to it ASCII has blanks and control characters only."""


def split_address(setting: str, text: object) -> tuple[str, BasicAuth | None]:
    """An http(s) address without user information and without a final slash, and that information.

    Args:
        setting: whose value it is, for the message.
        text: ``https://user:password@host:port/path``; only scheme and host must be there.

    Raises:
        ConfigurationError: no such address; the message shows nothing that could be a password.
    """
    if not isinstance(text, str):
        raise _refused(setting, type(text).__name__)
    stripped = text.strip()
    try:
        parts = urlsplit(stripped)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _refused(setting, str(error).lower()) from None
    if parts.scheme not in ("http", "https") or not host:
        raise _refused(setting, f"scheme {parts.scheme!r}" if host else "no host")
    if parts.query or parts.fragment:
        raise _refused(setting, "a query or a fragment")
    if any(character <= _BLANK for character in stripped):
        raise _refused(setting, "white space or control characters")
    shown = f"[{host}]" if ":" in host else host
    address = f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/')}"
    if parts.username is None:
        return address, None
    return address, BasicAuth(unquote(parts.username), Secret(unquote(parts.password or "")))


def check_token_url(text: str) -> None:
    """Refuse a token endpoint that is no address, or that has a password in it: it is shown in messages.

    Raises:
        ConfigurationError: it is one of these; the message does not show it.
    """
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise _refused(_OAUTH_SETTING, str(error).lower()) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _refused(_OAUTH_SETTING, f"scheme {parts.scheme!r}" if parts.hostname else "no host")
    if parts.username is not None:
        raise _refused(_OAUTH_SETTING, "user information in it; give the client apart")


def is_exposed(address: str) -> bool:
    """Whether what is sent there can be read on the way: plain HTTP to another machine."""
    parts = urlsplit(address)
    return parts.scheme == "http" and (parts.hostname or "") not in _LOOPBACK


def origin_of(location: str) -> str:
    """Scheme, host and port of an address that a server named; no user information, path or query."""
    try:
        parts = urlsplit(location)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that is none"
    if not parts.hostname:
        return "another path of the same host"
    return f"{parts.scheme or 'http'}://{parts.hostname}{port}"


def path_of(segments: Iterable[str]) -> str:
    """A path whose segments are data: slashes and dots in them stay part of their segment."""
    quoted = (quote(each, safe="") for each in segments)
    return "".join("/" + (each.replace(".", "%2E") if each in (".", "..") else each) for each in quoted)


def _refused(setting: str, got: str) -> ConfigurationError:
    return ConfigurationError(f"{setting}: expected an address such as https://registry:8081, got {got}")
