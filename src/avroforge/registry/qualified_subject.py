"""Subjects and the contexts they live in: ``name``, or ``:.context:name`` outside the default context.

Source: Confluent Schema Registry, schema contexts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DEFAULT_CONTEXT: Final = "."
GLOBAL_CONTEXT: Final = ".__GLOBAL"
"""Holds settings for all contexts and no schemas."""
_RESERVED: Final = frozenset({"__GLOBAL", "__EMPTY"})


@dataclass(frozen=True, slots=True, order=True)
class QualifiedSubject:
    """A subject's name within a context; with an empty name, the context itself.

    Attributes:
        context: ``.``, or ``.name``.
        name: the subject's name, without context.
    """

    context: str
    name: str

    @classmethod
    def parse(cls, subject: str | None) -> QualifiedSubject:
        """The subject that a caller names; None is the default context."""
        subject = subject or ""
        if not subject.startswith(":."):
            return cls(DEFAULT_CONTEXT, subject)
        context, _, name = subject[1:].partition(":")
        return cls(context, name)

    def __str__(self) -> str:
        """As callers name it."""
        return self.name if self.context == DEFAULT_CONTEXT else f":{self.context}:{self.name}"

    def sibling(self, subject: str) -> QualifiedSubject:
        """The subject that a reference from here names: in this context unless it names another."""
        named = QualifiedSubject.parse(subject)
        return QualifiedSubject(self.context, named.name) if named.context == DEFAULT_CONTEXT else named

    @property
    def may_have_schemas(self) -> bool:
        """Whether schemas may be registered here: no control characters, no reserved name, not empty."""
        return bool(self.name) and self.may_have_settings and self.context != GLOBAL_CONTEXT

    @property
    def may_have_settings(self) -> bool:
        """Whether settings may be made here."""
        text = self.context + self.name
        return self.name not in _RESERVED and not any(_is_control(character) for character in text)


def _is_control(character: str) -> bool:
    code = ord(character)
    return code < 0x20 or 0x7F <= code < 0xA0  # noqa: PLR2004 - the ISO control characters
