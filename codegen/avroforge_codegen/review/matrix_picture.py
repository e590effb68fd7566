"""The compatibility matrix as a picture: rows read, columns wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from avroforge_codegen.review.report import Matrix

_CELL: Final = 26
_LEFT: Final = 64
_TOP: Final = 40
_MOST_WORDS: Final = 6


def picture(matrix: Matrix) -> Markup:
    """An SVG figure, with the same said in words for those who cannot see it."""
    size = len(matrix.labels)
    width, height = _LEFT + size * _CELL + 6, _TOP + size * _CELL + 6
    words = _words(matrix)
    svg = "".join(
        [
            f'<svg role="img" aria-label="{escape(words)}" width="{width}" height="{height}" ',
            f'viewBox="0 0 {width} {height}">',
            '<text x="0" y="12">reader</text>',
            f'<text x="{_LEFT}" y="12">writer</text>',
            *_labels(matrix),
            *_cells(matrix),
            "</svg>",
        ]
    )
    caption = f"<figcaption>{escape(words)}</figcaption>"
    return Markup(f'<figure class="matrix"><h3>Who reads whom</h3>{svg}{caption}</figure>')  # noqa: S704 - every text in it is escaped


def _labels(matrix: Matrix) -> Iterator[str]:
    for index, label in enumerate(matrix.labels):
        x, y = _LEFT + index * _CELL + _CELL // 2, _TOP + index * _CELL + 17
        yield f'<text x="{x}" y="{_TOP - 8}" text-anchor="middle">{escape(label)}</text>'
        yield f'<text x="{_LEFT - 8}" y="{y}" text-anchor="end">{escape(label)}</text>'


def _cells(matrix: Matrix) -> Iterator[str]:
    """One shape per answer for all squares, one for all marks: size does not grow with attributes."""
    places = {True: [], False: []}  # type: dict[bool, list[tuple[int, int]]]
    for row, cells in enumerate(matrix.cells):
        for column, reads in enumerate(cells):
            places[reads].append((_LEFT + column * _CELL + 2, _TOP + row * _CELL + 2))
    side = _CELL - 4
    for reads, name in ((True, "yes"), (False, "no")):
        squares = "".join(f"M{x} {y}h{side}v{side}h-{side}z" for x, y in places[reads])
        marks = "".join(_mark(x, y, reads=reads) for x, y in places[reads])
        if squares:
            yield f'<path class="{name}" d="{squares}"/><path class="{name}-mark" d="{marks}"/>'


def _mark(x: int, y: int, *, reads: bool) -> str:
    return f"M{x + 6} {y + 11}l4 5l7 -10" if reads else f"M{x + 6} {y + 6}l10 10M{x + 16} {y + 6}l-10 10"


def _words(matrix: Matrix) -> str:
    failing = [
        f"{matrix.labels[row]} cannot read {matrix.labels[column]}"
        for row, cells in enumerate(matrix.cells)
        for column, reads in enumerate(cells)
        if not reads
    ]
    return _listed(failing) if failing else "each reads every other"


def _listed(items: Iterable[str]) -> str:
    found = list(items)
    more = len(found) - _MOST_WORDS
    return ", ".join(found[:_MOST_WORDS]) + (f", and {more} more" if more > 0 else "")
