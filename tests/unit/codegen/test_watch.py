"""``avroforge generate --watch``: it goes on through changes and errors until Ctrl-C."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from avroforge_codegen.cli import run, watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = '{"type": "record", "name": "A", "fields": [{"name": "x", "type": "int"}]}'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/A.avsc").write_text(GOOD)
    (tmp_path / "avroforge.toml").write_text('[generate]\npackage = "records"\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def act_in_pauses(monkeypatch: pytest.MonkeyPatch, *deeds: Callable[[], object]) -> None:
    """Do one thing in each pause between two looks, and press Ctrl-C in the pause after the last."""
    left = list(deeds)

    def pause(seconds: float) -> None:
        assert seconds == watch.INTERVAL
        if not left:
            raise KeyboardInterrupt
        left.pop(0)()

    monkeypatch.setattr("avroforge_codegen.cli.watch.time.sleep", pause)


def test_it_writes_again_after_every_change_and_survives_errors(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    schema, other = project / "schemas/A.avsc", project / "schemas/B.avsc"
    written = project / "generated/records/_types.py"
    act_in_pauses(
        monkeypatch,
        lambda: schema.write_text(GOOD.replace('"x"', '"renamed"')),
        lambda: schema.write_text("{"),
        lambda: schema.write_text(GOOD),
        lambda: other.write_text(GOOD.replace('"A"', '"B"')),
        other.unlink,
    )
    assert run(["generate", "--watch"]) == 0
    out, err = capsys.readouterr()
    assert "    x: int" in written.read_text()
    assert out.count("watching 2 files; Ctrl-C ends") == 5
    assert out.count("edited   schemas/A.avsc") == 3
    assert out.count("changed  generated/records/_types.py") == 4
    assert "new      schemas/B.avsc" in out
    assert "gone     schemas/B.avsc" in out
    assert out.endswith("stopped\n")
    assert "schemas/A.avsc:1:2: JSON_SYNTAX" in err


def test_settings_are_watched_also_while_they_are_wrong(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = project / "avroforge.toml"
    right = settings.read_text()
    act_in_pauses(
        monkeypatch,
        lambda: settings.write_text("[generate]\nfrozen = 1\n"),
        lambda: settings.write_text(f"{right}frozen = true\n"),
    )
    assert run(["generate", "--watch"]) == 0
    out, err = capsys.readouterr()
    assert "SETTING_VALUE" in err
    assert out.count("edited   avroforge.toml") == 2
    assert "frozen=True" in (project / "generated/records/_types.py").read_text()


def test_a_change_of_the_time_alone_is_a_change(project: Path) -> None:
    before = watch.watched(None, [])
    os.utime(project / "schemas/A.avsc", ns=(1, 1))
    assert watch.watched(None, []) != before
