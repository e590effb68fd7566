from __future__ import annotations

import json
from pathlib import Path

import pytest

from avroforge.formats.container import ContainerReader
from avroforge.shell.terminal import lasting
from vqe_records import VQEDecoratedResultInterface
from vqe_stream import ProducerConfig, VQEKafkaProducer, result_from_json
from vqe_stream.cli import run

PLACE = ("--servers", "embedded:")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment that says nothing, and a home of its own."""
    monkeypatch.delenv("KAFKA_SERVERS", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "vqe-stream"


@pytest.fixture
def files(data: Path) -> list[str]:
    return [str(path) for path in sorted(data.glob("*.json"))]


def publish(*arguments: str) -> int:
    return run(["publish", *PLACE, *arguments])


def outbox(*arguments: str) -> int:
    return run(["outbox", *arguments])


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    "command", [["list"], ["requeue", "--all"], ["export", "--out", "x"], ["prune"], ["check"], ["salvage"]]
)
def test_looking_makes_nothing(command: list[str], state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outbox(*command) == 0
    assert "no outbox; the first result makes it" in capsys.readouterr().out
    assert not state.exists()


def test_a_line_for_each_result_says_where_it_stands(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(files[0]) == 0
    assert publish("--max-request-size", "100", "--run-id", "run-3", files[2]) == 100
    assert publish("--no-delivery", files[1]) == 0
    capsys.readouterr()
    assert outbox("list") == 0
    sent, dead, pending = lines(capsys)
    assert "  sent     1 attempt  " in sent
    assert sent.endswith("experiment.vqe  partition 0, offset 0")
    assert "  pending  " in pending
    assert dead.startswith("run-3  dead     1 attempt  ")
    assert "experiment.vqe.claims: expected at most 100 bytes" in dead
    assert outbox("list", "--only", "dead") == 0
    assert lines(capsys) == [dead]


def test_a_result_that_was_given_up_is_delivered_after_requeue(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish("--max-request-size", "100", "--run-id", "run-1", files[0]) == 100
    assert outbox("requeue", "run-1", "run-2") == 100
    told = capsys.readouterr()
    assert "1 result waiting again" in told.out
    assert told.err == "run-2: was not given up\n"
    assert run(["relay", *PLACE, "--until-empty"]) == 0
    assert run(["status"]) == 0
    assert outbox("requeue", "--all") == 0
    assert "0 results waiting again" in capsys.readouterr().out


def test_requeue_wants_ids_or_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert outbox("requeue") == 2
    assert outbox("requeue", "--all", "run-1") == 2
    assert "expected IDS, or --all" in capsys.readouterr().err


def test_an_exported_file_has_the_results_and_their_ids(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish("--no-delivery", *files) == 0
    ids = [line.split(": ")[1] for line in lines(capsys)]
    out = tmp_path / "out"
    assert outbox("export", "--out", str(out), "--only", "pending") == 0
    (path,) = out.iterdir()
    assert lines(capsys) == [f"{path}: 3 results"]
    with path.open("rb") as file, ContainerReader(file, VQEDecoratedResultInterface) as reader:
        assert json.loads(reader.metadata["avroforge.result-ids"]) == ids
        encode = VQEDecoratedResultInterface().encode
        wanted = [encode(result_from_json(Path(each).read_bytes())) for each in files]
        assert [encode(each) for each in reader] == wanted
    # Exporting does not deliver, and does not write over a file.
    assert run(["status", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["pending"] == 3
    assert outbox("export", "--out", str(out)) == 1
    assert "expected no such file" in capsys.readouterr().err


def test_more_results_than_one_page_are_exported(config: ProducerConfig, data: Path, tmp_path: Path) -> None:
    result = result_from_json((data / "h2_cobyla.json").read_bytes())
    with VQEKafkaProducer(config, background=False) as producer:
        for number in range(205):
            producer.send_result(result, run_id=f"run-{number}")
    place = ["--state", str(config.state_directory)]
    assert outbox("export", "--out", str(tmp_path / "out"), *place) == 0
    (path,) = (tmp_path / "out").iterdir()
    with path.open("rb") as file, ContainerReader(file, VQEDecoratedResultInterface) as reader:
        assert sum(1 for _ in reader) == 205


def test_pruned_results_are_said_and_their_ids_kept(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(*files) == 0
    capsys.readouterr()
    assert outbox("prune") == 0
    assert lines(capsys) == ["0 payloads dropped, 0.0 MB"]
    assert outbox("prune", "--older-than", "0") == 0
    assert lines(capsys) == ["3 payloads dropped, 0.1 MB"]
    assert outbox("export", "--out", str(tmp_path / "out")) == 100
    told = capsys.readouterr()
    assert told.out == "no results to export\n"
    assert told.err.count(": its payload was pruned") == 3
    assert publish(*files) == 0
    assert capsys.readouterr().out.count("already delivered") == 3


def test_damage_is_found_salvaged_and_gone(
    files: list[str], state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish("--no-delivery", *files) == 0
    payloads = next((state / "outbox" / "payload").glob("*.bin"))
    content = bytearray(payloads.read_bytes())
    content[-10] ^= 1
    payloads.write_bytes(content)
    capsys.readouterr()
    assert outbox("check") == 100
    told = capsys.readouterr()
    assert told.out.endswith(": 1 finding\n")
    assert told.err == "row 3: its payload does not match its checksum\n"
    assert outbox("salvage") == 100
    told = capsys.readouterr()
    assert told.out.startswith("2 results saved; damaged files kept in ")
    assert told.err == "row 3: its payload does not match its checksum\n"
    assert outbox("check") == 0
    assert lines(capsys)[-1].endswith("outbox: whole")


def test_status_says_why_since_when_and_of_how_many(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(files[0]) == 0
    for number, file in enumerate(files[1:]):
        assert publish("--max-request-size", "100", "--run-id", f"run-{number}", file) == 100
    capsys.readouterr()
    assert run(["status"]) == 100
    told = capsys.readouterr().out
    assert "0 waiting, 0 under way, 1 delivered, 2 given up\n" in told
    assert "last delivery: " in told
    assert told.count(" (first: run-0, oldest: 0 s)") == 1
    assert run(["status", "--format", "json"]) == 100
    document = json.loads(capsys.readouterr().out)
    (reason,) = document["reasons"]
    assert (reason["state"], reason["rows"], reason["result_id"]) == ("dead", 2, "run-0")
    assert reason["oldest_seconds"] >= 0
    assert document["delivered_seconds"] >= 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (5400, "1.5 h"), (86_400, "1.0 days"), (1e6, "11.6 days")],
)
def test_a_time_is_told_in_the_unit_that_suits_it(seconds: float, text: str) -> None:
    assert lasting(seconds) == text
