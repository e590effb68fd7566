"""``avroforge registry serve`` as a process: what it prints, how it ends, what it refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from avroforge.registry import LocalRegistry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COMMAND = [sys.executable, "-c", "from avroforge_codegen.cli import main; main()", "registry", "serve"]


class Served:
    """A running command."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "--port", "0", *arguments],
            cwd=folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("ready "):
                self.ready = json.loads(line.removeprefix("ready "))
                break

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code, and what was printed after the first lines."""
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    running: list[Served] = []

    def start(*arguments: str, **environment: str) -> Served:
        running.append(Served(tmp_path, *arguments, **environment))
        return running[-1]

    yield start
    for each in running:
        each.process.kill()
        each.process.communicate()


def test_it_says_what_it_is_for_and_where_it_answers(served: Callable[..., Served], tmp_path: Path) -> None:
    server = served("--store", "store")
    url = server.ready["url"]
    assert server.ready["pid"] == server.process.pid
    assert server.lines[0] == f"schema registry for development, not for production: {url}"
    assert server.lines[1] == "0 subjects in store/registry.json; Ctrl-C ends"
    assert httpx.post(f"{url}/subjects/a/versions", json={"schema": '"int"'}).json() == {"id": 1}
    assert LocalRegistry(tmp_path / "store" / "registry.json").subjects() == ("a",)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_a_clean_end(served: Callable[..., Served], how: signal.Signals) -> None:
    server = served()
    # A client that keeps its connection open holds up nobody.
    with httpx.Client(base_url=server.ready["url"]) as client:
        client.get("/subjects")
        code, out, err = server.stop(how)
    assert (code, out, err) == (0, "stopped\n", "")


def test_what_was_registered_is_there_after_the_next_start(served: Callable[..., Served]) -> None:
    first = served()
    httpx.post(f"{first.ready['url']}/subjects/a/versions", json={"schema": '"int"'})
    first.stop(signal.SIGKILL)
    second = served()
    assert second.lines[1] == "1 subject in registry.json; Ctrl-C ends"
    assert httpx.get(f"{second.ready['url']}/schemas/ids/1").json()["schema"] == '"int"'


def test_another_process_may_write_the_same_file(served: Callable[..., Served], tmp_path: Path) -> None:
    server = served()
    LocalRegistry(tmp_path / "registry.json").register("a", '"int"')
    url = server.ready["url"]
    assert httpx.get(f"{url}/subjects").json() == ["a"]
    assert httpx.post(f"{url}/subjects/b/versions", json={"schema": '"long"'}).json() == {"id": 2}
    assert LocalRegistry(tmp_path / "registry.json").version("b").schema_id == 2


def test_users_come_from_the_environment(served: Callable[..., Served]) -> None:
    # bcrypt of "secret"
    line = "ann:$2b$04$wVbYmgfEwSlCjyWnWYlB5.vLZ4eJ7fvbcBmWGU0hYRMgnlL4LxPke"
    server = served(AVROFORGE_REGISTRY_USERS=line)
    assert httpx.get(f"{server.ready['url']}/subjects").status_code == 401


REFUSED = {
    "public": (["--host", "0.0.0.0"], 1, "--host 0.0.0.0: others can reach this address, so it needs"),  # noqa: S104 - refused
    "half_tls": (["--tls-cert", "a.pem"], 2, "--tls-cert and --tls-key belong together"),
    "port": (["--port", "99999"], 2, "'--port': 99999 is not in the range"),
    "users": (["--users", "nobody"], 2, "File 'nobody' does not exist"),
    "damaged": (["--store", "damaged"], 1, "registry.json:1:2: not JSON"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_cannot_be_is_one_message_and_no_traceback(tmp_path: Path, fault: str) -> None:
    (tmp_path / "a.pem").touch()
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "registry.json").write_text("{")
    arguments, code, message = REFUSED[fault]
    done = subprocess.run(
        [*COMMAND, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "from avroforge_codegen.cli import run\n"
        "sys.exit(run(['registry', 'serve']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "uvicorn is not installed: pip install 'avroforge[serve]'\n"


def test_a_store_that_cannot_be_written_is_refused_before_anything_is_served(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    done = subprocess.run(
        [*COMMAND, "--port", "0", "--store", "taken/registry"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "taken/registry: not a directory" in done.stderr
