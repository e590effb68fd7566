"""A producer that dies by its own SIGKILL at a marked point; run by test_kill.py, not collected."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from avroforge.delivery import (
    Outbox,
    OutboxOptions,
    OutboxRecord,
    OutgoingRecord,
    Relay,
    TopicLog,
    courier,
    log_file,
    outbox,
)
from avroforge.delivery.lease import Lease

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from avroforge.delivery import InFlight

VICTIM = "r1"


class Ids:
    def schema_id(self, *_: str) -> int:
        return 7


def die(*_: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(10)
    raise AssertionError


def before(function: Callable[..., Any], *, nth: int) -> Callable[..., Any]:
    """The function, but the process dies instead of its nth call."""
    calls = iter(range(1, 10**9))

    def wrapped(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 any function
        return die() if next(calls) == nth else function(*args, **kwargs)

    return wrapped


def after(function: Callable[..., Any], *, nth: int) -> Callable[..., Any]:
    """The function, but the process dies at the end of its nth call."""
    calls = iter(range(1, 10**9))

    def wrapped(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 any function
        result = function(*args, **kwargs)
        return die() if next(calls) == nth else result

    return wrapped


def half(function: Callable[..., Any], *, nth: int) -> Callable[..., Any]:
    """The function, but only half of its nth bytes are written when the process dies."""
    calls = iter(range(1, 10**9))

    def wrapped(descriptor: int, data: bytes) -> None:
        if next(calls) == nth:
            os.write(descriptor, data[: len(data) // 2])
            die()
        function(descriptor, data)

    return wrapped


class Log(TopicLog):
    """The log, dying before or after the victim is sent."""

    point = ""

    def send(self, records: Sequence[OutgoingRecord], *, timeout: float) -> InFlight:
        record = records[0]
        if record.key == VICTIM and self.point == "before send":
            die()
        if record.key == VICTIM and self.point == "pause":
            os.kill(os.getpid(), signal.SIGSTOP)
        flight = super().send(records, timeout=timeout)
        if record.key == VICTIM and self.point == "after send":
            die()
        return flight


def mine(point: str) -> None:
    """Put the charge at its place."""
    Log.point = point
    places: dict[str, tuple[object, str, Callable[..., Any], int]] = {
        "inside append": (outbox, "insert", after, 2),
        "after append": (Outbox, "append", after, 2),
        "before mark": (Lease, "mark_sending", before, 2),
        "after mark": (Lease, "mark_sending", after, 2),
        "half an entry": (log_file, "write_all", half, 2),
        "before fsync": (log_file, "sync_descriptor", before, 2),
        "before sent": (Lease, "mark_sent", before, 2),
        "after sent": (Lease, "mark_sent", after, 2),
        "while framing": (courier, "frame", before, 2),
    }
    if point in places:
        owner, name, charge, nth = places[point]
        setattr(owner, name, charge(vars(owner)[name], nth=nth))


def main(directory: Path, point: str, count: int) -> None:
    """Append, tell what is durable, deliver."""
    mine(point)
    options = OutboxOptions(allow_memory_file_system=True, busy_timeout=10.0)
    with Outbox.open(directory / "outbox", options) as box:
        relay = Relay(box, Log(directory / "topics", producer=box.id), Ids())
        for number in range(count):
            durable = box.append(
                OutboxRecord(
                    topic="results",
                    subject="s",
                    fullname="qp.Result",
                    schema_key="5ca1ab1e",
                    schema_text="{}",
                    bare=f"<r{number}>".encode() * 500,
                    result_id=f"r{number}",
                )
            )
            sys.stdout.write(f"{durable.result_id}\n")
            sys.stdout.flush()
            if count > 3:
                relay.deliver(10)
        relay.drain(10)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
