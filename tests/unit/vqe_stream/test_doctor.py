from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

import pytest

from avroforge.delivery import Outbox, OutboxOptions, OutboxRecord
from avroforge.errors import TransportError
from avroforge.evolution import CompatibilityMode
from avroforge.registry import LocalRegistry, RegistryConfig
from avroforge.registry.setting import RegistryMode
from vqe_records import VQEDecoratedResultInterface
from vqe_stream.check import Check, Verdict, worst
from vqe_stream.cli import run
from vqe_stream.development_pki import Authority
from vqe_stream.doctor.step import Step, examine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EMBEDDED = ("--servers", "embedded:")
SUBJECT = "experiment.vqe-value"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment that says nothing, and a home of its own."""
    for name in ("KAFKA_SERVERS", "SCHEMA_REGISTRY_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "vqe-stream"


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Doctor:
    return Doctor(capsys)


class Doctor:
    """Runs the command, and answers with the checks that it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.code = -1

    def __call__(self, *arguments: str) -> dict[str, tuple[str, str]]:
        """Verdict and text by name; of several the worst."""
        self._capsys.readouterr()
        self.code = run(["doctor", "--format", "json", *(arguments or EMBEDDED)])
        report = json.loads(self._capsys.readouterr().out)
        order = ["ok", "warning", "not checked", "failure"]
        found: dict[str, tuple[str, str]] = {}
        for each in sorted(report["checks"], key=lambda each: order.index(each["verdict"])):
            found[each["name"]] = (each["verdict"], f"{each['found']}; {each['advice']}")
        return found


def publish(data: Path, *more: str) -> None:
    assert run(["publish", *EMBEDDED, *more, *map(str, sorted(data.glob("*.json")))]) == 0


def test_a_fresh_machine_is_well_and_looking_makes_nothing(doctor: Doctor, state: Path) -> None:
    checks = doctor()
    assert doctor.code == 0
    assert {verdict for verdict, _ in checks.values()} == {"ok"}
    assert {"configuration", "outbox folder", "topic log", "outbox", "clock", "security", "registry"} <= set(
        checks
    )
    assert not state.exists()


def test_a_used_one_is_well_too(doctor: Doctor, data: Path) -> None:
    publish(data)
    checks = doctor()
    assert doctor.code == 0
    assert checks["outbox"] == ("ok", "0 waiting, 3 delivered, 0 given up; ")
    assert checks["outbox integrity"][0] == "ok"
    assert checks["topic experiment.vqe"] == ("ok", "3 whole records in the embedded log; ")
    assert "version 1, id 1" in checks[f"subject {SUBJECT}"][1]


def test_the_text_has_a_line_for_each_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--servers", "127.0.0.1:1"]) == 100
    lines = capsys.readouterr().out.splitlines()
    assert (
        "failure      broker 127.0.0.1:1: connection refused; start the broker, or correct the port"
        in str(lines)
    )
    assert "not checked  topics: needs brokers" in lines
    assert lines[-1].endswith(" ok, 1 failure, 2 not checked")


def test_settings_are_said_with_where_they_were_read(
    doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "stream.yaml"
    file.write_text("timeout: 7\nregistry: other.json\nregistry_options: {}\nsecurity: {}\n")
    monkeypatch.setenv("KAFKA_SERVERS", "embedded:")
    said = doctor("--config", str(file), "--topic", "other")["configuration"][1]
    assert f"timeout 7.0 ({file})" in said
    assert "bootstrap_servers embedded: (KAFKA_SERVERS)" in said
    assert "topic other (command line)" in said
    assert f"security ({file})" in said


@pytest.mark.parametrize(
    ("servers", "cause"),
    [
        ("127.0.0.1:1", "connection refused"),
        ("no-such-host.invalid:9092", "correct the host in bootstrap_servers"),
    ],
)
def test_brokers_that_cannot_be_reached_say_why(doctor: Doctor, servers: str, cause: str) -> None:
    checks = doctor("--servers", servers)
    assert doctor.code == 100
    verdict, text = checks[f"broker {servers}"]
    assert verdict == "failure"
    assert cause in text
    assert checks["transactions"] == ("not checked", "needs brokers; ")


def test_an_outbox_that_others_may_enter_is_a_failure(doctor: Doctor, state: Path) -> None:
    (state / "outbox").mkdir(parents=True)
    (state / "outbox").chmod(0o755)
    verdict, text = doctor()["outbox folder"]
    assert (verdict, doctor.code) == ("failure", 100)
    assert f"chmod 700 {state / 'outbox'}" in text


def test_a_file_in_the_way_of_a_folder_is_a_failure(doctor: Doctor, state: Path) -> None:
    state.mkdir(parents=True)
    (state / "claims").write_text("")
    assert doctor()["claims folder"] == (
        "failure",
        f"{state / 'claims'}: expected a folder, got a file; name another",
    )


def test_too_little_space_for_the_run_is_a_failure(doctor: Doctor) -> None:
    verdict, text = doctor(*EMBEDDED, "--space", str(10**18))["outbox folder"]
    assert (verdict, doctor.code) == ("failure", 100)
    assert "the run may need 1000000000.0 GB" in text


def test_a_spill_folder_on_the_same_disk_is_a_warning(doctor: Doctor, tmp_path: Path) -> None:
    arguments = (*EMBEDDED, "--spill", str(tmp_path / "spill"))
    assert doctor(*arguments)["spill folder"][0] == "warning"
    assert doctor.code == 0
    doctor(*arguments, "--strict")
    assert doctor.code == 100


def test_a_budget_without_room_for_a_result_is_a_failure(doctor: Doctor, data: Path) -> None:
    publish(data)
    verdict, text = doctor(*EMBEDDED, "--outbox-max-bytes", "16800000")["disk budget"]
    assert (verdict, doctor.code) == ("failure", 100)
    assert "vqe-stream outbox prune" in text
    assert doctor(*EMBEDDED, "--outbox-max-bytes", "40000000")["disk budget"][0] == "ok"


def test_a_damaged_outbox_is_a_failure_with_the_way_out(doctor: Doctor, data: Path, state: Path) -> None:
    publish(data)
    payloads = next((state / "outbox" / "payload").glob("*.bin"))
    content = bytearray(payloads.read_bytes())
    content[-10] ^= 1
    payloads.write_bytes(content)
    verdict, text = doctor()["outbox integrity"]
    assert (verdict, doctor.code) == ("failure", 100)
    assert "row 3: its payload does not match its checksum" in text
    assert "vqe-stream outbox salvage" in text


def test_a_database_that_is_none_is_a_failure(doctor: Doctor, data: Path, state: Path) -> None:
    publish(data)
    (state / "outbox" / "outbox.db").write_bytes(b"no database" * 1000)
    verdict, text = doctor()["outbox"]
    assert (verdict, doctor.code) == ("failure", 100)
    assert "outbox salvage" in text


def test_results_that_were_given_up_are_a_warning(doctor: Doctor, data: Path) -> None:
    one = str(min(data.glob("*.json")))
    assert run(["publish", *EMBEDDED, "--max-request-size", "100", one]) == 100
    verdict, text = doctor()["outbox"]
    assert (verdict, doctor.code) == ("warning", 0)
    assert "1 given up" in text


def test_a_waiting_result_over_the_limit_is_a_failure(doctor: Doctor, data: Path) -> None:
    publish(data, "--no-delivery")
    verdict, text = doctor(*EMBEDDED, "--max-request-size", "20000")["outbox"]
    assert (verdict, doctor.code) == ("failure", 100)
    assert "29175 bytes wait for experiment.vqe" in text


def test_a_clock_that_was_set_back_is_a_warning(doctor: Doctor, state: Path) -> None:
    options = OutboxOptions(clock=lambda: time.time() + 3600)
    interface = VQEDecoratedResultInterface
    with Outbox.open(state / "outbox", options) as outbox:
        outbox.append(
            OutboxRecord(
                topic="experiment.vqe",
                subject=SUBJECT,
                fullname=interface.FULLNAME,
                schema_key=interface.SCHEMA_KEY,
                schema_text=interface.SELF_CONTAINED,
                bare=b"1",
            )
        )
    verdict, text = doctor()["clock"]
    assert verdict == "warning"
    assert "the clock was set back" in text


def registry_of(state: Path) -> LocalRegistry:
    state.mkdir(parents=True, exist_ok=True)
    return LocalRegistry(state / "registry.json")


def test_a_subject_that_forbids_the_schema_is_a_failure(doctor: Doctor, state: Path) -> None:
    registry_of(state).register(SUBJECT, '"string"')
    verdict, text = doctor()[f"subject {SUBJECT}"]
    assert (verdict, doctor.code) == ("failure", 100)
    assert "level BACKWARD forbids this program's schema: " in text


def test_a_registry_that_takes_no_schema_is_a_failure(doctor: Doctor, state: Path) -> None:
    registry_of(state).set_mode(RegistryMode.READONLY)
    verdict, text = doctor()[f"subject {SUBJECT}"]
    assert (verdict, doctor.code) == ("failure", 100)
    assert "the mode is READONLY" in text


def test_a_subject_without_checks_is_a_warning(doctor: Doctor, state: Path) -> None:
    registry_of(state).update_config(RegistryConfig(CompatibilityMode.NONE), SUBJECT)
    assert doctor()[f"subject {SUBJECT}"][0] == "warning"


def test_a_registry_file_that_is_none_is_a_failure(doctor: Doctor, state: Path) -> None:
    state.mkdir(parents=True)
    (state / "registry.json").write_text("{")
    assert doctor()["registry"][0] == "failure"
    assert doctor.code == 100


def test_a_registry_server_that_is_down_is_a_failure(doctor: Doctor) -> None:
    verdict, text = doctor(*EMBEDDED, "--registry", "http://127.0.0.1:1")["registry"]
    assert (verdict, doctor.code) == ("failure", 100)
    assert "results are kept, and sent once it answers" in text


def secured(tmp_path: Path, *, days: float, mode: int = 0o600) -> tuple[str, ...]:
    """Settings with a client certificate that ends in so many days."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    authority = Authority("test CA", days=400)
    authority.save(folder)
    authority.issue(folder, "client", end=dt.datetime.now(dt.UTC) + dt.timedelta(days=days))
    (folder / "client.key").chmod(mode)
    file = tmp_path / "secure.toml"
    file.write_text(f'[security]\nssl = true\ncert_config.ssl_dir = "{folder}"\n')
    return ("--config", str(file), "--servers", "127.0.0.1:1")


@pytest.mark.parametrize(
    ("days", "verdict", "text"),
    [(-1, "failure", "expired on"), (3, "warning", "2 days"), (100, "ok", "99 days")],
)
def test_certificates_are_judged_by_their_end(
    doctor: Doctor, tmp_path: Path, days: float, verdict: str, text: str
) -> None:
    checks = doctor(*secured(tmp_path, days=days))
    got, said = checks["ssl_certfile client.crt"]
    assert got == verdict
    assert text in said
    assert checks["ssl_cafile ca.crt"][0] == "ok"
    assert checks["ssl_keyfile client.key"][0] == "ok"


def test_a_key_that_others_may_read_is_a_failure(doctor: Doctor, tmp_path: Path) -> None:
    verdict, text = doctor(*secured(tmp_path, days=100, mode=0o644))["ssl_keyfile client.key"]
    assert verdict == "failure"
    assert "chmod 600" in text


def test_a_missing_certificate_is_a_failure_and_the_rest_goes_on(doctor: Doctor, tmp_path: Path) -> None:
    file = tmp_path / "secure.toml"
    file.write_text(f'[security]\nssl = true\ncert_config.ssl_dir = "{tmp_path}"\n')
    checks = doctor("--config", str(file), "--servers", "127.0.0.1:1")
    assert checks["security"][0] == "failure"
    assert "ssl_cafile" in checks["security"][1]
    assert checks["brokers"] == ("not checked", "needs security; ")
    assert checks["registry"][0] == "ok"


def test_a_step_that_hangs_is_not_waited_for() -> None:
    release = threading.Event()

    def hang() -> Iterator[Check]:
        yield Check("a", Verdict.OK, "there")
        release.wait(30)

    checks = list(examine([Step("a", hang), Step("b", list, needs="a")], 0.2))
    release.set()
    assert checks == [
        Check("a", Verdict.OK, "there"),
        Check("a", Verdict.UNCHECKED, "no answer in 0.2 s", "raise --within"),
        Check("b", Verdict.UNCHECKED, "needs a"),
    ]


@pytest.mark.parametrize(
    ("error", "verdict", "text"),
    [
        (TransportError("broker: away"), Verdict.FAILURE, "broker: away"),
        (PermissionError(13, "Permission denied", "/x"), Verdict.FAILURE, "/x: permission denied"),
        (sqlite3.Error("odd"), Verdict.UNCHECKED, "internal error: Error: odd"),
    ],
)
def test_a_step_that_fails_is_an_answer(error: Exception, verdict: Verdict, text: str) -> None:
    def fail() -> Iterator[Check]:
        raise error

    assert list(examine([Step("a", fail)], 5)) == [Check("a", verdict, text)]


def test_what_was_not_checked_is_never_green() -> None:
    ok, unchecked = Check("a", Verdict.OK, ""), Check("b", Verdict.UNCHECKED, "")
    warning, failure = Check("c", Verdict.WARNING, ""), Check("d", Verdict.FAILURE, "")
    assert worst([ok, warning, unchecked]) is Verdict.UNCHECKED
    assert worst([ok, warning, unchecked, failure]) is Verdict.FAILURE
    assert worst([ok, warning]) is Verdict.WARNING
    assert worst([]) is Verdict.OK


def test_a_bucket_for_claims_that_does_not_answer_is_a_failure(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "garage")
    arguments = (*EMBEDDED, "--claims", "s3://results/large", "--claims-endpoint", "http://127.0.0.1:1")
    verdict, text = doctor(*arguments)["claims bucket"]
    assert (verdict, doctor.code) == ("failure", 100)
    assert text.startswith("s3://results/large: ")
