"""Build what the stack runs and no package registry ships ready: Garage and Redpanda Connect.

About fifteen minutes on two cores, once; what is there already is said and kept.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.integration.servers import garage, sink
from tests.integration.servers.cache import BUILD_VARIABLE, UnavailableError


def main() -> int:
    """Build each; 1 when one cannot be built."""
    os.environ[BUILD_VARIABLE] = "1"
    failed = 0
    for name, build in (("Redpanda Connect", sink.binary), ("Garage", garage.binary)):
        started = time.monotonic()
        sys.stdout.write(f"{name}: building where it is missing, for minutes ...\n")
        sys.stdout.flush()
        try:
            sys.stdout.write(f"{name}: {build()} ({time.monotonic() - started:.0f} s)\n")
        except UnavailableError as error:
            sys.stdout.write(f"{name}: {error}\n")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
