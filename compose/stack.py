"""The stack of docker-compose.ml.yaml without containers: ``python compose/stack.py up|down|status``.

``up`` leaves it running in the background, on loopback, and writes where everything is to .state/stack/env,
for a shell to source. Logs, data and configuration are in .state/stack too. Programs come from the package
registries; Garage and Redpanda Connect are built from source the first time (``make stack-build``).
"""

from __future__ import annotations

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

FOLDER: Final = ROOT / ".state" / "stack"
ENVIRONMENT: Final = FOLDER / "env"
_PROCESS: Final = FOLDER / "pid"
_LOG: Final = FOLDER / "stack.log"
_PIPELINE: Final = os.environ.get("SINK_PIPELINE", "redpanda-connect.resilient.yaml")
_PATIENCE: Final = 180
_POLL: Final = 0.1


def up() -> int:
    """Start everything in the background; 0 once all of it answers."""
    if _running() is not None:
        print(f"the stack runs already: . {ENVIRONMENT.relative_to(ROOT)}")
        return 0
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, mode=0o700)
    started = time.monotonic()
    with _LOG.open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, __file__, "keep"], stdout=log, stderr=log, start_new_session=True
        )
    shown = 0
    while keeper.poll() is None and time.monotonic() - started < _PATIENCE:
        lines = _LOG.read_text().splitlines()
        for line in lines[shown:]:
            print(line, flush=True)
        shown = len(lines)
        if ENVIRONMENT.exists():
            print(f"ready after {time.monotonic() - started:.0f} s; addresses: . .state/stack/env")
            return 0
        time.sleep(_POLL)
    print("\n".join(_LOG.read_text().splitlines()[shown:]))
    print(f"the stack did not start; logs are in {FOLDER}")
    return 1


def down() -> int:
    """Stop what runs; its logs stay until the next start."""
    process = _running()
    if process is None:
        print("the stack does not run")
        return 0
    os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE
    while _running() is not None and time.monotonic() < deadline:
        time.sleep(_POLL)
    print(f"stopped; logs are in {FOLDER}")
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
    _PROCESS.write_text(str(os.getpid()))
    try:
        stack = Stack(FOLDER, ROOT / "compose", _PIPELINE)
    except UnavailableError as error:
        print(error, flush=True)
        return 1
    try:
        stack.start(lambda line: print(line, flush=True))
        _write_environment(stack)
        ended.wait()
    finally:
        ENVIRONMENT.unlink(missing_ok=True)
        stack.close()
        _PROCESS.unlink(missing_ok=True)
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
    """The process that keeps the stack, if it lives."""
    try:
        process = int(_PROCESS.read_text())
        os.kill(process, 0)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return None
    return process


_COMMANDS: Final = {"up": up, "down": down, "status": status, "keep": keep}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in _COMMANDS:  # noqa: PLR2004 - the program and its one argument
        sys.exit(f"usage: {sys.argv[0]} up|down|status")
    sys.exit(_COMMANDS[sys.argv[1]]())
