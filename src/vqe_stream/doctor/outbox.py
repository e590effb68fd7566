"""The disk: where results wait, spill and are claimed from, and the embedded topic log."""

from __future__ import annotations

import os
import stat
import tempfile
import time
from typing import TYPE_CHECKING, Final

from avroforge.delivery import TopicLog, check
from avroforge.delivery.database import is_corruption
from avroforge.delivery.database_file import journal_mode
from avroforge.delivery.file_system import file_system_type, sync_descriptor
from avroforge.errors import OutboxError
from avroforge.shell.terminal import lasting
from vqe_stream.check import Check, Verdict
from vqe_stream.connection import open_outbox, outbox_options

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from avroforge.delivery import Outbox
    from vqe_stream.config import ProducerConfig

_SLOW_FSYNC: Final = 0.2
_OLD_SECONDS: Final = 3600.0
_SALVAGE: Final = "stop its users, keep a copy of the folder, then run 'vqe-stream outbox salvage'"


def look_at_folders(config: ProducerConfig, space: int) -> Iterator[Check]:
    """Each folder that results are written to: private, writable, on a disk with room.

    Args:
        config: the settings.
        space: bytes that the results of the run will take.
    """
    folders = {"outbox folder": (config.outbox_directory, space)}
    if config.spill is not None:
        folders["spill folder"] = (config.spill, space)
    folders["claims folder"] = (config.claims_directory, 0)
    if config.embedded_directory is not None:
        folders["topic log"] = (config.embedded_directory, space)
    for name, (folder, needed) in folders.items():
        yield _folder(name, folder, needed, config if name == "outbox folder" else None)
    if config.spill is not None and _device(config.spill) == _device(config.outbox_directory):
        yield Check(
            "spill folder",
            Verdict.WARNING,
            f"{config.spill}: on the disk of the outbox, so it is full when that is",
            "name a folder on another disk",
        )


def look_at_outbox(config: ProducerConfig) -> Iterator[Check]:
    """What waits in the outbox, whether it is whole, and what would not fit into a record."""
    if not config.outbox_directory.is_dir():
        yield Check("outbox", Verdict.OK, f"{config.outbox_directory}: none yet; the first result makes it")
        return
    try:
        with open_outbox(config) as outbox:
            yield _content(outbox)
            yield from _sizes(outbox, config)
            yield from _budget(outbox, config)
            yield _integrity(outbox)
    except OutboxError as error:
        advice = _SALVAGE if is_corruption(error.__cause__) else ""
        yield Check("outbox", Verdict.FAILURE, str(error), advice)


def look_at_topic_log(config: ProducerConfig, folder: Path) -> Iterator[Check]:
    """Read every entry of the topic in the embedded log."""
    name = f"topic {config.topic}"
    if not folder.is_dir():
        yield Check(name, Verdict.OK, f"{folder}: none yet; the first delivery makes it")
        return
    with TopicLog(folder) as log:
        entries = sum(1 for _ in log.read(config.topic))
    yield Check(name, Verdict.OK, f"{entries} whole records in the embedded log")


def _folder(name: str, folder: Path, needed: int, config: ProducerConfig | None) -> Check:
    there = _nearest(folder)
    if not there.is_dir():
        return Check(name, Verdict.FAILURE, f"{there}: expected a folder, got a file", "name another")
    if there == folder and stat.S_IMODE(folder.stat().st_mode) & 0o077 and config is not None:
        return Check(name, Verdict.FAILURE, f"{folder}: others may enter it", f"run 'chmod 700 {folder}'")
    if not os.access(there, os.W_OK | os.X_OK):
        return Check(
            name, Verdict.FAILURE, f"{there}: not writable for this user", "grant it, or name another"
        )
    if config is not None:
        journal_mode(there, outbox_options(config))
    disk = os.statvfs(there)
    free = disk.f_bavail * disk.f_frsize
    kind = file_system_type(there) or "unknown file system"
    found = f"{folder}: {kind}, {_size(free)} free"
    if free < needed:
        return Check(
            name,
            Verdict.FAILURE,
            f"{found}, the run may need {_size(needed)}",
            "free space, or prune what was sent",
        )
    seconds = _fsync_seconds(there)
    if seconds > _SLOW_FSYNC:
        return Check(name, Verdict.WARNING, f"{found}, a write takes {seconds:.1f} s", "choose a faster disk")
    return Check(name, Verdict.OK, f"{found}, a write takes {seconds * 1000:.1f} ms")


def _fsync_seconds(folder: Path) -> float:
    """How long a durable write takes; it proves that the disk takes one at all."""
    started = time.perf_counter()
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"avroforge")
        file.flush()
        sync_descriptor(file.fileno())
    return time.perf_counter() - started


def _content(outbox: Outbox) -> Check:
    status = outbox.status()
    counts = status.counts
    found = f"{counts.unfinished} waiting, {counts.sent} delivered, {counts.dead} given up"
    if status.damaged:
        names = ", ".join(path.name for path in status.damaged)
        return Check(
            "outbox",
            Verdict.WARNING,
            f"{found}; kept after damage: {names}",
            "look at them, then move them away",
        )
    if counts.dead or status.set_aside:
        return Check(
            "outbox",
            Verdict.WARNING,
            f"{found}; {len(status.set_aside)} spill files set aside",
            "see 'vqe-stream status', then 'vqe-stream outbox requeue'",
        )
    if status.oldest_seconds is not None and status.oldest_seconds > _OLD_SECONDS:
        return Check(
            "outbox",
            Verdict.WARNING,
            f"{found}; the oldest has waited {lasting(status.oldest_seconds)}",
            "run 'vqe-stream relay', and see 'vqe-stream status' for the reason",
        )
    return Check("outbox", Verdict.OK, found)


def _sizes(outbox: Outbox, config: ProducerConfig) -> Iterator[Check]:
    for topic, size in outbox.largest_waiting().items():
        most = config.max_request_size
        if size > most:
            yield Check(
                "outbox",
                Verdict.FAILURE,
                f"{size} bytes wait for {topic} in one result, above max_request_size ({most})",
                "raise max_request_size, and max.message.bytes of the topic with it",
            )


def _budget(outbox: Outbox, config: ProducerConfig) -> Iterator[Check]:
    most = config.outbox_max_bytes
    if most is None:
        return
    used = outbox.database.size()
    found = f"{_size(used)} of {_size(most)} used"
    if most - used < config.max_request_size:
        yield Check(
            "disk budget",
            Verdict.FAILURE,
            f"{found}: the largest result no longer fits",
            "run 'vqe-stream outbox prune', or raise outbox_max_bytes",
        )
    else:
        yield Check("disk budget", Verdict.OK, found)


def _integrity(outbox: Outbox) -> Check:
    findings = check(outbox)
    if not findings:
        return Check("outbox integrity", Verdict.OK, "every page and checksum is right")
    more = f" (and {len(findings) - 1} more)" if findings[1:] else ""
    return Check("outbox integrity", Verdict.FAILURE, f"{findings[0]}{more}", _SALVAGE)


def _nearest(path: Path) -> Path:
    """The path itself, or the closest folder above it that exists: looking must not make any."""
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path


def _device(path: Path) -> int:
    return _nearest(path).stat().st_dev


def _size(number: int) -> str:
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.1f} MB"  # noqa: PLR2004 units
