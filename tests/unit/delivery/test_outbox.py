from __future__ import annotations

import os
import pickle
import stat
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from avroforge.delivery import Outbox, OutboxOptions, Relay, RowState, TopicLog, result_id
from avroforge.delivery.database import Database
from avroforge.delivery.file_system import file_system_type, is_network
from avroforge.errors import DuplicateResultError, InvalidRecordError, NotDurableError, OutboxError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.delivery.conftest import Ids

    from avroforge.delivery import OutboxRecord

    Make = Callable[..., OutboxRecord]


def test_what_is_durable_is_there_after_opening_again(
    tmp_path: Path, options: OutboxOptions, record: Make
) -> None:
    with Outbox.open(tmp_path / "outbox", options) as outbox:
        durable = outbox.append(record("a"))
        name = outbox.id
    assert (durable.result_id, durable.row_id, durable.duplicate) == ("a", 1, False)
    with Outbox.open(tmp_path / "outbox", options) as outbox:
        assert outbox.id == name
        assert outbox.payload(1) == b"payload of a"
        row = outbox.find("results", "a")
    assert row is not None
    assert (row.schema_key, row.schema_text, row.subject) == (
        "5ca1ab1e",
        '{"type": "string"}',
        "results-value",
    )
    assert row.headers == (("molecule", "H2 dimer"),)
    assert row.state is RowState.PENDING


def test_only_the_owner_may_read_it(outbox: Outbox, record: Make) -> None:
    outbox.append(record("a"))
    assert stat.S_IMODE(outbox.directory.stat().st_mode) == 0o700
    for path in outbox.directory.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_directory_that_others_may_enter_is_refused(tmp_path: Path, options: OutboxOptions) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    with pytest.raises(
        OutboxError, match=r"expected a directory of its owner alone \(0700\), got 0755; run 'chmod"
    ):
        Outbox.open(tmp_path / "open", options)


def test_every_commit_is_synchronous(outbox: Outbox, record: Make) -> None:
    outbox.append(record("a"))
    with outbox.database.writing():
        pass
    with outbox.database.reading() as connection:
        values = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "wal_autocheckpoint", "page_size", "fullfsync")
        }
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "wal_autocheckpoint": 0,
        "page_size": 4096,
        "fullfsync": 1,
    }


def test_the_same_result_is_stored_once(outbox: Outbox, record: Make) -> None:
    first = outbox.append(record("a"))
    again = outbox.append(record("a"))
    assert (again.row_id, again.duplicate) == (first.row_id, True)
    assert outbox.append(record("a", topic="elsewhere")).duplicate is False
    assert outbox.counts().pending == 2


def test_the_same_id_with_other_bytes_is_refused(outbox: Outbox, record: Make) -> None:
    outbox.append(record("a"))
    with pytest.raises(DuplicateResultError, match="result 'a' of results: expected the bytes of row 1"):
        outbox.append(record("a", b"other bytes"))
    assert outbox.payload(1) == b"payload of a"


def test_an_id_is_derived_from_the_content_without_ambiguity(outbox: Outbox, record: Make) -> None:
    unnamed = replace(record("x"), result_id=None)
    durable = outbox.append(unnamed)
    assert durable.result_id == result_id("qp.Result", "5ca1ab1e", unnamed.bare)
    assert len(durable.result_id) == 64
    assert outbox.append(unnamed).duplicate
    ids = {result_id("ab", "c", b"d"), result_id("a", "bc", b"d"), result_id("ab", "", b"cd")}
    assert len(ids) == 3


@pytest.mark.parametrize("bad", ["", "a b", "ä", "a/b", "x" * 65, "a\n"])
def test_an_id_that_could_not_travel_is_refused(outbox: Outbox, record: Make, bad: str) -> None:
    with pytest.raises(InvalidRecordError, match="result id: expected 1 to 64"):
        outbox.append(record(bad))


@pytest.mark.parametrize("bad", ["", ".", "..", "a/b", "x" * 250, "a~b", "a\n"])
def test_a_topic_that_kafka_would_refuse_is_refused(outbox: Outbox, record: Make, bad: str) -> None:
    with pytest.raises(InvalidRecordError, match="topic: expected"):
        outbox.append(record("a", topic=bad))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (("two words", "x"), "expected an HTTP token"),
        (("", "x"), "expected an HTTP token"),
        (("molecule\n", "x"), "expected an HTTP token"),
        (("molecule", "Å"), "expected printable ASCII"),
        (("molecule", "a\nb"), "expected printable ASCII"),
        (("molecule", " a"), "expected printable ASCII"),
        (("molecule", "a\n"), "expected printable ASCII"),
        (("Result-Id", "x"), "the relay writes it"),
    ],
)
def test_a_header_that_could_not_travel_is_refused(
    outbox: Outbox, record: Make, header: tuple[str, str], message: str
) -> None:
    with pytest.raises(InvalidRecordError, match=message):
        outbox.append(replace(record("a"), headers=(header,)))
    assert outbox.counts().pending == 0


def test_pruning_drops_payloads_and_keeps_the_ledger(
    outbox: Outbox, log: TopicLog, ids: Ids, record: Make
) -> None:
    outbox.append(record("a"))
    Relay(outbox, log, ids).deliver(5)
    outbox.append(record("b"))
    assert outbox.prune(older_than=60).rows == 0
    pruned = outbox.prune()
    assert (pruned.rows, pruned.size) == (1, len(b"payload of a"))
    assert outbox.payload(1) is None
    assert outbox.payload(2) == b"payload of b"
    assert outbox.append(record("a")).duplicate
    with pytest.raises(DuplicateResultError):
        outbox.append(record("a", b"other"))
    assert outbox.prune().rows == 0


def test_threads_may_append_at_once(outbox: Outbox, record: Make) -> None:
    def work(start: int) -> None:
        for number in range(start, start + 10):
            outbox.append(record(f"r-{number}"))

    threads = [threading.Thread(target=work, args=(start,)) for start in range(0, 40, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outbox.counts().pending == 40


def test_two_objects_share_one_directory(outbox: Outbox, options: OutboxOptions, record: Make) -> None:
    with Outbox.open(outbox.directory, options) as other:
        assert outbox.append(record("a")).row_id == 1
        assert other.append(record("b")).row_id == 2
        assert other.append(record("a")).duplicate
        assert outbox.counts() == other.counts()


def test_a_failed_commit_hands_the_bytes_back(tmp_path: Path, options: OutboxOptions, record: Make) -> None:
    with Outbox.open(tmp_path / "outbox", replace(options, max_bytes=1_000_000)) as outbox:
        outbox.append(record("small"))
        with pytest.raises(
            NotDurableError, match=r"no room .* set a spill directory on another disk"
        ) as caught:
            outbox.append(record("big", b"x" * 2_000_000))
        assert caught.value.payload == b"x" * 2_000_000
        assert caught.value.result_id == "big"
        copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 our own bytes
        assert (copy.payload, str(copy)) == (caught.value.payload, str(caught.value))
        assert outbox.append(record("next")).row_id == 2


def test_a_record_that_spilled_is_taken_in_later(
    tmp_path: Path, options: OutboxOptions, record: Make, log: TopicLog, ids: Ids
) -> None:
    spill = tmp_path / "spill"
    tight = replace(options, max_bytes=1_000_000, spill_directory=spill)
    big = record("big", b"x" * 2_000_000)
    with Outbox.open(tmp_path / "tight", tight) as outbox:
        durable = outbox.append(big)
        assert durable.row_id is None
        assert durable.spilled == spill / "results~big.spill"
        assert outbox.append(big).duplicate
        with pytest.raises(DuplicateResultError):
            outbox.append(record("big", b"y" * 2_000_000))
        assert outbox.counts().pending == 1
        assert outbox.status().spilled == 1
        assert Relay(outbox, log, ids).deliver(1).pending == 1
    with Outbox.open(tmp_path / "tight", replace(tight, max_bytes=None)) as outbox:
        assert list(spill.iterdir()) == []
        assert outbox.payload(1) == big.bare
        assert Relay(outbox, log, ids).deliver(5).sent == 1


def test_a_spill_file_that_cannot_be_used_is_set_aside_and_reported(
    tmp_path: Path, options: OutboxOptions, record: Make
) -> None:
    spill = tmp_path / "spill"
    tight = replace(options, max_bytes=1_000_000, spill_directory=spill)
    with Outbox.open(tmp_path / "tight", tight) as outbox:
        outbox.append(record("big", b"x" * 2_000_000))
        outbox.append(record("other", b"y" * 2_000_000))
    flip(spill / "results~big.spill", -5)
    with Outbox.open(tmp_path / "tight", replace(tight, max_bytes=None)) as outbox:
        assert outbox.status().set_aside == (spill / "results~big.aside",)
        assert outbox.counts().pending == 1


@pytest.mark.parametrize("content", [b"", b"not a database, but somebody's text" * 100])
def test_a_file_that_is_no_outbox_is_never_touched(
    tmp_path: Path, options: OutboxOptions, content: bytes
) -> None:
    directory = tmp_path / "outbox"
    directory.mkdir(mode=0o700)
    path = directory / "outbox.db"
    path.write_bytes(content)
    with pytest.raises(OutboxError, match=str(path)):
        Outbox.open(directory, options)
    assert path.read_bytes() == content


def test_a_log_without_its_database_is_never_overwritten(tmp_path: Path, options: OutboxOptions) -> None:
    directory = tmp_path / "outbox"
    directory.mkdir(mode=0o700)
    (directory / "outbox.db-wal").write_bytes(b"results")
    with pytest.raises(OutboxError, match=r"missing, but outbox\.db-wal beside it may hold results"):
        Outbox.open(directory, options)


def test_a_database_that_was_removed_takes_nothing(outbox: Outbox, record: Make) -> None:
    outbox.append(record("a"))
    (outbox.directory / "outbox.db").unlink()
    with pytest.raises(NotDurableError, match="removed or replaced while in use"):
        outbox.append(record("b"))


def test_a_place_where_nothing_can_be_made_is_named(tmp_path: Path, options: OutboxOptions) -> None:
    (tmp_path / "file").write_text("not a directory")
    with pytest.raises(OutboxError, match="expected a directory that can be created, got Not a directory"):
        Outbox.open(tmp_path / "file" / "outbox", options)


def test_an_outbox_without_write_access_hands_the_bytes_back(
    tmp_path: Path, options: OutboxOptions, record: Make
) -> None:
    with Outbox.open(tmp_path / "outbox", options) as outbox:
        with outbox.database.reading() as connection:
            # Permission bits do not stop an administrator; this stops everybody alike.
            connection.execute("PRAGMA query_only=1")
        with pytest.raises(NotDurableError, match="readonly database"):
            outbox.append(record("a"))


def test_a_closed_outbox_hands_the_bytes_back(outbox: Outbox, record: Make) -> None:
    outbox.close()
    outbox.close()
    with pytest.raises(NotDurableError, match="expected an open outbox"):
        outbox.append(record("a"))


def test_an_outbox_of_a_newer_version_is_left_alone(outbox: Outbox, options: OutboxOptions) -> None:
    with outbox.database.writing() as connection:
        connection.execute("PRAGMA user_version=3")
    with pytest.raises(OutboxError, match="expected outbox format 2, got 3; upgrade avroforge"):
        Outbox.open(outbox.directory, options)


def test_memory_and_network_file_systems_need_a_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record: Make
) -> None:
    kinds = {"kind": "tmpfs"}
    monkeypatch.setattr("avroforge.delivery.database_file.file_system_type", lambda _: kinds["kind"])
    with pytest.raises(OutboxError, match="expected a disk, got tmpfs"):
        Outbox.open(tmp_path / "a", OutboxOptions())
    Outbox.open(tmp_path / "a", OutboxOptions(allow_memory_file_system=True)).close()
    kinds["kind"] = "nfs4"
    with pytest.raises(OutboxError, match="expected a local disk, got nfs4"):
        Outbox.open(tmp_path / "b", OutboxOptions())
    with Outbox.open(tmp_path / "b", OutboxOptions(allow_network_file_system=True)) as outbox:
        outbox.append(record("a"))
        with outbox.database.reading() as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"


def test_the_file_system_is_that_of_the_last_mount_over_the_path(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    spaced = str(tmp_path.resolve()).replace(" ", r"\040")
    mounts.write_text(
        "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
        f"23 22 0:5 / {spaced} rw - tmpfs tmpfs rw\n"
        f"24 22 0:6 / {spaced} rw - nfs4 server:/export rw\n"
        f"25 22 0:7 / {spaced}/deeper rw - xfs /dev/sdb rw\n"
    )
    assert file_system_type(tmp_path / "outbox", mounts) == "nfs4"
    assert file_system_type(tmp_path / "deeper" / "x", mounts) == "xfs"
    assert file_system_type(Path("/"), mounts) == "ext4"
    assert file_system_type(Path("/"), tmp_path / "missing") is None
    assert is_network("fuse.sshfs")
    assert not is_network("ext4")


def test_an_append_from_a_signal_handler_leaves_the_open_transaction_alone(
    outbox: Outbox, record: Make
) -> None:
    with outbox.database.writing() as connection:
        connection.execute("UPDATE relay SET pid = 4711")
        with pytest.raises(NotDurableError, match="a signal handler may not append"):
            outbox.append(record("a"))
    with outbox.database.reading() as connection:
        assert connection.execute("SELECT pid FROM relay").fetchone()[0] == 4711


def test_waiting_for_another_process_is_bounded(outbox: Outbox, options: OutboxOptions, record: Make) -> None:
    with Outbox.open(outbox.directory, replace(options, busy_timeout=0.1)) as impatient:
        with outbox.database.writing(), pytest.raises(NotDurableError, match="another process kept"):
            impatient.append(record("a"))
        assert impatient.append(record("a")).row_id == 1


def test_an_exception_inside_a_transaction_commits_nothing(tmp_path: Path, options: OutboxOptions) -> None:
    (tmp_path / "outbox").mkdir(mode=0o700)
    database = Database(tmp_path / "outbox", options)

    def interrupted() -> None:
        with database.writing() as connection:
            connection.execute("UPDATE relay SET pid = 4711")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with database.reading() as connection:
        assert connection.execute("SELECT pid FROM relay").fetchone()[0] == 0
    database.close()


def flip(path: Path, position: int) -> None:
    """Flip one bit of a file; a negative position counts from its end."""
    with path.open("r+b") as file:
        file.seek(position, os.SEEK_SET if position >= 0 else os.SEEK_END)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 0x10]))
