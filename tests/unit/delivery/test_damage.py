"""Flipped bits in the database: detected, reported, and in nobody else's way."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from avroforge.delivery import Outbox, Relay, RowState, TopicLog, check, salvage
from avroforge.errors import DuplicateResultError, OutboxError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.delivery.conftest import Ids

    from avroforge.delivery import OutboxOptions, OutboxRecord

    Make = Callable[..., OutboxRecord]

PAGE = 4096


@pytest.fixture
def path(tmp_path: Path, options: OutboxOptions, record: Make) -> Path:
    """A closed database with three rows of several pages each."""
    with Outbox.open(tmp_path / "damaged", options) as outbox:
        for name in ("a", "b", "c"):
            outbox.append(record(name, f"<{name}>".encode() * 80_000))
    return tmp_path / "damaged" / "outbox.db"


def flip(path: Path, needle: bytes, bit: int = 0x01) -> None:
    """Flip one bit of the last occurrence of `needle`."""
    data = bytearray(path.read_bytes())
    data[data.rindex(needle)] ^= bit
    path.write_bytes(data)


def payloads(path: Path) -> Path:
    return max((path.parent / "payload").iterdir())


def states(outbox: Outbox) -> list[RowState]:
    return [row.state for row in outbox.rows()]


def test_a_flipped_payload_dies_with_its_reason_and_the_others_arrive(
    path: Path, options: OutboxOptions, log: TopicLog, ids: Ids
) -> None:
    flip(payloads(path), b"<b><b><b>")
    with Outbox.open(path.parent, options) as outbox:
        assert check(outbox) == ("row 2: its payload does not match its checksum",)
        counts = Relay(outbox, log, ids).deliver(5)
        assert (counts.sent, counts.dead, counts.pending) == (2, 1, 0)
        (reason,) = outbox.status().reasons
    assert (reason.state, reason.result_id) == ("dead", "b")
    assert reason.reason.startswith("payload: expected sha256 ")
    assert [entry.key for entry in log.read("results")] == ["a", "c"]


@pytest.mark.parametrize("column", [b"results-value", b"5ca1ab1e", b'"H2 dimer"'])
def test_a_flipped_column_dies_too(
    path: Path, options: OutboxOptions, log: TopicLog, ids: Ids, column: bytes
) -> None:
    flip(path, column)
    with Outbox.open(path.parent, options) as outbox:
        counts = Relay(outbox, log, ids).deliver(5)
        assert (counts.sent, counts.dead, counts.pending) == (2, 1, 0)
        (reason,) = outbox.status().reasons
    assert "do not match their seal" in reason.reason or "expected a JSON list" in reason.reason


def test_a_flipped_state_word_does_not_hide_a_row(
    path: Path, options: OutboxOptions, log: TopicLog, ids: Ids
) -> None:
    flip(path, b"pending")
    with Outbox.open(path.parent, options) as outbox:
        assert outbox.counts().pending == 3
        assert Relay(outbox, log, ids).deliver(5).sent == 3


def test_a_flipped_schema_text_is_mended_by_the_next_append(
    path: Path, options: OutboxOptions, record: Make
) -> None:
    flip(path, b'{"type": "string"}')
    with Outbox.open(path.parent, options) as outbox:
        assert len(check(outbox)) == 3
        outbox.append(record("d"))
        assert check(outbox) == ()


def test_a_broken_chain_of_pages_costs_one_row(
    tmp_path: Path, options: OutboxOptions, ids: Ids, record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Payloads in the database, as on a network file system.
    monkeypatch.setattr("avroforge.delivery.database.Database.payload_files", None)
    path = tmp_path / "damaged" / "outbox.db"
    with Outbox.open(path.parent, options) as outbox:
        for name in ("a", "b", "c"):
            outbox.append(record(name, f"<{name}>".encode() * 80_000))
    data = bytearray(path.read_bytes())
    # The first page that holds nothing but b's bytes: its first four are the number of the next page.
    number = next(at for at in range(0, len(data), PAGE) if data[at + 4 : at + PAGE - 8].strip(b"<b>") == b"")
    data[number : number + 4] = b"\x7f\xff\xff\xff"
    path.write_bytes(data)
    with Outbox.open(path.parent, options) as outbox:
        counts = Relay(outbox, TopicLog(tmp_path / "topics"), ids).deliver(5)
        assert (counts.sent, counts.dead) == (2, 1)
        assert "damaged" in outbox.status().reasons[0].reason
        assert any(finding.startswith("row 2: ") for finding in check(outbox))


def test_a_damaged_table_is_an_error_with_a_way_out_and_salvage_is_that_way(
    path: Path, options: OutboxOptions, log: TopicLog, ids: Ids, record: Make
) -> None:
    with Outbox.open(path.parent, options) as outbox:
        name = outbox.id
    damage_table(path, "filed")
    before = path.read_bytes()
    with Outbox.open(path.parent, options) as outbox:
        assert check(outbox)
        with pytest.raises(OutboxError, match=r"outbox\.db: damaged [(].*[)]; .*\.salvage to move"):
            outbox.payload(1)
        with pytest.raises(OutboxError, match=r"held by|another process"), outbox.database.writing():
            salvage(path.parent, options)
    result = salvage(path.parent, options)
    assert (result.rows, result.found_again, len(result.lost)) == (3, 3, 3)
    assert result.kept == path.parent / "damaged-1"
    assert (result.kept / "outbox.db").read_bytes() == before
    with Outbox.open(path.parent, options) as outbox:
        assert outbox.id == name
        assert check(outbox) == ()
        assert outbox.append(record("d")).row_id is not None
        assert Relay(outbox, log, ids).deliver(5).sent == 4


def test_salvage_keeps_every_whole_row_with_its_state(
    path: Path, options: OutboxOptions, log: TopicLog, ids: Ids, record: Make
) -> None:
    with Outbox.open(path.parent, options) as outbox:
        Relay(outbox, log, ids).deliver(5)
        outbox.prune()
        outbox.append(record("d"))
        outbox.append(record("e", b"<e>" * 80_000))
    flip(payloads(path), b"<e><e>")
    result = salvage(path.parent, options)
    assert result.rows == 4
    assert result.lost == ("row 5: its payload does not match its checksum",)
    with Outbox.open(path.parent, options) as outbox:
        assert states(outbox) == [RowState.SENT] * 3 + [RowState.PENDING]
        with pytest.raises(DuplicateResultError):
            outbox.append(record("a", b"other"))
        outbox.append(record("f"))
        assert Relay(outbox, log, ids).deliver(5).sent == 2
    assert [entry.key for entry in log.read("results")] == ["a", "b", "c", "d", "f"]


def test_an_interrupted_salvage_is_finished_by_the_next_open(
    path: Path, options: OutboxOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Path) -> Path:
        path.rename(path.with_name("somewhere"))
        raise KeyboardInterrupt

    monkeypatch.setattr("avroforge.delivery.integrity._set_aside", interrupted)
    with pytest.raises(KeyboardInterrupt):
        salvage(path.parent, options)
    with Outbox.open(path.parent, options) as outbox:
        assert outbox.counts().pending == 3


@pytest.mark.parametrize("place", ["header", "frame", "none"])
def test_commits_that_a_damaged_log_hides_are_reported_and_their_results_found_again(
    tmp_path: Path, options: OutboxOptions, record: Make, place: str
) -> None:
    with Outbox.open(tmp_path / "live", options) as outbox:
        for name in ("a", "b", "c"):
            outbox.append(record(name, f"<{name}>".encode() * 80_000))
        # As a kill leaves it: the log is full, and nobody moved it into the database.
        crashed = tmp_path / "crashed"
        crashed.mkdir(mode=0o700)
        (crashed / "payload").mkdir(mode=0o700)
        for file in ("outbox.db", "outbox.db-wal", "payload/00000001.bin"):
            (crashed / file).write_bytes((outbox.directory / file).read_bytes())
    log = crashed / "outbox.db-wal"
    if place == "header":
        flip(log, log.read_bytes()[:32])
    if place == "frame":
        flip(log, b"results-value")
    before = log.read_bytes()
    with Outbox.open(crashed, options) as outbox:
        damaged = outbox.status().damaged
        assert outbox.counts().pending == 3
        assert outbox.append(record("d")).duplicate is False
    assert [path.read_bytes() for path in damaged] == ([] if place == "none" else [before])
    with Outbox.open(crashed, options) as outbox:
        assert outbox.status().damaged == damaged


def test_another_programs_database_is_refused(tmp_path: Path, options: OutboxOptions) -> None:
    directory = tmp_path / "other"
    directory.mkdir(mode=0o700)
    connection = sqlite3.connect(directory / "outbox.db")
    connection.execute("CREATE TABLE precious (x)")
    connection.close()
    before = (directory / "outbox.db").read_bytes()
    with pytest.raises(OutboxError, match="expected an avroforge outbox, got another SQLite database"):
        Outbox.open(directory, options)
    assert (directory / "outbox.db").read_bytes() == before


def damage_table(path: Path, table: str) -> None:
    """Overwrite the root page of a table."""
    connection = sqlite3.connect(path)
    (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    connection.close()
    data = bytearray(path.read_bytes())
    data[(root - 1) * PAGE : (root - 1) * PAGE + 512] = b"\xa5" * 512
    path.write_bytes(data)
