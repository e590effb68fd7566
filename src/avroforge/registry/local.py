"""The embedded registry: one committed JSON file, replaced as a whole, one writer at a time."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from avroforge.errors import RegistryCorruptError, RegistryUnavailableError
from avroforge.registry.document import load
from avroforge.registry.document_text import dump
from avroforge.registry.state import RegistryState
from avroforge.registry.stored import Result, StoredRegistry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOCK_TIMEOUT: Final = 10.0
_POLL: Final = 0.01


_CREATED: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


class LocalRegistry(StoredRegistry):
    """A registry in a file that is meant to be read, reviewed and committed.

    A path without a file is an empty registry; the first registration writes it. A file that cannot be
    read is an error, at the first use, and is never overwritten.

    Args:
        path: the file, for example ``schemas/registry.json``.
        lock_timeout: seconds to wait for another process that is writing.
    """

    def __init__(self, path: str | os.PathLike[str], *, lock_timeout: float = LOCK_TIMEOUT) -> None:
        store = FileStore(Path(path), lock_timeout=lock_timeout)
        super().__init__(store)
        self.path = Path(path)
        self._file = store

    def check_writable(self) -> None:
        """Find out before anything relies on it whether a registration could be written.

        Makes the folder of the file where it is missing; the file itself stays as it is.

        Raises:
            RegistryUnavailableError: another process held the lock for too long.
            OSError: the file system refuses.
        """
        self._file.check_writable()


class _Snapshot(NamedTuple):
    """A state, and the file version that holds it."""

    signature: tuple[int, int, int]
    data: bytes
    state: RegistryState


def _signature(descriptor: int) -> tuple[int, int, int]:
    found = os.fstat(descriptor)
    return found.st_ino, found.st_mtime_ns, found.st_size


class FileStore:
    """A state in one file; readers never lock, because the file is only ever replaced as a whole."""

    def __init__(self, path: Path, *, lock_timeout: float = LOCK_TIMEOUT) -> None:
        # Resolved, so that a symbolic link stays one when its target is replaced.
        self._path = path.resolve()
        self._shown = str(path)
        self._lock_timeout = lock_timeout
        self._snapshot: _Snapshot | None = None
        self._threads = threading.Lock()

    @property
    def name(self) -> str:
        """``file:`` and the absolute path."""
        return f"file:{self._path}"

    def read(self) -> RegistryState:
        """The state as it is now.

        Raises:
            RegistryCorruptError: the file cannot be read as a registry, or is gone though it was there.
            OSError: the file system refuses.
        """
        return self._load(trusting=True)

    def _load(self, *, trusting: bool) -> RegistryState:
        """The state of the file, parsed only where it is not the one that is remembered.

        Args:
            trusting: take a file with the remembered inode, time and size for the remembered one.
        """
        remembered = self._snapshot
        try:
            with self._path.open("rb") as file:
                signature = _signature(file.fileno())
                if trusting and remembered is not None and remembered.signature == signature:
                    return remembered.state
                data = file.read()
        except FileNotFoundError:
            if remembered is None:
                return RegistryState()
            raise RegistryCorruptError(
                f"{self._shown}: the registry file was there and is gone; restore it from version control"
            ) from None
        known = remembered is not None and remembered.data == data
        state = remembered.state if remembered and known else load(self._text(data), self._shown)
        self._snapshot = _Snapshot(signature, data, state)
        return state

    def update(self, change: Callable[[RegistryState], tuple[RegistryState, Result]]) -> Result:
        """Apply a change with nobody else changing, in this process or another.

        Raises:
            RegistryUnavailableError: another process held the lock for too long.
            RegistryCorruptError: as `read`; the file is left as it is.
            OSError: the file system refuses; the file is as it was before.
        """
        with self._threads, self._locked():
            # Every byte is compared here: the lock is worth nothing if the state under it may be old.
            before = self._load(trusting=False)
            after, result = change(before)
            if after is not before:
                data = dump(after).encode()
                self._snapshot = _Snapshot(self._replace(data), data, after)
        return result

    def check_writable(self) -> None:
        """As `LocalRegistry.check_writable`."""
        with self._threads, self._locked():
            self._beside.unlink(missing_ok=True)
            os.close(os.open(self._beside, _CREATED, 0o666))
            self._beside.unlink()

    def _text(self, data: bytes) -> str:
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise RegistryCorruptError(
                f"{self._shown}:{line}: not UTF-8; restore the file from version control"
            ) from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the directory's advisory lock: the file itself is replaced, so its lock would be lost."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        directory = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self._acquire(directory)
            yield
        finally:
            os.close(directory)

    def _acquire(self, directory: int) -> None:
        deadline = time.monotonic() + self._lock_timeout
        while True:
            try:
                fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise RegistryUnavailableError(
                        f"{self._shown}: another process has been writing for {self._lock_timeout:g} s; "
                        "end it, or try again",
                        error_code=50002,
                    ) from None
                time.sleep(_POLL)
            else:
                return

    @property
    def _beside(self) -> Path:
        """One fixed name: under the lock nobody else uses it, and what a kill leaves is overwritten."""
        return self._path.with_name(f".{self._path.name}.new")

    def _replace(self, data: bytes) -> tuple[int, int, int]:
        """Write beside the file, bring it to the disk, then put it in place in one step."""
        beside = self._beside
        with os.fdopen(os.open(beside, _CREATED, 0o666), "wb") as file:
            if self._path.exists():
                os.fchmod(file.fileno(), self._path.stat().st_mode & 0o777)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            signature = _signature(file.fileno())
        beside.replace(self._path)
        directory = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return signature
