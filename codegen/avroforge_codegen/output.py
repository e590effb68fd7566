"""Write generated files: the only place of the generator that changes the disk.

`plan` compares what was generated with what is there; `write` brings the folder to it. Files of ours are
known by their first line, so that a file somebody wrote by hand is never overwritten and never deleted.
A generated package folder holds generated modules only: a foreign module in it is reported, because
it would be imported as a part of the package and nobody would regenerate it.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from avroforge.errors import Diagnostic, OutputError
from avroforge.shell.location import shown
from avroforge_codegen.header import HEADER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MARKER: Final = HEADER.encode()
"""How the first line of every generated module starts."""

_MODULE_SUFFIXES: Final = (".py", ".pyi")
_CACHE_FOLDER: Final = "__pycache__"


class Kind(Enum):
    """How a file on disk stands to what was generated."""

    CREATED = "created"
    CHANGED = "changed"
    ORPHANED = "orphaned"
    SAME = "same"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Change:
    """One file: its path below the root, how it stands, its bytes now and as generated."""

    path: str
    kind: Kind
    old: bytes | None
    new: bytes | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to happen below `root`, one change per file, sorted by path."""

    root: Path
    changes: tuple[Change, ...]

    def of(self, *kinds: Kind) -> tuple[Change, ...]:
        """The changes of these kinds."""
        return tuple(change for change in self.changes if change.kind in kinds)

    @property
    def is_fresh(self) -> bool:
        """Whether the folder holds exactly what was generated."""
        return all(change.kind is Kind.SAME for change in self.changes)

    def refuse_foreign(self) -> None:
        """Raise if a file that is not ours stands in the way.

        Raises:
            OutputError: with one line per foreign file and the way out.
        """
        foreign = self.of(Kind.FOREIGN)
        if foreign:
            raise OutputError("\n".join(_line(self.root, each.path, each.reason) for each in foreign))


def plan(root: Path, files: Mapping[str, str]) -> Plan:
    """Compare generated files with the disk; changes nothing.

    Orphans and foreign modules are looked for in the package folders that `files` names, so that two
    packages may be generated into one root, or into a folder with packages of other kinds.

    Args:
        root: the output root; need not exist.
        files: path relative to the root (``/`` between parts) -> text.

    Raises:
        OutputError: a path leads outside the root, or through a symbolic link.
    """
    root = root.resolve()
    refuse_file_as_root(root)
    _refuse_unsafe_paths(root, files)
    changes = [_compare(root, path, text) for path, text in files.items()]
    listed = {os.path.normcase(path) for path in files}
    for package in _packages(files):
        changes.extend(
            change
            for path in _walk(root, package)
            if os.path.normcase(path) not in listed and (change := _stray(root, path)) is not None
        )
    return Plan(root, tuple(sorted(changes, key=lambda change: change.path)))


def diff(planned: Plan) -> str:
    """The plan as a unified diff, from the disk to what was generated."""
    lines: list[str] = []
    for change in planned.of(Kind.CREATED, Kind.CHANGED, Kind.ORPHANED):
        old = (change.old or b"").decode("utf-8", "backslashreplace").splitlines(keepends=True)
        new = (change.new or b"").decode("utf-8").splitlines(keepends=True)
        before = "/dev/null" if change.kind is Kind.CREATED else f"a/{change.path}"
        after = "/dev/null" if change.kind is Kind.ORPHANED else f"b/{change.path}"
        lines.extend(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in difflib.unified_diff(old, new, before, after)
        )
    return "".join(lines)


def refuse_file_as_root(root: Path) -> None:
    """Raise if the output root is something else than a folder.

    Raises:
        OutputError: a file stands there.
    """
    if root.exists() and not root.is_dir():
        raise OutputError(_line(root, "", "OUTPUT_ROOT expected a folder, got a file; choose another --out"))


def _compare(root: Path, path: str, text: str) -> Change:
    new = text.encode("utf-8")
    target = root / path
    if target.is_symlink():
        reason = (
            "OUTPUT_FOREIGN expected a generated file, got a symbolic link; remove it or choose another --out"
        )
        return Change(path, Kind.FOREIGN, None, new, reason)
    if not target.exists():
        return Change(path, Kind.CREATED, None, new)
    if not target.is_file():
        reason = "OUTPUT_FOREIGN expected a generated file, got a folder; move it or choose another --out"
        return Change(path, Kind.FOREIGN, None, new, reason)
    old = target.read_bytes()
    if old == new:
        return Change(path, Kind.SAME, old, new)
    if old and not old.startswith(MARKER):
        reason = (
            "OUTPUT_FOREIGN not written by avroforge (no header line), so it is not overwritten; "
            "move it away, delete it, or choose another --out"
        )
        return Change(path, Kind.FOREIGN, old, new, reason)
    return Change(path, Kind.CHANGED, old, new)


def _stray(root: Path, path: str) -> Change | None:
    """A file of a package folder that is not generated (any more); None for what is nobody's business."""
    target = root / path
    old = target.read_bytes() if target.is_file() and not target.is_symlink() else b""
    if old.startswith(MARKER):
        return Change(path, Kind.ORPHANED, old, None)
    if not path.endswith(_MODULE_SUFFIXES):
        return None
    reason = (
        "OUTPUT_FOREIGN not written by avroforge, in a folder of generated modules; "
        "move it to a package of its own, or delete it"
    )
    return Change(path, Kind.FOREIGN, old, None, reason)


def _packages(files: Mapping[str, str]) -> list[str]:
    """The outermost folders that receive a file directly."""
    folders = {PurePosixPath(path).parent for path in files} - {PurePosixPath()}
    return sorted(str(each) for each in folders if folders.isdisjoint(each.parents))


def _walk(root: Path, below: str) -> Iterator[str]:
    """Every file under a folder, except hidden ones and byte-code caches; links are not followed."""
    folder = root / below
    if not folder.is_dir():
        return
    for entry in sorted(os.scandir(folder), key=lambda each: each.name):
        if entry.name.startswith(".") or entry.name == _CACHE_FOLDER:
            continue
        path = f"{below}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, path)
        else:
            yield path


def _refuse_unsafe_paths(root: Path, files: Mapping[str, str]) -> None:
    seen: dict[str, str] = {}
    for path in files:
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or "\\" in path or "\0" in path:
            raise OutputError(_line(root, path, "OUTPUT_OUTSIDE refusing to write outside the output root"))
        # a file system may ignore case: two such files would overwrite each other there
        other = seen.setdefault(path.casefold(), path)
        if other != path:
            raise OutputError(_line(root, path, f"OUTPUT_CASE differs from {other!r} only in case"))
        for depth in range(1, len(parts)):
            folder = root.joinpath(*parts[:depth])
            if folder.is_symlink():
                reason = "OUTPUT_OUTSIDE refusing to write through a symbolic link; remove it or change --out"
                raise OutputError(_line(root, "/".join(parts[:depth]), reason))
            if folder.exists() and not folder.is_dir():
                reason = "OUTPUT_FOREIGN expected a folder, got a file; move it or choose another --out"
                raise OutputError(_line(root, "/".join(parts[:depth]), reason))


def _line(root: Path, path: str, reason: str) -> str:
    code, _, message = reason.partition(" ")
    return str(Diagnostic(code, message, shown(root / path)))
