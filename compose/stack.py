"""The stack of docker-compose.ml.yaml without containers: ``python compose/stack.py up|down|status``.

``up`` leaves it running in the background, on loopback, and writes where everything is to .state/stack/env,
for a shell to source. Logs, data and configuration are in .state/stack too; STACK_STATE names another folder.
Programs come from the package registries; Garage and Redpanda Connect are built from source the first time
(``make stack-build``).
"""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.integration.servers.cache import UnavailableError  # noqa: E402 - found by the line above
from tests.integration.servers.stack import BUCKET, Stack  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER: Final = Path(os.environ.get("STACK_STATE") or ROOT / ".state" / "stack").absolute()
ENVIRONMENT: Final = FOLDER / "env"
_PROCESS: Final = FOLDER / "pid"
_SERVERS: Final = FOLDER / "servers"
_LOG: Final = FOLDER / "stack.log"
_PIPELINE: Final = os.environ.get("SINK_PIPELINE", "redpanda-connect.resilient.yaml")
_PATIENCE: Final = 180
_POLL: Final = 0.1


def up() -> int:
    """Start everything in the background; 0 once all of it answers."""
    if _running() is not None:
        print(f"the stack runs already: . {_shown(ENVIRONMENT)}")
        return 0
    pipelines = ("redpanda-connect.resilient.yaml", "redpanda-connect.yaml")
    if _PIPELINE not in pipelines:
        print(f"SINK_PIPELINE: expected one of {', '.join(pipelines)}, got {_PIPELINE!r}")
        return 1
    _end_leftovers()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, mode=0o700)
    started = time.monotonic()
    with _LOG.open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, __file__, "keep"], stdout=log, stderr=log, start_new_session=True
        )
    try:
        ready = _show_progress(keeper, started + _PATIENCE)
    except KeyboardInterrupt:
        print("\ninterrupted: stopping what has started")
        os.kill(keeper.pid, signal.SIGTERM)
        keeper.wait(_PATIENCE)
        return 130
    if ready:
        print(f"ready after {time.monotonic() - started:.0f} s; addresses: . {_shown(ENVIRONMENT)}")
        return 0
    if keeper.poll() is None:
        os.kill(keeper.pid, signal.SIGTERM)
        keeper.wait(_PATIENCE)
    print(f"the stack did not start; logs are in {_shown(FOLDER)}")
    return 1


def _show_progress(keeper: subprocess.Popen[bytes], deadline: float) -> bool:
    """Print what the keeper says until everything answers; whether it does."""
    shown = 0
    while True:
        ended = keeper.poll() is not None
        lines = _LOG.read_text().splitlines()
        for line in lines[shown:]:
            print(line, flush=True)
        shown = len(lines)
        if ENVIRONMENT.exists():
            return True
        if ended or time.monotonic() > deadline:
            return False
        time.sleep(_POLL)


def down() -> int:
    """Stop what runs; its logs stay until the next start."""
    process = _running()
    if process is None:
        ended = _end_leftovers()
        print(
            "stopped what was left of a stack whose keeper was killed" if ended else "the stack does not run"
        )
        return 0
    os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE
    while _running() is not None and time.monotonic() < deadline:
        time.sleep(_POLL)
    print(f"stopped; logs are in {_shown(FOLDER)}")
    return 0


def status() -> int:
    """Say whether it runs, and where what answers."""
    if _running() is None:
        print("the stack does not run")
        return 1
    print(ENVIRONMENT.read_text(), end="")
    return 0


def keep() -> int:
    """Run everything in the foreground until told to end."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with _PROCESS.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        print(os.getpid(), file=held, flush=True)
        try:
            stack = Stack(FOLDER, ROOT / "compose", _PIPELINE)
        except UnavailableError as error:
            print(error, flush=True)
            return 1
        try:
            for line in stack.starting():
                print(line, flush=True)
                _SERVERS.write_text("\n".join(map(str, stack.processes())))
                if ended.is_set():
                    return 1
            _write_environment(stack)
            ended.wait()
        except RuntimeError as error:
            print(error, flush=True)
            return 1
        finally:
            ENVIRONMENT.unlink(missing_ok=True)
            stack.close()
            _SERVERS.unlink(missing_ok=True)
    return 0


def _write_environment(stack: Stack) -> None:
    values: Mapping[str, str] = {
        "KAFKA_SERVERS": stack.kafka.servers,
        "SCHEMA_REGISTRY_URL": f"http://{stack.registry.address}",
        "AWS_ENDPOINT_URL_S3": f"http://{stack.garage.address}",
        "AWS_REGION": "garage",
        "AWS_ACCESS_KEY_ID": stack.garage.access_key,
        "AWS_SECRET_ACCESS_KEY": stack.garage.secret_key,
        "RESULTS": f"s3://{BUCKET}",
        "SINK_METRICS": f"http://127.0.0.1:{stack.sink.port}/metrics",
    }
    draft = ENVIRONMENT.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items()))
    draft.rename(ENVIRONMENT)


def _running() -> int | None:
    """The process that keeps the stack, if it lives: it holds a lock, for its number may be another's."""
    try:
        with _PROCESS.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read())
    except (FileNotFoundError, ValueError):
        pass
    return None


def _shown(path: Path) -> str:
    """As a user in the repository's folder would write it."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def _end_leftovers() -> bool:
    """End servers whose keeper was killed; whether there were any."""
    try:
        numbers = [int(line) for line in _SERVERS.read_text().split()]
    except FileNotFoundError:
        return False
    _SERVERS.unlink()
    left = [each for each in numbers if str(FOLDER) in _command_line(each)]
    for each in left:
        os.killpg(each, signal.SIGKILL)
    return bool(left)


def _command_line(process: int) -> str:
    """Empty for one that has ended."""
    command = ["ps", "-ww", "-o", "args=", "-p", str(process)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


_COMMANDS: Final = {"up": up, "down": down, "status": status, "keep": keep}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in _COMMANDS:  # noqa: PLR2004 - the program and its one argument
        sys.exit(f"usage: {sys.argv[0]} up|down|status")
    sys.exit(_COMMANDS[sys.argv[1]]())
