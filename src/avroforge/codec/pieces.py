"""Pieces of output that wait to be handed over together, so that neighbours merge.

An encoder adds constants, values of fixed width and expressions of bytes. They are emitted when a loop or a
call comes between, as one addition to the output list, or joined into one expression.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.codec.source import Lines, WriteNames


@dataclass(frozen=True, slots=True)
class Constant:
    """Bytes that are known when code is emitted."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Packed:
    """Values of fixed width: a struct layout and an expression for each."""

    layout: str
    arguments: tuple[str, ...]


Piece: TypeAlias = Constant | Packed | str
"""A string is an expression that gives bytes."""


def merged(pieces: list[Piece]) -> list[Piece]:
    """Join neighbours: constants with constants, and fixed-width values with both."""
    result: list[Piece] = []
    for piece in pieces:
        last = result[-1] if result else None
        match last, piece:
            case Constant(), Constant():
                result[-1] = Constant(last.data + piece.data)
            case Packed(), Packed():
                result[-1] = Packed(last.layout + piece.layout, last.arguments + piece.arguments)
            case Constant(), Packed() if len(last.data) <= 2:  # noqa: PLR2004 - longer ones cost more as arguments
                codes = tuple(str(byte) for byte in last.data)
                result[-1] = Packed("B" * len(codes) + piece.layout, codes + piece.arguments)
            case _:
                result.append(piece)
    return result


class PieceWriter:
    """Collects pieces and emits them into `lines`."""

    def __init__(self, lines: Lines, names: WriteNames) -> None:
        self._lines = lines
        self._names = names
        self._pieces: list[Piece] = []

    def flush(self) -> None:
        """Add the pending pieces to the output list."""
        rendered = self._rendered()
        if len(rendered) == 1:
            self._lines.add(f"out.append({rendered[0]})")
        elif rendered:
            self._lines.add(f"out += ({', '.join(rendered)})")

    def assign(self, name: str) -> None:
        """Join the pending pieces into one expression of bytes and give it a name."""
        joined = " + ".join(f"({each})" if " if " in each else each for each in self._rendered())
        self._lines.add(f"{name} = {joined}")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Collect pieces apart from those that wait."""
        waiting, self._pieces = self._pieces, []
        yield
        self._pieces = [*waiting, *self._pieces]

    def _rendered(self) -> list[str]:
        """The pending pieces as expressions, merged; none is pending afterwards."""
        pieces, self._pieces = merged(self._pieces), []
        return [self._render(piece) for piece in pieces]

    def _render(self, piece: Piece) -> str:
        match piece:
            case Constant():
                return repr(piece.data)
            case Packed():
                return f"{self._names.packer(piece.layout)}({', '.join(piece.arguments)})"
            case str():
                return piece

    def _add(self, *pieces: Piece) -> None:
        self._pieces.extend(pieces)
