"""What somebody aligned: rows of a table, and values under each other."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from avroforge.schema.syntax import ScalarSyntax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from avroforge.schema.syntax import MemberSyntax

_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_KEY: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"\s*:(\s*)')


def tokens(row: str) -> list[str]:
    """What a text consists of, without its blanks."""
    return _TOKEN.findall(row)


def aligned_rows(rows: Sequence[str | None]) -> dict[int, str]:
    """The rows that are aligned with the row before or behind them, by their numbers.

    A row is aligned where something stands in the column in which, in one of both, something stands behind
    more than one blank.

    Args:
        rows: one-line texts; None for what is none, or cannot stay as it is.
    """
    starts = [None if row is None else _starts(row) for row in rows]
    kept: dict[int, str] = {}
    for first, (one, other) in enumerate(pairwise(starts)):
        if one is None or other is None:
            continue
        if one[1] & other[0] or other[1] & one[0]:
            kept |= {number: row for number in (first, first + 1) if (row := rows[number]) is not None}
    return kept


def _starts(row: str) -> tuple[set[int], set[int]]:
    """The columns at which something stands, and those where it stands behind more than one blank."""
    found = [each.start() for each in _TOKEN.finditer(row)]
    return set(found), {each for each in found if row[max(each - 2, 0) : each] == "  "}


def key_of(member: MemberSyntax, text: str) -> str:
    """A member's key as it is spelled."""
    found = _TOKEN.match(text, member.start)
    assert found is not None  # noqa: S101 - a member begins with its key
    return found[0]


def aligned_values(members: Sequence[MemberSyntax], text: str) -> dict[int, str]:
    """The blanks before values that stand in one column, by the starts of their members.

    Strings, numbers and the like make the column; a list or an object may stand in it too.
    """
    gaps: dict[int, str] = {}
    columns: dict[int, int] = {}
    for member in members:
        found = _KEY.match(text, member.start)
        assert found is not None  # noqa: S101 - a member begins with its key
        if not found[1].strip(" "):
            gaps[member.start] = found[1]
            # as it is written: what stands between a key and its colon goes
            columns[member.start] = len(key_of(member, text)) + 1 + len(found[1])
    wanted = {columns.get(each.start) for each in members if isinstance(each.value, ScalarSyntax)}
    kept = {start: gap for start, gap in gaps.items() if columns[start] in wanted}
    return kept if len(wanted) == 1 and max(map(len, kept.values()), default=0) > 1 else {}
