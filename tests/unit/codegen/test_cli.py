"""The command line as a whole: help, exit codes, and no traceback for anybody."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click
import pytest

from avroforge.shell.terminal import visible
from avroforge_codegen.cli import COMMANDS, run

if TYPE_CHECKING:
    from pathlib import Path

START = "import sys; from avroforge_codegen.cli import main; sys.argv[0] = 'avroforge'; main()"


def avroforge(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 passed on
    command = [sys.executable, "-c", START, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_says(name: str) -> None:
    command = import_module(f"avroforge_codegen.cli.{name}").command
    assert isinstance(command, click.Command)
    assert command.name == name
    assert (command.help or "").splitlines()[0] == COMMANDS[name]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: avroforge {name}")


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["--nonsense"], ["lint", "--format", "xml"], ["compat", "a"]]
)
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "Usage: avroforge" in capsys.readouterr().err


def fail_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("avroforge_codegen.cli.project.Project.open", fail)
    return run(["lint"])


def test_an_unexpected_error_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fail_with(RuntimeError("first\nsecond"), monkeypatch) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        "avroforge: internal error: RuntimeError: first second; "
        "please report it with the output of the same command under AVROFORGE_TRACEBACK=1"
    )


def test_the_traceback_is_there_for_the_asking(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AVROFORGE_TRACEBACK", "1")
    assert fail_with(RuntimeError("boom"), monkeypatch) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_what_the_system_refuses_is_a_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fail_with(OSError(28, "No space left on device", "out/a.py"), monkeypatch) == 1
    assert capsys.readouterr().err == "avroforge: out/a.py: no space left on device\n"


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert fail_with(KeyboardInterrupt(), monkeypatch) == 130
    assert capsys.readouterr().err.strip() == "avroforge: interrupted"


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"a{number}.avsc").write_text('{"type": "record", "name": "?", "fields": []}')
    command = [sys.executable, "-c", START, "lint", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""


def test_a_character_that_the_output_lacks_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "日.avsc").write_text('{"type": "record", "name": "?", "fields": []}')
    done = avroforge("lint", ".", cwd=tmp_path, env={**os.environ, "PYTHONIOENCODING": "latin-1"})
    assert done.returncode == 100
    assert r"\u65e5.avsc:1:28: NAME_INVALID" in done.stdout


def test_nothing_reaches_the_terminal_that_it_would_obey() -> None:
    assert visible("plain é 日本\nnext") == "plain é 日本\nnext"
    assert visible("\x1b[2J\x9b\r\x07") == r"\x1b[2J\x9b\r\x07"
    assert visible("a\u202eb\u200b\u2028\ud800") == r"a\u202eb\u200b\u2028\ud800"


@pytest.mark.parametrize(("mistyped", "meant"), [(["breakin"], "breaking"), (["registry", "pus"], "push")])
def test_a_mistyped_command_is_answered_with_the_nearest(
    mistyped: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(mistyped) == 2
    assert f"No such command '{mistyped[-1]}'. Did you mean '{meant}'?" in capsys.readouterr().err
