"""The other side from a folder or an archive."""

from __future__ import annotations

import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from avroforge.errors import ConfigurationError, SchemaError
from avroforge.schema import parse_schemas
from avroforge_codegen.review.side import Side
from avroforge_codegen.review.unchanged import to_parse
from avroforge_codegen.sources import SIZE_LIMIT, SUFFIX, decode_sources, read_sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge.schema import Schema

MOST_FILES: Final = 100_000
MOST_BYTES: Final = 1 << 30


def parse_side(
    title: str,
    files: Mapping[str, tuple[str, bytes]],
    others: Mapping[str, str],
    *,
    file_cycles: bool,
    today: Mapping[str, Schema] | None = None,
) -> Side:
    """Parse schema files of another time or place.

    Args:
        title: what it is called in messages.
        files: source name -> path below its schema folder, and content.
        others: texts of other packages' schemas, which schemas may refer to.
        file_cycles: as in the settings.
        today: today's schemas by source name; they stand for files that are still the same.

    Raises:
        ConfigurationError: there is no schema at all: nothing to compare with is not "nothing breaks".
        SchemaError: the schemas are invalid; paths are led by the title.
    """
    if not files:
        raise ConfigurationError(f"{title}: AGAINST_EMPTY no {SUFFIX} file there, so nothing can be checked")
    try:
        texts = decode_sources({name: data for name, (_, data) in files.items()})
        changed = to_parse(texts, today) if today else set(texts)
        wanted = {name: text for name, text in texts.items() if name in changed}
        parsed = parse_schemas(dict(others) | wanted, file_cycles=file_cycles)
    except SchemaError as error:
        raise SchemaError(
            [replace(each, path=f"{title}: {each.path}") for each in error.diagnostics]
        ) from error
    schemas = {name: parsed[name] if name in wanted or not today else today[name] for name in texts}
    below = {name: below for name, (below, _) in files.items()}
    return Side(title=title, schemas=schemas, below_root=below)


def folder_side(path: Path, others: Mapping[str, str], *, file_cycles: bool) -> Side:
    """The schemas of a folder (or of one file).

    Raises:
        SchemaError: they cannot be read, or are invalid.
    """
    sources = read_sources([path])
    parsed = parse_schemas(dict(others) | dict(sources.texts), file_cycles=file_cycles)
    schemas = {name: parsed[name] for name in sources.texts}
    return Side(title=str(path), base=str(path), schemas=schemas, below_root=sources.below_root)


def archive_side(path: Path, others: Mapping[str, str], *, file_cycles: bool) -> Side:
    """The schemas of a tar (plain or compressed), zip or wheel file, read without unpacking it.

    Raises:
        ConfigurationError: no such archive, or one that is too large to be meant.
        SchemaError: the schemas in it are invalid.
    """
    try:
        members = dict(_zip(path) if zipfile.is_zipfile(path) else _tar(path))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigurationError(f"{path}: ARCHIVE_READ cannot be read: {reason}") from error
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, ValueError, RuntimeError) as error:
        raise ConfigurationError(f"{path}: ARCHIVE_READ no tar or zip archive: {error}") from error
    side = parse_side(str(path), members, others, file_cycles=file_cycles)
    return replace(side, base=str(path))


def _wanted(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(".") and part not in {".", ".."} for part in parts)
    return name.endswith(SUFFIX) and not hidden


def _zip(path: Path) -> Iterator[tuple[str, tuple[str, bytes]]]:
    with zipfile.ZipFile(path) as archive:
        total = 0
        for member in archive.infolist():
            if not member.is_dir() and _wanted(member.filename):
                total = _count(path, member.filename, member.file_size, total)
                with archive.open(member) as file:
                    yield member.filename, (member.filename, file.read(SIZE_LIMIT + 1))


def _tar(path: Path) -> Iterator[tuple[str, tuple[str, bytes]]]:
    with tarfile.open(path) as archive:
        total = 0
        for number, member in enumerate(archive):
            if number > MOST_FILES:
                raise ConfigurationError(f"{path}: ARCHIVE_SIZE more than {MOST_FILES} files in it")
            if member.isfile() and _wanted(member.name):
                total = _count(path, member.name, member.size, total)
                file = archive.extractfile(member)
                if file is not None:
                    yield member.name, (member.name, file.read(SIZE_LIMIT + 1))


def _count(path: Path, name: str, size: int, total: int) -> int:
    if size > SIZE_LIMIT or total + size > MOST_BYTES:
        message = f"ARCHIVE_SIZE {name} has {size} bytes; expected schemas, each of at most {SIZE_LIMIT}"
        raise ConfigurationError(f"{path}: {message}")
    return total + size
