"""What the relay leaves unsynced, and what becomes of it when the power fails."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.unit.delivery.conftest import make_record

from avroforge.delivery import Outbox, Relay, RowState, file_system
from avroforge.delivery import database as database_module
from avroforge.delivery.database import Database
from avroforge.errors import OutboxError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from tests.unit.delivery.conftest import Ids, ScriptedTransport

    from avroforge.delivery import OutboxOptions, OutgoingRecord

    Scripted = Callable[..., ScriptedTransport]

LOG = "outbox.db-wal"


def test_the_attempt_is_on_the_medium_before_the_record_is_readable(
    outbox: Outbox, options: OutboxOptions, ids: Ids, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a crash of the machine leaves at the moment when the record becomes readable is found again."""
    synced: list[int] = []
    sync = file_system.sync_file

    def remember(path: Path) -> None:
        sync(path)
        if path.name == LOG:
            synced.append(path.stat().st_size)

    monkeypatch.setattr(database_module, "sync_file", remember)
    transport = scripted()
    crashed = outbox.directory.with_name("crashed")

    def crash(_: OutgoingRecord) -> None:
        shutil.copytree(outbox.directory, crashed)
        (log,) = crashed.glob(LOG)
        log.open("r+b").truncate(synced[-1])

    transport.send_hook = crash
    outbox.append(make_record("a"))
    assert Relay(outbox, transport, ids).deliver(5).sent == 1
    assert len(transport.broker.log) == 1
    with Outbox.open(crashed, options) as left:
        row = left.find("results", "a")
        assert row is not None
        assert row.state is RowState.SENDING
        again = scripted()
        assert Relay(left, again, ids).deliver(5).sent == 1
        assert "send" not in again.calls
    assert transport.broker.ids() == ["a"]


def test_nothing_is_readable_while_the_medium_fails(
    outbox: Outbox, ids: Ids, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure = Database.secure

    def fail(_: Database) -> None:
        raise OutboxError("disk on fire")

    monkeypatch.setattr(Database, "secure", fail)
    outbox.append(make_record("a"))
    transport = scripted()
    relay = Relay(outbox, transport, ids)
    counts = relay.deliver(0.2)
    assert (counts.sent, counts.pending, counts.blocked) == (0, 1, "disk on fire")
    assert transport.broker.log == []
    monkeypatch.setattr(Database, "secure", secure)
    assert relay.deliver(5).sent == 1
    assert transport.broker.ids() == ["a"]
