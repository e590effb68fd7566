"""Arrays of string as lists: put together as text of one byte a character where all of it is ASCII."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from avroforge.wire.scalar import as_list
from avroforge.wire.varint import CONTINUED, TABLE_SIZE, UNSIGNED, ZIGZAG, write_length

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_END: Final = b"\x00"
_FEWEST: Final = 8
"""Fewer texts are encoded one by one."""
_SHORT: Final = 64
"""Longer texts on average are encoded one by one: to copy them costs more than a call for each."""


class VarintTexts(NamedTuple):
    """The tables of `wire.varint` as text, one character for each byte."""

    zigzag: tuple[str, ...]
    continued: tuple[str, ...]
    unsigned: tuple[str, ...]


@lru_cache
def varint_texts() -> VarintTexts:
    """The tables, made when they are first needed: importing costs nothing."""
    return VarintTexts(*(tuple(map(_text, table)) for table in (ZIGZAG, CONTINUED, UNSIGNED)))


def _text(data: bytes) -> str:
    return data.decode("latin-1")


def are_short_ascii(texts: Collection[str]) -> bool:
    """Whether all are plain ASCII strings, short enough to be copied and for the table of lengths.

    Raises:
        TypeError: a value that is no text.
    """
    exact = str
    if [text for text in texts if text.__class__ is not exact]:
        return False
    joined = "".join(texts)
    if not joined.isascii() or len(joined) > _SHORT * len(texts):
        return False
    return len(joined) < TABLE_SIZE or max(map(len, texts)) < TABLE_SIZE


def write_string_list(values: Sequence[str]) -> list[bytes]:
    """Encode an array of string: block count, items, end of blocks.

    Raises:
        TypeError: no sequence, or an item that is no text.
    """
    if values.__class__ is not list:
        values = as_list(values)
    count = len(values)
    if not count:
        return [_END]
    if count >= _FEWEST and are_short_ascii(values):
        sizes = varint_texts().zigzag
        body = "".join([f"{sizes[len(text)]}{text}" for text in values])
        return [write_length(count), body.encode("latin-1"), _END]
    pieces = [write_length(count)]
    utf8, table = str.encode, ZIGZAG
    for text in values:
        encoded = utf8(text)
        size = len(encoded)
        pieces += (table[size] if size < TABLE_SIZE else write_length(size), encoded)
    pieces.append(_END)
    return pieces
