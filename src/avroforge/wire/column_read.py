"""Read an array of flat records as columns: one array or list per leaf, no object per record.

Runs of records of one size come out of the message as whole columns (`wire.stride`); the generated function
reads all other records value by value, into the same columns.
Imported only by generated code that was asked for ``arrays = "columns"``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from avroforge.wire.array_column import of_parts
from avroforge.wire.number_array import dtype_of
from avroforge.wire.stride import read_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from avroforge.wire.stride import Plan


@dataclass(frozen=True, slots=True)
class ColumnsPlan:
    """The leaves of a record type.

    Attributes:
        kinds: what the column of each leaf is: an array of a number's kind or of ``boolean``, an
            `ArrayColumn` of a kind in brackets (``[double]``), or a tuple (no text).
        run: how runs of records of one size are read; None where sizes cannot be bet on.
    """

    kinds: tuple[str, ...]
    run: Plan | None = None


class ColumnReader:
    """The columns of one array while it is read.

    Attributes:
        appends: what takes the next value of each leaf, where records are read one by one.
    """

    def __init__(self, plan: ColumnsPlan) -> None:
        self._plan = plan
        self._single: list[list[Any]] = [[] for _ in plan.kinds]
        self._parts: list[list[Any]] = [[] for _ in plan.kinds]
        self.appends: list[Callable[[Any], None]] = [values.append for values in self._single]

    def run(self, data: bytes, p: int, count: int, tries: int) -> tuple[int, int, int]:
        """Read the runs of records of one size that start at `p`, at most `count` records.

        Returns:
            How many records were read; the offset behind them; how many tries are left, of which a short run
            costs one.
        """
        plan, done = self._plan.run, 0
        while plan is not None and done < count and tries:
            columns, rows, p, tries = read_columns(data, p, count - done, plan, tries)
            if not rows:
                break
            self._take(columns)
            done += rows
        return done, p, tries

    def _take(self, columns: Sequence[Iterable[Any]]) -> None:
        self._flush()
        for parts, column in zip(self._parts, columns, strict=True):
            parts.append(column)

    def _flush(self) -> None:
        """Put what was read value by value behind the columns read so far."""
        if not self._single[0]:
            return
        for kind, values, parts in zip(self._plan.kinds, self._single, self._parts, strict=True):
            parts.append(values.copy() if kind.startswith("[") or not kind else _array(kind, values))
            values.clear()

    def columns(self) -> list[Any]:
        """The column of each leaf."""
        self._flush()
        return [_joined(kind, parts) for kind, parts in zip(self._plan.kinds, self._parts, strict=True)]


def _array(kind: str, values: list[Any]) -> Any:  # noqa: ANN401 - an array of numpy
    return np.array(values, np.bool_ if kind == "boolean" else dtype_of(kind))


def _joined(kind: str, parts: list[Any]) -> Any:  # noqa: ANN401 - an array, an `ArrayColumn` or a tuple
    if not kind:
        return tuple([value for part in parts for value in part]) if len(parts) != 1 else tuple(parts[0])
    if kind.startswith("["):
        return of_parts(parts, dtype_of(kind[1:-1]))
    return np.concatenate(parts) if parts else _array(kind, [])  # a copy: parts may be views of the message
