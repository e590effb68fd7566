"""Fuzz every reading for some minutes: ``python -m tests.fuzz.run --minutes 10``.

Workers are processes of a minute each, so that a crash, a hang or a leak costs one of them and leaves the
case in a file. Failing inputs are saved where the unit tests replay them (`tests/data/fuzz`). Exits with 1 if
there is any.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final

from tests.fuzz.case import WAYS, Case
from tests.fuzz.subject import ROOT, SHARED
from tests.fuzz.worker import Worker

SEEDS: Final = ROOT / "tests" / "data" / "fuzz"
_SLICE: Final = 60.0
"""Seconds of one worker."""
_GRACE: Final = 120.0
"""Seconds after which a worker that should have ended is taken for hanging."""
_MEMORY: Final = 3 * 2**30


def main() -> int:
    """Run workers one after the other, and say what they did."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (default 10)")
    parser.add_argument(
        "--seed", type=int, default=None, help="of the random choices (default: another each time)"
    )
    parser.add_argument("--seeds", type=Path, default=SEEDS, help="where failing inputs go")
    parser.add_argument("--worker", nargs=2, metavar=("SECONDS", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.seeds.mkdir(parents=True, exist_ok=True)
    first = random.SystemRandom().getrandbits(32) if options.seed is None else options.seed
    if options.worker:
        seconds, current = options.worker
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        worker = Worker(first, options.seeds, Path(current))
        worker.run(float(seconds))
        print(json.dumps(worker.counts))
        return 0
    print(
        f"seed {first}; corpus {'in ' + str(SHARED) if SHARED.exists() else 'not there (AVROFORGE_SHARED)'}"
    )
    counts = _workers(first, options.minutes * 60, options.seeds)
    for way in WAYS:
        print(f"{way:<14}{counts[way]:>10,} inputs, {counts[f'{way}: values']:>9,} of them values")
    print(f"{counts['schemas']:,} schemas; {counts['failures']:,} failures, {counts['dead']} dead workers")
    return 1 if counts["failures"] or counts["dead"] else 0


def _workers(first: int, seconds: float, seeds: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    end = time.monotonic() + seconds
    number = first
    with tempfile.TemporaryDirectory() as folder:
        current = Path(folder) / "current.json"
        while (left := end - time.monotonic()) > 1:
            counts.update(_one(number, min(left, _SLICE), seeds, current))
            number += 1
    return counts


def _one(number: int, seconds: float, seeds: Path, current: Path) -> dict[str, int]:
    """One worker's counts; of one that crashed or hung, its last case is saved."""
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.fuzz.run", "--seed", str(number)]
    command += ["--seeds", str(seeds), "--worker", str(seconds), str(current)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, check=False, timeout=seconds + _GRACE
        )
        if not done.returncode:
            counts: dict[str, int] = json.loads(done.stdout)
            return counts
        how = f"ended with {done.returncode}"
    except subprocess.TimeoutExpired:
        how = "hung"
    case = Case.load(current)
    path = seeds / f"{case.way.replace(' ', '-')}-dead-{number}.json"
    path.write_text(case.text() + "\n", encoding="utf-8")
    print(f"{path}: the worker {how}", file=sys.stderr)
    return {"dead": 1}


if __name__ == "__main__":
    sys.exit(main())
