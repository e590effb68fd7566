"""Valid messages as nobody writes them: several blocks, sized blocks, over-long varints."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from avroforge.codec import conversion, ir
from avroforge.codec.walk_encode import branch_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random


def odd_encoding(node: ir.Node, value: object, random: Random) -> bytes:
    """The bytes of a typed value, in one of the many ways that the specification allows.

    Source: Avro 1.12, Binary Encoding, Complex Types: blocks; a varint may have up to ten bytes.
    """
    return _Writer(random).encoded(node, value)


class _Writer:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._oddity = random.choice((0.0, 0.1, 0.5))

    def encoded(self, node: ir.Node, value: Any) -> bytes:  # noqa: ANN401 - as its node says
        match node:
            case ir.Primitive():
                return self._primitive(node.kind, value)
            case ir.Fixed():
                return bytes(value)
            case ir.Enum():
                return self._varint(node.members.index(value.name))
            case ir.Array():
                items = value.tolist() if hasattr(value, "tolist") else value
                return self._blocks(items, lambda item: self.encoded(node.items, item))
            case ir.Map():
                return self._blocks(
                    list(value.items()),
                    lambda pair: self._text(pair[0]) + self.encoded(node.values, pair[1]),
                )
            case ir.Union():
                index = branch_of(node, value)
                branch = node.branches[index]
                inner = value.value if branch.wrapper is not None else value
                return self._varint(index) + self.encoded(branch.node, inner)
            case ir.Record():
                fields = (self.encoded(each.node, getattr(value, each.attribute)) for each in node.fields)
                return b"".join(fields)
            case ir.Logical():
                return self.encoded(node.base, conversion.write(node, value))

    def _is_odd(self) -> bool:
        return self._random.random() < self._oddity

    def _varint(self, number: int) -> bytes:
        raw = (number << 1) ^ (number >> 63)
        out = bytearray()
        while raw > 0x7F:
            out.append(raw & 0x7F | 0x80)
            raw >>= 7
        out.append(raw)
        if self._is_odd() and len(out) < 10:
            out[-1] |= 0x80
            out += b"\x80" * self._random.randint(0, 9 - len(out)) + b"\x00"
        return bytes(out)

    def _text(self, text: str) -> bytes:
        raw = text.encode()
        return self._varint(len(raw)) + raw

    def _primitive(self, kind: str, value: Any) -> bytes:  # noqa: ANN401 - as its kind says
        match kind:
            case "null":
                return b""
            case "boolean":
                return b"\x01" if value else b"\x00"
            case "int" | "long":
                return self._varint(value)
            case "float":
                return struct.pack("<f", value)
            case "double":
                return struct.pack("<d", value)
            case "bytes":
                return self._varint(len(value)) + bytes(value)
            case _:
                return self._text(value)

    def _blocks(self, items: Sequence[Any], write: Callable[[Any], bytes]) -> bytes:
        out = b""
        while items:
            count = self._random.randint(1, len(items)) if self._is_odd() else len(items)
            body = b"".join(map(write, items[:count]))
            items = items[count:]
            sized = self._is_odd()
            out += self._varint(-count) + self._varint(len(body)) if sized else self._varint(count)
            out += body
        return out + self._varint(0)
