"""A record of the implementation before this one, read as a result of today's schema."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from avroforge.delivery import result_id
from avroforge.errors import DecodeError, ResolutionError, SchemaError, SchemaNotFoundError
from avroforge.schema import parse_schema
from avroforge.wire.framing import unframe
from vqe_records import VQEDecoratedResultInterface

if TYPE_CHECKING:
    from avroforge.registry import RegistryIds
    from avroforge.schema import Schema
    from vqe_records import VQEDecoratedResult

_UNREADABLE: Final = (DecodeError, ResolutionError, SchemaError, SchemaNotFoundError)
_SCHEMAS_KNOWN: Final = 64


@dataclass(frozen=True, slots=True)
class LegacyResult:
    """A result and what it is known by.

    Attributes:
        result_id: of its bytes under the schema that wrote them: the same record again, with a header or
            without, has the same id, whatever today's schema is by then.
    """

    result: VQEDecoratedResult
    result_id: str


class LegacyReader:
    """Reads records with a header by the registry, and those without by a schema that is given.

    A record counts as having a header when it begins with one, the registry has its id, and the rest is a
    result; the implementation before this one left the header out whenever the registry was away.

    Args:
        ids: the registry.
        headerless: the schema that wrote records without a header; None: those cannot be read.
    """

    def __init__(self, ids: RegistryIds, headerless: Schema | None = None) -> None:
        self._ids = ids
        self._headerless = headerless
        self._interface = VQEDecoratedResultInterface()

    def read(self, value: bytes) -> LegacyResult | str:
        """The result of a record's value, or why it cannot be read.

        Raises:
            RegistryError: the registry gave no answer; nothing is said about the record.
        """
        try:
            schema_id, body = unframe(value)
            return self._written_with(self._ids.schema_by_id(schema_id), body)
        except _UNREADABLE as error:
            framed = str(error)
        if self._headerless is None:
            return f"{framed}; and no schema is given for records without a header"
        try:
            return self._written_with(self._headerless.self_contained, value)
        except _UNREADABLE as error:
            return f"with a header: {framed}; without: {error}"

    def _written_with(self, writer: str, body: bytes) -> LegacyResult:
        result = self._interface.decode(body, writer_schema=writer)
        return LegacyResult(result, result_id(self._interface.FULLNAME, _key(writer), body))


@lru_cache(maxsize=_SCHEMAS_KNOWN)
def _key(text: str) -> str:
    return parse_schema(text, lenient=True).key
