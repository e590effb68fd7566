"""Time per byte and memory over the size of a VQE result, each size in a process of its own.

Sizes grow by their iterations; a term of the Hamiltonian comes with each, so that the mix stays as it is. The
cost per byte should stay flat; a 3.3 MB message should take at most three times its size in memory, with
numpy. Fresh memory costs time by itself, and a large message needs it anew each time: the last column says
how long the machine takes to hand out as much memory as the message has bytes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tracemalloc
from itertools import cycle, islice
from mmap import PAGESIZE, mmap
from typing import TYPE_CHECKING, Any, Final

from timing import best
from vqe import CODEC, fast_encode, with_lists
from vqe_sample import sample

if TYPE_CHECKING:
    from collections.abc import Callable

PARAMETERS: Final = 72
BYTES_PER_ITERATION: Final = PARAMETERS * 8 + 47 + 29
SIZES: Final = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_300_000, 10_000_000, 30_000_000, 100_000_000)
TEXT: Final = 3_000
"""How many bytes do not grow: the ansatz."""


def message(size: int) -> bytes:
    """A result of about so many bytes."""
    count = max(2, (size - TEXT) // BYTES_PER_ITERATION)
    few = sample(iterations=min(count, 2000), parameters=PARAMETERS, terms=min(count, 2000))
    run = few["vqe_result"]
    run["iteration_list"] = [
        {**step, "iteration": number} for number, step in enumerate(repeated(run["iteration_list"], count), 1)
    ]
    run["initial_data"]["hamiltonian"] = repeated(run["initial_data"]["hamiltonian"], count)
    return fast_encode(few)


def repeated(items: list[Any], count: int) -> list[Any]:
    """So many items: those at hand again and again, but for the first, which has none before it."""
    return [items[0], *islice(cycle(items[1:]), count - 1)]


def peak(action: Callable[[], object]) -> int:
    """The most memory in use during an action beyond that before it, in bytes; numpy's arrays included."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = action()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del kept
    return most - before


def fresh(size: int) -> float:
    """How fast the machine hands out memory, in MB/s."""

    def touch() -> None:
        with mmap(-1, size) as memory:
            for start in range(0, size, PAGESIZE):
                memory[start] = 1

    return size / best({"touch": touch})["touch"]


def measured(size: int, *, lists: bool) -> dict[str, float]:
    """Speed in MB/s and peak memory over the message's size."""
    data = message(size)
    record = with_lists(data) if lists else CODEC.decode(data)
    if CODEC.encode(record) != data:
        raise AssertionError("the message changes when it is read and written")
    times = best({"encode": lambda: CODEC.encode(record), "decode": lambda: CODEC.decode(data)})
    return {
        "bytes": len(data),
        "encode": len(data) / times["encode"],
        "decode": len(data) / times["decode"],
        "encode peak": peak(lambda: CODEC.encode(record)) / len(data),
        "decode peak": peak(lambda: CODEC.decode(data)) / len(data),
        "fresh": fresh(len(data)),
    }


def main() -> None:
    """Print the table, or measure one size for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="the largest size in bytes")
    parser.add_argument("--lists", action="store_true", help="lists in place of numpy arrays on encode")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one, lists=options.lists)))
        return
    print("MB/s, and the peak of memory in use over the message's size")
    print(
        f"{'bytes':>12}{'encode':>10}{'decode':>10}{'encode peak':>14}{'decode peak':>14}{'fresh memory':>14}"
    )
    for size in SIZES:
        if size <= options.most:
            arguments = [sys.executable, __file__, "--one", str(size), *["--lists"] * options.lists]
            row = json.loads(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - this very file
            print(
                f"{row['bytes']:>12,}{row['encode']:>10,.0f}{row['decode']:>10,.0f}"
                f"{row['encode peak']:>13.1f}x{row['decode peak']:>13.1f}x{row['fresh']:>14,.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
