"""What an endpoint may answer besides JSON."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RawText:
    """A schema's text as the whole body."""

    text: str
