"""How long a result takes to be durable, beside a plain write and fsync of the same bytes.

Both are measured in turn, in one run and one directory, so that the disk's moods hit both. The ratio is the
figure; the times only say what kind of disk it was.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from avroforge.delivery import Outbox, OutboxOptions, OutboxRecord, Relay, RelayOptions, TopicLog

if TYPE_CHECKING:
    from collections.abc import Callable

Step: TypeAlias = "tuple[list[float], Callable[[], object]]"
CASES = ((30_000, 200), (335_000, 100), (3_300_000, 60))


class OneId:
    """A framer that needs no registry."""

    def schema_id(self, *_: str) -> int:
        """Always 1."""
        return 1


def timed(action: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def plain_write(path: Path, data: bytes) -> None:
    """A new file, written and on the medium."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def quantile(times: list[float], share: float) -> float:
    """The time that this share of the calls did not exceed."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def measure(directory: Path, size: int, rounds: int) -> str:
    """One line of the table."""
    options = OutboxOptions(allow_memory_file_system=True)
    appends: list[float] = []
    writes: list[float] = []
    deliveries: list[float] = []
    with Outbox.open(directory / f"outbox-{size}", options) as outbox:
        relay = Relay(outbox, TopicLog(directory / "topics"), OneId(), RelayOptions())
        for number in range(rounds):
            bare = os.urandom(size)
            record = OutboxRecord(
                topic=f"results-{size}",
                subject="results-value",
                fullname="qp.Result",
                schema_key="5ca1ab1e",
                schema_text='"bytes"',
                bare=bare,
            )
            path = directory / f"plain-{size}-{number}"
            append: Step = (appends, partial(outbox.append, record))
            write: Step = (writes, partial(plain_write, path, bare))
            pair = (append, write) if number % 2 else (write, append)
            for times, action in pair:
                times.append(timed(action))
            path.unlink()
            deliveries.append(timed(partial(relay.deliver, 10)))
    ratios = [quantile(appends, share) / quantile(writes, share) for share in (0.5, 0.99)]
    middles = [statistics.median(times) for times in (appends, writes, deliveries)]
    return (
        f"{size:>9,} B   p50 {ratios[0]:5.2f} x   p99 {ratios[1]:5.2f} x   "
        f"(p50 in ms: append {middles[0]:.2f}, write and fsync {middles[1]:.2f}, deliver {middles[2]:.2f})"
    )


def main() -> None:
    """Print the table; an argument names the directory whose disk is measured."""
    place = sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory(dir=place) as directory:
        print("Outbox.append against a plain write and fsync of the same bytes")
        for size, rounds in CASES:
            print(measure(Path(directory), size, rounds))


if __name__ == "__main__":
    main()
