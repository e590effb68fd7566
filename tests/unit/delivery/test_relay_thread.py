from __future__ import annotations

import multiprocessing
import threading
import time
from typing import TYPE_CHECKING

from avroforge.delivery import Relay, RelayOptions, RowState
from avroforge.delivery.lease import Lease
from avroforge.errors import OutboxError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.delivery.conftest import Ids, ScriptedTransport

    from avroforge.delivery import Outbox, OutboxRecord, TopicLog

    Make = Callable[..., OutboxRecord]
    Scripted = Callable[..., ScriptedTransport]

QUICK = RelayOptions(retries=2, retry_delay=0.01, longest_delay=0.05, poll_interval=0.02)


def test_the_background_relay_delivers_what_comes(
    outbox: Outbox, ids: Ids, record: Make, log: TopicLog
) -> None:
    relay = Relay(outbox, log, ids, QUICK)
    relay.start()
    relay.start()
    for name in ("a", "b", "c"):
        outbox.append(record(name))
    row = relay.wait_for("results", "b", 5)
    assert row is not None
    assert row.state is RowState.SENT
    counts = relay.close(5)
    assert (counts.pending, counts.blocked) == (0, None)
    assert [entry.key for entry in log.read("results")] == ["a", "b", "c"]
    Lease.acquire(outbox).release()


def test_the_background_relay_resumes_by_itself(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted
) -> None:
    transport = scripted()
    transport.unreachable["partition_for"] = TransportError("broker down", retriable=True)
    relay = Relay(outbox, transport, ids, QUICK)
    relay.start()
    outbox.append(record("a"))
    assert relay.deliver(2).blocked == "broker down"
    transport.unreachable.clear()
    assert relay.flush(5).pending == 0
    assert relay.stop(5)
    for name in ("b", "c", "d"):
        outbox.append(record(name))
    assert relay.deliver(5).sent == 3


def test_stop_is_bounded_while_a_call_hangs(
    outbox: Outbox, ids: Ids, record: Make, scripted: Scripted
) -> None:
    transport = scripted()
    free = threading.Event()
    original = transport.end_offset

    def hang(topic: str, partition: int, *, timeout: float) -> int:
        free.wait(10)
        return original(topic, partition, timeout=timeout)

    transport.end_offset = hang  # type: ignore[method-assign]  # a broker that does not answer
    relay = Relay(outbox, transport, ids, QUICK)
    relay.start()
    outbox.append(record("a"))
    time.sleep(0.1)
    begin = time.monotonic()
    assert not relay.stop(0.1)
    assert relay.close(0.1).pending == 1
    assert time.monotonic() - begin < 1
    free.set()
    assert relay.stop(5)


def test_a_forked_child_may_append_and_may_not_relay(
    outbox: Outbox, ids: Ids, record: Make, log: TopicLog
) -> None:
    relay = Relay(outbox, log, ids, QUICK)
    relay.start()
    outbox.append(record("parent"))

    connection = outbox.database._connection

    def child(answers: multiprocessing.SimpleQueue[str]) -> None:
        answers.put(outbox.append(record("child")).result_id)
        assert outbox.database._connection is not connection, "SQLite forbids the parent's connection"
        try:
            relay.deliver(0.1)
        except OutboxError as error:
            answers.put(str(error))

    context = multiprocessing.get_context("fork")
    answers: multiprocessing.SimpleQueue[str] = context.SimpleQueue()
    process = context.Process(target=child, args=(answers,))
    process.start()
    process.join(10)
    assert process.exitcode == 0
    assert answers.get() == "child"
    assert "make a new one after a fork" in answers.get()
    outbox.append(record("after"))
    assert relay.drain(5).pending == 0
    relay.close(5)
    assert sorted(entry.key for entry in log.read("results")) == ["after", "child", "parent"]
