"""Bytes around an offset as a person reads them: offsets, hexadecimal, characters, and a mark."""

from __future__ import annotations

from typing import Final

_WIDTH: Final = 16
_AROUND: Final = 2
"""Rows before and behind the marked one."""


def hex_view(data: bytes, offset: int, *, first: int = 0) -> list[str]:
    """The rows around an offset, with the byte there marked on a row of its own.

    Args:
        data: the bytes.
        offset: what to mark; at the end of the data, the place behind the last byte.
        first: what the first byte of `data` is called.
    """
    offset = min(max(offset, 0), len(data))
    row = offset // _WIDTH
    lines: list[str] = []
    for number in range(max(0, row - _AROUND), row + _AROUND + 1):
        start = number * _WIDTH
        if start < len(data) or number == row:
            lines.append(_row(data[start : start + _WIDTH], first + start))
        if number == row:
            lines.append(" " * (12 + _column(offset % _WIDTH)) + "^^")
    return lines


def _row(data: bytes, start: int) -> str:
    halves = (data[: _WIDTH // 2].hex(" "), data[_WIDTH // 2 :].hex(" "))
    characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)  # noqa: PLR2004 - ASCII
    return f"{start:>10}  {'  '.join(halves):<48}  |{characters}|"


def _column(position: int) -> int:
    return 3 * position + (position >= _WIDTH // 2)
