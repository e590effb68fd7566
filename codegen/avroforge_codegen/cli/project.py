"""What the commands share: settings with the command line over them, and schemas read and parsed."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from avroforge.errors import ConfigurationError, SchemaError
from avroforge.schema import parse_schemas
from avroforge.shell.location import shown
from avroforge_codegen.settings import FILE_NAME, load_settings
from avroforge_codegen.sources import read_sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from avroforge.errors import Diagnostic
    from avroforge.schema import Schema
    from avroforge_codegen.cli import Invocation
    from avroforge_codegen.package_text import PackageText
    from avroforge_codegen.settings import Settings
    from avroforge_codegen.sources import SourceSet


@dataclass(frozen=True, slots=True)
class Project:
    """The settings and the schemas that a command line is about.

    Attributes:
        settings: from avroforge.toml.
        sources: the schema texts.
        asked: the names of those sources that the command line asked about; the others are there
            because schemas refer to them.
        packages: what other generated packages hold, by namespace.
    """

    settings: Settings
    sources: SourceSet
    asked: frozenset[str]
    packages: Mapping[str, PackageText]

    @classmethod
    def open(cls, invocation: Invocation, schemas: Sequence[Path] = ()) -> Project:
        """Read the schemas named on the command line, or those of the settings.

        Raises:
            ConfigurationError: the settings file is wrong.
            SchemaError: a schema file cannot be read.
        """
        settings = load_settings(invocation.config)
        paths = schemas or [Path(shown(settings.root / path)) for path in settings.generate.schemas]
        sources = read_sources(paths, base=settings.root)
        return cls(settings, sources, frozenset(sources.texts), _packages(settings))

    @classmethod
    def open_around(cls, invocation: Invocation, schemas: Sequence[Path]) -> Project:
        """As `open`, with the whole schema folder around each file that lies in one of the settings.

        So a file can be looked at alone although it refers to its neighbours.
        """
        settings = load_settings(invocation.config)
        folders = [settings.root / each for each in settings.generate.schemas]
        around = [
            folder for folder in folders if any(path.is_file() and _lies_in(path, folder) for path in schemas)
        ]
        sources = read_sources([*around, *schemas], base=settings.root)
        asked = (
            name
            for name, location in sources.locations.items()
            if any(_lies_in(location, path) for path in schemas)
        )
        return cls(settings, sources, frozenset(asked), _packages(settings))

    def parse(self) -> dict[str, Schema]:
        """The parsed schemas by source name.

        Raises:
            SchemaError: with every finding of every file, under the paths a user can open.
        """
        with self.real_paths():
            parsed = parse_schemas(
                self.foreign_texts() | dict(self.sources.texts),
                file_cycles=self.settings.generate.file_cycles,
            )
        return {name: parsed[name] for name in self.sources.texts}

    def foreign_texts(self) -> dict[str, str]:
        """The schemas of other packages, which these may refer to."""
        return {path: file.schema for each in self.packages.values() for path, file in each.files.items()}

    def subject_schemas(self, schemas: Mapping[str, Schema]) -> dict[str, Schema]:
        """The schema of every subject of the settings.

        Raises:
            ConfigurationError: there is no subject, or one names a type that no file has as its root.
        """
        place = shown(self.settings.file or self.settings.root / FILE_NAME)
        if not self.settings.subjects:
            message = 'no subject is set; add [subjects] with "my-topic-value" = "my_namespace.MyRecord"'
            raise ConfigurationError(f"{place}: SUBJECTS_MISSING {message}")
        by_name = {each.fullname: each for each in schemas.values()}
        missing = [
            f"{name!r} of subject {subject!r}"
            for subject, name in self.settings.subjects.items()
            if name not in by_name
        ]
        if missing:
            message = f"no schema file has the root type {', '.join(missing)}; check [subjects]"
            raise ConfigurationError(f"{place}: SUBJECT_SCHEMA {message}")
        return {subject: by_name[name] for subject, name in self.settings.subjects.items()}

    @contextmanager
    def real_paths(self) -> Iterator[None]:
        """Let a `SchemaError` leave with file paths instead of source names."""
        try:
            yield
        except SchemaError as error:
            located = [locate(each, self.sources.locations) for each in error.diagnostics]
            raise SchemaError(located) from error


def _packages(settings: Settings) -> Mapping[str, PackageText]:
    if not settings.generate.packages:
        return {}
    from avroforge_codegen.packages import read_packages  # noqa: PLC0415 few projects have other packages

    place = shown(settings.file or settings.root / FILE_NAME)
    return read_packages(settings.generate.packages, [settings.root / settings.generate.out], place)


def _lies_in(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def locate(diagnostic: Diagnostic, locations: Mapping[str, Path]) -> Diagnostic:
    """The diagnostic with the path of the file as seen from the current directory."""
    location = locations.get(diagnostic.path)
    return diagnostic if location is None else replace(diagnostic, path=shown(location))
