from __future__ import annotations

import multiprocessing
import os
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avroforge.delivery import (
    Delivered,
    LogEntry,
    OutgoingRecord,
    RecordFault,
    Refused,
    TopicLog,
    TopicLogOptions,
    Unknown,
)
from avroforge.delivery.log_entry import HEADER_SIZE, parse_body, parse_header, render_entry
from avroforge.delivery.log_file import LogFile
from avroforge.errors import InvalidRecordError, TransportError

if TYPE_CHECKING:
    from pathlib import Path

    from avroforge.delivery import Outcome


@pytest.fixture
def topics(tmp_path: Path) -> TopicLog:
    return TopicLog(tmp_path / "topics")


def send(log: TopicLog, key: str, value: bytes = b"value", topic: str = "results") -> Outcome:
    record = OutgoingRecord(
        topic=topic, partition=0, key=key, value=value, headers=(("result-id", key),), created_ms=1
    )
    outcomes = log.send([record], timeout=5).wait(5)
    assert outcomes is not None
    return outcomes[0]


def file_of(log: TopicLog) -> Path:
    return log.directory / "results" / "0.log"


def keys(log: TopicLog, from_offset: int = 0) -> list[str]:
    return [entry.key for entry in log.read("results", from_offset)]


def test_records_are_read_back_in_order_from_any_offset(topics: TopicLog) -> None:
    for number in range(3):
        assert send(topics, f"r{number}", bytes([number])) == Delivered(0, number)
    assert list(TopicLog(topics.directory).read("results", 1)) == [
        LogEntry(offset=1, timestamp_ms=1, key="r1", headers=(("result-id", "r1"),), value=b"\x01"),
        LogEntry(offset=2, timestamp_ms=1, key="r2", headers=(("result-id", "r2"),), value=b"\x02"),
    ]
    assert topics.topics() == ("results",)
    assert list(topics.read("nothing-there")) == []


ENTRIES = st.builds(
    LogEntry,
    offset=st.integers(0, 2**63),
    timestamp_ms=st.integers(-(2**63), 2**63 - 1),
    key=st.text(),
    headers=st.lists(st.tuples(st.text(), st.text())).map(tuple),
    value=st.binary(),
)


@given(entry=ENTRIES, position=st.integers(0), bit=st.integers(0, 7))
@settings(max_examples=100, deadline=None)
def test_every_entry_survives_and_every_flipped_bit_is_noticed(
    entry: LogEntry, position: int, bit: int
) -> None:
    data = bytearray(render_entry(entry))
    header = parse_header(bytes(data[:HEADER_SIZE]))
    assert header is not None
    assert parse_body(header, bytes(data[HEADER_SIZE:])) == entry
    data[position % len(data)] ^= 1 << bit
    damaged = parse_header(bytes(data[:HEADER_SIZE]))
    assert damaged is None or parse_body(damaged, bytes(data[HEADER_SIZE:])) is None


def test_a_torn_end_of_any_length_is_cut_off_and_nothing_else(tmp_path: Path) -> None:
    whole = TopicLog(tmp_path / "whole")
    for key in ("a", "b"):
        send(whole, key)
    data = file_of(whole).read_bytes()
    first_end = len(data) - (len(data) - len(b"avroforge topic log 1\n")) // 2
    for size in range(len(data)):
        torn = TopicLog(tmp_path / str(size))
        send(torn, "x")
        file_of(torn).write_bytes(data[:size])
        fresh = TopicLog(torn.directory)
        expected = ["a"] if size >= first_end else []
        assert keys(fresh) == expected
        assert send(fresh, "c") == Delivered(0, len(expected))
        assert keys(fresh) == [*expected, "c"]


def test_room_without_content_counts_as_torn(topics: TopicLog) -> None:
    send(topics, "a")
    with file_of(topics).open("ab") as file:
        file.write(bytes(5000))
    fresh = TopicLog(topics.directory)
    assert keys(fresh) == ["a"]
    assert send(fresh, "b") == Delivered(0, 1)
    assert keys(fresh) == ["a", "b"]


@pytest.mark.parametrize("place", ["length", "body", "last"])
def test_a_flipped_bit_is_reported_and_nothing_behind_it_is_cut_off(topics: TopicLog, place: str) -> None:
    for key in ("a", "b", "c"):
        send(topics, key)
    path = file_of(topics)
    data = bytearray(path.read_bytes())
    step = (len(data) - 22) // 3
    position = {"length": 22 + step + 6, "body": 22 + step + HEADER_SIZE + 10, "last": len(data) - 1}[place]
    data[position] ^= 0x40
    path.write_bytes(data)
    fresh = TopicLog(topics.directory)
    seen: list[str] = []
    with pytest.raises(
        TransportError, match=r"0\.log: damaged at byte \d+, offset [12]: .* restore the file"
    ):
        seen.extend(entry.key for entry in fresh.read("results"))
    if place != "body":
        outcome = send(fresh, "d")
        assert isinstance(outcome, Refused)
        assert "damaged at byte" in outcome.reason
    assert path.read_bytes()[: len(data)] == bytes(data)


def test_a_foreign_file_is_never_written_to(topics: TopicLog) -> None:
    send(topics, "a")
    file_of(topics).write_bytes(b"somebody's notes, longer than the preamble")
    outcome = send(TopicLog(topics.directory), "b")
    assert isinstance(outcome, Refused)
    assert "expected a topic log that starts with" in outcome.reason
    assert file_of(topics).read_bytes() == b"somebody's notes, longer than the preamble"


@pytest.mark.parametrize("first", [True, False])
def test_a_failing_disk_refuses_and_leaves_no_trace(
    topics: TopicLog, monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    if not first:
        send(topics, "a")

    def half(descriptor: int, data: bytes) -> None:
        os.write(descriptor, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("avroforge.delivery.log_file.write_all", half)
        outcome = send(topics, "b")
    assert isinstance(outcome, Refused)
    assert outcome.reason.endswith("No space left on device; free disk space")
    assert keys(topics) == ([] if first else ["a"])
    assert send(topics, "b") == Delivered(0, 0 if first else 1)


def test_what_cannot_be_taken_back_is_unknown(topics: TopicLog, monkeypatch: pytest.MonkeyPatch) -> None:
    send(topics, "a")

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("avroforge.delivery.log_file.sync_descriptor", fail)
        patched.setattr(LogFile, "undo", fail)
        assert isinstance(send(topics, "b"), Unknown)


def test_the_limit_of_a_record_is_a_setting(tmp_path: Path) -> None:
    small = TopicLog(tmp_path / "topics", options=TopicLogOptions(max_record_bytes=20))
    outcome = send(small, "a", b"x" * 21)
    assert isinstance(outcome, RecordFault)
    assert "expected at most 20 bytes, got 32; raise max_record_bytes" in outcome.reason
    assert isinstance(send(small, "a", b"x"), Delivered)


def test_a_topic_cannot_leave_the_directory(topics: TopicLog) -> None:
    assert isinstance(send(topics, "a", topic="../escape"), RecordFault)
    with pytest.raises(InvalidRecordError):
        list(topics.read("../escape"))


def test_there_is_one_partition(topics: TopicLog) -> None:
    with pytest.raises(TransportError, match="expected partition 0, got 1"):
        topics.end_offset("results", 1, timeout=1)


def test_processes_and_threads_append_to_one_log(topics: TopicLog) -> None:
    def work(name: str) -> None:
        own = TopicLog(topics.directory, producer=name)
        for number in range(10):
            assert isinstance(send(own, f"{name}-{number}"), Delivered)

    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=work, args=(f"p{number}",)) for number in range(2)]
    threads = [threading.Thread(target=work, args=(f"t{number}",)) for number in range(2)]
    for worker in workers:
        worker.start()
    for thread in threads:
        thread.start()
    for worker in workers:
        worker.join(20)
    for thread in threads:
        thread.join(20)
    entries = list(topics.read("results"))
    assert [entry.offset for entry in entries] == list(range(40))
    assert sorted({entry.key for entry in entries}) == sorted(
        f"{name}-{number}" for name in ("p0", "p1", "t0", "t1") for number in range(10)
    )


def test_a_log_that_is_held_is_refused_for_now(topics: TopicLog) -> None:
    other = TopicLog(topics.directory)
    with topics._locked("results", 1):
        record = OutgoingRecord(topic="results", partition=0, key="a", value=b"", headers=(), created_ms=1)
        outcomes = other.send([record], timeout=0.05).wait(0)
    assert outcomes is not None
    outcome = outcomes[0]
    assert isinstance(outcome, Refused)
    assert outcome.retriable
    assert f"held by pid {os.getpid()} on" in outcome.reason
