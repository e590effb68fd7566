"""A lock whose tight-looping user does not starve the others."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from avroforge.delivery.lock import QueuedLock

if TYPE_CHECKING:
    from pathlib import Path

GREEDY = """
import sys
from pathlib import Path
from avroforge.delivery.lock import QueuedLock
lock = QueuedLock(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    assert lock.acquire(30)
    sum(range(20_000))
    lock.release()
"""


def test_who_waits_gets_its_turn_from_a_process_that_never_pauses(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", GREEDY, str(path)], stdout=subprocess.PIPE) as greedy:
        try:
            assert greedy.stdout is not None
            greedy.stdout.readline()
            lock = QueuedLock(path)
            for _ in range(50):
                assert lock.acquire(10)
                lock.release()
        finally:
            greedy.kill()


def test_a_lock_that_somebody_keeps_is_given_up_in_time_and_its_queue_too(tmp_path: Path) -> None:
    holder, waiter, other = (QueuedLock(tmp_path / "lock") for _ in range(3))
    assert holder.acquire(0)
    assert not waiter.acquire(0.05)
    holder.release()
    assert other.acquire(0)
    other.release()
