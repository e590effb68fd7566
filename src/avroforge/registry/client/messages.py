"""Verbose messages of a compatibility check, which look like JSON and are none.

A check of Confluent's registry answers one message per reason, then messages about the version that they
concern: ``{errorType:'...', description:'...', additionalInfo:'...'}``, ``{oldSchemaVersion: 3}``,
``{oldSchema: '...'}``, ``{compatibility: 'BACKWARD'}``. Quotes inside are not escaped, so what does not have
this form is left to the raw text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from avroforge.registry.check import CheckReason

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEAD: Final = re.compile(
    r"\{\s*errorType\s*:\s*(?P<quote>['\"])(?P<kind>[A-Z0-9_]{1,80})(?P=quote)\s*,"
    r"\s*description\s*:\s*(?P=quote)"
)
_VERSION: Final = re.compile(r"\{\s*oldSchemaVersion\s*:\s*(\d{1,9})\s*\}")
_POINTER: Final = re.compile(r"path '([^']{0,1000})'")
_LONGEST: Final = 10_000
"""Longer messages, such as those with an old schema, hold no reason."""


def read_messages(messages: Iterable[str]) -> tuple[CheckReason, ...]:
    """The reasons in the messages of a check; those that have no known form are left out."""
    reasons: list[CheckReason] = []
    settled = 0
    for message in messages:
        stripped = message[: _LONGEST + 1].strip()
        if len(stripped) > _LONGEST:
            continue
        if reason := _reason(stripped):
            reasons.append(reason)
        elif found := _VERSION.fullmatch(stripped):
            # It concerns the reasons since the version before.
            reasons[settled:] = [replace(each, version=int(found[1])) for each in reasons[settled:]]
            settled = len(reasons)
    return tuple(reasons)


def read_details(message: str) -> tuple[CheckReason, ...]:
    """The reasons in the message of a refused registration, which lists the same after ``details:``."""
    _, _, details = message.partition("details:")
    pieces = details.strip().removeprefix("[").removesuffix("]").split(", {")
    return read_messages(each if at == 0 else "{" + each for at, each in enumerate(pieces))


def _reason(message: str) -> CheckReason | None:
    head = _HEAD.match(message)
    if head is None:
        return None
    quote = head["quote"]
    inner = message[head.end() :].removesuffix("}").rstrip()
    if not inner.endswith(quote):
        return None
    description, _, info = inner.removesuffix(quote).partition(f"{quote}, additionalInfo:{quote}")
    pointer = _POINTER.search(description)
    return CheckReason(
        head["kind"], f"{description} ({info})" if info else description, pointer[1] if pointer else ""
    )
