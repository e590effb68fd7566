"""Wait until a bucket holds what a folder holds, and compare: ``python compose/compare.py PLACE FOLDER``."""

from __future__ import annotations

import sys
import time
from typing import Final

from vqe_stream.results import StoredResult, open_source

_PATIENCE: Final = 60


def main(place: str, folder: str) -> int:
    """0 when every result of the folder is in the place with equal values."""
    started = time.monotonic()
    sent = [each.result for each in open_source(folder).load() if isinstance(each, StoredResult)]
    bucket = open_source(place)
    while len(bucket.names()) < len(sent) and time.monotonic() - started < _PATIENCE:
        time.sleep(0.2)
    found = [each.result for each in bucket.load() if isinstance(each, StoredResult)]
    missing = sum(each not in found for each in sent)
    seconds = time.monotonic() - started
    print(f"{len(sent) - missing} of {len(sent)} results are in {place} with equal values ({seconds:.1f} s)")
    return 1 if missing else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:  # noqa: PLR2004 - the program and its two arguments
        sys.exit(f"usage: {sys.argv[0]} PLACE FOLDER")
    sys.exit(main(*sys.argv[1:]))
