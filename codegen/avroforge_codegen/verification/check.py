"""Check one interface: its codecs against the neutral encoder, then the reference against both."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from avroforge.codec import walk_decode, walk_encode
from avroforge.record import values_equal
from avroforge_codegen.verification import neutral
from avroforge_codegen.verification.datum import Chosen, Converted
from avroforge_codegen.verification.report import first_difference, other_bytes
from avroforge_codegen.verification.typed import build, difference

if TYPE_CHECKING:
    from collections.abc import Callable

    from avroforge.codec import ir
    from avroforge.interface import AvroInterfaceBase
    from avroforge.schema import model
    from avroforge_codegen.verification.datum import Datum
    from avroforge_codegen.verification.neutral import Blocks

_BLOCKS: Final[tuple[Blocks, ...]] = ("one", "several", "sized")


class MismatchError(Exception):
    """Our codec is wrong on a value; the text says where and how."""


class Check:
    """The codecs of one interface, compiled and walked, against the neutral encoder.

    Args:
        interface: the generated class.
        node: the type in the source, which the neutral encoder goes by.
        bound: the same type, bound to the generated classes, which the walks go by.
    """

    def __init__(self, interface: type[AvroInterfaceBase[Any]], node: model.AvroType, bound: ir.Node) -> None:
        self._codec = interface()
        self._node = node
        self._bound = bound
        self._root = walk_decode.root_name(self._bound)
        self._turn = 0

    def value(self, datum: Datum) -> bytes:
        """The bytes of a datum, on which everything of ours agrees.

        Raises:
            MismatchError: something does not.
            UnheldError: a conversion of the user's own does not take the value.
        """
        value = build(self._bound, datum)
        expected = neutral.encode(self._node, datum)
        self._encodes("encode", self._codec.encode, value, datum, expected)
        self._encodes(
            "the walk of encode", partial(walk_encode.encode, node=self._bound), value, datum, expected
        )
        walk = partial(walk_decode.decode, node=self._bound, root=self._root)
        messages = [neutral.encode(self._node, datum, blocks) for blocks in _BLOCKS]
        for data in dict.fromkeys(messages):
            self._decodes("decode", self._codec.decode, value, data)
        self._decodes("the walk of decode", walk, value, messages[self._turn % len(messages)])
        self._turn += 1
        return expected

    def _encodes(
        self, deed: str, encode: Callable[[Any], bytes], value: object, datum: Datum, expected: bytes
    ) -> None:
        try:
            got = encode(value)
        except Exception as error:
            shown = walk_encode.describe(value)
            raise MismatchError(f"{deed} refuses {shown}: {error}; expected {_cut(expected)}") from error
        if got != expected:
            offset = first_difference(expected, got)
            path, part = neutral.part_at(self._node, datum, self._root, offset)
            raise MismatchError(other_bytes(deed, path, _shown(part), expected, got))

    def _decodes(self, deed: str, decode: Callable[[bytes], Any], value: object, data: bytes) -> None:
        try:
            got = decode(data)
        except Exception as error:
            raise MismatchError(f"{deed} refuses {_cut(data)}: {error}") from error
        found = difference(value, got, self._root)
        if found is not None:
            expected, other = walk_encode.describe(found.expected), walk_encode.describe(found.got)
            raise MismatchError(
                f"{deed} of {_cut(data)} differs at {found.path}: expected {expected}, got {other}"
            )
        if not values_equal(value, got):
            raise MismatchError(f"{deed} of {_cut(data)} gives the right value, which is not equal to itself")


def _shown(part: object) -> object:
    """What a message shows of a part: its value, without our words for it."""
    while isinstance(part, Chosen | Converted):
        part = part.value
    return part


def _cut(data: bytes, most: int = 48) -> str:
    return data.hex() if len(data) <= most else f"{data[:most].hex()}... ({len(data)} bytes)"
