"""The fields of a schema with what became of each, for reports that show them in place."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from avroforge.evolution.changes.wording import type_words
from avroforge.schema.model import RecordType
from avroforge_codegen.review.report import TreeRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from avroforge.evolution.changes import Change, FieldRow, TypePair

_DEEPEST: Final = 12
_MOST_SAME: Final = 40
"""Unchanged fields shown beside changed ones; what is beyond is counted."""


def tree_of(pair: TypePair, known: Iterable[str]) -> TreeRow:
    """The tree of a subject; records are opened where something inside them changed, each once.

    Args:
        pair: the root.
        known: fingerprints of the changes that the report has.
    """
    return _Tree(frozenset(known), _touched(pair)).root(pair)


def _touched(root: TypePair) -> frozenset[TypePair]:
    """The pairs that changed, and every one that they are inside of."""
    around: dict[TypePair, list[TypePair]] = {}
    pairs = root.reachable()
    for pair in pairs:
        for inner in chain(pair.inside, *(row.inside for row in pair.rows)):
            around.setdefault(inner, []).append(pair)
    found: set[TypePair] = set()
    pending = [pair for pair in pairs if pair.own_changes()]
    while pending:
        pair = pending.pop()
        if pair not in found:
            found.add(pair)
            pending.extend(around.get(pair, ()))
    return frozenset(found)


class _Tree:
    def __init__(self, known: frozenset[str], touched: frozenset[TypePair]) -> None:
        self._known = known
        self._opened: set[int] = set()
        self._touched = touched

    def root(self, pair: TypePair) -> TreeRow:
        words = type_words(pair.new)
        rows, hidden = self._inside([pair], 0)
        fingerprints = self._fingerprints(pair.changes)
        old = type_words(pair.old)
        status = "changed" if fingerprints else "same"
        return TreeRow(words, "", status, fingerprints, old if old != words else "", "", rows, hidden)

    def _fingerprints(self, changes: Iterable[Change]) -> tuple[str, ...]:
        found = dict.fromkeys(change.fingerprint for change in changes)
        return tuple(each for each in found if each in self._known)

    def _inside(self, pairs: Iterable[TypePair], depth: int) -> tuple[tuple[TreeRow, ...], int]:
        rows: list[TreeRow] = []
        hidden = 0
        for pair in pairs:
            if id(pair) in self._opened or depth > _DEEPEST or pair not in self._touched:
                continue
            self._opened.add(id(pair))
            same = 0
            for each in pair.rows:
                row = self._row(each, depth)
                if row.status == "same" and not row.rows:
                    same += 1
                    if same > _MOST_SAME:
                        hidden += 1
                        continue
                rows.append(row)
            if pair.inside:
                more, less = self._inside(pair.inside, depth + 1)
                rows.extend(more)
                hidden += less
            if depth and not isinstance(pair.new, RecordType):
                rows.append(self._named(pair))
        return tuple(rows), hidden

    def _named(self, pair: TypePair) -> TreeRow:
        fingerprints = self._fingerprints(pair.changes)
        status = "changed" if fingerprints else "same"
        return TreeRow(type_words(pair.new), "", status, fingerprints)

    def _row(self, row: FieldRow, depth: int) -> TreeRow:
        rows, hidden = self._inside(row.inside, depth + 1)
        fingerprints = self._fingerprints(row.changes)
        for pair in row.inside:
            if isinstance(pair.new, RecordType) and pair.changes:
                fingerprints += self._fingerprints(pair.changes)
        old, new = row.old, row.new
        shown = new or old
        if shown is None:
            raise ValueError("a row has a field on one side at least")
        words = type_words(shown.type)
        old_type = type_words(old.type) if old is not None else ""
        status = (
            "added" if old is None else "removed" if new is None else "changed" if fingerprints else "same"
        )
        return TreeRow(
            shown.name,
            words,
            status,
            tuple(dict.fromkeys(fingerprints)),
            old.name if old is not None and old.name != shown.name else "",
            old_type if old_type != words else "",
            rows,
            hidden,
        )
