"""Which results were processed: on disk for a group, the latest in memory for a reader of its own."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Protocol

from avroforge.delivery.file_system import make_private_directory
from avroforge.errors import DeliveryError

if TYPE_CHECKING:
    from pathlib import Path

WINDOW: Final = 100_000
_LOCK_SECONDS: Final = 10.0


class ReadIds(Protocol):
    """The ids of one topic that were processed."""

    def __contains__(self, result_id: str) -> bool:
        """Whether it was processed."""
        ...

    def add(self, result_id: str) -> None:
        """It was processed."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class RecentIds:
    """The latest ids, as long as the process lives.

    Args:
        window: how many are remembered.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self._window = window
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, result_id: str) -> bool:
        return result_id in self._ids

    def add(self, result_id: str) -> None:
        """Remember it, and forget the oldest when there are too many."""
        self._ids[result_id] = None
        while len(self._ids) > self._window:
            self._ids.popitem(last=False)

    def close(self) -> None:
        """Nothing is open."""


class StoredIds:
    """All ids of a group and a topic, on disk when `add` returns; members on one machine share them.

    Args:
        path: the SQLite file, made where there is none.
        topic: whose ids.

    Raises:
        DeliveryError: the file cannot be made, read or written; so do all methods.
    """

    def __init__(self, path: Path, topic: str) -> None:
        self._path = path
        self._topic = topic
        make_private_directory(path.parent)
        try:
            self._connection = sqlite3.connect(
                path, timeout=_LOCK_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS read (topic TEXT, result_id TEXT, "
                "PRIMARY KEY (topic, result_id)) WITHOUT ROWID"
            )
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def __contains__(self, result_id: str) -> bool:
        try:
            row = self._connection.execute(
                "SELECT 1 FROM read WHERE topic = ? AND result_id = ?", (self._topic, result_id)
            ).fetchone()
        except sqlite3.Error as error:
            raise self._failed(error) from error
        return row is not None

    def add(self, result_id: str) -> None:
        """Write it down, and return when the disk has it."""
        try:
            self._connection.execute("INSERT OR IGNORE INTO read VALUES (?, ?)", (self._topic, result_id))
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _failed(self, error: sqlite3.Error) -> DeliveryError:
        return DeliveryError(f"{self._path}: {error}: the ids that were read cannot be kept")
