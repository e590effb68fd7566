"""The answer to: may this schema be registered here?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckReason:
    """One reason against a schema.

    Attributes:
        kind: what went wrong, for example ``READER_FIELD_MISSING_DEFAULT_VALUE``.
        message: the explanation.
        pointer: JSON pointer to the place in the reading schema; empty where the registry gives none.
        version: which version it breaks; None where the registry does not say.
        place: ``path:line:column`` in the candidate's text; empty where the registry gives none.
    """

    kind: str
    message: str
    pointer: str = ""
    version: int | None = None
    place: str = ""

    def __str__(self) -> str:
        """``place: KIND message``."""
        return f"{self.place}: {self.kind} {self.message}" if self.place else f"{self.kind} {self.message}"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether a subject's versions allow a schema.

    Attributes:
        compatible: whether they do.
        reasons: why not, as far as the registry says so in a form that could be read; may be empty.
        messages: the registry's own words, unchanged; may be empty.
    """

    compatible: bool
    reasons: tuple[CheckReason, ...] = ()
    messages: tuple[str, ...] = ()
