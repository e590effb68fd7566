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

_REASON: Final = re.compile(
    r"""\s*\{\s*errorType\s*:\s*(?P<quote>['"])(?P<kind>[A-Z0-9_]{1,80})(?P=quote)\s*,
    \s*description\s*:\s*(?P=quote)(?P<description>.*?)(?P=quote)
    (?:\s*,\s*additionalInfo\s*:\s*(?P=quote)(?P<info>.*)(?P=quote))?\s*\}\s*""",
    re.VERBOSE | re.DOTALL,
)
_VERSION: Final = re.compile(r"\s*\{\s*oldSchemaVersion\s*:\s*(\d{1,9})\s*\}\s*")
_POINTER: Final = re.compile(r"path '([^']*)'")
_DETAIL: Final = re.compile(r"\{(?:errorType|oldSchemaVersion)\s*:.*?\}(?=\s*(?:,\s*\{|\]|$))", re.DOTALL)
_LONGEST: Final = 100_000


def read_messages(messages: Iterable[str]) -> tuple[CheckReason, ...]:
    """The reasons in the messages of a check; those that have no known form are left out."""
    reasons: list[CheckReason] = []
    settled = 0
    for message in messages:
        if len(message) > _LONGEST:
            continue
        if found := _REASON.fullmatch(message):
            reasons.append(_reason(found))
        elif found := _VERSION.fullmatch(message):
            # It concerns the reasons since the version before.
            reasons[settled:] = [replace(each, version=int(found[1])) for each in reasons[settled:]]
            settled = len(reasons)
    return tuple(reasons)


def read_details(message: str) -> tuple[CheckReason, ...]:
    """The reasons in the message of a refused registration, which lists the same after ``details:``."""
    _, _, details = message.partition("details:")
    return read_messages(_DETAIL.findall(details[:_LONGEST]))


def _reason(found: re.Match[str]) -> CheckReason:
    description, info = found["description"], found["info"]
    pointer = _POINTER.search(description)
    message = f"{description} ({info})" if info else description
    return CheckReason(found["kind"], message, pointer[1] if pointer else "")
