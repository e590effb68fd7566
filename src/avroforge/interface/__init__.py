"""The base class of every generated interface: one schema's codecs, and the registry's ids where it has one.

``encode`` and ``decode`` are bare Avro. ``to_avro_bytes`` and ``from_avro_bytes`` are the Confluent wire
format where a registry is given, and bare Avro where none is: nothing here guesses from the bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from avroforge.errors import DecodeError, EncodeError, SchemaNotFoundError
from avroforge.interface.text import TextCodec
from avroforge.schema_source import GuidSource, SchemaSource, text_of
from avroforge.wire.framing import frame, from_record, split
from avroforge.wire.limits import DecodeLimits, budget_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from avroforge.codec.resolve import Reader
    from avroforge.formats.single_object import WriterSchemas

_MOST_READERS: Final = 1024
"""How many schema ids and GUIDs an interface keeps the reader of."""
_UNKNOWN: Final[Any] = object()

T = TypeVar("T")


class AvroInterfaceBase(TextCodec[T]):
    """Codecs of one schema.

    Args:
        registry: gives ids and writer schemas; without one, messages are bare Avro.
        subject: where `registry` knows this schema; the full name of the schema unless given.
        limits: what a message may cost, `LIMITS` unless given.
    """

    __slots__ = ("_readers", "_registry", "_subject")

    def __init__(
        self,
        registry: SchemaSource | None = None,
        subject: str | None = None,
        *,
        limits: DecodeLimits | None = None,
    ) -> None:
        super().__init__(limits=limits)
        self._registry = registry
        self._subject = subject or self.FULLNAME
        self._readers: dict[int | UUID, Reader | None] = {}

    def to_avro_bytes(self, datum: T, *, require_header: bool = False) -> bytes:
        """Encode with the Confluent header where the registry knows this schema's id, else as bare Avro.

        Args:
            datum: the value.
            require_header: raise instead of falling back to bare Avro.

        Raises:
            EncodeError: a value that the schema cannot hold.
            SchemaNotFoundError: `require_header`, and no id is known.
        """
        bare = self.encode(datum)
        known = None if self._registry is None else self._registry.id_for(self._subject, self.SCHEMA_KEY)
        if known is not None:
            return frame(known, bare)
        if require_header:
            cause = (
                "no registry was given"
                if self._registry is None
                else "it is not registered, or not looked up yet"
            )
            raise SchemaNotFoundError(f"{self._subject}: no schema id for {self.FULLNAME}: {cause}")
        return bare

    def from_avro_bytes(self, data: bytes, *, limits: DecodeLimits | None = None) -> T:
        """Decode what `to_avro_bytes` wrote: framed where this interface has a registry, else bare Avro.

        The header is that of a schema id, or the newer one of a schema GUID.

        Args:
            data: one whole message.
            limits: what this message may cost, where that is not what the others may.

        Raises:
            DecodeError: with a registry, also a message without header (`decode` reads those).
            ResolutionError: a writer schema that this schema cannot read.
            SchemaNotFoundError: the registry does not know the id or GUID.
        """
        if self._registry is None:
            return self.decode(data, limits=limits)
        reference, bare = split(data)
        return self._decode_referred(reference, bare, limits)

    def from_record(
        self,
        value: bytes,
        headers: Iterable[tuple[str, bytes | None]] | None = (),
        *,
        part: Literal["key", "value"] = "value",
        limits: DecodeLimits | None = None,
    ) -> T:
        """Decode the value (or key) of a Kafka record, whose headers may say which schema wrote it.

        Args:
            value: the record's value or key.
            headers: the record's headers, in order; ``__value_schema_id`` (``__key_schema_id``) decides where
                there is one, else the bytes before the body do. None is none, as some clients have it.
            part: which of the two `value` is.
            limits: as for `from_avro_bytes`.

        Raises:
            DecodeError: neither says which schema wrote it, no value of the schema, or none at all: a record
                without a value (a tombstone) is not decoded.
            ResolutionError: a writer schema that this schema cannot read.
            SchemaNotFoundError: the registry does not know the id or GUID, or there is no registry.
        """
        reference, bare = from_record(value, headers, part=part)
        return self._decode_referred(reference, bare, limits)

    def _decode_referred(self, reference: int | UUID, bare: bytes, limits: DecodeLimits | None) -> T:
        read = self._readers.get(reference, _UNKNOWN)
        if read is _UNKNOWN:
            if len(self._readers) >= _MOST_READERS:
                self._readers.clear()
            read = self._readers[reference] = self._reader_of(reference)
        if read is None:
            return self.decode(bare, limits=limits)
        result: T = read(bare, self._budget if limits is None else budget_of(limits))
        return result

    def _reader_of(self, reference: int | UUID) -> Reader | None:
        """What reads records of a registered schema; None where `decode` does, for this very schema."""
        from avroforge.codec.resolve import reader_for  # noqa: PLC0415 - only for ids not seen before
        from avroforge.schema import parse_schema  # noqa: PLC0415 - as above

        kind = "id" if isinstance(reference, int) else "GUID"
        if self._registry is None:
            raise SchemaNotFoundError(
                f"{self._subject}: no schema for the {kind} {reference}: no registry was given"
            )
        writer = parse_schema(
            text_of(self._registry, reference), path=f"<schema {kind} {reference}>", lenient=True
        )
        return None if writer.key == self.SCHEMA_KEY else reader_for(writer, type(self))

    def encode_single_object(self, datum: T) -> bytes:
        """Encode with the header of Avro's single-object encoding: marker and fingerprint of this schema.

        Raises:
            EncodeError: a value that the schema cannot hold, with its path.
        """
        from avroforge.formats import single_object  # noqa: PLC0415 - as above

        return single_object.join(self.FINGERPRINT, self.encode(datum))

    def decode_single_object(
        self, data: bytes, *, schemas: WriterSchemas | None = None, limits: DecodeLimits | None = None
    ) -> T:
        """Decode single-object encoding, of this schema or of a known writer schema.

        Args:
            data: one whole message.
            schemas: writer schemas by fingerprint (8 bytes, little-endian), or a function from one to the
                other; `avroforge.formats.single_object.by_fingerprint` makes such a mapping.
            limits: what this message may cost, where that is not what the others may.

        Raises:
            DecodeError: no header, a fingerprint that nobody knows, or no value of the schema.
            ResolutionError: a writer schema that this schema cannot read.
        """
        from avroforge.formats import single_object  # noqa: PLC0415 - as above

        fingerprint, bare = single_object.split(data)
        if fingerprint == self.FINGERPRINT:
            return self.decode(bare, limits=limits)
        writer = single_object.writer_schema(fingerprint, schemas, self.FULLNAME)
        return self.decode(bare, writer_schema=writer, limits=limits)


__all__ = ["AvroInterfaceBase", "DecodeError", "EncodeError", "GuidSource", "SchemaSource"]
