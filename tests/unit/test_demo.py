"""The demonstration, end to end: again, after a kill at any point, and away from the repository."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from avroforge.delivery import TopicLog

ROOT = Path(__file__).parents[2]
RUN = "from vqe_stream.cli import run; import sys; sys.exit(run(sys.argv[1:]))"
# The same without the checks of the schemas, which have nothing to do with what is killed here.
QUICK = f"import vqe_stream.cli.demo as d; d._check = lambda root, numbers: None; {RUN}"
KILL = "__import__('os').kill(__import__('os').getpid(), 9)"


def demo(state: Path, code: str = RUN, *options: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, "demo", "--state", str(state), *options],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def copies(state: Path) -> Counter[str]:
    with TopicLog(state / "topics") as log:
        return Counter(entry.key for entry in log.read("experiment.vqe"))


def test_the_demo_shows_three_results_with_the_same_bytes(tmp_path: Path) -> None:
    done = demo(tmp_path / "state")
    assert done.returncode == 0, done.stdout + done.stderr
    steps = [line for line in done.stdout.splitlines() if re.match(r"\d\. ", line)]
    assert [step.partition(":")[0] for step in steps] == [
        "1. generated code is fresh",
        "2. schemas follow the rules",
        "3. BACKWARD compatible with the committed baseline",
        "4. schema registered",
        "5. results on disk before anything is sent",
        "6. delivered to experiment.vqe",
        "7. read back as typed objects",
    ]
    rows = [
        line.split()
        for line in done.stdout.splitlines()
        if line.endswith(" yes") and line[0] not in "1234567"
    ]
    assert [(row[0], int(row[1]), int(row[3]), int(row[4])) for row in rows] == [
        ("H2", 60, 16365, 1),
        ("HeH+", 34, 11169, 1),
        ("LiH", 6, 29175, 1),
    ]
    assert "Against a real Kafka" in done.stdout


def test_a_second_run_delivers_nothing_again(tmp_path: Path) -> None:
    first = demo(tmp_path, QUICK)
    assert "3 results stored, 0 already there" in first.stdout, first.stderr
    second = demo(tmp_path, QUICK)
    assert second.returncode == 0, second.stderr
    assert "0 results stored, 3 already there" in second.stdout
    assert "already delivered, nothing is sent again (offsets 0, 1, 2)" in second.stdout
    assert list(copies(tmp_path).values()) == [1, 1, 1]


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_killed_after_any_step_it_goes_on_the_next_time(step: int, tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-c", QUICK, "demo", "--state", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(f"{step}. "):
                os.kill(process.pid, signal.SIGKILL)
                break
    done = demo(tmp_path, QUICK)
    assert done.returncode == 0, done.stderr
    assert list(copies(tmp_path).values()) == [1, 1, 1]


# Where exactly the process dies: before or after a call, in which class, at which time it is called.
POINTS = {
    "before the registry is copied": ("pathlib", "Path.replace", "before", 1),
    "after the first result is stored": ("avroforge.delivery.outbox", "Outbox.append", "after", 1),
    "before the second result is stored": ("avroforge.delivery.outbox", "Outbox.append", "before", 2),
    "before the first record is sent": ("avroforge.delivery.topic_log", "TopicLog.send", "before", 1),
    "after the second record is sent, unseen": ("avroforge.delivery.topic_log", "TopicLog.send", "after", 2),
    "before the third record is marked": ("avroforge.delivery.lease", "Lease.mark_sent", "before", 3),
}


@pytest.mark.parametrize("point", sorted(POINTS))
def test_killed_at_the_worst_moment_nothing_is_lost_or_doubled(point: str, tmp_path: Path) -> None:
    module, place, when, number = POINTS[point]
    owner, method = place.split(".")
    code = f"""
import {module} as module
original, calls = module.{place}, []
def deadly(self, *arguments, **named):
    calls.append(1)
    if {when!r} == "before" and len(calls) == {number}: {KILL}
    result = original(self, *arguments, **named)
    if {when!r} == "after" and len(calls) == {number}: {KILL}
    return result
setattr(module.{owner}, {method!r}, deadly)
"""
    killed = demo(tmp_path, f"{code}\n{QUICK}")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = demo(tmp_path, QUICK)
    assert done.returncode == 0, done.stderr
    assert list(copies(tmp_path).values()) == [1, 1, 1]


def test_without_the_repository_it_says_what_it_needs(tmp_path: Path) -> None:
    code = f"import vqe_stream.demo.repository as r; r.__file__ = '/nowhere/r.py'; {RUN}"
    done = demo(tmp_path / "state", code, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"demo: expected avroforge.toml and data/vqe in {tmp_path} or above it")
    assert not (tmp_path / "state").exists()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of everything the demo reads."""
    copy = tmp_path / "checkout"
    copy.mkdir()
    for name in ("schemas", "data", "generated"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "avroforge.toml", copy)
    return copy


def test_other_bytes_are_a_failure(checkout: Path, tmp_path: Path) -> None:
    expected = checkout / "data" / "vqe" / "h2_cobyla.avro"
    expected.write_bytes(expected.read_bytes()[:-1] + b"\x02")
    done = demo(tmp_path / "state", QUICK, cwd=checkout)
    assert done.returncode == 1
    assert [line.split()[-1] for line in done.stdout.splitlines() if line[:3] in ("H2 ", "HeH", "LiH")] == [
        "no",
        "yes",
        "yes",
    ]


def test_stale_code_is_a_finding_before_anything_is_stored(checkout: Path, tmp_path: Path) -> None:
    schema = checkout / "schemas" / "quantum_pipeline" / "VQEProcess.avsc"
    schema.write_text(schema.read_text().replace("iteration", "round", 1))
    done = demo(tmp_path / "state", cwd=checkout)
    assert done.returncode == 100
    assert done.stdout.splitlines()[-1].startswith("1. generated code is fresh: no")
    assert "make codegen" in done.stderr
    assert not (tmp_path / "state").exists()
