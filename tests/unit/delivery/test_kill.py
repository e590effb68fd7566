"""kill -9 at every marked point and at random moments: nothing lost, every id in the log once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from avroforge.delivery import Outbox, Relay, TopicLog, check
from avroforge.delivery.lease import Lease
from avroforge.errors import RelayLockedError
from avroforge.wire.framing import unframe

if TYPE_CHECKING:
    from tests.unit.delivery.conftest import Ids

    from avroforge.delivery import OutboxOptions

VICTIM = Path(__file__).with_name("kill_victim.py")
POINTS = (
    "inside append",
    "after append",
    "while framing",
    "before mark",
    "after mark",
    "before send",
    "half an entry",
    "before fsync",
    "after send",
    "before sent",
    "after sent",
)


def run(directory: Path, point: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(VICTIM), str(directory), point, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finish(directory: Path, options: OutboxOptions, ids: Ids) -> dict[str, bytes]:
    """What a second process does after the first one's death; the log by result id."""
    with Outbox.open(directory / "outbox", options) as outbox:
        log = TopicLog(directory / "topics", producer=outbox.id)
        counts = Relay(outbox, log, ids).drain(20)
        assert (counts.pending, counts.dead, counts.blocked) == (0, 0, None)
        assert check(outbox) == ()
        entries = list(log.read("results"))
        assert outbox.counts().sent == len(entries)
    found = {entry.key: unframe(entry.value)[1] for entry in entries}
    assert len(found) == len(entries), "a result is in the log twice"
    return found


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_a_marked_point_loses_and_doubles_nothing(
    point: str, tmp_path: Path, options: OutboxOptions, ids: Ids
) -> None:
    victim = run(tmp_path, point, 3)
    output, _ = victim.communicate(timeout=30)
    assert victim.returncode == -signal.SIGKILL, f"the point {point!r} was not reached"
    durable = output.split()
    found = finish(tmp_path, options, ids)
    assert set(durable) <= set(found)
    assert found == {name: f"<{name}>".encode() * 500 for name in found}
    # The run is repeated, as its user would: what is there is not sent again.
    again = run(tmp_path, "nowhere", 3)
    again.communicate(timeout=30)
    assert again.returncode == 0
    assert set(finish(tmp_path, options, ids)) == {"r0", "r1", "r2"}


def test_kills_at_random_moments_lose_and_double_nothing(
    tmp_path: Path, options: OutboxOptions, ids: Ids
) -> None:
    seed = random.randrange(2**32)  # noqa: S311 any moment will do; it is printed to repeat a failure
    moments = random.Random(seed)  # noqa: S311 as above
    print("seed", seed)  # noqa: T201 shown when the test fails
    durable: set[str] = set()
    for _ in range(5):
        victim = run(tmp_path, "nowhere", 10_000)
        assert victim.stdout is not None
        durable.add(victim.stdout.readline().strip())
        time.sleep(moments.uniform(0.0, 0.3))
        victim.kill()
        durable.update(line for line in victim.communicate(timeout=30)[0].splitlines() if line)
    found = finish(tmp_path, options, ids)
    assert durable <= set(found)
    assert found == {name: f"<{name}>".encode() * 500 for name in found}


def test_a_paused_relay_keeps_its_lock_and_a_dead_one_does_not(
    tmp_path: Path, options: OutboxOptions, ids: Ids
) -> None:
    victim = run(tmp_path, "pause", 3)
    os.waitid(os.P_PID, victim.pid, os.WSTOPPED | os.WNOWAIT)
    with Outbox.open(tmp_path / "outbox", options) as outbox:
        with pytest.raises(RelayLockedError) as refused:
            Lease.acquire(outbox)
        assert refused.value.owner.startswith(f"pid {victim.pid} on ")
        log = TopicLog(tmp_path / "topics", producer=outbox.id)
        counts = Relay(outbox, log, ids).deliver(0.1)
        assert counts.sent == 0
        assert counts.blocked == str(refused.value)
        victim.kill()
        victim.communicate(timeout=30)
        Lease.acquire(outbox).release()
    assert set(finish(tmp_path, options, ids)) == {"r0", "r1", "r2"}
