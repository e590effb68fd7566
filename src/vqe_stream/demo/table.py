"""The table at the end: wrapped headings on a terminal, aligned lines elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vqe_stream.demo.journey import Comparison

_HEADINGS: Final = (
    "molecule",
    "iterations",
    "minimum energy (hartree)",
    "bytes",
    "schema id",
    "encode (us)",
    "decode (us)",
    "same bytes",
)


def show(rows: Sequence[Comparison]) -> None:
    """Print the table."""
    cells = [_cells(row) for row in rows]
    if sys.stdout.isatty() and _show_wrapped(cells):
        return
    for line in aligned([_HEADINGS, *cells]):
        print(line)  # noqa: T201 - the table is the product


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with the first column to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _cells(row: Comparison) -> tuple[str, ...]:
    return (
        row.molecule,
        str(row.iterations),
        f"{row.minimum:.9f}",
        str(row.size),
        str(row.schema_id),
        f"{row.encode_seconds * 1e6:.0f}",
        f"{row.decode_seconds * 1e6:.0f}",
        "yes" if row.same_bytes else "no",
    )


def _show_wrapped(cells: Sequence[Sequence[str]]) -> bool:
    try:
        from rich.console import Console  # noqa: PLC0415 - only for terminals, and only where it is installed
        from rich.table import Table  # noqa: PLC0415 - as above
    except ImportError:
        return False
    table = Table(box=None, pad_edge=False)
    for index, heading in enumerate(_HEADINGS):
        # A word per line, so that eighty columns are enough.
        table.add_column(heading.replace(" ", "\n"), justify="right" if index else "left")
    for row in cells:
        table.add_row(*row)
    Console().print(table)
    return True
