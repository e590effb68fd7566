"""Which registry a command is about: the committed file, an environment of the settings, or an address."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from avroforge.errors import ConfigurationError, MissingExtraError
from avroforge.evolution import CompatibilityMode
from avroforge.registry import LocalRegistry
from avroforge.registry.wanted import wanted_alone, wanted_with_references
from avroforge.secret import Secret
from avroforge.shell.location import shown
from avroforge_codegen.settings import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge.registry.interface import SchemaRegistry
    from avroforge.registry.wanted import Wanted
    from avroforge.schema import Schema
    from avroforge_codegen.cli.project import Project
    from avroforge_codegen.settings import Settings

_ENVIRONMENT: Final = "env:"
_FILE: Final = "file:"


@dataclass(frozen=True, slots=True)
class Target:
    """A registry to look at or to write to.

    Attributes:
        name: what the user calls it, without a password.
        file: its file, where it is one.
        settings: how to reach it otherwise, in the spelling of Confluent's clients.
    """

    name: str
    file: Path | None
    settings: Mapping[str, object]

    @property
    def level(self) -> bool:
        """Whether the level of the whole registry is these files' to set: a registry file is theirs alone."""
        return self.file is not None

    @contextmanager
    def open(self) -> Iterator[SchemaRegistry]:
        """The registry, closed in the end.

        Raises:
            ConfigurationError: the settings are wrong.
            MissingExtraError: the client's packages are not installed.
        """
        if self.file is not None:
            yield LocalRegistry(self.file)
            return
        try:
            from avroforge.registry import HttpRegistry, confluent_settings  # noqa: PLC0415 - slow to load

            registry = HttpRegistry(confluent_settings(_revealed(self.settings)))
        except ModuleNotFoundError as error:
            message = f"{error.name} is not installed: pip install 'avroforge[registry]'"
            raise MissingExtraError(message) from error
        except ConfigurationError as error:
            raise ConfigurationError(f"{self.name}: {error}") from error
        try:
            yield registry
        finally:
            registry.close()


def target_of(settings: Settings, asked: str | None) -> Target:
    """The registry that the command line names; the committed file where it names none.

    What an address alone does not say, as credentials, is looked for in the environment.

    Raises:
        ConfigurationError: an unknown environment, or an address that is not of HTTP.
    """
    if asked is None:
        file = Path(shown(settings.root / settings.registry.file))
        return Target(str(file), file, {})
    if asked in settings.registry.environments:
        return Target(asked, None, settings.registry.environments[asked])
    from avroforge.registry import confluent_settings  # noqa: PLC0415 - slow to load
    from avroforge.registry.location import is_address, options_of_environment  # noqa: PLC0415 - as above

    if is_address(asked):
        given = {"url": asked, **options_of_environment(os.environ)}
        return Target(confluent_settings(given).name, None, given)
    if asked.endswith(".json") or os.sep in asked:
        return Target(asked, Path(asked), {})
    known = ", ".join(map(repr, settings.registry.environments)) or "none are set"
    place = shown(settings.file or settings.root / FILE_NAME)
    message = (
        f"no environment {asked!r} in [registry.environments] ({known}), and neither an address nor a file"
    )
    raise ConfigurationError(f"{place}: ENVIRONMENT_UNKNOWN {message}")


def all_targets(settings: Settings) -> list[Target]:
    """The committed file, and every environment."""
    return [target_of(settings, name) for name in (None, *settings.registry.environments)]


def wanted_of(project: Project, target: Target) -> list[Wanted]:
    """What the project's files want the registry to hold, what is needed first.

    Raises:
        ConfigurationError: there is no subject, or a schema cannot be registered with references.
        SchemaError: a schema is wrong.
    """
    schemas = project.parse()
    subjects = project.subject_schemas(schemas)
    levels = {subject: _level(project.settings, target, subject) for subject in subjects}
    if not project.settings.registry.references:
        return wanted_alone(subjects, levels)
    return _with_references(subjects, levels, schemas)


def _with_references(
    subjects: Mapping[str, Schema],
    levels: Mapping[str, CompatibilityMode | None],
    schemas: Mapping[str, Schema],
) -> list[Wanted]:
    try:
        return wanted_with_references(subjects, levels, schemas)
    except ValueError as error:
        raise ConfigurationError(f"{error}; set [registry] references = false") from error


def _level(settings: Settings, target: Target, subject: str) -> CompatibilityMode | None:
    own = settings.registry.modes.get(subject)
    if own is None and target.level:
        return None
    return CompatibilityMode(own or settings.registry.compatibility)


def _revealed(given: Mapping[str, object]) -> dict[str, object]:
    """Values out of the environment and out of files, which a committed file only names."""
    return {name: _value(name, value) for name, value in given.items()}


def _value(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.startswith(_ENVIRONMENT):
        variable = value.removeprefix(_ENVIRONMENT)
        found = os.environ.get(variable)
        if not found:
            raise ConfigurationError(f"{name}: the environment variable {variable} is not set")
        return Secret(found) if name != "url" else found
    if value.startswith(_FILE):
        path = Path(value.removeprefix(_FILE))
        try:
            return Secret(path.read_text(encoding="utf-8").strip())
        except OSError as error:
            raise ConfigurationError(f"{name}: {path}: {error.strerror}") from error
    return value
