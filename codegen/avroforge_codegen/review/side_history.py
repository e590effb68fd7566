"""The other side from a registry: the committed file, or a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from avroforge.errors import ConfigurationError, MissingExtraError
from avroforge.registry import LocalRegistry
from avroforge.schema import parse_schema
from avroforge.shell.location import shown
from avroforge_codegen.review.side import Side, Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avroforge.registry import SchemaRegistry
    from avroforge.schema import Schema
    from avroforge_codegen.settings import Settings


def baseline_side(value: str, settings: Settings) -> Side:
    """The committed history.

    Raises:
        ConfigurationError: there is none, or its mode is not that of the settings.
        RegistryCorruptError: it cannot be read.
    """
    path = Path(value) if value else Path(shown(settings.root / settings.registry.file))
    if not path.is_file():
        # an absent baseline would pass everything: not checked is not clean
        message = f"{path}: BASELINE_MISSING no registry file there, so nothing can be checked"
        raise ConfigurationError(f"{message}; write it with: avroforge baseline")
    registry = LocalRegistry(path)
    wanted = settings.registry.compatibility
    if not value and registry.compatibility_mode() != wanted:
        message = f"MODE_DIFFERS mode is {registry.compatibility_mode()} here, {wanted} in the settings"
        raise ConfigurationError(f"{path}: {message}; bring it over with: avroforge baseline")
    return history_side(str(path), registry, settings.subjects)


def server_side(url: str, settings: Settings) -> Side:
    """What a registry server holds for the subjects of the settings.

    Raises:
        ConfigurationError: the address is none.
        RegistryUnavailableError: no answer, which says nothing about compatibility.
    """
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(f"--against registry:{url}: expected an address such as https://host:8081")
    try:
        from avroforge.registry.client import HttpRegistry  # noqa: PLC0415 - httpx is an extra
    except ModuleNotFoundError as error:
        raise MissingExtraError("httpx is not installed: pip install 'avroforge[registry]'") from error
    return history_side(url, HttpRegistry(url), settings.subjects)


def history_side(title: str, registry: SchemaRegistry, subjects: Iterable[str]) -> Side:
    """The history of subjects in a registry; those that it does not have are left out."""
    known = set(registry.subjects())
    history: dict[str, tuple[Version, ...]] = {}
    modes = {}
    for subject in subjects:
        modes[subject] = registry.compatibility_mode(subject)
        if subject in known:
            found = [registry.version(subject, number) for number in registry.versions(subject)]
            history[subject] = tuple(
                Version(each.version, each.schema_id, _parse(subject, each.version, each.text))
                for each in found
            )
    return Side(title=title, base=title, history=history, modes=modes)


def _parse(subject: str, number: int, text: str) -> Schema:
    """A registered schema: what a registry accepted once stays in its history, so parsed leniently."""
    return parse_schema(text, path=f"{subject} version {number}", lenient=True)
