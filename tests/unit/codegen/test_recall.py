"""A run with nothing changed generates nothing, and is never wrong about that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from avroforge_codegen import pipeline, recall
from avroforge_codegen.cli import run
from avroforge_codegen.options import Options

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = '{"type": "record", "name": "A", "fields": [{"name": "x", "type": "int"}]}'


class GeneratedError(Exception):
    """The generator ran."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/A.avsc").write_text(SCHEMA)
    (tmp_path / "avroforge.toml").write_text('[generate]\npackage = "records"\n')
    monkeypatch.chdir(tmp_path)
    assert run(["generate"]) == 0
    return tmp_path


def generates(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> bool:
    """Whether a run comes to the generator."""

    def refuse(*_: object, **__: object) -> dict[str, str]:
        raise GeneratedError

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "generate", refuse)
        return run(["generate", *arguments]) == 1


def test_nothing_changed(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "schemas/A.avsc").touch()
    capsys.readouterr()
    assert not generates(monkeypatch)
    assert capsys.readouterr().out == "3 files in generated, 3 unchanged\n"


def test_anything_changed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = project / "generated/records/_types.py"
    right = written.read_text()
    assert generates(monkeypatch, "--frozen")
    (project / "schemas/A.avsc").write_text(SCHEMA.replace("x", "y"))
    assert generates(monkeypatch)
    (project / "schemas/A.avsc").write_text(SCHEMA)
    assert not generates(monkeypatch)
    written.write_text(f"{right}\n")
    assert generates(monkeypatch)
    written.unlink()
    assert generates(monkeypatch)
    assert run(["generate"]) == 0
    assert written.read_text() == right
    (project / "schemas/B.avsc").write_text('"int"')
    assert generates(monkeypatch)


def test_another_generator(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del project
    monkeypatch.setattr(recall, "_generator", lambda: iter(["another"]))
    assert generates(monkeypatch)


def test_checks_always_generate(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del project
    for mode in ("--check", "--diff", "--dry-run"):
        assert generates(monkeypatch, mode)


def test_files_that_are_not_ours_are_still_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "generated/records/foreign.py").write_text("x = 1\n")
    assert run(["generate"]) == 1
    assert "OUTPUT_FOREIGN" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"inputs": 1, "outputs": 2}', "\x00"])
def test_a_damaged_entry_is_no_entry(text: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = recall._entry(project / "generated", "records")
    assert json.loads(entry.read_text())["outputs"].keys() == {
        "records/__init__.py",
        "records/_types.py",
        "records/py.typed",
    }
    entry.write_text(text)
    assert generates(monkeypatch)
    assert run(["generate"]) == 0
    assert not generates(monkeypatch)


def test_a_cache_that_cannot_be_written_is_no_error(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(project / "file"))
    assert run(["generate"]) == 0
    assert generates(monkeypatch)


def test_the_digest_depends_on_where_texts_begin() -> None:
    options = Options("p")
    assert recall.digest_of({"a": "bc"}, options) != recall.digest_of({"ab": "c"}, options)
