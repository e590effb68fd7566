"""What can go wrong with a result before it is stored, and with a record that is read back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from avroforge.errors import AvroforgeError, DeliveryError


class ResultError(AvroforgeError):
    """A text or an object that is no VQE result.

    Attributes:
        code: ``RESULT_SYNTAX`` (no JSON), ``RESULT_KEY_TWICE``, ``FIELD_UNKNOWN``, ``FIELD_MISSING`` or
            ``VALUE_INVALID``.
        message: what was expected and what was there.
        path: where in the result, ``$.vqe_result.iteration_list[3].std``; for no JSON ``line:column``.
        source: the file, or None.
    """

    def __init__(self, code: str, message: str, *, path: str, source: str | None = None) -> None:
        self.code = code
        self.message = message
        self.path = path
        self.source = source
        if code == "RESULT_SYNTAX":
            where = f"{source}:{path}: {code}" if source else f"{path}: {code}"
        else:
            where = f"{source}: {code} {path}:" if source else f"{code} {path}:"
        super().__init__(f"{where} {message}")

    def __reduce__(self) -> tuple[partial[ResultError], tuple[str, str]]:
        return (partial(type(self), path=self.path, source=self.source), (self.code, self.message))


class ResultsUnavailableError(AvroforgeError):
    """The place where results are stored cannot be read; the message names it and the reason."""


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where a record stands.

    Attributes:
        result_id: its header ``result-id``; None where its producer gave none.
    """

    topic: str
    partition: int
    offset: int
    result_id: str | None

    def __str__(self) -> str:
        """``topic: partition 0, offset 3 (id)``."""
        known = f" ({self.result_id})" if self.result_id else ""
        return f"{self.topic}: partition {self.partition}, offset {self.offset}{known}"


class UnreadableRecordError(DeliveryError):
    """A record of the topic that is no result; the ones after it can still be read.

    Attributes:
        reason: why it cannot be read.
        place: where it stands.
        value: its bytes.
    """

    def __init__(self, reason: str, place: RecordPlace, value: bytes) -> None:
        self.reason = reason
        self.place = place
        self.value = value
        super().__init__(f"{place}: {reason}")

    def __reduce__(self) -> tuple[type[UnreadableRecordError], tuple[str, RecordPlace, bytes]]:
        return (type(self), (self.reason, self.place, self.value))
