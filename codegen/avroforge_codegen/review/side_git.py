"""The other side from a git commit: schema files, settings and registry file as they were there."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from avroforge.errors import ConfigurationError, RegistryError, SchemaError
from avroforge.registry import LocalRegistry
from avroforge_codegen.review.git import Entry, Repository
from avroforge_codegen.review.side_files import parse_side
from avroforge_codegen.review.side_history import read_history
from avroforge_codegen.settings import FILE_NAME, GenerateSettings, parse_settings
from avroforge_codegen.sources import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge.schema import Schema
    from avroforge_codegen.review.against import Against
    from avroforge_codegen.review.side import History, Side
    from avroforge_codegen.settings import Settings

_SHORT = 12


def git_side(
    against: Against, settings: Settings, others: Mapping[str, str], today: Mapping[str, Schema]
) -> Side:
    """The project as it was at a commit.

    Args:
        against: the ref.
        settings: today's settings, which say where the project is.
        others: texts of other packages' schemas, which schemas may refer to.
        today: today's schemas by source name.

    Raises:
        ConfigurationError: the commit, or something of it, cannot be had.
        SchemaError: the schemas there are invalid.
    """
    repository = Repository(settings.root)
    commit = repository.commit(against.value)
    base = commit if against.exact else repository.merge_base(commit, against.value)
    return _Commit(repository, base, settings, others, today).side(against, moved=base != commit)


class _Commit:
    """One commit, seen from the project."""

    def __init__(
        self,
        repository: Repository,
        commit: str,
        now: Settings,
        others: Mapping[str, str],
        today: Mapping[str, Schema],
    ) -> None:
        self._repository = repository
        self._commit = commit
        self._now = now
        self._others = others
        self._today = today
        self._prefix = f"{self._inside(now.root)}/" if self._inside(now.root) != "." else ""
        self._notes: list[str] = []

    def side(self, against: Against, *, moved: bool) -> Side:
        settings = self._settings()
        files = self._schemas(settings)
        short = self._commit[:_SHORT]
        where = f"the commit {short} where it was left" if moved else short
        title = f"git {against.value} ({where})"
        cycles = self._file_cycles(settings)
        files = {name.removeprefix(self._prefix): found for name, found in files.items()}
        side = parse_side(title, files, self._others, file_cycles=cycles, today=self._today)
        return replace(
            side,
            base=self._commit,
            settings=settings,
            history=self._history(settings),
            notes=tuple(self._notes),
        )

    def _file_cycles(self, settings: Settings | None) -> bool:
        generate: GenerateSettings = (settings or self._now).generate
        return generate.file_cycles

    def _inside(self, path: Path) -> str:
        """A path of the project as git names it.

        Raises:
            ConfigurationError: it lies outside the repository.
        """
        real = path.resolve()
        root = self._repository.root.resolve()
        if not real.is_relative_to(root):
            message = f"GIT_OUTSIDE lies outside the repository {root}; compare with dir:FOLDER instead"
            raise ConfigurationError(f"{path}: {message}")
        return real.relative_to(root).as_posix()

    def _text(self, path: Path) -> str | None:
        """A file of the commit, None where it was not there."""
        inside = self._inside(path)
        entries = [each for each in self._repository.below(self._commit, inside) if each.path == inside]
        data = self._repository.blobs(entries).get(inside)
        return None if data is None else data.decode("utf-8", "replace")

    def _settings(self) -> Settings | None:
        file = self._now.file or self._now.root / FILE_NAME
        text = self._text(file)
        if text is None:
            return None
        try:
            return parse_settings(text, path=f"{FILE_NAME} at {self._commit[:_SHORT]}", file=file)
        except ConfigurationError as error:
            first = str(error).splitlines()[0]
            self._notes.append(f"the old settings cannot be read, so today's count for both sides: {first}")
            return None

    def _history(self, settings: Settings | None) -> History | None:
        """The committed registry file as it was, None where there was none."""
        file = (settings or self._now).registry.file
        text = self._text(self._now.root / file)
        if text is None:
            return None
        name = f"{file} at {self._commit[:_SHORT]}"
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "registry.json"
            place.write_text(text, encoding="utf-8")
            try:
                registry = LocalRegistry(place)
                return read_history(name, registry, registry.subjects())
            except (RegistryError, SchemaError) as error:
                reason = str(error).replace(str(place), name).splitlines()[0]
                self._notes.append(f"the old registry file cannot be read, so it is not compared: {reason}")
                return None

    def _schemas(self, settings: Settings | None) -> dict[str, tuple[str, bytes]]:
        """Source name -> path below its schema folder, and content."""
        found: dict[str, tuple[str, bytes]] = {}
        folders = (settings or self._now).generate.schemas
        for folder in folders:
            found.update(self._folder(self._inside(self._now.root / folder)))
        if not found:
            listed = ", ".join(folders)
            found.update(self._folder(""))
            if found:
                self._notes.append(
                    f"there was no schema in {listed} at {self._commit[:_SHORT]}, so every {SUFFIX} file of "
                    "that commit is compared"
                )
        return found

    def _folder(self, folder: str) -> Iterator[tuple[str, tuple[str, bytes]]]:
        link = self._repository.gitlink(self._commit, folder) if folder else None
        if link is None:
            yield from _files(self._repository, self._commit, folder, "")
            return
        path, commit = link
        place = self._repository.root / path
        inside = PurePosixPath(folder).relative_to(path).as_posix()
        inner = Repository(place) if (place / ".git").exists() else None
        if inner is None or inner.root.resolve() == self._repository.root.resolve():
            message = f"GIT_SUBMODULE submodule {path!r} is not checked out"
            raise ConfigurationError(f"{place}: {message}; get it with: git submodule update --init {path}")
        try:
            inner.commit(commit)
        except ConfigurationError:
            message = f"GIT_SUBMODULE submodule {path!r} lacks the commit {commit}"
            way = f"get it with: git -C {path} fetch origin {commit}"
            raise ConfigurationError(f"{place}: {message}; {way}") from None
        yield from _files(inner, commit, "" if inside == "." else inside, f"{path}/")


def _files(
    repository: Repository, commit: str, folder: str, prefix: str
) -> Iterator[tuple[str, tuple[str, bytes]]]:
    entries = [each for each in repository.below(commit, folder) if _is_schema(each, folder)]
    for path, data in repository.blobs(entries).items():
        below = path if folder in {"", "."} or path == folder else path[len(folder) + 1 :]
        yield prefix + path, (below, data)


def _is_schema(entry: Entry, folder: str) -> bool:
    """As for files on disk: hidden files and folders are left out."""
    below = entry.path[len(folder) :].strip("/") if folder not in {"", "."} else entry.path
    hidden = any(part.startswith(".") for part in below.split("/") if part)
    return entry.path.endswith(SUFFIX) and not hidden
