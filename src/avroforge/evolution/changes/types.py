"""Changes of types at a place: primitives, logical types, collections, unions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from avroforge.evolution.branch import branch_for, takes
from avroforge.evolution.changes.pairing import match_branches
from avroforge.evolution.changes.place import both_ways, note, note_properties
from avroforge.evolution.changes.wording import logical_words, type_words
from avroforge.schema.model import (
    ArrayType,
    FixedType,
    MapType,
    NamedType,
    PrimitiveType,
    UnionType,
    kind_of,
)
from avroforge.schema.walk import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from avroforge.evolution.changes.differ import Differ
    from avroforge.evolution.changes.pairing import BranchMatch
    from avroforge.evolution.changes.place import Place
    from avroforge.schema.model import AvroType

_REMOVED: Final = ("NULL_REMOVED", "UNION_BRANCH_ABSORBED", "UNION_BRANCH_REMOVED")
_ADDED: Final = ("NULL_ADDED", "UNION_BRANCH_SPLIT", "UNION_BRANCH_ADDED")
_LOSSY: Final = frozenset({("int", "float"), ("long", "float"), ("long", "double")})
_FAMILIES: Final[Mapping[str, str]] = {
    f"{family}-{unit}": family
    for family in ("time", "timestamp", "local-timestamp")
    for unit in ("millis", "micros", "nanos")
}


def union_members(roots: Iterable[AvroType]) -> frozenset[int]:
    """The identities of the types that are branches of some union."""
    seen: set[int] = set()
    return frozenset(
        id(branch)
        for root in roots
        for node, _ in nodes(root)
        if isinstance(node, UnionType) and id(node) not in seen and not seen.add(id(node))  # type: ignore[func-returns-value]  # `add` returns None: the idiom of seeing each once
        for branch in node.branches
    )


def compare_types(differ: Differ, old: AvroType, new: AvroType, place: Place) -> None:
    """Compare what a place held with what it holds."""
    if isinstance(old, UnionType) or isinstance(new, UnionType):
        _unions(differ, old, new, place)
    else:
        _plain(differ, old, new, place)


def _plain(differ: Differ, old: AvroType, new: AvroType, place: Place) -> None:
    match old, new:
        case PrimitiveType(), PrimitiveType():
            _primitives(old, new, place)
        case ArrayType(), ArrayType():
            note_properties(place, "TYPE_PROPERTY_CHANGED", old.properties, new.properties)
            compare_types(differ, old.items, new.items, place.inner("[]", "items of", old.items, new.items))
        case MapType(), MapType():
            note_properties(place, "TYPE_PROPERTY_CHANGED", old.properties, new.properties)
            compare_types(
                differ, old.values, new.values, place.inner("{}", "values of", old.values, new.values)
            )
        case _ if isinstance(old, NamedType) and isinstance(new, NamedType) and type(old) is type(new):
            pair = differ.meet(old, new, place)
            pair.met_inside.append(place.around)
        case _:
            both = both_ways(place, old, new)
            note(place, "TYPE_CHANGED", old=type_words(old), new=type_words(new), reads=both)


def _primitives(old: PrimitiveType, new: PrimitiveType, place: Place) -> None:
    if old.name != new.name:
        note(
            place,
            _primitive_kind(old.name, new.name, reads=takes(new, old), read=takes(old, new)),
            old=type_words(old),
            new=type_words(new),
            reads=both_ways(place, old, new),
        )
        if not takes(new, old) and not takes(old, new):
            return
    compare_logical(old, new, place)
    note_properties(place, "TYPE_PROPERTY_CHANGED", old.properties, new.properties)


def _primitive_kind(old: str, new: str, *, reads: bool, read: bool) -> str:
    if reads and read:
        return "STRING_TO_BYTES" if old == "string" else "BYTES_TO_STRING"
    if reads:
        return "TYPE_PROMOTED_LOSSY" if (old, new) in _LOSSY else "TYPE_PROMOTED"
    if read:
        return "TYPE_NARROWED_LOSSY" if (new, old) in _LOSSY else "TYPE_NARROWED"
    return "TYPE_CHANGED"


def compare_logical(old: PrimitiveType | FixedType, new: PrimitiveType | FixedType, place: Place) -> None:
    """Changes of the logical type over two types that read each other's data."""
    before, after = old.logical, new.logical
    if before == after:
        return
    if before is None or after is None:
        kind = "LOGICAL_TYPE_ADDED" if before is None else "LOGICAL_TYPE_REMOVED"
        note(place, kind, old=type_words(old), new=type_words(new))
        return
    words = logical_words(before), logical_words(after)
    if before.name == after.name == "decimal":
        if before.scale != after.scale:
            kind = "DECIMAL_SCALE_CHANGED"
        elif before.precision < after.precision:
            kind = "DECIMAL_PRECISION_INCREASED"
        else:
            kind = "DECIMAL_PRECISION_REDUCED"
    elif _FAMILIES.get(before.name, "") == _FAMILIES.get(after.name):
        kind = "TIME_UNIT_CHANGED"
    else:
        kind = "LOGICAL_TYPE_CHANGED"
    note(place, kind, old=words[0], new=words[1])


def _unions(differ: Differ, old: AvroType, new: AvroType, place: Place) -> None:
    before = old.branches if isinstance(old, UnionType) else (old,)
    after = new.branches if isinstance(new, UnionType) else (new,)
    matches = match_branches(before, after)
    for match in matches:
        if match.old is not None and match.new is not None:
            many = len(before) > 1 or len(after) > 1
            inner = place.branch(match.old, match.new, named=many)
            _plain(differ, match.old, match.new, inner)
    for match in matches:
        _lonely(match, before, after, place)
    _order(matches, before, after, place)
    if list(map(type_words, before)) != list(map(type_words, after)):
        _shadows(old, new, place)


def _lonely(match: BranchMatch, before: Sequence[AvroType], after: Sequence[AvroType], place: Place) -> None:
    """A branch that only one side has."""
    old_around, new_around = place.around
    if match.new is None and match.old is not None:
        kind = _lonely_kind(match.old, after, _REMOVED)
        words = type_words(match.old)
        reads = ([(new_around, match.old)], ())
        note(place, kind, old=words, new="", suffix=f"|{words}", reads=reads)
    elif match.old is None and match.new is not None:
        kind = _lonely_kind(match.new, before, _ADDED)
        words = type_words(match.new)
        note(place, kind, old="", new=words, suffix=f"|{words}", reads=((), [(old_around, match.new)]))


def _lonely_kind(node: AvroType, others: Sequence[AvroType], kinds: tuple[str, str, str]) -> str:
    null, promoted, other = kinds
    if kind_of(node) == "null":
        return null
    if any(
        isinstance(node, PrimitiveType) and isinstance(each, PrimitiveType) and takes(each, node)
        for each in others
    ):
        return promoted
    return other


def _order(
    matches: Iterable[BranchMatch], before: Sequence[AvroType], after: Sequence[AvroType], place: Place
) -> None:
    kept = [each for each in matches if each.old is not None and each.new is not None]
    by_old = sorted(kept, key=lambda each: _index(before, each.old))
    by_new = sorted(kept, key=lambda each: _index(after, each.new))
    if by_old != by_new:
        note(
            place,
            "UNION_REORDERED",
            old=f"[{', '.join(map(type_words, before))}]",
            new=f"[{', '.join(map(type_words, after))}]",
        )


def _index(branches: Sequence[AvroType], node: AvroType | None) -> int:
    return next(index for index, each in enumerate(branches) if each is node)


def _shadows(old: AvroType, new: AvroType, place: Place) -> None:
    """Branches whose values an earlier, wider branch of the reader takes although the exact one is there."""
    if isinstance(new, UnionType):
        for branch in _shadowed(old, new):
            note(place, "UNION_SHADOWS_OLD", old=branch, new=type_words(new), suffix=f"|{branch}")
    if isinstance(old, UnionType):
        for branch in _shadowed(new, old):
            note(place, "UNION_SHADOWS_NEW", old=type_words(old), new=branch, suffix=f"|{branch}")


def _shadowed(writer: AvroType, reader: UnionType) -> list[str]:
    found: list[str] = []
    for branch in writer.branches if isinstance(writer, UnionType) else (writer,):
        exact = [kind_of(each) for each in reader.branches]
        if isinstance(branch, PrimitiveType) and branch.name in exact:
            index = branch_for(branch, reader)
            if index is not None and exact[index] != branch.name:
                found.append(branch.name)
    return found
