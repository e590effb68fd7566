"""From what a user names to a registry: an address is a server, anything else a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.errors import ConfigurationError
from avroforge.registry.client import HttpRegistry
from avroforge.registry.client.confluent import SETTINGS, confluent_settings, hidden
from avroforge.registry.local import LocalRegistry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.registry.interface import SchemaRegistry

URL_VARIABLE: Final = "SCHEMA_REGISTRY_URL"
_VARIABLE_PREFIX: Final = "SCHEMA_REGISTRY_"
_SCHEMES: Final = ("http:", "https:")


def is_address(location: str) -> bool:
    """Whether a location is that of a server.

    Raises:
        ConfigurationError: it is an address that is not of HTTP.
    """
    if location.lstrip().lower().startswith(_SCHEMES):
        return True
    if "://" in location:
        # Not shown: it may hold a password.
        raise ConfigurationError(
            "registry: expected a file or an address of http:// or https://, got another"
        )
    return False


def open_registry(location: str, options: Mapping[str, object] | None = None) -> SchemaRegistry:
    """The registry that a location names; nothing is read or asked yet.

    Args:
        location: a file, or addresses of a server with commas between them.
        options: settings for a server, by Confluent's names (`confluent_settings`).

    Raises:
        ConfigurationError: options for a file, or options or an address that cannot be meant.
        MissingExtraError: a server, and the extra ``registry`` is not installed.
    """
    if is_address(location):
        return HttpRegistry(confluent_settings({"url": location, **(options or {})}))
    if options:
        name = next(iter(options))
        raise ConfigurationError(f"{name}: has no effect on a registry file; remove it, or name a server")
    return LocalRegistry(location)


def options_of_environment(environment: Mapping[str, str]) -> dict[str, object]:
    """Settings for a server out of variables: ``SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO`` and the like.

    A variable is the name of a setting in capitals with underscores; an empty one counts as none.
    """
    variables = {f"{_VARIABLE_PREFIX}{name.replace('.', '_').upper()}": name for name in SETTINGS}
    found: dict[str, object] = {
        variables[variable]: value
        for variable, value in environment.items()
        if variable in variables and variable != URL_VARIABLE and value.strip()
    }
    return hidden(found)
