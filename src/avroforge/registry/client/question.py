"""A call of the registry's interface, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.schema.model import JsonValue


@dataclass(frozen=True, slots=True)
class Question:
    """One call of the registry's interface.

    Attributes:
        method: of HTTP.
        path: segments, unquoted.
        query: parameters.
        body: what is sent as JSON.
        subject: what it is about, for errors.
        repeatable: whether it may be asked again although the first may have arrived.
        unless: asked before a repetition, where the first may have arrived; if it has an answer, that is it.
    """

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    body: JsonValue = None
    subject: str = ""
    repeatable: bool = True
    unless: Question | None = None
