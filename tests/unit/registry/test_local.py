from __future__ import annotations

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from avroforge.errors import RegistryCorruptError, RegistryUnavailableError
from avroforge.evolution import CompatibilityMode
from avroforge.registry import (
    LocalRegistry,
    MemoryRegistry,
    Metadata,
    RegistryConfig,
    RegistryMode,
    SchemaReference,
)
from avroforge.registry.document import load
from avroforge.registry.document_text import FORMAT_VERSION, dump

if TYPE_CHECKING:
    from pathlib import Path

RECORD = '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}'
PRETTY = '{\n  "type": "enum",\n  "name": "E",\n  "symbols": ["A", "B"]\n}\n'

WRITER = """
import sys
from avroforge.registry import LocalRegistry
registry = LocalRegistry(sys.argv[1], lock_timeout=60)
for number in range(int(sys.argv[3])):
    name = f"R{sys.argv[2]}_{number}"
    registry.register(f"subject-{name}", '{"type": "fixed", "size": 4, "name": "%s"}' % name)
    registry.register(f"shared-{number}", '{"type": "fixed", "size": 4, "name": "Shared%d"}' % number)
print("done")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "registry.json"


def test_the_file_is_sorted_indented_and_nests_the_schema(path: Path) -> None:
    registry = LocalRegistry(path)
    registry.register("b-value", RECORD)
    registry.register("a-value", PRETTY)
    registry.update_config(RegistryConfig(CompatibilityMode.FULL), "a-value")
    document = json.loads(path.read_text())
    assert list(document["subjects"]) == ["a-value", "b-value"]
    assert document["subjects"]["a-value"] == {"compatibility": "FULL", "versions": [{"version": 1, "id": 2}]}
    assert document["schemas"]["1"]["schema"] == json.loads(RECORD)
    assert document["schemas"]["2"]["lines"] == PRETTY.split("\n")
    assert path.read_text() == json.dumps(document, indent=2) + "\n"


def test_the_same_registrations_give_the_same_file(tmp_path: Path) -> None:
    for name in ("one.json", "two.json"):
        registry = LocalRegistry(tmp_path / name)
        registry.register("a", RECORD)
        registry.register("b", PRETTY)
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_another_object_reads_what_was_written(path: Path) -> None:
    registered = LocalRegistry(path).register("a", PRETTY)
    assert LocalRegistry(path).version("a") == registered


def test_an_open_registry_sees_what_another_wrote(path: Path) -> None:
    reader, writer = LocalRegistry(path), LocalRegistry(path)
    writer.register("a", RECORD)
    assert reader.subjects() == ("a",)
    writer.register("b", RECORD)
    assert reader.subjects() == ("a", "b")


def test_reading_creates_no_file(path: Path) -> None:
    assert LocalRegistry(path).subjects() == ()
    assert not path.exists()


def test_registering_what_is_there_writes_nothing(path: Path) -> None:
    registry = LocalRegistry(path)
    registry.register("a", RECORD)
    registry.update_config(RegistryConfig(CompatibilityMode.BACKWARD))
    before = path.stat()
    registry.register("a", RECORD)
    registry.update_config(RegistryConfig(CompatibilityMode.BACKWARD))
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_size) == (
        before.st_ino,
        before.st_mtime_ns,
        before.st_size,
    )


def test_a_symbolic_link_stays_one(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(path)
    LocalRegistry(link).register("a", RECORD)
    assert link.is_symlink()
    assert LocalRegistry(path).subjects() == ("a",)


def test_the_file_keeps_its_mode(path: Path) -> None:
    registry = LocalRegistry(path)
    registry.register("a", RECORD)
    path.chmod(0o640)
    registry.register("b", RECORD)
    assert path.stat().st_mode & 0o777 == 0o640


def test_nothing_but_the_file_is_left(path: Path) -> None:
    LocalRegistry(path).register("a", RECORD)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "text",
    [
        RECORD,
        PRETTY,
        '"int"',
        '  "int"  ',
        '\n\n\r\n"int"',
        RECORD.replace('"int"', '{"type":"int","x":"\u2028é"}'),
    ],
)
def test_the_exact_text_survives_the_document(text: str) -> None:
    memory = MemoryRegistry()
    memory.register("a", text)
    assert load(dump(memory._store.read()), "file") == memory._store.read()


def corrupt_cases() -> dict[str, tuple[str, str]]:
    """Name -> (content, what the message says)."""
    memory = MemoryRegistry()
    memory.update_config(RegistryConfig(CompatibilityMode.BACKWARD))
    memory.register("a", RECORD)
    good = dump(memory._store.read())
    return {
        "empty": ("", "empty file; restore the file from version control"),
        "blank": ("\n \n", "empty file"),
        "truncated": (good[: len(good) // 2], r"registry\.json:\d+:\d+: not JSON"),
        "not_json": ("hello", r"registry\.json:1:1: not JSON"),
        "foreign": ('{"name": "x"}', "not a registry file"),
        "array": ("[]", "not a registry file"),
        "newer": (
            good.replace(f'"format_version": {FORMAT_VERSION}', '"format_version": 99'),
            f"written in format 99, this avroforge reads up to {FORMAT_VERSION}; upgrade avroforge",
        ),
        "conflict": (
            good.replace('  "subjects"', '<<<<<<< HEAD\n  "subjects"'),
            r"registry\.json:5: unresolved merge conflict",
        ),
        "unknown_key": (
            good.replace('"format_version"', '"extra": 1, "format_version"'),
            "/extra: expected one of",
        ),
        "missing_key": (good.replace('"sha256"', '"sha"'), "/schemas/1/sha: expected one of the keys"),
        "mode": (good.replace("BACKWARD", "SIDEWARD"), "/compatibility: expected one of NONE, BACKWARD"),
        "unknown_id": (
            good.replace('"id": 1', '"id": 2'),
            "/subjects/a/versions/0/id: expected the id of a schema",
        ),
        "bad_version": (good.replace('"version": 1', '"version": "1"'), 'expected a number from 1, got "1"'),
        "bad_id": (good.replace('"1": {', '"01": {'), "/schemas/01: expected a schema id"),
        "edited_schema": (good.replace('"int"', '"long"'), "was it edited by hand"),
        "layout": (good.replace('"compact"', '"fancy"'), "/schemas/1/layout: expected one of compact"),
        "double_key": (
            good.replace('"format_version": 2', '"format_version": 2, "format_version": 2'),
            "twice",
        ),
        "deep": ("[" * 100_000, "registry.json"),
        "subjects": (good.replace('"subjects": {', '"subjects": [], "x": {'), "expected"),
    }


@pytest.mark.parametrize("name", corrupt_cases())
def test_a_damaged_file_is_named_and_left_alone(path: Path, name: str) -> None:
    content, message = corrupt_cases()[name]
    path.write_text(content)
    registry = LocalRegistry(path)
    with pytest.raises(RegistryCorruptError, match=message) as caught:
        registry.subjects()
    assert str(path) in str(caught.value)
    with pytest.raises(RegistryCorruptError):
        registry.register("b", RECORD)
    assert path.read_text() == content
    assert list(path.parent.iterdir()) == [path]


def test_bytes_that_are_no_utf8_are_named_by_line(path: Path) -> None:
    path.write_bytes(b'{\n"format": "\xff"}')
    with pytest.raises(RegistryCorruptError, match=r"registry\.json:2: not UTF-8"):
        LocalRegistry(path).subjects()


def test_a_file_that_vanishes_is_not_made_again(path: Path) -> None:
    registry = LocalRegistry(path)
    registry.register("a", RECORD)
    path.unlink()
    with pytest.raises(RegistryCorruptError, match="was there and is gone"):
        registry.register("b", RECORD)
    assert not path.exists()


def test_waiting_for_another_writer_is_bounded(path: Path) -> None:
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        with pytest.raises(RegistryUnavailableError, match=r"writing for 0\.05 s"):
            LocalRegistry(path, lock_timeout=0.05).register("a", RECORD)
    finally:
        os.close(directory)
    assert LocalRegistry(path).register("a", RECORD).schema_id == 1


def test_a_full_disk_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = LocalRegistry(path)
    registry.register("a", RECORD)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        registry.register("b", PRETTY)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert registry.register("b", PRETTY).schema_id == 2
    assert list(path.parent.iterdir()) == [path]


def test_what_a_kill_before_the_replacement_leaves_is_never_read(path: Path) -> None:
    registry = LocalRegistry(path)
    registry.register("a", RECORD)
    script = (
        "import os, sys\n"
        "from avroforge.registry import LocalRegistry\n"
        "os.fsync = lambda _: os._exit(9)\n"
        "LocalRegistry(sys.argv[1]).register('b', '\"int\"')\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, path], check=False)
    assert killed.returncode == 9
    assert (path.parent / ".registry.json.new").exists()
    assert LocalRegistry(path).subjects() == ("a",)
    assert registry.register("c", PRETTY).schema_id == 2
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_register_at_once_lose_nothing(path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, path, str(number), "10"], stdout=subprocess.PIPE)
        for number in range(4)
    ]
    assert [writer.communicate()[0] for writer in writers] == [b"done\n"] * 4
    registry = LocalRegistry(path)
    assert len(registry.subjects()) == 4 * 10 + 10
    ids = {registry.version(subject).schema_id for subject in registry.subjects()}
    assert ids == set(range(1, 51))


def test_a_kill_leaves_the_old_or_the_new_file(path: Path) -> None:
    seen = 0
    for round_number in range(6):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, path, str(round_number), "10000"])
        before = path.read_bytes() if path.exists() else b""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and (path.read_bytes() if path.exists() else b"") == before:
            time.sleep(0.005)
        time.sleep(0.013 * round_number)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        registry = LocalRegistry(path)
        count = len(registry.subjects())
        assert count > seen
        seen = count
    LocalRegistry(path).register("after", RECORD)
    assert list(path.parent.iterdir()) == [path]


FIRST_FORMAT = """{
  "format": "avroforge-registry",
  "format_version": 1,
  "compatibility": "FULL",
  "subjects": {
    "a": {
      "compatibility": "NONE",
      "versions": [{"version": 1, "id": 1}, {"version": 2, "id": 7}]
    },
    "b": {"versions": []}
  },
  "schemas": {
    "1": {
      "sha256": "HASH_OF_INT",
      "lines": ["\\"int\\""]
    },
    "7": {
      "sha256": "HASH_OF_LONG",
      "layout": "compact",
      "schema": "long"
    }
  }
}
"""


def test_a_file_of_the_first_format_is_read_and_written_in_the_new_one(path: Path) -> None:
    content = FIRST_FORMAT.replace("HASH_OF_INT", hashlib.sha256(b'"int"').hexdigest())
    content = content.replace("HASH_OF_LONG", hashlib.sha256(b'"long"').hexdigest())
    path.write_text(content)
    registry = LocalRegistry(path)
    assert [registry.version("a", number).text for number in registry.versions("a")] == ['"int"', '"long"']
    assert registry.config().compatibility is CompatibilityMode.FULL
    assert registry.config("a").compatibility is CompatibilityMode.NONE
    assert registry.subjects() == ("a",)
    assert path.read_text() == content
    assert registry.register("b", '"string"').schema_id == 8
    document = json.loads(path.read_text())
    assert document["format_version"] == FORMAT_VERSION
    assert document["compatibility"] == "FULL"
    assert LocalRegistry(path).version("a", 2).schema_id == 7


def test_an_id_is_not_given_again_after_the_file_was_read_anew(path: Path) -> None:
    registry = LocalRegistry(path)
    registry.register("a", RECORD)
    registry.register("b", PRETTY)
    registry.delete_subject("b")
    registry.delete_subject("b", permanent=True)
    assert json.loads(path.read_text())["last_id"] == 2
    assert LocalRegistry(path).register("c", '"int"').schema_id == 3


def test_everything_a_registry_holds_survives_the_file(path: Path) -> None:
    registry = LocalRegistry(path)
    registry.register("address", '{"type":"enum","name":"shop.Country","symbols":["DE"]}')
    reference = SchemaReference("shop.Country", "address", 1)
    order = '{"type":"record","name":"shop.Order","fields":[{"name":"c","type":"Country"}]}'
    metadata = Metadata({"owner": "é"}, {"shop.Order.c": ("PII",)}, ("owner",))
    registry.register("orders", order, [reference], metadata=metadata)
    registry.register(":.test:orders", '"int"')
    registry.register("gone", '"int"')
    registry.delete_version("gone", 1)
    registry.update_config(RegistryConfig(None, {"normalize": True, "unknown": [1]}), ":.test:orders")
    registry.set_mode(RegistryMode.READONLY, "orders")
    registry.set_mode(RegistryMode.READWRITE, ":.__GLOBAL:")
    again = LocalRegistry(path)
    assert again._store.read() == registry._store.read()
    assert again.version("orders") == registry.version("orders")
    assert again.version("orders").metadata == metadata
    assert path.read_text() == json.dumps(json.loads(path.read_text()), indent=2, ensure_ascii=False) + "\n"


def test_whether_a_file_could_be_written_is_known_without_writing_it(path: Path) -> None:
    LocalRegistry(path).check_writable()
    assert list(path.parent.iterdir()) == []
    (path.parent / "taken").touch()
    with pytest.raises(NotADirectoryError):
        LocalRegistry(path.parent / "taken" / "folder" / "registry.json").check_writable()
