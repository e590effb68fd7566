"""A lock between processes that dies with its holder."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

if TYPE_CHECKING:
    from pathlib import Path

RELAY_LOCK: Final = "relay.lock"
COMMIT_LOCK: Final = "commit.lock"
_FIRST_PAUSE: Final = 0.0005
_LONGEST_PAUSE: Final = 0.005
_NOTE_READS: Final = 20
_live: WeakSet[FileLock] = WeakSet()


class FileLock:
    """An exclusive lock on a file, held by this process until `release`, exit or kill.

    It is not for several threads: whoever shares one between threads guards it. The file stays behind;
    removing it while somebody holds it would make two holders.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor: int | None = None
        self.path = path
        _live.add(self)

    @property
    def held(self) -> bool:
        """Whether this process holds it."""
        return self._descriptor is not None

    def acquire(self, timeout: float, note: str = "") -> bool:
        """Wait at most `timeout` seconds; False when somebody else kept it.

        Args:
            timeout: seconds; 0 tries once.
            note: written into the file for those who are refused (`note`).

        Raises:
            OSError: the file cannot be made or opened.
        """
        if self.held:
            # An interrupt came between acquire and the caller's `try`: it is still ours.
            return True
        deadline = time.monotonic() + timeout
        pause = _FIRST_PAUSE
        while not self._try():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST_PAUSE)
        if note:
            self._write(note)
        return True

    def release(self) -> None:
        """Let others in; does nothing when it is not held."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def __del__(self) -> None:
        # A descriptor outlives the object that forgot it, and nobody else could get the lock.
        self.release()

    def note(self) -> str:
        """What the holder wrote about itself; empty when nothing is known."""
        for _ in range(_NOTE_READS):
            try:
                text = self.path.read_text(encoding="utf-8", errors="replace").strip()
            except OSError:
                break
            if text:
                return text
            # The holder may have the lock and not yet have written.
            time.sleep(_LONGEST_PAUSE)
        return ""

    def _try(self) -> bool:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.path, flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The file may have been replaced between open and lock: then the lock guards nothing.
            if os.fstat(descriptor).st_ino == self.path.stat().st_ino:
                self._descriptor = descriptor
        except (BlockingIOError, FileNotFoundError):
            pass
        finally:
            if self._descriptor != descriptor:
                os.close(descriptor)
        return self.held

    def _write(self, note: str) -> None:
        if self._descriptor is not None:
            os.pwrite(self._descriptor, note.encode(), 0)
            os.ftruncate(self._descriptor, len(note.encode()))


class QueuedLock:
    """A `FileLock` that who released it last cannot take again before somebody who waits.

    Whoever wants it holds a second lock while waiting. A process that takes it in a tight loop has to pass
    that one too, so that others get their turn, whatever their luck in polling.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path)
        self._turn = FileLock(path.with_name(f"{path.name}.turn"))

    def acquire(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds; False when others kept it.

        Raises:
            OSError: a file cannot be made or opened.
        """
        deadline = time.monotonic() + timeout
        if not self._turn.acquire(timeout):
            return False
        try:
            return self._lock.acquire(max(0.0, deadline - time.monotonic()))
        finally:
            self._turn.release()

    def release(self) -> None:
        """Let others in; does nothing when it is not held."""
        self._lock.release()


def this_process() -> str:
    """How this process introduces itself to those who wait for it."""
    return f"pid {os.getpid()} on {socket.gethostname()}"


def _forget_after_fork() -> None:
    # A child shares its parent's lock through the copied descriptor and would keep it alive after the
    # parent's death; closing the copy leaves the parent's lock as it is.
    for lock in list(_live):
        lock.release()


os.register_at_fork(after_in_child=_forget_after_fork)
