from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from avroforge.delivery import TopicLog
from vqe_stream.cli import COMMANDS, run, vqe_stream
from vqe_stream.cli.options import configuration

if TYPE_CHECKING:
    from vqe_records import VQEDecoratedResult

EMBEDDED = ("--servers", "embedded:")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment that says nothing, and a home of its own."""
    for name in ("KAFKA_SERVERS", "AVROFORGE_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "vqe-stream"


def files(data: Path) -> list[str]:
    return [str(path) for path in sorted(data.glob("*.json"))]


def log_of(state: Path) -> list[str]:
    with TopicLog(state / "topics") as log:
        return [entry.key for entry in log.read("experiment.vqe")]


def test_published_results_are_consumed_as_the_json_they_were(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["publish", *EMBEDDED, *files(data)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.rpartition(": ")[2] for line in said] == [f"delivered, offset {n}" for n in range(3)]
    assert run(["consume", *EMBEDDED]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert printed == [json.loads(Path(file).read_bytes()) for file in files(data)]


def test_publishing_again_sends_nothing_again(
    data: Path, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(["publish", *EMBEDDED, *files(data)]) == 0
    assert "already delivered, offset 2" in capsys.readouterr().out
    assert len(log_of(state)) == 3


def test_nothing_is_published_when_one_file_is_wrong(
    data: Path, state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.json").write_text('{"vqe_result": 1}')
    (tmp_path / "worse.json").write_text("{")
    bad = [str(tmp_path / "bad.json"), str(tmp_path / "worse.json")]
    assert run(["publish", *EMBEDDED, *files(data), *bad]) == 100
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith(f"{bad[0]}: VALUE_INVALID $.vqe_result: ")
    assert said[1].startswith(f"{bad[1]}:1:2: RESULT_SYNTAX ")
    assert said[2] == "2 files of 5 cannot be read, so nothing is published"
    assert not state.exists()


def test_stored_now_and_relayed_later(data: Path, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publish", *EMBEDDED, "--no-delivery", *files(data)]) == 0
    assert log_of(state) == []
    assert run(["status"]) == 0
    assert "3 waiting, 0 under way, 0 delivered, 0 given up" in capsys.readouterr().out
    assert run(["relay", *EMBEDDED, "--until-empty"]) == 0
    assert "3 results delivered, 0 left, 0 given up" in capsys.readouterr().out
    assert len(log_of(state)) == 3
    assert run(["status", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["sent"] == 3


def test_a_relay_of_its_own_delivers_until_it_is_interrupted(data: Path, state: Path) -> None:
    assert run(["publish", *EMBEDDED, "--no-delivery", *files(data)]) == 0
    # whoever runs the tests in the background has had SIGINT ignored for all that they start
    listen = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{listen}; from vqe_stream.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "relay", *EMBEDDED],
        env={**os.environ, "XDG_STATE_HOME": str(state.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().endswith("3 results to deliver; interrupt to end\n")
        assert any(line.endswith("delivered, 0 left, 0 given up\n") for line in process.stdout)
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(10) == 130
        finally:
            process.kill()
        assert process.stderr.read().strip() == "vqe-stream: interrupted"
    assert len(log_of(state)) == 3


def test_a_result_that_can_never_be_delivered_is_a_finding(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["publish", *EMBEDDED, "--max-request-size", "100", "--run-id", "run-1", files(data)[0]]
    assert run(arguments) == 100
    assert "cannot be delivered: experiment.vqe.claims: expected at most 100 bytes" in capsys.readouterr().out
    assert run(["status"]) == 100
    assert "1 result dead: experiment.vqe.claims: expected at most 100 bytes" in capsys.readouterr().out


def test_what_is_not_delivered_in_time_is_said_and_kept(
    data: Path, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    obstacle = state / "topics" / "experiment.vqe" / "0.log"
    obstacle.mkdir(parents=True)
    assert run(["publish", *EMBEDDED, "--timeout", "0.3", *files(data)]) == 0
    assert "3 results stored and not delivered yet: " in capsys.readouterr().err
    assert run(["relay", *EMBEDDED, "--timeout", "0.3", "--until-empty"]) == 100
    obstacle.rmdir()
    assert run(["relay", *EMBEDDED, "--until-empty"]) == 0
    assert len(log_of(state)) == 3


def test_looking_makes_nothing(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status"]) == 0
    assert "no outbox; the first result makes it" in capsys.readouterr().out
    assert not state.exists()


def test_unreadable_records_are_findings(
    data: Path, state: Path, results: list[VQEDecoratedResult], capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(results) == 3
    assert run(["publish", *EMBEDDED, *files(data)]) == 0
    (state / "registry.json").unlink()
    capsys.readouterr()
    assert run(["consume", *EMBEDDED]) == 100
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines()[-1] == "3 records passed over"


def test_the_command_line_wins_over_the_environment_over_the_file_over_the_default(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "stream.toml"
    settings.write_text(f'servers = "embedded:{tmp_path}/file"\ntimeout = 7\n')
    file = files(data)[0]

    def published() -> set[str]:
        return {name for name in ("file", "environment", "line") if (tmp_path / name).exists()}

    assert configuration(None, {}).bootstrap_servers == "localhost:9092"
    assert run(["publish", "--config", str(settings), file]) == 0
    assert published() == {"file"}
    monkeypatch.setenv("KAFKA_SERVERS", f"embedded:{tmp_path}/environment")
    assert run(["publish", "--config", str(settings), "--topic", "a", file]) == 0
    assert published() == {"file", "environment"}
    line = ["--servers", f"embedded:{tmp_path}/line"]
    assert run(["publish", "--config", str(settings), *line, "--topic", "b", file]) == 0
    assert published() == {"file", "environment", "line"}
    monkeypatch.setenv("KAFKA_SERVERS", "")
    assert configuration(None, {}).bootstrap_servers == "localhost:9092"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["publish"], 2, "Missing argument 'FILES...'"),
        (["publish", "no-such.json", *EMBEDDED], 1, "vqe-stream: no-such.json: no such file or directory"),
        (["publish", "--run-id", "a", "x.json", "y.json"], 2, "--run-id: expected one file"),
        (["consume", "--servers", "127.0.0.1:1"], 1, "127.0.0.1:1: connection refused: no broker answers"),
        (["consume", *EMBEDDED, "--since", "noon"], 2, "--since: expected a time like 2026-"),
        (["consume", *EMBEDDED, "--since", "2026-01-01", "--from-offset", "1"], 2, "expected one of them"),
        (
            ["consume", *EMBEDDED, "--group", "g", "--from-beginning"],
            2,
            "group: 'g' goes on where it stopped",
        ),
        (["consume", *EMBEDDED, "--group", "g", "--key", "x"], 2, "group: 'g' goes on where it stopped"),
        (["consume", *EMBEDDED, "--group", "a/b"], 2, "group: expected 1 to 249 of"),
        (["consume", *EMBEDDED, "--dead-letters"], 2, "dead_letters: expected a group with it, got none"),
        (["consume", "--config", "no-such.toml"], 1, "no-such.toml: no such file or directory"),
        (["relay", *EMBEDDED, "--retries", "few"], 2, "retries: expected a whole number, 0 or more"),
        (["relay", *EMBEDDED, "--registry", "ftp://here"], 2, "registry: expected a file or an address"),
        (["teleport"], 2, "No such command 'teleport'"),
    ],
)
def test_a_failure_is_a_message_and_an_exit_code(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == code
    told = capsys.readouterr().err
    assert message in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("servers = ", "stream.toml: expected TOML: "),
        ("sevrers = 'x'", "stream.toml: sevrers: no such setting; did you mean 'servers'?"),
        ("acks = 1", "stream.toml: acks: expected 'all', got 1"),
        ("[security]\nssl_cafile = 'x'", "stream.toml: security.ssl_cafile: no such setting"),
    ],
)
def test_a_wrong_settings_file_is_named(
    text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stream.toml").write_text(text)
    assert run(["consume", "--config", str(tmp_path / "stream.toml")]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_says_what_the_list_says_and_every_default(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert COMMANDS[command] in text
    options = text.partition("Options:")[2]
    loaded = vqe_stream.get_command(click.Context(vqe_stream), command)
    assert loaded is not None
    for option in loaded.params:
        if isinstance(option, click.Option) and not option.is_flag:
            shown = re.search(rf"{option.opts[-1]} [A-Z\[].*?(?= --|$)", options)
            assert shown is not None, option.opts
            assert "default: " in shown[0], option.opts


def test_help_loads_no_command_and_no_library() -> None:
    code = "import sys; from vqe_stream.cli import run; run(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert {name for name in loaded if name.startswith(("vqe_", "avroforge", "numpy", "rich"))} == {
        "vqe_stream",
        "vqe_stream.cli",
        "avroforge",
        "avroforge.shell",
        "avroforge.shell.exit_code",
        "avroforge.shell.program",
        "avroforge.shell.terminal",
    }


def test_a_reader_that_goes_away_is_no_traceback(data: Path, state: Path) -> None:
    assert run(["publish", *EMBEDDED, *files(data)]) == 0
    script = (
        f"{sys.executable} -c 'from vqe_stream.cli import main; main()' consume --servers embedded: | true"
    )
    environment = {**os.environ, "XDG_STATE_HOME": str(state.parent)}
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False, env=environment
    )
    assert done.stderr == ""
