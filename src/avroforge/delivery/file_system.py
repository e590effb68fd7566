"""Durable files: private directories, fsync that means it, atomic writes, and the kind of a mount."""

from __future__ import annotations

import fcntl
import os
import stat
import threading
from pathlib import Path
from typing import Final

from avroforge.errors import OutboxError

MEMORY_FILE_SYSTEMS: Final = frozenset({"tmpfs", "ramfs", "devtmpfs", "hugetlbfs"})
NETWORK_FILE_SYSTEMS: Final = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "glusterfs",
        "lustre",
        "gpfs",
        "beegfs",
        "ncpfs",
    }
)
_MOUNTS: Final = Path("/proc/self/mountinfo")


def make_private_directory(path: Path) -> None:
    """Create `path` for its owner only, or check that an existing one is.

    Raises:
        OutboxError: no directory can be made there, or others may enter the one that exists.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = path.stat().st_mode
    except OSError as error:
        raise OutboxError(
            f"{path}: expected a directory that can be created, got {error.strerror}"
        ) from error
    if stat.S_IMODE(mode) & 0o077:
        raise OutboxError(
            f"{path}: expected a directory of its owner alone (0700), got {stat.S_IMODE(mode):04o}; "
            f"run 'chmod 700 {path}' or name a new directory inside it"
        )


def free_name(directory: Path, start: str, end: str = "") -> Path:
    """A path that nothing has yet: `start`, a number, `end`."""
    number = 1
    while (path := directory / f"{start}{number}{end}").exists():
        number += 1
    return path


def sync_descriptor(descriptor: int) -> None:
    """Return when the bytes are on the medium; on macOS plain fsync stops at the drive's cache."""
    full_fsync: int | None = getattr(fcntl, "F_FULLFSYNC", None)
    if full_fsync is None:
        os.fsync(descriptor)
    else:
        fcntl.fcntl(descriptor, full_fsync)


def sync_file(path: Path) -> None:
    """Return when the content of a file is on the medium."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        sync_descriptor(descriptor)
    finally:
        os.close(descriptor)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable: a rename is not, until its directory is."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte, whatever the kernel takes at a time.

    Raises:
        OSError: the medium is full or fails.
    """
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def write_atomically(path: Path, data: bytes) -> None:
    """Put a file at `path`, complete and durable, or nothing at all.

    Raises:
        OSError: the medium is full or fails; no partial file is left under the name.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        try:
            write_all(descriptor, data)
            sync_descriptor(descriptor)
        finally:
            os.close(descriptor)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def file_system_type(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """The kind of file system under `path` (``ext4``, ``tmpfs``), or None where the system does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    target = path.resolve()
    best: tuple[int, str] | None = None
    for line in lines:
        # proc(5): id parent major:minor root mount-point options [optional fields] - type source options
        left, _, right = line.partition(" - ")
        mount_point = Path(_unescape(left.split(" ")[4]))
        depth = len(mount_point.parts)
        # A later line covers an earlier one at the same place.
        if (best is None or depth >= best[0]) and target.is_relative_to(mount_point):
            best = (depth, right.split(" ")[0])
    return best[1] if best else None


def is_network(kind: str) -> bool:
    """Whether a kind of file system lives on another machine; every FUSE file system is taken for one."""
    return kind in NETWORK_FILE_SYSTEMS or kind == "fuse" or kind.startswith("fuse.")


def _unescape(text: str) -> str:
    for code, character in ((r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", "\\")):
        text = text.replace(code, character)
    return text
