"""The base class of every generated interface: one schema's codecs, and the registry's ids where it has one.

``encode`` and ``decode`` are bare Avro. ``to_avro_bytes`` and ``from_avro_bytes`` are the Confluent wire
format where a registry is given, and bare Avro where none is: nothing here guesses from the bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping  # noqa: TC003 - `get_type_hints` of an interface looks it up
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Literal, TypeVar

from avroforge.errors import DecodeError, EncodeError, SchemaNotFoundError
from avroforge.schema_source import GuidSource, SchemaSource, text_of
from avroforge.wire.framing import frame, from_record, split
from avroforge.wire.limits import DEFAULT_LIMITS, Budget, DecodeLimits, budget_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from avroforge.codec import ir
    from avroforge.codec.resolve import Reader
    from avroforge.formats.single_object import WriterSchemas
    from avroforge.schema import Schema

_MOST_READERS: Final = 1024
"""How many schema ids and GUIDs an interface keeps the reader of."""
_UNKNOWN: Final[Any] = object()

T = TypeVar("T")
V = TypeVar("V")


class _Derived(Generic[V]):
    """A constant of an interface without a file of its own, computed when first asked for."""

    def __init__(self, derive: Callable[[Schema], V]) -> None:
        self._derive = derive
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        del owner
        self._name = name

    def __get__(self, instance: object, owner: type[AvroInterfaceBase[Any]]) -> V:
        del instance
        value = self._derive(owner.schema())
        setattr(owner, self._name, value)
        return value


class AvroInterfaceBase(Generic[T]):
    """Codecs of one schema.

    Args:
        registry: gives ids and writer schemas; without one, messages are bare Avro.
        subject: where `registry` knows this schema; the full name of the schema unless given.
        limits: what a message may cost, `LIMITS` unless given.
    """

    FULLNAME: ClassVar[str]
    PART_OF: ClassVar[str] = ""
    """For a type inside another's file: module (relative) and name of that file's interface."""
    USES: ClassVar[tuple[str, ...]] = ()
    """The interfaces of the files that this one's refers to, in the same form."""
    CLOSURE_DIGEST: ClassVar[str] = ""
    """Where the texts of those are many: a digest of all, while the constants below are derived from them."""
    if TYPE_CHECKING:
        SCHEMA: ClassVar[str]
        """The source file's text, verbatim; of a type inside another's file, its own part of that."""
        SELF_CONTAINED: ClassVar[str]
        """The schema with all it refers to, in one text; `SCHEMA` itself where that refers to nothing."""
        FINGERPRINT: ClassVar[bytes]
        """CRC-64-AVRO of the parsing canonical form, little-endian: for single-object encoding only."""
        SCHEMA_KEY: ClassVar[str]
        """SHA-256 of the self-contained text, in hex: the identity of the schema in every cache."""
    else:
        SCHEMA = _Derived(lambda schema: schema.self_contained)
        SELF_CONTAINED = _Derived(lambda schema: schema.self_contained)
        FINGERPRINT = _Derived(lambda schema: schema.fingerprint("CRC-64-AVRO"))
        SCHEMA_KEY = _Derived(lambda schema: schema.key)
    ALIASES: ClassVar[tuple[str, ...]] = ()
    """The full names by which readers also know this type."""
    PROPERTIES: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """What the schema says of this type beyond Avro: its custom properties, parsed."""
    ARRAYS: ClassVar[str] = "list"
    LOGICAL_TYPES: ClassVar[str] = "typed"
    LIMITS: ClassVar[DecodeLimits] = DEFAULT_LIMITS
    """What decoding a message may cost where neither the object nor the call says it."""

    __slots__ = ("_budget", "_readers", "_registry", "_subject")

    def __init__(
        self,
        registry: SchemaSource | None = None,
        subject: str | None = None,
        *,
        limits: DecodeLimits | None = None,
    ) -> None:
        self._registry = registry
        self._subject = subject or self.FULLNAME
        self._budget = budget_of(self.LIMITS if limits is None else limits)
        self._readers: dict[int | UUID, Reader | None] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__dict__.keys().isdisjoint({"SELF_CONTAINED", "CLOSURE_DIGEST"}) and "SCHEMA" in cls.__dict__:
            cls.SELF_CONTAINED = cls.SCHEMA

    @staticmethod
    def _write(o: Any, out: list[Any]) -> None:  # noqa: ANN401 - generated code narrows both
        raise NotImplementedError

    @staticmethod
    def _read(d: bytes, p: int, c: Budget) -> tuple[Any, int]:
        raise NotImplementedError

    def encode(self, datum: T) -> bytes:
        """Encode as bare Avro.

        Raises:
            EncodeError: a value that the schema cannot hold, with its path.
        """
        out: list[Any] = []
        try:
            self._write(datum, out)
            return b"".join(out)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - whatever the compiled code met, the walk names it or gets it right
            return self._encode_slowly(datum)

    def _encode_slowly(self, datum: T) -> bytes:
        from avroforge.codec import walk_encode  # noqa: PLC0415 - only values the compiled code does not know

        return walk_encode.encode(datum, self._bound())

    def decode(
        self,
        data: bytes,
        *,
        writer_schema: str | Schema | None = None,
        limits: DecodeLimits | None = None,
    ) -> T:
        """Decode bare Avro.

        Args:
            data: one whole record.
            writer_schema: what the record was written with, where that is not this schema.
            limits: what this message may cost, where that is not what the others may.

        Raises:
            DecodeError: no value of the schema, with path, offset and reason.
            ResolutionError: a writer schema that this schema cannot read.
        """
        if type(data) is not bytes:
            data = self._as_bytes(data)
        budget = self._budget if limits is None else budget_of(limits)
        if writer_schema is not None:
            return self._decode_written(data, writer_schema, budget)
        try:
            value, end = self._read(data, 0, budget())
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - whatever the compiled code met, the walk names it or gets it right
            return self._decode_slowly(data, budget())
        if end != len(data):
            return self._decode_slowly(data, budget())
        result: T = value
        return result

    def _as_bytes(self, data: object) -> bytes:
        if isinstance(data, bytes | bytearray | memoryview):
            return bytes(data)
        raise DecodeError(self.FULLNAME, 0, f"expected bytes, got {type(data).__name__}")

    def _decode_slowly(self, data: bytes, budget: Budget | None = None) -> T:
        from avroforge.codec import walk_decode  # noqa: PLC0415 - only messages the compiled code does not know

        bound = self._bound()
        result: T = walk_decode.decode(data, bound, walk_decode.root_name(bound), budget)
        return result

    def _decode_written(self, data: bytes, writer_schema: str | Schema, budget: type[Budget]) -> T:
        from avroforge.codec.resolve import reader_for  # noqa: PLC0415 - the resolver loads when first needed

        result: T = reader_for(writer_schema, type(self))(data, budget)
        return result

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
        headers: Iterable[tuple[str, bytes | None]] = (),
        *,
        part: Literal["key", "value"] = "value",
        limits: DecodeLimits | None = None,
    ) -> T:
        """Decode the value (or key) of a Kafka record, whose headers may say which schema wrote it.

        Args:
            value: the record's value or key.
            headers: the record's headers, in order; ``__value_schema_id`` (``__key_schema_id``) decides where
                there is one, else the bytes before the body do.
            part: which of the two `value` is.
            limits: as for `from_avro_bytes`.

        Raises:
            DecodeError: neither says which schema wrote it, or no value of the schema.
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

    def to_json(self, datum: T, *, indent: int | None = None) -> str:
        """Encode in Avro's JSON encoding: unions name their branch, bytes are text of U+0000 to U+00FF.

        Args:
            datum: the value.
            indent: spaces per level; one line without it.

        Raises:
            EncodeError: a value that the schema cannot hold, with its path.
        """
        from avroforge.formats.avro_json import encode_json  # noqa: PLC0415 - loads when first needed

        return encode_json(self.encode(datum), type(self), self._budget(), indent=indent)

    def from_json(self, text: str | bytes, *, limits: DecodeLimits | None = None) -> T:
        """Decode Avro's JSON encoding; every field must be there, in any order, and no other.

        Args:
            text: the whole text; bytes are UTF-8.
            limits: what this message may cost, where that is not what the others may.

        Raises:
            DecodeError: no JSON, or no value of the schema: path, offset, and a reason with line and column.
        """
        from avroforge.formats.avro_json import decode_json  # noqa: PLC0415 - as above

        return self.decode(decode_json(text, type(self)), limits=limits)

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

    def serialize(self, datum: T) -> Any:  # noqa: ANN401 - a plain datum
        """The plain Avro datum: dicts, lists, numbers, strings; for other libraries and for plain JSON.

        Branches that share a Python type become ``(branch name, value)``; logical types stay Python values.

        Raises:
            EncodeError: a value that the schema cannot hold.
        """
        from avroforge.codec import datum as plain  # noqa: PLC0415 - not on the way of encode and decode

        return plain.serialize(datum, self._bound())

    def deserialize(self, datum: Any) -> T:  # noqa: ANN401 - a plain datum
        """The typed value of a plain Avro datum; missing fields take their default.

        Raises:
            EncodeError: a wrong type, an unknown field, a missing one without default; with its path.
        """
        from avroforge.codec import datum as plain  # noqa: PLC0415 - not on the way of encode and decode

        result: T = plain.deserialize(datum, self._bound())
        return result

    def to_dict(self, datum: T) -> Any:  # noqa: ANN401 - a JSON value
        """The value as plain JSON values: what `to_plain_json` writes.

        Raises:
            EncodeError: a value that the schema cannot hold.
        """
        from avroforge.formats import plain_json  # noqa: PLC0415 - not on the way of encode and decode

        return plain_json.tree_of(self.decode(self.encode(datum)), self._bound())

    def from_dict(self, tree: Any) -> T:  # noqa: ANN401 - a JSON value
        """The typed value of plain JSON values; missing fields take their default.

        Raises:
            EncodeError: a wrong type, an unknown field, a missing one without default; with its path.
        """
        from avroforge.formats import plain_json  # noqa: PLC0415 - as above

        result: T = plain_json.from_tree(tree, self._bound())
        return result

    def to_plain_json(self, datum: T, *, indent: int | None = None) -> str:
        """The value as JSON for people and web services; `from_plain_json` gives back the very same value.

        Args:
            datum: the value.
            indent: spaces per level; one line without it.

        Raises:
            EncodeError: a value that the schema cannot hold.
        """
        from avroforge.formats import plain_json  # noqa: PLC0415 - as above

        return plain_json.text_of(self.to_dict(datum), indent=indent)

    def from_plain_json(self, text: str | bytes) -> T:
        """The typed value of plain JSON; missing fields take their default.

        Raises:
            DecodeError: no JSON, or no value of the schema; with its path.
        """
        from avroforge.formats import plain_json  # noqa: PLC0415 - as above

        result: T = plain_json.from_text(text, self._bound())
        return result

    @classmethod
    def schema(cls) -> Schema:
        """The parsed schema, self-contained."""
        from avroforge.codec.binding import schema_of  # noqa: PLC0415 - parsing is not needed for encode and decode

        return schema_of(cls)

    @classmethod
    def _bound(cls) -> ir.Node:
        from avroforge.codec.binding import bound_type  # noqa: PLC0415 - as above

        return bound_type(cls)

    @classmethod
    def classes(cls) -> Mapping[str, type]:
        """The generated class of every named type this module defines or uses, by full name."""
        from avroforge.codec.closure import home_of  # noqa: PLC0415 - as above

        known: Mapping[str, type] = getattr(sys.modules[home_of(cls)], "AVRO_CLASSES", {})
        return known


__all__ = ["AvroInterfaceBase", "DecodeError", "EncodeError", "GuidSource", "SchemaSource"]
