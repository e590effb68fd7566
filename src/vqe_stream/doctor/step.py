"""Questions one after another, each within its time."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from avroforge.errors import AvroforgeError, MissingExtraError
from vqe_stream.check import Check, Verdict, worst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Step:
    """Something to look at.

    Attributes:
        name: for messages.
        look: gives the answers.
        needs: the name of a step before it, without whose success there is nothing to look at.
    """

    name: str
    look: Callable[[], Iterable[Check]] = field(repr=False)
    needs: str | None = None


def examine(steps: Iterable[Step], seconds: float) -> Iterator[Check]:
    """The answers of each step as they come; one that takes longer than `seconds` is not waited for."""
    failed: set[str] = set()
    for step in steps:
        if step.needs in failed:
            found = [Check(step.name, Verdict.UNCHECKED, f"needs {step.needs}")]
        else:
            found = _within(step, seconds)
        if worst(found) in (Verdict.FAILURE, Verdict.UNCHECKED):
            failed.add(step.name)
        yield from found


def _within(step: Step, seconds: float) -> list[Check]:
    found: list[Check] = []
    ended = threading.Event()

    def work() -> None:
        try:
            for each in _answers(step):
                found.append(each)  # noqa: PERF402 what was found before a time-out must be there
        finally:
            ended.set()

    # A thread that hangs, in a name look-up for instance, must not keep the process.
    threading.Thread(target=work, name=f"doctor-{step.name}", daemon=True).start()
    if ended.wait(seconds):
        return found
    return [*found, Check(step.name, Verdict.UNCHECKED, f"no answer in {seconds:g} s", "raise --within")]


def _answers(step: Step) -> Iterator[Check]:
    try:
        yield from step.look()
    except MissingExtraError as error:
        yield Check(step.name, Verdict.UNCHECKED, str(error))
    except AvroforgeError as error:
        yield Check(step.name, Verdict.FAILURE, str(error))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        yield Check(step.name, Verdict.FAILURE, f"{error.filename}: {reason}" if error.filename else reason)
    except Exception as error:  # noqa: BLE001 the other steps go on; this one has said nothing
        yield Check(step.name, Verdict.UNCHECKED, f"internal error: {type(error).__name__}: {error}")
