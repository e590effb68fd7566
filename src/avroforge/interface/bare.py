"""Bare Avro: the compiled functions of one schema, and the walks where those do not know a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from avroforge.errors import DecodeError
from avroforge.interface.described import Described
from avroforge.wire.limits import DEFAULT_LIMITS, Budget, DecodeLimits, budget_of

if TYPE_CHECKING:
    from avroforge.schema import Schema

T = TypeVar("T")


class BareCodec(Described, Generic[T]):
    """Encode and decode bare Avro, and plain datums.

    Args:
        limits: what a message may cost, `LIMITS` unless given.
    """

    LIMITS: ClassVar[DecodeLimits] = DEFAULT_LIMITS
    """What decoding a message may cost where neither the object nor the call says it."""

    __slots__ = ("_budget",)

    def __init__(self, *, limits: DecodeLimits | None = None) -> None:
        self._budget = budget_of(self.LIMITS if limits is None else limits)

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
