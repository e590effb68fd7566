"""Stored results as files of a folder: a copy of the bucket, or what ``consume`` wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vqe_stream.errors import ResultsUnavailableError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence


class Folder:
    """The ``.json`` files of a folder and of all folders below it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)

    def names(self) -> list[str]:
        """Every name that ends in ``.json``, relative to the folder, sorted."""
        if not self._path.is_dir():
            raise ResultsUnavailableError(
                f"{self._path}: no such folder; name a folder of results, or s3://BUCKET/PREFIX"
            )
        found = (each.relative_to(self._path).as_posix() for each in self._path.rglob("*.json"))
        return sorted(found)

    def read(self, names: Sequence[str]) -> Iterator[bytes]:
        """What stands in each file, in this order."""
        for name in names:
            try:
                yield (self._path / name).read_bytes()
            except OSError as error:
                raise ResultsUnavailableError(f"{self._path / name}: {error.strerror}") from error
