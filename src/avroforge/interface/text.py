"""JSON: Avro's own encoding, and the plain one for people and web services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from avroforge.interface.bare import BareCodec

if TYPE_CHECKING:
    from avroforge.wire.limits import DecodeLimits

T = TypeVar("T")


class TextCodec(BareCodec[T]):
    """Encode and decode JSON."""

    __slots__ = ()

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
