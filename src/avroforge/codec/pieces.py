"""Pieces of output that wait to be handed over together, so that neighbours merge.

An encoder adds constants, values of fixed width and expressions of bytes. They are emitted when a loop or a
call comes between, as one addition to the output list, or joined into one expression.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


@dataclass(frozen=True, slots=True)
class Optional:
    """A nullable double or float, which is more often there than not.

    Attributes:
        value: the name that holds it.
        packed: what to pack where it is a float.
        result: a name for its bytes, whatever it is, once `emit` has emitted the statements that make them.
        emit: adds these statements.
    """

    value: str
    packed: Packed
    result: str
    emit: Callable[[], None]


Plain: TypeAlias = Constant | Packed | str
"""A string is an expression that gives bytes."""
Piece: TypeAlias = Plain | Optional


def merged(pieces: list[Plain]) -> list[Plain]:
    """Join neighbours: constants with constants, and fixed-width values with both."""
    result: list[Plain] = []
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
        self._hand_over(self._append)

    def _append(self, rendered: list[str]) -> None:
        if len(rendered) == 1:
            self._lines.add(f"out.append({rendered[0]})")
        elif rendered:
            self._lines.add(f"out += ({', '.join(rendered)})")

    def assign(self, name: str) -> None:
        """Join the pending pieces into one expression of bytes and give it a name."""

        def join(rendered: list[str]) -> None:
            joined = " + ".join(f"({each})" if " if " in each else each for each in rendered)
            self._lines.add(f"{name} = {joined}")

        self._hand_over(join)

    def _hand_over(self, write: Callable[[list[str]], None]) -> None:
        """Merge and render the pending pieces and write them; none is pending afterwards.

        Several nullable values are packed together where all are there.
        """
        pieces, self._pieces = self._pieces, []
        optional = [piece for piece in pieces if isinstance(piece, Optional)]
        if len(optional) < 2:  # noqa: PLR2004 - one has nothing to be packed with
            write(self._each(pieces))
            return
        test = " and ".join(f"{piece.value}.__class__ is float" for piece in optional)
        with self._lines.block(f"if {test}:"):
            there = [piece.packed if isinstance(piece, Optional) else piece for piece in pieces]
            write([self._render(piece) for piece in merged(there)])
        with self._lines.block("else:"):
            write(self._each(pieces))

    def _each(self, pieces: list[Piece]) -> list[str]:
        """The pieces as expressions, merged, each nullable value by itself."""
        plain: list[Plain] = []
        for piece in pieces:
            if isinstance(piece, Optional):
                piece.emit()
                plain.append(piece.result)
            else:
                plain.append(piece)
        return [self._render(piece) for piece in merged(plain)]

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Collect pieces apart from those that wait."""
        waiting, self._pieces = self._pieces, []
        yield
        self._pieces = [*waiting, *self._pieces]

    def _render(self, piece: Plain) -> str:
        match piece:
            case Constant():
                return repr(piece.data)
            case Packed():
                return f"{self._names.packer(piece.layout)}({', '.join(piece.arguments)})"
            case str():
                return piece

    def _add(self, *pieces: Piece) -> None:
        self._pieces.extend(pieces)
