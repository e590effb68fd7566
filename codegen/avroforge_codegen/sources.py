"""Find and read schema files: the only place of the project that opens an ``.avsc``.

A source has a *name* and a *location*. The name goes into generated files and must not depend on the
machine or on the current directory, so it is relative to the project (`base`), or, for a folder outside
it, starts with that folder's own name. The location is where the file really is.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from avroforge.errors import Diagnostic, SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SUFFIX: Final = ".avsc"
SIZE_LIMIT: Final = 16 * 1024 * 1024
_MISSING: Final = (
    "no such file or folder; name one that is there, or set schemas in [generate] of avroforge.toml"
)
_BYTE_ORDER_MARKS: Final = (
    (b"\xef\xbb\xbf", "UTF-8 with a byte order mark"),
    (b"\xff\xfe", "UTF-16 (little-endian)"),
    (b"\xfe\xff", "UTF-16 (big-endian)"),
)


@dataclass(frozen=True, slots=True)
class SourceSet:
    """Schema texts, in a fixed order.

    Attributes:
        texts: name -> text, sorted by name; what `avroforge.schema.parse_schemas` takes.
        locations: name -> the file's path on disk.
        below_root: name -> path below the folder it was found in, for the rule that path is namespace; the
            whole path of a file that was named itself.
    """

    texts: Mapping[str, str]
    locations: Mapping[str, Path]
    below_root: Mapping[str, str]


@dataclass(slots=True)
class _Reading:
    """What is known while files are collected: one entry per file, one diagnostic per trouble."""

    base: Path
    texts: dict[str, str] = field(default_factory=dict)
    locations: dict[str, Path] = field(default_factory=dict)
    below_root: dict[str, str] = field(default_factory=dict)
    read: set[Path] = field(default_factory=set)
    troubles: list[Diagnostic] = field(default_factory=list)

    def trouble(self, path: str, code: str, message: str, line: int = 0, column: int = 0) -> None:
        self.troubles.append(Diagnostic(code, message, path, line, column))


def read_sources(paths: Iterable[str | Path], *, base: Path | None = None) -> SourceSet:
    """Read files as they are and folders by their ``.avsc`` files, recursively.

    Hidden files and folders are left out. A symbolic link inside a folder is followed while it stays
    inside that folder; each file is read once.

    Args:
        paths: files and folders; relative ones start at the current directory.
        base: the project's folder, the current directory by default; names are relative to it.

    Raises:
        SchemaError: with one diagnostic per file that cannot be read, or one for finding none at all.
    """
    reading = _Reading((base or Path.cwd()).resolve())
    roots = [Path(path) for path in paths]
    for root in roots:
        _read_root(reading, root)
    if not reading.texts and not reading.troubles:
        looked = ", ".join(repr(str(root)) for root in roots) or "nowhere: no path was given"
        message = f"no {SUFFIX} file found (looked in {looked}); name a schema file or a folder with schemas"
        reading.trouble(str(roots[0]) if roots else str(reading.base), "SOURCE_NONE", message)
    if reading.troubles:
        raise SchemaError(sorted(reading.troubles, key=lambda each: (each.path, each.line, each.column)))
    names = sorted(reading.texts)
    return SourceSet(
        texts={name: reading.texts[name] for name in names},
        locations={name: reading.locations[name] for name in names},
        below_root={name: reading.below_root[name] for name in names},
    )


def decode_sources(files: Mapping[str, bytes]) -> dict[str, str]:
    """The texts of schema files that were read elsewhere: from version control, or from an archive.

    Raises:
        SchemaError: with one diagnostic per file that is no text, or too large.
    """
    reading = _Reading(Path())
    for name in sorted(files):
        data = files[name]
        if len(data) > SIZE_LIMIT:
            limit = f"expected at most {SIZE_LIMIT} bytes, got {len(data)}"
            reading.trouble(name, "SOURCE_SIZE", f"{limit}; is this a schema?")
            continue
        text = _decode(reading, name, data)
        if text is not None:
            reading.texts[name] = text
    if reading.troubles:
        raise SchemaError(reading.troubles)
    return reading.texts


def _read_root(reading: _Reading, root: Path) -> None:
    try:
        real = root.resolve(strict=True)
        is_folder = real.is_dir()
    except FileNotFoundError:
        reading.trouble(str(root), "SOURCE_MISSING", _MISSING)
        return
    except (OSError, RuntimeError) as error:
        # RuntimeError: a loop of symbolic links, on Python before 3.13
        reading.trouble(str(root), "SOURCE_READ", f"cannot be read: {_reason(error)}")
        return
    if not is_folder:
        _read_file(reading, real, _name(reading.base, real.parent, real.name), real.as_posix())
        return
    for location, below in _walk(reading, real, real, ""):
        _read_file(reading, location, _name(reading.base, real, below), below)


def _name(base: Path, root: Path, below: str) -> str:
    location = root / below
    if location.is_relative_to(base):
        return location.relative_to(base).as_posix()
    return f"{root.name}/{below}" if root.name else below


def _walk(reading: _Reading, root: Path, folder: Path, below: str) -> Iterator[tuple[Path, str]]:
    """Every schema file under a folder with its path below the root, sorted by name."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        reading.trouble(_name(reading.base, root, below) or str(folder), "SOURCE_READ", _cannot_list(error))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = f"{below}/{entry.name}" if below else entry.name
        if entry.is_symlink() and not _stays_inside(reading, root, Path(entry.path), path):
            continue
        if entry.is_dir():
            # a link to a folder inside the root leads to files that are found at their own place
            if not entry.is_symlink():
                yield from _walk(reading, root, Path(entry.path), path)
        elif entry.name.endswith(SUFFIX):
            yield Path(entry.path), path


def _stays_inside(reading: _Reading, root: Path, link: Path, below: str) -> bool:
    """Whether a symbolic link may be followed; a schema link that may not is a diagnostic."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        if link.name.endswith(SUFFIX):
            reading.trouble(
                _name(reading.base, root, below),
                "SOURCE_READ",
                f"cannot be read: symbolic link to {str(link.readlink())!r}: {_reason(error)}",
            )
        return False
    if target.is_relative_to(root):
        return True
    if target.is_dir() or link.name.endswith(SUFFIX):
        reading.trouble(
            _name(reading.base, root, below),
            "SOURCE_LINK",
            f"symbolic link leads outside {root.name!r}; name its target on the command line instead",
        )
    return False


def _read_file(reading: _Reading, location: Path, name: str, below: str) -> None:
    try:
        real = location.resolve(strict=True)
        if real in reading.read:
            return
        status = real.stat()
        if not stat.S_ISREG(status.st_mode):
            reading.trouble(name, "SOURCE_READ", "cannot be read: expected a regular file")
            return
        if status.st_size > SIZE_LIMIT:
            limit = f"expected at most {SIZE_LIMIT} bytes, got {status.st_size}"
            reading.trouble(name, "SOURCE_SIZE", f"{limit}; is this a schema?")
            return
        data = real.read_bytes()
    except OSError as error:
        reading.trouble(name, "SOURCE_READ", f"cannot be read: {_reason(error)}")
        return
    reading.read.add(real)
    if name in reading.locations:
        message = f"two files get this name: {str(reading.locations[name])!r} and {str(location)!r}"
        reading.trouble(name, "SOURCE_NAME", f"{message}; run from a folder that contains both")
        return
    text = _decode(reading, name, data)
    if text is not None:
        reading.texts[name] = text
        reading.locations[name] = location
        reading.below_root[name] = below


def _decode(reading: _Reading, name: str, data: bytes) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            message = f"expected UTF-8 without a byte order mark, got {encoding}; save it as plain UTF-8"
            reading.trouble(name, "SOURCE_ENCODING", message, 1, 1)
            return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        message = f"expected UTF-8, got byte 0x{data[error.start]:02x}; save the file as UTF-8"
        reading.trouble(name, "SOURCE_ENCODING", message, line, column)
        return None
    if not text.strip():
        message = "file is empty; expected a schema, for example a record with a name and fields"
        reading.trouble(name, "SOURCE_EMPTY", message)
        return None
    return text


def _cannot_list(error: OSError) -> str:
    return f"folder cannot be read: {_reason(error)}"


def _reason(error: OSError | RuntimeError) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "the symbolic links form a loop"
