"""Names of subjects: under which name a message's schema is registered.

Source: Confluent Schema Registry, subject name strategy.
"""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """Which half of a record a schema describes."""

    KEY = "key"
    VALUE = "value"


class SubjectNaming(StrEnum):
    """The three strategies, in the spelling of ``avroforge.toml``."""

    TOPIC_NAME = "topic-name"
    RECORD_NAME = "record-name"
    TOPIC_RECORD_NAME = "topic-record-name"

    def subject(self, topic: str, fullname: str, part: Part = Part.VALUE) -> str:
        """The subject of a schema.

        Args:
            topic: the topic that carries it.
            fullname: full name of the schema's root type.
            part: key or value; counts for `TOPIC_NAME` only.

        Returns:
            ``topic-value``, ``fullname`` or ``topic-fullname``.
        """
        match self:
            case SubjectNaming.TOPIC_NAME:
                return f"{topic}-{part}"
            case SubjectNaming.RECORD_NAME:
                return fullname
            case SubjectNaming.TOPIC_RECORD_NAME:
                return f"{topic}-{fullname}"
