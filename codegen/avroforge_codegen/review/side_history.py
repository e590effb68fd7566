"""The other side from a registry: the committed file, or a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from avroforge.errors import ConfigurationError
from avroforge.registry import LocalRegistry, compatibility_in_force
from avroforge.registry.references import fetch_from, parse_content
from avroforge.shell.location import shown
from avroforge_codegen.review.side import History, Side, Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avroforge.evolution import CompatibilityMode
    from avroforge.registry import RegisteredSchema, SchemaRegistry
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
    wanted, found = settings.registry.compatibility, compatibility_in_force(registry)
    if not value and found != wanted:
        message = f"MODE_DIFFERS mode is {found} here, {wanted} in the settings"
        raise ConfigurationError(f"{path}: {message}; bring it over with: avroforge baseline")
    return history_side(str(path), registry, settings.subjects)


def history_side(title: str, registry: SchemaRegistry, subjects: Iterable[str]) -> Side:
    """A registry as the other side."""
    return Side(title=title, base=title, history=read_history(title, registry, subjects), is_registry=True)


def read_history(name: str, registry: SchemaRegistry, subjects: Iterable[str]) -> History:
    """The versions and modes of subjects in a registry; those that it does not have are left out.

    Raises:
        RegistryError: it cannot be read or reached.
    """
    known = set(registry.subjects())
    versions: dict[str, tuple[Version, ...]] = {}
    modes: dict[str, CompatibilityMode] = {}
    for subject in subjects:
        if subject in known:
            modes[subject] = compatibility_in_force(registry, subject)
            versions[subject] = tuple(
                Version(number, found.schema_id, _parse(registry, found))
                for number in registry.versions(subject)
                for found in [registry.version(subject, number)]
            )
    return History(name, versions, modes)


def _parse(registry: SchemaRegistry, found: RegisteredSchema) -> Schema:
    """A registered schema: what a registry accepted once stays in its history, so parsed leniently."""
    place = f"{found.subject} version {found.version}"
    return parse_content(found, fetch_from(registry), found.subject, path=place, lenient=True)
