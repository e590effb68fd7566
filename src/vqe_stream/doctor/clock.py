"""The clock, as far as this machine can tell by itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from vqe_stream.check import Check, Verdict
from vqe_stream.connection import open_outbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vqe_stream.config import ProducerConfig

_BEFORE_THIS_PROGRAM: Final = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
_TOLERANCE: Final = 5.0


def look_at_clock(config: ProducerConfig) -> Iterator[Check]:
    """Whether it is later than this program, and than every result in the outbox."""
    now = time.time()
    shown = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    newest = _newest(config)
    if now < _BEFORE_THIS_PROGRAM:
        yield Check("clock", Verdict.FAILURE, f"{shown} is before this program was made", "set the clock")
    elif newest is not None and newest > now + _TOLERANCE:
        yield Check(
            "clock",
            Verdict.WARNING,
            f"{shown}: the outbox has a result that is {newest - now:.0f} s younger than now",
            "the clock was set back; order and delivery do not depend on it, ages and certificates do",
        )
    else:
        yield Check("clock", Verdict.OK, f"{shown}, and no stored result is younger")


def _newest(config: ProducerConfig) -> float | None:
    if not config.outbox_directory.is_dir():
        return None
    with open_outbox(config) as outbox:
        newest = outbox.newest_ms()
    return None if newest is None else newest / 1000
