"""What a registry knows, as a value: every change is a pure function to a new value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from avroforge.errors import ConfigurationError, IncompatibleSchemaError, SchemaNotFoundError
from avroforge.registry.content import LATEST, RegisteredSchema, VersionRef
from avroforge.registry.findings import Finding, find_breaks
from avroforge.registry.setting import DEFAULT_COMPATIBILITY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from avroforge.evolution import CompatibilityMode

_STRING_OR_SPACE: Final = re.compile(r'("(?:[^"\\]|\\.)*")|[ \t\r\n]+')


@dataclass(frozen=True, slots=True)
class SubjectState:
    """A subject: (version, schema id) oldest first, and its own mode if it has one."""

    versions: tuple[tuple[int, int], ...] = ()
    mode: CompatibilityMode | None = None


@dataclass(frozen=True, slots=True)
class RegistryState:
    """A whole registry. ``texts`` maps a schema id to the text that was registered first."""

    mode: CompatibilityMode = DEFAULT_COMPATIBILITY
    subjects: Mapping[str, SubjectState] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)

    def history(self, subject: str) -> tuple[RegisteredSchema, ...]:
        """The versions of a subject, oldest first; empty for a subject without any."""
        versions = self.subjects.get(subject, SubjectState()).versions
        return tuple(
            RegisteredSchema(self.texts[key], subject=subject, version=number, schema_id=key)
            for number, key in versions
        )

    def version(self, subject: str, version: VersionRef) -> RegisteredSchema:
        """One version of a subject.

        Raises:
            SchemaNotFoundError: no such subject or version.
        """
        history = self.history(subject)
        if not history:
            known = ", ".join(f"'{each}'" for each in self.subject_names()) or "none"
            raise SchemaNotFoundError(f"subject '{subject}' has no schema; registered subjects: {known}")
        if version == LATEST:
            return history[-1]
        for each in history:
            if each.version == version:
                return each
        numbers = ", ".join(str(each.version) for each in history)
        raise SchemaNotFoundError(f"subject '{subject}' has no version {version}; it has {numbers}")

    def subject_names(self) -> tuple[str, ...]:
        """The subjects that have a version, sorted."""
        return tuple(sorted(name for name, subject in self.subjects.items() if subject.versions))

    def text(self, schema_id: int) -> str:
        """The text of an id.

        Raises:
            SchemaNotFoundError: no such id.
        """
        try:
            return self.texts[schema_id]
        except KeyError:
            raise SchemaNotFoundError(f"no schema has the id {schema_id}") from None

    def lookup(self, subject: str, text: str) -> RegisteredSchema | None:
        """The version of `subject` with this text."""
        wanted = compact(text)
        return next((each for each in self.history(subject) if compact(each.text) == wanted), None)

    def mode_of(self, subject: str | None) -> CompatibilityMode:
        """The mode in force."""
        if subject is None:
            return self.mode
        return self.subjects.get(subject, SubjectState()).mode or self.mode

    def breaks(self, subject: str, text: str) -> tuple[Finding, ...]:
        """What registering `text` under `subject` would break."""
        return find_breaks(text, self.history(subject), self.mode_of(subject))

    def register(self, subject: str, text: str) -> tuple[RegistryState, RegisteredSchema]:
        """The registry with `text` under `subject`, and its entry; itself if it was there.

        Raises:
            ConfigurationError: the subject's name is empty or holds control characters.
            SchemaError: the text is no valid schema.
            IncompatibleSchemaError: the subject's mode forbids it.
        """
        check_subject_name(subject)
        if (known := self.lookup(subject, text)) is not None:
            return self, known
        if findings := self.breaks(subject, text):
            raise IncompatibleSchemaError(subject, map(str, findings))
        schema_id = self._id_of(text)
        texts = {**self.texts, schema_id: self.texts.get(schema_id, text)}
        state = self.subjects.get(subject, SubjectState())
        version = state.versions[-1][0] + 1 if state.versions else 1
        changed = replace(state, versions=(*state.versions, (version, schema_id)))
        registered = RegisteredSchema(texts[schema_id], subject=subject, version=version, schema_id=schema_id)
        return replace(self, texts=texts, subjects={**self.subjects, subject: changed}), registered

    def with_mode(self, mode: CompatibilityMode, subject: str | None) -> RegistryState:
        """The registry with another mode for a subject, or another global one.

        Raises:
            ConfigurationError: the subject's name is empty or holds control characters.
        """
        if subject is None:
            return self if mode == self.mode else replace(self, mode=mode)
        check_subject_name(subject)
        state = self.subjects.get(subject, SubjectState())
        if state.mode == mode:
            return self
        return replace(self, subjects={**self.subjects, subject: replace(state, mode=mode)})

    def _id_of(self, text: str) -> int:
        """The id of an equal text under any subject, else the next one."""
        wanted = compact(text)
        known = (key for key, other in self.texts.items() if compact(other) == wanted)
        return next(known, max(self.texts, default=0) + 1)


@lru_cache(maxsize=1024)
def compact(text: str) -> str:
    """A schema's text without the white space between its tokens: what two equal texts share."""
    return _STRING_OR_SPACE.sub(lambda match: match[1] or "", text)


def check_subject_name(subject: str) -> None:
    """Refuse a subject's name that no registry takes.

    Raises:
        ConfigurationError: the name is empty or holds control characters.
    """
    if not subject or not subject.isprintable():
        raise ConfigurationError(
            f"subject: expected printable characters such as 'experiment.vqe-value', got {subject!r}"
        )
