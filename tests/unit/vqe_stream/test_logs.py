from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING

import pytest

from vqe_stream import ProducerConfig, SaslSslOpts, Secret, SecurityConfig
from vqe_stream.cli import run
from vqe_stream.logs import LOGGERS, JsonFormatter, KeyValueFormatter, log_to

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def loggers() -> Iterator[None]:
    """Leave the loggers as they were."""
    known = [logging.getLogger(name) for name in LOGGERS]
    before = [(each, each.handlers, each.level, each.propagate) for each in known]
    yield
    for each, handlers, level, propagate in before:
        each.handlers, each.propagate = handlers, propagate
        each.setLevel(level)


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord(
        {"name": "avroforge.delivery", "levelname": "WARNING", "msg": message, "created": 1_700_000_000.0}
    )
    made.__dict__.update(extra)
    return made


def test_a_record_is_a_line_of_keys_and_values() -> None:
    said = record("two\nlines", event="blocked", topic=None, records=3, reason='a "b" c')
    assert KeyValueFormatter().format(said) == (
        "time=2023-11-14T22:13:20.000+00:00 level=warning logger=avroforge.delivery "
        r'message="two\nlines" event=blocked records=3 reason="a \"b\" c"'
    )


def test_a_record_is_an_object() -> None:
    line = JsonFormatter().format(record("two\nlines", event="blocked", records=3))
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2023-11-14T22:13:20.000+00:00",
        "level": "warning",
        "logger": "avroforge.delivery",
        "message": "two\nlines",
        "event": "blocked",
        "records": 3,
    }


@pytest.mark.parametrize("form", ["text", "logfmt", "json"])
def test_a_secret_shows_itself_in_no_form(form: str) -> None:
    stream = io.StringIO()
    log_to(stream, form, "DEBUG")
    password = Secret("canary-4711")
    security = SecurityConfig(sasl_ssl=True, sasl_opts=SaslSslOpts("PLAIN", "alice", password))
    config = ProducerConfig("kafka:9092", security=security)
    log = logging.getLogger("vqe_stream")
    log.debug("with %s", config, extra={"event": "x", "password": password, "settings": config.to_dict()})
    try:
        raise ValueError(str(config))  # noqa: TRY301 what a caller may do
    except ValueError:
        log.exception("failed")
    assert "failed" in stream.getvalue()
    assert "canary" not in stream.getvalue()


@pytest.mark.parametrize("form", ["logfmt", "json"])
def test_an_exception_stays_on_the_line(form: str) -> None:
    stream = io.StringIO()
    log_to(stream, form, "INFO")
    try:
        raise ValueError("odd")  # noqa: TRY301 as above
    except ValueError:
        logging.getLogger("avroforge.kafka").exception("failed")
    assert stream.getvalue().count("\n") == 1
    assert "ValueError: odd" in stream.getvalue()


def test_the_level_and_the_loggers_of_others_are_respected() -> None:
    stream = io.StringIO()
    log_to(stream, "json", "WARNING")
    logging.getLogger("avroforge.delivery").info("too quiet")
    logging.getLogger("somebody.else").error("not ours")
    logging.getLogger("vqe_stream").warning("loud enough")
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["loud enough"]


def test_a_command_writes_what_happened_on_standard_error(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["publish", "--servers", "embedded:", "--state", str(tmp_path / "state")]
    assert run(["--log-format", "json", *arguments, *map(str, sorted(data.glob("*.json")))]) == 0
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(each["event"], each.get("records")) for each in events] == [
        ("took-over", None),
        *[("delivered", 1)] * 3,
    ]
    big = ["--max-request-size", "100", str(min(data.glob("*.json"))), "--topic", "other"]
    assert run(["--log-format", "logfmt", "--log-level", "error", *arguments, *big]) == 100
    (line,) = capsys.readouterr().err.splitlines()
    assert " event=given-up result_id=" in line
