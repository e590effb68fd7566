"""What became of what: fields, union branches and named types of two schemas, matched."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final, NamedTuple

from avroforge.evolution.branch import takes
from avroforge.evolution.changes.wording import type_words
from avroforge.evolution.compatibility import names_match
from avroforge.schema.model import NamedType, PrimitiveType, RecordType, kind_of, simple_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from avroforge.schema.model import AvroType, EnumType, FixedType, RecordField

_ALIKE: Final = 0.6
"""How alike two names, or the fields of two records, are at least when one is taken for the other renamed."""


class FieldMatch(NamedTuple):
    """A field of each side, one of which may be missing; `renamed` says how they found each other."""

    old: RecordField | None
    new: RecordField | None
    renamed: str = ""


def match_fields(old: RecordType, new: RecordType) -> list[FieldMatch]:
    """The fields in the order of the new record, each removed one behind what it stood behind.

    By name, then by an alias of the new field, then by one of the old field, then by likeness.
    """
    before = {field.name: field for field in old.fields}
    after = {field.name: field for field in new.fields}
    found: dict[str, tuple[RecordField, str]] = {name: (before[name], "") for name in after if name in before}
    gone = {name: field for name, field in before.items() if name not in after}
    come = {name: field for name, field in after.items() if name not in before}

    def join(was: RecordField, becomes: RecordField, how: str) -> None:
        found[becomes.name] = (was, how)
        del gone[was.name], come[becomes.name]

    for field in list(come.values()):
        was = next((gone[alias] for alias in field.aliases if alias in gone), None)
        if was is not None:
            join(was, field, "both" if field.name in was.aliases else "alias")
    for field in list(gone.values()):
        becomes = next((come[alias] for alias in field.aliases if alias in come), None)
        if becomes is not None:
            join(field, becomes, "old alias")
    for field in list(gone.values()):
        becomes = _likely(field, come.values(), old, new)
        if becomes is not None:
            join(field, becomes, "likely")
    return _in_order(old, new, found)


def _in_order(
    old: RecordType, new: RecordType, found: dict[str, tuple[RecordField, str]]
) -> list[FieldMatch]:
    kept = {id(was): name for name, (was, _) in found.items()}
    behind: dict[str, list[FieldMatch]] = {}
    last = ""
    for field in old.fields:
        if id(field) in kept:
            last = kept[id(field)]
        else:
            behind.setdefault(last, []).append(FieldMatch(field, None))
    rows = behind.pop("", [])
    for field in new.fields:
        was, how = found.get(field.name, (None, ""))
        rows.append(FieldMatch(was, field, how))
        rows.extend(behind.pop(field.name, []))
    return rows


def _likely(
    gone: RecordField, come: Iterable[RecordField], old: RecordType, new: RecordType
) -> RecordField | None:
    """The added field that a removed one was probably renamed to: same type, and alike otherwise."""
    words = type_words(gone.type)
    ranked = [
        (score, field)
        for field in come
        if type_words(field.type) == words and (score := _likeness(gone, field, old, new)) >= _ALIKE
    ]
    return max(ranked, key=lambda each: each[0])[1] if ranked else None


def _likeness(gone: RecordField, come: RecordField, old: RecordType, new: RecordType) -> float:
    """How alike two fields of one type are: by doc, by name, by the fields before and after them."""
    if gone.doc and gone.doc == come.doc:
        return 2.0
    name = difflib.SequenceMatcher(None, gone.name.lower(), come.name.lower()).ratio()
    longer, shorter = sorted((gone.name.lower(), come.name.lower()), key=len, reverse=True)
    part = 0.8 if len(shorter) > 1 and shorter in longer else 0.0
    same_place = _neighbours(old, gone) == _neighbours(new, come) and len(old.fields) > 1
    return max(name, part, 0.7 if same_place else 0.0)


def _neighbours(record: RecordType, field: RecordField) -> tuple[str, str]:
    names = ["", *(each.name for each in record.fields), ""]
    index = names.index(field.name, 1)
    return names[index - 1], names[index + 1]


class BranchMatch(NamedTuple):
    """A branch of each side, one of which may be missing."""

    old: AvroType | None
    new: AvroType | None


def match_branches(old: Sequence[AvroType], new: Sequence[AvroType]) -> list[BranchMatch]:
    """Branches by full name or kind, alias, unqualified name, then primitives that promote."""
    left, right = list(old), list(new)
    pairs: list[BranchMatch] = []

    def promotes(was: AvroType, becomes: AvroType) -> bool:
        return _promotes(was, becomes, old, new)

    for fits in (_same, _aliased, _same_simple_name, promotes):
        for was in list(left):
            becomes = next((each for each in right if fits(was, each)), None)
            if becomes is not None:
                pairs.append(BranchMatch(was, becomes))
                left.remove(was)
                right.remove(becomes)
    others = (
        [each for each in left if kind_of(each) != "null"],
        [each for each in right if kind_of(each) != "null"],
    )
    if len(others[0]) == len(others[1]) == 1 and not _absorbed(others[0][0], new):
        was, becomes = others[0][0], others[1][0]
        if not _absorbed(becomes, old):
            pairs.append(BranchMatch(was, becomes))
            left.remove(was)
            right.remove(becomes)
    pairs.extend(BranchMatch(was, None) for was in left)
    pairs.extend(BranchMatch(None, becomes) for becomes in right)
    return pairs


def _absorbed(node: AvroType, branches: Sequence[AvroType]) -> bool:
    return any(
        isinstance(node, PrimitiveType) and isinstance(each, PrimitiveType) and takes(each, node)
        for each in branches
    )


def _same(old: AvroType, new: AvroType) -> bool:
    if isinstance(old, NamedType) and isinstance(new, NamedType):
        return type(old) is type(new) and old.fullname == new.fullname
    return kind_of(old) == kind_of(new) and not isinstance(old, NamedType)


def _aliased(old: AvroType, new: AvroType) -> bool:
    if not isinstance(old, NamedType) or not isinstance(new, NamedType) or type(old) is not type(new):
        return False
    return old.fullname in new.aliases or new.fullname in old.aliases


def _same_simple_name(old: AvroType, new: AvroType) -> bool:
    if not isinstance(old, NamedType) or not isinstance(new, NamedType) or type(old) is not type(new):
        return False
    return simple_name(old.fullname) == simple_name(new.fullname)


def _promotes(was: AvroType, becomes: AvroType, old: Sequence[AvroType], new: Sequence[AvroType]) -> bool:
    """Whether one primitive became another, wider or narrower one.

    Not so where another branch takes the values that the narrower one cannot: then nothing fails, and each
    side has a branch that goes into another.
    """
    if not isinstance(was, PrimitiveType) or not isinstance(becomes, PrimitiveType):
        return False
    reads, is_read = takes(becomes, was), takes(was, becomes)
    if reads and is_read:
        return True
    return (reads and not _absorbed(becomes, old)) or (is_read and not _absorbed(was, new))


def match_roots(old: dict[str, NamedType], new: dict[str, NamedType]) -> dict[str, str]:
    """The new full name of each old root: the same, an alias, the only one of its unqualified name, or alike.

    An old root that is missing in the answer is gone.
    """
    found = {name: name for name in old if name in new}
    for fits in (_root_aliased, _root_simple, _root_alike):
        for name, node in old.items():
            if name in found:
                continue
            taken = set(found.values())
            others = [each for other, each in new.items() if other not in taken and other not in old]
            fitting = [each for each in others if type(each) is type(node) and fits(node, each)]
            if len(fitting) == 1:
                found[name] = fitting[0].fullname
    return found


def _root_aliased(old: NamedType, new: NamedType) -> bool:
    return (names_match(new, old) and old.fullname in new.aliases) or new.fullname in old.aliases


def _root_simple(old: NamedType, new: NamedType) -> bool:
    return simple_name(old.fullname) == simple_name(new.fullname)


def _root_alike(old: NamedType, new: NamedType) -> bool:
    mine, theirs = _parts(old), _parts(new)
    return bool(mine) and 2 * len(mine & theirs) >= _ALIKE * (len(mine) + len(theirs))


def _parts(node: RecordType | EnumType | FixedType) -> frozenset[str]:
    if isinstance(node, RecordType):
        return frozenset(f"{field.name} {type_words(field.type)}" for field in node.fields)
    return frozenset(getattr(node, "symbols", ()))
