"""What ``make stack``, ``make demo-stack`` and ``make stack-down`` run, with the mistakes that users make."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from tests.integration.servers import garage, sink
from tests.integration.servers.cache import CACHE, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., tuple[int, str]]

COMPOSE: Final = Path(__file__).parents[3] / "compose"
STACK: Final = (sys.executable, str(COMPOSE / "stack.py"))


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        for build in (garage.binary, sink.binary):
            build()
    except UnavailableError as error:
        pytest.skip(str(error))
    return tmp_path_factory.mktemp("stack")


@pytest.fixture(scope="module")
def run(state: Path) -> Iterator[Run]:
    """Runs a command on a stack of this test's own."""

    def run(*command: str | Path, **variables: str) -> tuple[int, str]:
        done = subprocess.run(
            command,
            env={**os.environ, "STACK_STATE": str(state), "AVROFORGE_SERVERS": str(CACHE), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout

    yield run
    run(*STACK, "down")


def test_the_demo_starts_the_stack_and_brings_results_to_s3(run: Run, state: Path) -> None:
    code, text = run(COMPOSE / "demo_stack.sh")
    assert code == 0, text
    assert "3 of 3 results are in s3://raw-results with equal values" in text
    assert (state / "convergence.png").stat().st_size > 0
    assert (state / "env").stat().st_mode & 0o077 == 0


def test_a_second_start_is_no_second_stack(run: Run, state: Path) -> None:
    before = (state / "env").read_text()
    code, text = run(*STACK, "up")
    assert (code, text) == (0, f"the stack runs already: . {state / 'env'}\n")
    assert (state / "env").read_text() == before


def test_what_a_killed_keeper_leaves_behind_is_stopped(run: Run, state: Path) -> None:
    servers = [int(each) for each in (state / "servers").read_text().split()]
    os.kill(int((state / "pid").read_text()), signal.SIGKILL)
    assert all(Path(f"/proc/{each}").exists() for each in servers)
    assert run(*STACK, "down") == (0, "stopped what was left of a stack whose keeper was killed\n")
    assert run(*STACK, "down") == (0, "the stack does not run\n")
    assert run(*STACK, "status") == (1, "the stack does not run\n")


def test_a_pipeline_that_is_none_is_refused(run: Run) -> None:
    code, text = run(*STACK, "up", SINK_PIPELINE="redpanda.yaml")
    assert code == 1
    assert "SINK_PIPELINE: expected one of redpanda-connect.resilient.yaml, redpanda-connect.yaml" in text
