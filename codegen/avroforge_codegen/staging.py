"""Apply an output plan so that a failure, at whatever moment, leaves no half-written file.

Everything is written and synced into a hidden folder beside the targets first, then moved into place. A
failure among the moves puts the old files back.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from avroforge.errors import OutputError
from avroforge.shell.location import shown
from avroforge_codegen.output import Kind, plan, refuse_file_as_root

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from avroforge_codegen.output import Change, Plan

_STAGE_PREFIX: Final = ".avroforge-stage-"
_LOCK_POLL_SECONDS: Final = 0.05


def write(root: Path, files: Mapping[str, str], *, lock_seconds: float = 30.0) -> Plan:
    """Bring the output root to the generated files; what did not change keeps its modification time.

    Args:
        root: the output root, created when missing.
        files: path relative to the root -> text.
        lock_seconds: how long to wait for another run that writes to the same root.

    Returns:
        The plan that was carried out.

    Raises:
        OutputError: a foreign file is in the way, a path is unsafe, another run holds the root, or the
            disk refused; then nothing is changed.
    """
    refuse_file_as_root(root)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _locked(root, lock_seconds):
            planned = plan(root, files)
            planned.refuse_foreign()
            if not planned.is_fresh:
                _carry_out(planned)
            return planned
    except OSError as error:
        place = shown(Path(error.filename)) if isinstance(error.filename, str) else shown(root.absolute())
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"{place}: OUTPUT_WRITE cannot write: {reason}; nothing was changed") from error


@contextlib.contextmanager
def _locked(root: Path, seconds: float) -> Iterator[None]:
    """Hold the output root against a second run; the lock is on the folder, so it leaves no file."""
    handle = os.open(root, os.O_RDONLY)
    try:
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    message = (
                        f"another avroforge run has been writing here for {seconds:g} s; wait for it to end"
                    )
                    raise OutputError(f"{shown(root.absolute())}: OUTPUT_LOCKED {message}") from None
                time.sleep(_LOCK_POLL_SECONDS)
        yield
    finally:
        os.close(handle)


def _carry_out(planned: Plan) -> None:
    # a killed run leaves its stage behind; under the lock it can only be that
    for stale in planned.root.glob(f"{_STAGE_PREFIX}*"):
        shutil.rmtree(stale)
    stage = Path(tempfile.mkdtemp(prefix=_STAGE_PREFIX, dir=planned.root))
    try:
        changes = planned.of(Kind.CREATED, Kind.CHANGED, Kind.ORPHANED)
        for number, change in enumerate(changes):
            _stage(stage, number, planned.root / change.path, change)
        _move(planned.root, stage, changes)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _stage(stage: Path, number: int, target: Path, change: Change) -> None:
    if change.old is not None:
        shutil.copy2(target, stage / f"{number}.old")
    if change.new is None:
        return
    staged = stage / f"{number}.new"
    with staged.open("xb") as file:
        file.write(change.new)
        file.flush()
        os.fsync(file.fileno())
    if change.old is not None:
        shutil.copymode(target, staged)


def _move(root: Path, stage: Path, changes: tuple[Change, ...]) -> None:
    """Put the staged files into place and remove orphans, or put everything back."""
    made = _missing_folders(root, changes)
    done: list[tuple[int, Change]] = []
    try:
        for folder in made:
            folder.mkdir()
        for number, change in enumerate(changes):
            target = root / change.path
            done.append((number, change))
            if change.new is None:
                target.unlink()
            else:
                (stage / f"{number}.new").replace(target)
    except BaseException:
        for number, change in reversed(done):
            _put_back(stage / f"{number}.old", root / change.path, change)
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise
    for change in changes:
        if change.kind is Kind.ORPHANED:
            _remove_empty_folders(root, (root / change.path).parent)
    _sync_folders(root, changes)


def _put_back(saved: Path, target: Path, change: Change) -> None:
    if change.old is not None:
        saved.replace(target)
    else:
        target.unlink(missing_ok=True)


def _missing_folders(root: Path, changes: tuple[Change, ...]) -> list[Path]:
    """The folders to make, parents first."""
    wanted: dict[Path, None] = {}
    for change in changes:
        if change.new is not None:
            for folder in reversed((root / change.path).parents):
                if folder.is_relative_to(root) and not folder.exists():
                    wanted[folder] = None
    return list(wanted)


def _remove_empty_folders(root: Path, folder: Path) -> None:
    """Remove a folder that lost its last file, and its parents; a byte-code cache is no file of anybody's."""
    while folder != root and folder.is_dir():
        left = [entry.name for entry in os.scandir(folder)]
        if left == ["__pycache__"]:
            shutil.rmtree(folder / "__pycache__")
        elif left:
            return
        folder.rmdir()
        folder = folder.parent


def _sync_folders(root: Path, changes: tuple[Change, ...]) -> None:
    """Make the renames durable."""
    for folder in sorted({root, *((root / change.path).parent for change in changes)}):
        if folder.is_dir():
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
