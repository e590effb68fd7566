"""Arrays of double and float as Python lists: packed whole, checked whole.

Source: Avro 1.12, Complex Types, Arrays: blocks of a count and that many items, ended by a count of zero.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from struct import Struct
from sys import byteorder
from typing import TYPE_CHECKING, Final, Literal

from avroforge.wire.scalar import as_double, as_float, as_list
from avroforge.wire.varint import LENGTH, TABLE_SIZE, ZIGZAG, read_block, write_length

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_END: Final = b"\x00"
_SWAP: Final = byteorder == "big"


@lru_cache(maxsize=256)
def _packer(count: int, code: str) -> Callable[..., bytes]:
    return Struct(f"<{count}{code}").pack


def write_double_list(values: Sequence[float]) -> tuple[bytes, ...]:
    """Encode an array of double: block count, items, end of blocks."""
    if values.__class__ is not list:
        values = as_list(values)
    if not values:
        return (_END,)
    head, items = double_list_pieces(values)
    return head, items, _END


def double_list_pieces(values: Sequence[float]) -> tuple[bytes, bytes]:
    """The block count and the items of a list of doubles, without the end of blocks; both empty for none.

    Raises:
        TypeError, ValueError: an item that no double is equal to.
    """
    count = len(values)
    if not count:
        return b"", b""
    exact = float
    for value in values:
        if value.__class__ is not exact:
            values = [as_double(each) for each in values]
            break
    head = ZIGZAG[count] if count < TABLE_SIZE else write_length(count)
    return head, _packer(count, "d")(*values)


def write_float_list(values: Sequence[float]) -> tuple[bytes, ...]:
    """Encode an array of 32-bit float: block count, items rounded to the nearest float, end of blocks."""
    if values.__class__ is not list:
        values = as_list(values)
    count = len(values)
    if not count:
        return (_END,)
    exact = float
    for value in values:
        if value.__class__ is not exact:
            values = [as_float(each) for each in values]
            break
    return (write_length(count), _packer(count, "f")(*values), _END)


def _read(data: bytes, p: int, code: Literal["d", "f"], width: int) -> tuple[list[float], int]:
    result: list[float] = []
    while True:
        count = LENGTH[data[p]]
        p += 1
        if count == 0:
            return result, p
        end = -1
        if count < 0:
            count, p, end = read_block(data, p - 1)
            if count == 0:
                return result, p
        stop = p + width * count
        if stop > len(data) or (end >= 0 and end != stop):
            raise ValueError("expected as many items as the block announces")
        items: array[float] = array(code)
        items.frombytes(data[p:stop])
        if _SWAP:
            items.byteswap()
        if result:
            result.extend(items)
        else:
            result = items.tolist()
        p = stop


def read_double_list(data: bytes, p: int) -> tuple[list[float], int]:
    """Decode an array of double at `p`: the list and the offset behind it."""
    return _read(data, p, "d", 8)


def read_float_list(data: bytes, p: int) -> tuple[list[float], int]:
    """Decode an array of 32-bit float at `p`: the list and the offset behind it."""
    return _read(data, p, "f", 4)
