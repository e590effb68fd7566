"""Many writers at once, on the file and through the server, and writers that are killed."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from avroforge.registry import LocalRegistry, MemoryRegistry
from avroforge.registry.client import HttpRegistry
from avroforge.registry.server import serve_in_background

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from avroforge.registry import SchemaRegistry

SERVER = [sys.executable, "-c", "from avroforge_codegen.cli import main; main()", "registry", "serve"]
WRITER = """
import sys
from avroforge.registry import LocalRegistry
from avroforge.registry.client import HttpRegistry
place, own, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
registry = HttpRegistry(place) if "://" in place else LocalRegistry(place, lock_timeout=120)
for number in range(count):
    text = '{"type": "fixed", "size": 4, "name": "%s"}'
    shared = registry.register(f"shared-{number}", text % f"Shared{number}")
    private = registry.register(f"own-{own}-{number}", text % f"R{own}_{number}")
    print(f"shared-{number}", shared.version, shared.schema_id, flush=True)
    print(f"own-{own}-{number}", private.version, private.schema_id, flush=True)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "registry.json"


@pytest.fixture
def server(file: Path) -> Iterator[str]:
    process = _serve(file)
    yield process[1]
    process[0].kill()
    process[0].communicate()


def _serve(file: Path, port: int = 0) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [*SERVER, "--port", str(port), "--store", str(file.parent)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    ready = next(line for line in process.stdout if line.startswith("ready "))
    return process, json.loads(ready.removeprefix("ready "))["url"]


def _write(place: object, own: int, count: int) -> subprocess.Popen[bytes]:
    # Unbuffered: what a buffer has read ahead, `communicate` would not see.
    command = [sys.executable, "-c", WRITER, str(place), str(own), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0)


def _check_consistent(registry: SchemaRegistry, answers: list[str]) -> None:
    """Every answer that was given holds, ids stand for one text, and texts for one id."""
    for line in answers:
        subject, version, schema_id = line.split()
        assert registry.version(subject, int(version)).schema_id == int(schema_id), line
    texts: dict[int, str] = {}
    for subject in registry.subjects():
        numbers = list(registry.versions(subject))
        assert numbers == list(range(1, len(numbers) + 1))
        for number in numbers:
            found = registry.version(subject, number)
            assert texts.setdefault(found.schema_id, found.text) == found.text
            assert registry.schema_by_id(found.schema_id).text == found.text
    assert len(set(texts.values())) == len(texts)


def test_processes_on_the_file_and_through_the_server_lose_nothing(file: Path, server: str) -> None:
    count = 12
    writers = [_write(place, own, count) for own, place in enumerate([file, server, file, server])]
    outputs = [writer.communicate(timeout=120)[0].decode().splitlines() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    assert [len(lines) for lines in outputs] == [2 * count] * 4
    registry = LocalRegistry(file)
    _check_consistent(registry, [line for lines in outputs for line in lines])
    shared = [registry.version(f"shared-{number}") for number in range(count)]
    assert [each.version for each in shared] == [1] * count
    assert len(registry.subjects()) == count + 4 * count
    with HttpRegistry(server) as through:
        assert list(through.subjects()) == list(registry.subjects())


def test_writers_that_are_killed_leave_every_answer_true(file: Path, server: str) -> None:
    chance = random.Random(7)  # noqa: S311 - when to kill
    answers: list[str] = []
    for round_number in range(6):
        place = file if round_number % 2 else server
        writer = _write(place, round_number, 10_000)
        assert writer.stdout is not None
        answers.append(writer.stdout.readline().decode().strip())
        time.sleep(chance.random() * 0.3)
        writer.send_signal(signal.SIGKILL)
        # The last line may be cut off.
        answers += [
            line.decode().strip()
            for line in writer.communicate()[0].splitlines(keepends=True)
            if line.endswith(b"\n")
        ]
        _check_consistent(LocalRegistry(file), answers)
    assert len(answers) > 6


def test_a_server_that_is_killed_leaves_every_answer_true(file: Path) -> None:
    answers: list[str] = []
    seen = 0
    for round_number in range(4):
        process, url = _serve(file)
        writers = [_write(url, 10 * round_number + own, 10_000) for own in range(2)]
        for writer in writers:
            assert writer.stdout is not None
            answers.append(writer.stdout.readline().decode().strip())
        time.sleep(0.05 * round_number)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        for writer in writers:
            lines = writer.communicate(timeout=120)[0].splitlines(keepends=True)
            answers += [line.decode().strip() for line in lines if line.endswith(b"\n")]
            assert writer.returncode != 0
        registry = LocalRegistry(file)
        _check_consistent(registry, answers)
        assert len(registry.subjects()) > seen
        seen = len(registry.subjects())
    assert [each.name for each in file.parent.iterdir() if not each.name.startswith(".")] == [file.name]


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_threads_that_register_one_schema_get_one_id(file: Path, kind: str) -> None:
    store = MemoryRegistry() if kind == "memory" else LocalRegistry(file)
    with serve_in_background(store) as url, HttpRegistry(url) as client, ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: client.register("a", '"int"'), range(64)))
    assert {(each.version, each.schema_id) for each in found} == {(1, 1)}


def test_threads_that_register_versions_of_one_subject_get_each_its_own(file: Path) -> None:
    texts = [f'{{"type":"record","name":"R","doc":"{number}","fields":[]}}' for number in range(40)]
    with (
        serve_in_background(LocalRegistry(file)) as url,
        HttpRegistry(url) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        found = list(pool.map(lambda text: client.register("a", text), texts))
    assert sorted(each.version for each in found) == list(range(1, 41))
    assert sorted(each.schema_id for each in found) == list(range(1, 41))
    _check_consistent(LocalRegistry(file), [f"a {each.version} {each.schema_id}" for each in found])


def test_ids_are_not_used_again_by_any_process(file: Path, server: str) -> None:
    given: list[int] = []
    with HttpRegistry(server) as through:
        for number in range(20):
            registry: SchemaRegistry = through if number % 2 else LocalRegistry(file)
            subject = f"s{number}"
            given.append(
                registry.register(subject, f'{{"type":"fixed","name":"F{number}","size":1}}').schema_id
            )
            registry.delete_subject(subject)
            registry.delete_subject(subject, permanent=True)
    assert given == sorted(set(given))
    assert file.stat().st_size < 1000
