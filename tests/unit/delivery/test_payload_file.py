"""Entries that outlive their rows: a kill or a power failure between the file and the database."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from avroforge.delivery import Outbox, Relay, RowState, check
from avroforge.delivery.payload_file import Place
from avroforge.delivery.row import payload_end
from avroforge.errors import NotDurableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.delivery.conftest import Ids

    from avroforge.delivery import OutboxOptions, OutboxRecord, TopicLog

    Make = Callable[..., OutboxRecord]


@pytest.fixture
def path(tmp_path: Path, options: OutboxOptions, record: Make) -> Path:
    """A closed outbox with three rows whose results are in a file, and no row of the third yet."""
    directory = tmp_path / "outbox"
    with Outbox.open(directory, options) as outbox:
        outbox.append(record("a"))
        outbox.append(record("b"))
        # As the power leaves it: the last transaction of the database is gone, the entry is there.
        copy = (directory / "outbox.db").read_bytes(), (directory / "outbox.db-wal").read_bytes()
        outbox.append(record("c"))
        lost = tmp_path / "lost"
        lost.mkdir(mode=0o700)
        (lost / "payload").mkdir(mode=0o700)
        for name, data in zip(("outbox.db", "outbox.db-wal"), copy, strict=True):
            (lost / name).write_bytes(data)
        file = "payload/00000001.bin"
        (lost / file).write_bytes((directory / file).read_bytes())
    return lost


def names(outbox: Outbox) -> list[str]:
    return [row.result_id for row in outbox.rows()]


def test_an_entry_without_a_row_gets_one_when_the_outbox_is_opened(
    path: Path, options: OutboxOptions, log: TopicLog, ids: Ids
) -> None:
    with Outbox.open(path, options) as outbox:
        assert names(outbox) == ["a", "b", "c"]
        assert check(outbox) == ()
        assert Relay(outbox, log, ids).deliver(5).sent == 3
    assert [entry.value[5:] for entry in log.read("results")] == [
        b"payload of a",
        b"payload of b",
        b"payload of c",
    ]
    with Outbox.open(path, options) as outbox:
        assert outbox.counts().sent == 3


def test_a_torn_entry_is_left_where_it_is_and_the_next_one_goes_elsewhere(
    path: Path, options: OutboxOptions, record: Make
) -> None:
    file = path / "payload" / "00000001.bin"
    os.truncate(file, file.stat().st_size - 3)
    torn = file.read_bytes()
    with Outbox.open(path, options) as outbox:
        assert names(outbox) == ["a", "b"]
        outbox.append(record("d"))
        outbox.append(record("c"))
        assert names(outbox) == ["a", "b", "d", "c"]
        assert check(outbox) == ()
    assert file.read_bytes() == torn
    assert (path / "payload" / "00000002.bin").exists()


def test_another_process_that_was_killed_is_noticed_by_the_next_append(
    tmp_path: Path, options: OutboxOptions, record: Make
) -> None:
    with Outbox.open(tmp_path / "outbox", options) as outbox:
        outbox.append(record("a"))
        with outbox.database.reading() as connection:
            end = payload_end(connection)
        with Outbox.open(tmp_path / "outbox", options) as other:
            other.append(record("b"))
            # Its row is undone, its entry stays.
            with other.database.writing() as connection:
                connection.execute("DELETE FROM record WHERE row_id = 2")
                connection.execute("DELETE FROM filed WHERE row_id = 2")
                connection.execute(
                    "UPDATE meta SET value = ? WHERE name = 'payload_end'", (f"{end.file}:{end.position}",)
                )
        assert outbox.append(record("c")).row_id == 3
        assert names(outbox) == ["a", "b", "c"]


def test_a_damaged_entry_does_not_hide_the_ones_behind_it(
    tmp_path: Path, options: OutboxOptions, record: Make
) -> None:
    with Outbox.open(tmp_path / "outbox", options) as outbox:
        for name in ("a", "b", "c"):
            outbox.append(record(name))
        file = outbox.directory / "payload" / "00000001.bin"
        data = bytearray(file.read_bytes())
        data[data.index(b"payload of b")] ^= 1
        file.write_bytes(data)
        found = [entry.record.result_id for entry in outbox.database.files.entries(Place(0, 0))]
    assert found == ["a", "c"]


def test_files_go_when_all_their_results_are_pruned(
    outbox: Outbox, log: TopicLog, ids: Ids, record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avroforge.delivery.payload_file._FILE_SIZE", 1000)
    for number in range(4):
        outbox.append(record(f"r{number}", b"x" * 600))
    folder = outbox.directory / "payload"
    before = sorted(file.name for file in folder.iterdir())
    Relay(outbox, log, ids).deliver(5)
    outbox.append(record("last"))
    assert outbox.prune().rows == 4
    assert outbox.payload(5) == b"payload of last"
    left = sorted(file.name for file in folder.iterdir())
    assert len(left) < len(before)
    assert outbox.append(record("more")).row_id == 6
    assert check(outbox) == ()


def test_the_disk_budget_counts_the_files(tmp_path: Path, options: OutboxOptions, record: Make) -> None:
    with Outbox.open(tmp_path / "small", replace(options, max_bytes=300_000)) as outbox:
        with pytest.raises(NotDurableError, match="no room for 400000 bytes in 300000"):
            outbox.append(record("a", b"x" * 400_000))
        outbox.append(record("b"))
        assert [row.state for row in outbox.rows()] == [RowState.PENDING]


def test_an_outbox_of_format_1_is_read_and_goes_on(
    outbox: Outbox, options: OutboxOptions, record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("avroforge.delivery.database.Database.payload_files", None)
        outbox.append(record("old"))
    with outbox.database.writing() as connection:
        connection.execute("DROP TABLE filed")
    with outbox.database.reading() as connection:
        connection.execute("PRAGMA user_version=1")
    outbox.close()
    with Outbox.open(outbox.directory, options) as again:
        again.append(record("new"))
        assert check(again) == ()
        assert [again.payload(row.row_id) for row in again.rows()] == [b"payload of old", b"payload of new"]
