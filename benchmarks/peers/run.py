"""VQE results in other languages: the same bytes, one core, one table.

Programs in Java, Go, Rust and JavaScript are built into the user's cache folder and run where their toolchain
is there; what is missing is said. Everybody reads the message and writes it again first; the table says where
the bytes differ. Rounds go through all programs in turn and the best of each is kept: read the ratios.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import fastavro
from peers.language import LANGUAGES, Language, Measurement, UnavailableError, cache_folder
from timing import best
from vqe import CODEC, DATA, SIZES, Case, case, fast_decode, fast_encode
from vqe_sample import sample

if TYPE_CHECKING:
    from collections.abc import Sequence

REAL: Final = "lih_lbfgsb"
OURS: Final = "avroforge, numpy"


class Table:
    """The best times so far, by peer and message."""

    def __init__(self, messages: Sequence[Case]) -> None:
        self._messages = messages
        self._best: dict[tuple[str, str], tuple[float, float]] = {}
        self._unequal: set[tuple[str, str]] = set()

    def add(self, found: Measurement) -> None:
        """Take a measurement in."""
        key = (found.peer, found.message)
        if not found.equal:
            self._unequal.add(key)
        encode, decode = self._best.get(key, (float("inf"), float("inf")))
        self._best[key] = (min(encode, found.encode), min(decode, found.decode))

    def lines(self) -> list[str]:
        """A Markdown table: microseconds, and in brackets their time over ours."""
        names = [message.name for message in self._messages]
        sizes = [f"{message.name} ({len(message.data):,} B)" for message in self._messages]
        titles = [f"{size} {way}" for size in sizes for way in ("encode", "decode")]
        rows = [f"| peer | {' | '.join(titles)} |", f"|---{'|---:' * len(titles)}|"]
        peers = sorted({peer for peer, _ in self._best}, key=lambda peer: self._best[peer, names[-1]])
        return rows + [f"| {peer} | {' | '.join(self._cells(peer, names))} |" for peer in peers]

    def _cells(self, peer: str, names: Sequence[str]) -> list[str]:
        cells: list[str] = []
        for name in names:
            if (peer, name) in self._unequal:
                cells += ["other bytes", "other bytes"]
                continue
            for own, time in zip(self._best[OURS, name], self._best[peer, name], strict=True):
                cells.append(
                    f"{time:,.1f} ({time / own:.2g})" if time < 100 else f"{time:,.0f} ({time / own:.2g})"
                )
        return cells


def messages() -> list[Case]:
    """The messages, smallest first; each is written equally by avroforge, fastavro and avro."""
    real = case(REAL, (DATA / f"{REAL}.avro").read_bytes())
    synthetic = [case(name, fast_encode(sample(**sizes))) for name, sizes in SIZES.items()]
    return sorted([real, *synthetic], key=lambda each: len(each.data))


def in_python(prepared: Case) -> list[Measurement]:
    """This process's own libraries."""
    name, data = prepared.name, prepared.data
    decoded = best({"numpy": lambda: CODEC.decode(data), "fastavro": lambda: fast_decode(data)})
    encoded = best(
        {
            "numpy": lambda: CODEC.encode(prepared.arrays),
            "lists": lambda: CODEC.encode(prepared.lists),
            "fastavro": lambda: fast_encode(prepared.datum),
        }
    )
    return [
        Measurement(OURS, name, True, encoded["numpy"], decoded["numpy"]),
        Measurement("avroforge, lists encoded", name, True, encoded["lists"], decoded["numpy"]),
        Measurement(f"fastavro {fastavro.__version__}", name, True, encoded["fastavro"], decoded["fastavro"]),
    ]


def file_name(prepared: Case) -> str:
    """The name of a message's file."""
    return prepared.name.replace(" ", "_")


def write_inputs(folder: Path, prepared: Sequence[Case]) -> None:
    """Write the schema and the messages for the other programs."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "record.avsc").write_text(CODEC.SELF_CONTAINED, encoding="utf-8")
    for each in prepared:
        (folder / f"{file_name(each)}.bin").write_bytes(each.data)


def built(cache: Path, data: Path) -> tuple[dict[Language, Path], dict[str, str]]:
    """The folders of the programs that could be built, and why others could not."""
    ready: dict[Language, Path] = {}
    absent: dict[str, str] = {}
    for language in LANGUAGES:
        print(f"building {language.name} ...", file=sys.stderr, flush=True)
        try:
            ready[language] = language.prepare(cache, data)
        except UnavailableError as error:
            absent[language.name] = str(error)
    return ready, absent


def on_one_core() -> str:
    """Keep this process and those it starts on one core, where the system can; what was done."""
    if not hasattr(os, "sched_setaffinity"):
        return "cores as the system gives them"
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return "one core"


def main() -> None:
    """Build, measure in rounds, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3, help="through all programs (default 3)")
    parser.add_argument("--seconds", type=float, default=0.5, help="for each measurement (default 0.5)")
    parser.add_argument("--cache", type=Path, default=cache_folder(), help="where the programs are built")
    options = parser.parse_args()
    data = options.cache / "messages"
    prepared = messages()
    write_inputs(data, prepared)
    ready, absent = built(options.cache, data)
    cores = on_one_core()
    names = {file_name(each): each.name for each in prepared}
    table = Table(prepared)
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds} ...", file=sys.stderr, flush=True)
        for each in prepared:
            for found in in_python(each):
                table.add(found)
        for language, folder in list(ready.items()):
            try:
                found_all = language.measure(folder, data, options.seconds, list(names))
            except UnavailableError as error:
                absent[language.name] = str(error)
                del ready[language]
                continue
            for found in found_all:
                table.add(
                    Measurement(found.peer, names[found.message], found.equal, found.encode, found.decode)
                )
    print(
        f"microseconds, in brackets their time over that of avroforge with numpy arrays; best of "
        f"{options.rounds} rounds, {cores}, byte equality checked first\n"
    )
    print("\n".join(table.lines()))
    for name, reason in absent.items():
        print(f"\nnot measured: {name} ({reason})")


if __name__ == "__main__":
    main()
