"""Avro's JSON encoding, as a transcoding of bare Avro: the bytes decide, so no value can be ambiguous.

What is written equals what Java's ``JsonEncoder`` writes, as parsed JSON, with two exceptions that are Java's
own losses: a float keeps the sign of its zero, and a root record without fields is ``{}``.
Source: Avro 1.12, JSON Encoding.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from avroforge.codec import walk_decode
from avroforge.codec.binding import lowering_of, schema_of
from avroforge.errors import DecodeError, EncodeError
from avroforge.formats.datum_node import datum_node
from avroforge.formats.json_reader import read_json
from avroforge.formats.json_tree import TreeBuilder

if TYPE_CHECKING:
    from typing import Any

    from avroforge.formats.json_tree import JsonValue
    from avroforge.schema import Schema
    from avroforge.wire.limits import Budget


def json_of(data: bytes, schema: Schema, budget: Budget | None = None, *, indent: int | None = None) -> str:
    """The JSON text of one bare Avro record.

    Args:
        data: one whole record.
        schema: the schema that wrote it.
        budget: what reading it may cost, the usual unless given.
        indent: spaces per level; one line without it.

    Raises:
        DecodeError: no value of the schema, with path, offset and reason.
    """
    tree = tree_of(data, schema, budget)
    try:
        return text_of(tree, indent=indent)
    except RecursionError:
        raise _too_deep(schema) from None


def tree_of(data: bytes, schema: Schema, budget: Budget | None = None) -> JsonValue:
    """The JSON values of one bare Avro record: dicts, lists and scalars.

    Raises:
        DecodeError: no value of the schema, with path, offset and reason.
    """
    node = datum_node(schema, "raw")
    try:
        return TreeBuilder(node).build(walk_decode.decode(data, node, walk_decode.root_name(node), budget))
    except RecursionError:
        raise _too_deep(schema) from None


def _too_deep(schema: Schema) -> DecodeError:
    root = walk_decode.root_name(datum_node(schema, "raw"))
    return DecodeError(root, 0, "the value is nested deeper than Python's recursion limit allows here")


def text_of(tree: object, *, indent: int | None = None) -> str:
    """The text of a JSON tree: on one line without blanks, or indented."""
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(tree, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)


def bytes_of(text: str | bytes, schema: Schema) -> bytes:
    """The bare Avro of one JSON text.

    Raises:
        DecodeError: no JSON, or no value of the schema; the reason names line and column.
    """
    return read_json(text, datum_node(schema, "raw"))


def encode_json(data: bytes, interface: type[Any], budget: Budget, *, indent: int | None = None) -> str:
    """The JSON text of a value that an interface has just encoded.

    Raises:
        EncodeError: a value that no decoder takes back: nested too deep, or too many items of zero bytes.
    """
    try:
        return json_of(data, schema_of(interface), budget, indent=indent)
    except DecodeError as error:
        raise EncodeError(error.path, "a value that can be decoded again", error.reason) from None


def decode_json(text: str | bytes, interface: type[Any]) -> bytes:
    """The bare Avro of a JSON text, with the logical types of an interface checked where they stand.

    Raises:
        DecodeError: no JSON, or no value of the schema; the reason names line and column.
    """
    schema = schema_of(interface)
    if lowering_of(interface).has_own_conversions:
        return read_json(text, datum_node(schema, "raw"))  # what they take is not for us to say
    return read_json(text, datum_node(schema, "raw" if interface.LOGICAL_TYPES == "raw" else "typed"))


__all__ = ["bytes_of", "decode_json", "encode_json", "json_of", "text_of", "tree_of"]
