"""Hostile inputs of 1 kB to 100 MB: time and memory per byte of input, which must not grow with it.

Each reading is a process of its own, forked when the input is there, so that its peak of memory is that of
the reading; none may take more than 3.5 GB. An input is refused or is a value; either way it must cost a
multiple of its size. Exits with 1 where the cost of a byte grows.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hostile_input import ALL, KIB, MIB

from avroforge.errors import AvroforgeError

if TYPE_CHECKING:
    from hostile_input import Hostile

SIZES: Final = (KIB, 10 * KIB, 100 * KIB, MIB, 10 * MIB, 100 * MIB)
MEMORY: Final = 3_500 * MIB
SMALLEST_TIME: Final = 0.02
"""Seconds below which the cost of a byte is that of the call."""
SMALLEST_MEMORY: Final = 8 * MIB
GROWTH: Final = 3.0
"""How much dearer a byte may be in a larger input before it counts as growth: caches are no longer enough."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one reading cost."""

    size: int
    seconds: float
    memory: int
    outcome: str


def measured(hostile: Hostile, size: int) -> Cost:
    """Make an input, and read it in a process of its own."""
    data = hostile.make(size)
    receiving, sending = os.pipe()
    process = os.fork()
    if not process:
        os.close(receiving)
        os.write(sending, json.dumps(_in_child(hostile, data)).encode())
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        text = pipe.read()
    os.waitpid(process, 0)
    if not text:
        return Cost(len(data), float("inf"), MEMORY, "DIED")
    seconds, memory, outcome = json.loads(text)
    return Cost(len(data), seconds, memory, outcome)


def _in_child(hostile: Hostile, data: bytes) -> tuple[float, int, str]:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    try:
        hostile.read(data)
        outcome = "a value"
    except AvroforgeError as error:
        outcome = str(error)
    except MemoryError:
        outcome = "OUT OF MEMORY"
    seconds = time.process_time() - start
    return seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * KIB, outcome


def costs(hostile: Hostile, largest: int) -> list[Cost]:
    """The costs of all sizes of one kind, smallest first."""
    with suppress(AvroforgeError):
        hostile.read(b"")  # compiled, and what it imports is there, before anything is measured
    return [measured(hostile, size) for size in SIZES if size <= min(largest, hostile.largest)]


def grows(found: list[Cost]) -> str:
    """Which cost of a byte grows with the size, where it can be told."""
    timed = [cost.seconds / cost.size for cost in found if cost.seconds > SMALLEST_TIME]
    held = [cost.memory / cost.size for cost in found if cost.memory > SMALLEST_MEMORY]
    what = [
        name
        for name, each in (("time", timed), ("memory", held))
        if len(each) > 1 and each[-1] > GROWTH * min(each[:-1])
    ]
    if any(cost.outcome in {"DIED", "OUT OF MEMORY"} for cost in found):
        what.append("more than there is")
    return ", ".join(what)


def row(hostile: Hostile, found: list[Cost]) -> str:
    """One line of the table."""
    last = found[-1]
    nanos = " ".join(f"{cost.seconds / cost.size * 1e9:>9,.1f}" for cost in found)
    outcome = " ".join(last.outcome.split())[:70]
    held = f"{last.memory / last.size:>8,.1f}"
    return f"{hostile.name:<40} {nanos:<60} {held}  {grows(found) or 'linear':<8} {outcome}"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--largest", type=float, default=100.0, help="MB of the largest input (default 100)")
    parser.add_argument("--only", default="", help="kinds whose name has this in it")
    options = parser.parse_args()
    titles = " ".join(f"{title:>9}" for title in ("1 kB", "10 kB", "100 kB", "1 MB", "10 MB", "100 MB"))
    print(f"{'nanoseconds per byte of input':<40} {titles:<60} {'B/B':>8}")
    bad = 0
    for hostile in ALL:
        if options.only in hostile.name:
            found = costs(hostile, int(options.largest * MIB))
            bad += bool(grows(found))
            print(row(hostile, found), flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
