"""Where the other side comes from, with real repositories, archives and files, and what each failure says."""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import subprocess
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.review.cases import COUNT, PLAIN, QTY, QTY_0, record, text

from avroforge.evolution import CompatibilityMode
from avroforge.registry import MemoryRegistry, RegistryConfig
from avroforge.registry.server import serve_in_background
from avroforge_codegen.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SETTINGS = '[registry]\ncompatibility = "BACKWARD"\n'
OLD, GOOD, BAD = text(PLAIN), text(record(QTY_0)), text(record(QTY))
GIT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@b",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@b",
}
Run = "Callable[..., tuple[int, str, str]]"


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *arguments],
        cwd=folder,
        env=GIT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def commit(folder: Path, message: str = "change") -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    write(folder, {"avroforge.toml": SETTINGS, "schemas/shop/Order.avsc": OLD})
    commit(folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def breaking(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*arguments: str, command: str = "breaking") -> tuple[int, str, str]:
        code = run([command, *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_a_bare_word_is_a_git_ref(repository: Path, breaking: Callable[..., tuple[int, str, str]]) -> None:
    write(repository, {"schemas/shop/Order.avsc": BAD})
    assert breaking("--against", "main")[0] == 100
    assert breaking("--against", "git:HEAD")[0] == 100
    write(repository, {"schemas/shop/Order.avsc": GOOD})
    assert breaking("--against", "main")[:2] == (0, "nothing breaks: compatible\n")


def test_what_the_other_branch_did_meanwhile_is_not_our_change(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    git(repository, "checkout", "--quiet", "-b", "mine")
    write(repository, {"README": "mine"})
    commit(repository)
    git(repository, "checkout", "--quiet", "main")
    write(repository, {"schemas/shop/Order.avsc": GOOD})
    commit(repository)
    git(repository, "checkout", "--quiet", "mine")
    write(repository, {"schemas/shop/Order.avsc": text(record(COUNT | {"default": 0}))})
    code, out, _ = breaking("--against", "main", command="review")
    assert (code, "FIELD_RENAMED" in out) == (0, False)
    code, out, _ = breaking("--against", "main", "--exact", command="review")
    assert (code, "FIELD_RENAMED_SILENTLY" in out) == (100, True)


def test_a_linked_worktree_has_its_own_files(
    repository: Path,
    tmp_path: Path,
    breaking: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    linked = tmp_path / "linked"
    git(repository, "worktree", "add", "--quiet", "-b", "other", str(linked))
    write(linked, {"schemas/shop/Order.avsc": BAD})
    assert breaking("--against", "main")[0] == 0
    monkeypatch.chdir(linked)
    assert breaking("--against", "main")[0] == 100


def test_a_project_below_the_top_of_the_repository(
    repository: Path, breaking: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository, {"inner/avroforge.toml": SETTINGS, "inner/schemas/A.avsc": OLD})
    commit(repository)
    write(repository, {"inner/schemas/A.avsc": BAD})
    monkeypatch.chdir(repository / "inner")
    code, out, _ = breaking("--against", "main")
    assert code == 100
    assert out.startswith("schemas/A.avsc:")


def test_a_moved_schema_folder_is_found_by_the_settings_of_that_time(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    git(repository, "mv", "schemas", "avro")
    write(repository, {"avroforge.toml": SETTINGS + '[generate]\nschemas = ["avro"]\n'})
    write(repository, {"avro/shop/Order.avsc": BAD})
    code, out, _ = breaking("--against", "main")
    assert (code, out.count("FIELD_ADDED_WITHOUT_DEFAULT")) == (100, 1)


def test_a_moved_schema_folder_without_settings_is_found_by_its_types(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    git(repository, "rm", "--quiet", "avroforge.toml")
    git(repository, "mv", "schemas", "old")
    commit(repository)
    git(repository, "mv", "old", "schemas")
    write(repository, {"schemas/shop/Order.avsc": BAD})
    code, out, _ = breaking("--against", "main")
    assert (code, out.count("FIELD_ADDED_WITHOUT_DEFAULT")) == (100, 1)
    assert "note: there was no schema in schemas at" in out


def test_a_renamed_file_is_the_same_schema(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    git(repository, "mv", "schemas/shop/Order.avsc", "schemas/Moved.avsc")
    code, out, _ = breaking("--against", "main", command="review")
    assert (code, "SCHEMA_FILE_MOVED" in out, "SCHEMA_REMOVED" in out) == (0, True, False)


def test_schemas_in_a_submodule_are_read_at_the_commit_that_was_recorded(
    repository: Path, tmp_path: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    git(library, "init", "--quiet", "--initial-branch=main")
    write(library, {"avro/Order.avsc": OLD})
    commit(library)
    git(repository, "submodule", "--quiet", "add", str(library), "library")
    write(repository, {"avroforge.toml": SETTINGS + '[generate]\nschemas = ["library/avro"]\n'})
    commit(repository)
    write(repository, {"library/avro/Order.avsc": BAD})
    code, out, _ = breaking("--against", "main")
    assert (code, out.startswith("library/avro/Order.avsc:")) == (100, True)
    commit(repository / "library")
    commit(repository)
    assert breaking("--against", "main")[0] == 0
    assert breaking("--against", "HEAD~1")[0] == 100


def test_a_shallow_clone_names_the_fetch_that_helps(
    repository: Path,
    tmp_path: Path,
    breaking: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    git(repository, "checkout", "--quiet", "-b", "mine")
    write(repository, {"schemas/shop/Order.avsc": BAD})
    commit(repository)
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--branch=mine", f"file://{repository}", str(shallow))
    monkeypatch.chdir(shallow)
    code, _, err = breaking("--against", "main")
    assert (code, "GIT_REF" in err) == (1, True)
    command = err.strip().partition("fetch it with: ")[2]
    assert command == "git fetch --unshallow origin main:refs/remotes/origin/main"
    git(shallow, *command.split()[1:])
    assert breaking("--against", "main")[0] == 100


def test_a_shallow_clone_with_the_ref_but_not_the_base(
    repository: Path,
    tmp_path: Path,
    breaking: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    git(repository, "checkout", "--quiet", "-b", "mine")
    write(repository, {"schemas/shop/Order.avsc": BAD})
    commit(repository)
    git(repository, "checkout", "--quiet", "main")
    write(repository, {"README": "later"})
    commit(repository)
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--branch=mine", f"file://{repository}", str(shallow))
    git(shallow, "fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main")
    monkeypatch.chdir(shallow)
    code, _, err = breaking("--against", "main")
    assert (code, "GIT_SHALLOW" in err) == (1, True)
    command = err.partition("fetch it with: ")[2].partition(";")[0]
    git(shallow, *command.split()[1:])
    assert breaking("--against", "main")[0] == 100


def test_a_partial_clone_is_not_completed_behind_the_users_back(
    repository: Path,
    tmp_path: Path,
    breaking: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    write(repository, {"schemas/shop/Order.avsc": BAD})
    commit(repository)
    partial = tmp_path / "partial"
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", f"file://{repository}", str(partial))
    monkeypatch.chdir(partial)
    code, _, err = breaking("--against", "HEAD~1")
    assert (code, "GIT_OBJECT" in err, "git fetch" in err) == (1, True, True)


def test_nothing_of_the_repository_is_run(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    trap = repository / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {repository}/sprung\ncat\n")
    trap.chmod(0o755)
    write(repository, {".gitattributes": "*.avsc filter=trap diff=trap text eol=crlf\n"})
    for name in ("filter.trap.smudge", "filter.trap.clean", "diff.trap.textconv", "core.fsmonitor"):
        git(repository, "config", name, str(trap))
    for hook in ("post-checkout", "reference-transaction", "pre-auto-gc"):
        shutil.copy(trap, repository / ".git" / "hooks" / hook)
    write(repository, {"schemas/shop/Order.avsc": BAD})
    assert breaking("--against", "main")[0] == 100
    assert not (repository / "sprung").exists()


@pytest.mark.parametrize("ref", ["nope", "--output=x", "HEAD:schemas", "main..main", "a b", "\x1b[31m"])
def test_a_ref_that_is_none_is_a_failure_and_never_an_option(
    repository: Path, breaking: Callable[..., tuple[int, str, str]], ref: str
) -> None:
    code, out, err = breaking("--against", f"git:{ref}")
    assert code == (2 if ref.startswith("-") else 1)
    assert (out, "\x1b" in err) == ("", False)
    assert not (repository / "x").exists()


def test_outside_a_repository(
    tmp_path: Path, breaking: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"schemas/Order.avsc": OLD})
    monkeypatch.chdir(tmp_path)
    code, _, err = breaking("--against", "main")
    assert (code, "GIT_FAILED" in err) == (1, True)


def test_without_git(
    repository: Path,
    breaking: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(repository))
    code, _, err = breaking("--against", "main")
    assert (code, "GIT_MISSING" in err, "dir:FOLDER" in err) == (1, True, True)


def test_unrelated_histories(repository: Path, breaking: Callable[..., tuple[int, str, str]]) -> None:
    git(repository, "checkout", "--quiet", "--orphan", "alone")
    commit(repository, "another beginning")
    code, _, err = breaking("--against", "main")
    assert (code, "GIT_UNRELATED" in err) == (1, True)
    assert breaking("--against", "main", "--exact")[0] == 0


def test_a_commit_without_schemas_is_nothing_to_check_against(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    git(repository, "rm", "--quiet", "-r", "schemas")
    commit(repository)
    write(repository, {"schemas/shop/Order.avsc": OLD})
    code, _, err = breaking("--against", "main")
    assert (code, "AGAINST_EMPTY" in err) == (1, True)


def test_old_schemas_that_are_invalid_are_a_failure_with_their_place(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    write(repository, {"schemas/shop/Order.avsc": '{"type": "nope"}'})
    commit(repository)
    write(repository, {"schemas/shop/Order.avsc": OLD})
    code, _, err = breaking("--against", "main")
    assert code == 1
    assert err.startswith("git main (")
    assert "schemas/shop/Order.avsc:1:10: " in err


def archive_of(path: Path, files: dict[str, str]) -> None:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as made:
            for name, content in files.items():
                made.writestr(name, content)
        return
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content.encode())
            tar.addfile(member, io.BytesIO(content.encode()))


@pytest.mark.parametrize("name", ["old.tar.gz", "old.zip"])
def test_archives_are_read_in_place(
    repository: Path, breaking: Callable[..., tuple[int, str, str]], name: str
) -> None:
    archive_of(
        repository / name, {"../schemas/shop/Order.avsc": OLD, "a/.hidden/x.avsc": "{", "b/README": "x"}
    )
    write(repository, {"schemas/shop/Order.avsc": BAD})
    assert breaking("--against", f"archive:{name}")[0] == 100
    write(repository, {"schemas/shop/Order.avsc": GOOD})
    assert breaking("--against", f"archive:{name}")[0] == 0


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"])
def test_a_file_that_is_no_archive(
    repository: Path, breaking: Callable[..., tuple[int, str, str]], content: bytes
) -> None:
    (repository / "old.tar").write_bytes(content)
    code, _, err = breaking("--against", "archive:old.tar")
    assert (code, "ARCHIVE_READ" in err) == (1, True)


def test_an_archive_that_is_not_there(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    assert repository.is_dir()
    code, _, err = breaking("--against", "archive:none.zip")
    assert (code, "ARCHIVE_READ" in err) == (1, True)


def test_a_member_that_is_too_large_to_be_a_schema(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    archive_of(repository / "old.zip", {"big.avsc": " " * (17 << 20)})
    code, _, err = breaking("--against", "archive:old.zip")
    assert (code, "ARCHIVE_SIZE" in err) == (1, True)


def test_a_folder_that_is_not_there(repository: Path, breaking: Callable[..., tuple[int, str, str]]) -> None:
    assert repository.is_dir()
    assert breaking("--against", "dir:none")[0] == 1


def test_a_registry_that_does_not_answer_says_nothing(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    write(repository, {"avroforge.toml": '[subjects]\n"orders-value" = "shop.Order"\n'})
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    code, out, err = breaking("--against", f"registry:http://user:secret@127.0.0.1:{port}")
    assert (code, out) == (1, "")
    assert "compatible" not in err.replace("says nothing about compatibility", "")
    assert "secret" not in err


SUBJECT = '[subjects]\n"orders-value" = "shop.Order"\n'


def test_the_baseline_keeps_every_version(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    write(repository, {"avroforge.toml": SUBJECT + '[registry]\ncompatibility = "BACKWARD_TRANSITIVE"\n'})
    assert breaking(command="baseline")[0] == 0
    write(repository, {"schemas/shop/Order.avsc": GOOD})
    assert breaking(command="baseline")[1].endswith("orders-value: today becomes version 2, id 2\n")
    write(repository, {"schemas/shop/Order.avsc": BAD})
    code, out, _ = breaking()
    assert (code, "breaks orders-value version 1" in out) == (100, True)
    code, _, err = breaking(command="baseline")
    assert (code, "nothing is written" in err) == (100, True)
    assert breaking("--accept", command="baseline")[0] == 0
    document = json.loads((repository / "schemas/registry.json").read_text())
    assert document["compatibility"] == "BACKWARD_TRANSITIVE"
    assert [each["version"] for each in document["subjects"]["orders-value"]["versions"]] == [1, 2, 3]
    assert not list((repository / "schemas").glob(".*"))


def test_the_baseline_can_be_built_from_old_commits(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    write(repository, {"avroforge.toml": SUBJECT, "schemas/shop/Order.avsc": GOOD})
    commit(repository)
    write(repository, {"schemas/shop/Order.avsc": BAD})
    code, out, _ = breaking("--from", "HEAD~1", "--from", "HEAD", command="baseline")
    assert (code, [line.split()[-3] for line in out.splitlines()]) == (0, ["1,", "2,", "3,"])
    before = (repository / "schemas/registry.json").read_bytes()
    assert breaking(command="baseline")[0] == 0
    assert (repository / "schemas/registry.json").read_bytes() == before


def test_the_mode_of_a_subject_comes_from_settings_then_baseline(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    write(repository, {"avroforge.toml": SUBJECT + '[registry.modes]\n"orders-value" = "FORWARD"\n'})
    assert breaking(command="baseline")[0] == 0
    write(repository, {"schemas/shop/Order.avsc": BAD})
    code, out, _ = breaking(command="review")
    assert (code, "upgrade producers first (FORWARD by avroforge.toml)" in out) == (0, True)
    write(repository, {"avroforge.toml": SUBJECT})
    code, out, _ = breaking(command="review")
    assert (code, "(FORWARD by schemas/registry.json)" in out) == (0, True)


def test_mode_none_is_not_green(repository: Path, breaking: Callable[..., tuple[int, str, str]]) -> None:
    write(repository, {"avroforge.toml": '[registry]\ncompatibility = "NONE"\n'})
    write(repository, {"schemas/shop/Order.avsc": BAD})
    code, out, _ = breaking("--against", "main")
    assert (code, out.splitlines()[0]) == (0, "shop.Order: not checked (mode NONE demands nothing)")
    assert out.splitlines()[-1] == "nothing breaks: not checked"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("[[waiver]", "WAIVER_SYNTAX"),
        ('[waiver]\nreason = "x"', "WAIVER_VALUE"),
        ('[[waiver]]\nfingerprint = "1"', "WAIVER_VALUE"),
        ('[[waiver]]\nfingerprint = "1"\nreason = "x"\nexpires = 2030-01-01', "WAIVER_VALUE"),
        ('[[waiver]]\nfingerprint = "0123456789abcdef"\nreason = " "\nexpires = 2030-01-01', "WAIVER_VALUE"),
        ('[[waiver]]\nfingerprint = "0123456789abcdef"\nreason = "x"\nexpires = "soon"', "WAIVER_VALUE"),
    ],
)
def test_a_waiver_that_is_none(
    repository: Path, breaking: Callable[..., tuple[int, str, str]], content: str, code: str
) -> None:
    write(repository, {"avroforge-waivers.toml": content})
    found, _, err = breaking("--against", "main")
    assert (found, code in err) == (1, True)


def test_waivers_that_cannot_be_read(repository: Path, breaking: Callable[..., tuple[int, str, str]]) -> None:
    (repository / "avroforge-waivers.toml").mkdir()
    code, _, err = breaking("--against", "main")
    assert (code, "WAIVER_READ" in err) == (1, True)


def test_a_waiver_approves_one_change_and_is_recorded(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    write(repository, {"schemas/shop/Order.avsc": BAD})
    _, out, _ = breaking("--against", "main")
    fingerprint = out.splitlines()[0].rpartition("[")[2].rstrip("]")
    waiver = f'[[waiver]]\nfingerprint = "{fingerprint}"\nreason = "no data yet"\nexpires = 2999-01-01\n'
    write(repository, {"avroforge-waivers.toml": waiver})
    assert breaking("--against", "main")[:2] == (0, "1 waived: compatible\n")
    code, out, _ = breaking("--against", "main", command="review")
    assert (code, "waived until 2999-01-01: no data yet" in out) == (0, True)
    write(repository, {"avroforge-waivers.toml": waiver.replace("2999", "2020")})
    code, out, _ = breaking("--against", "main")
    assert (code, "WAIVER_EXPIRED" in out, "FIELD_ADDED_WITHOUT_DEFAULT" in out) == (100, True, True)


def test_a_report_that_cannot_be_written(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    write(repository, {"file": ""})
    code, _, err = breaking("--against", "main", "--out", "file/report.html", command="review")
    assert (code, "REPORT_WRITE" in err) == (1, True)


def test_the_history_of_a_real_registry_server(
    repository: Path, breaking: Callable[..., tuple[int, str, str]]
) -> None:
    write(repository, {"avroforge.toml": SUBJECT})
    registry = MemoryRegistry()
    registry.register("orders-value", OLD)
    registry.register("orders-value", GOOD)
    registry.update_config(RegistryConfig(CompatibilityMode.BACKWARD_TRANSITIVE), "orders-value")
    write(repository, {"schemas/shop/Order.avsc": BAD})
    with serve_in_background(registry) as address:
        code, out, _ = breaking("--against", f"registry:{address}", command="review")
        assert (code, "breaks: orders-value version 1" in out) == (100, True)
        assert f"(BACKWARD_TRANSITIVE by {address.rstrip('/')}" in out
        write(repository, {"schemas/shop/Order.avsc": GOOD})
        assert breaking("--against", f"registry:{address}")[0] == 0
        write(repository, {"avroforge.toml": SUBJECT.replace("orders", "carts")})
        code, out, _ = breaking("--against", f"registry:{address}")
        assert (code, "carts-value: not checked (not in" in out) == (0, True)
