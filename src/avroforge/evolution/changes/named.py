"""Changes of named types: names, docs and aliases, records with their fields, enums, fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avroforge.evolution.changes.change import FieldRow
from avroforge.evolution.changes.pairing import match_fields
from avroforge.evolution.changes.place import Place, both_ways, note, note_properties
from avroforge.evolution.changes.types import compare_logical, compare_types
from avroforge.evolution.changes.wording import same_json, type_words, value_words
from avroforge.evolution.compatibility import names_match
from avroforge.schema.defaults import default_branch
from avroforge.schema.model import (
    EnumType,
    FixedType,
    Missing,
    NamedType,
    RecordField,
    RecordType,
    UnionType,
    kind_of,
    simple_name,
)

if TYPE_CHECKING:
    from avroforge.evolution.changes.change import TypePair
    from avroforge.evolution.changes.differ import Differ
    from avroforge.evolution.changes.pairing import FieldMatch
    from avroforge.evolution.changes.place import Reads


def compare_named(differ: Differ, pair: TypePair) -> None:
    """Fill a pair of named types of one kind with its changes."""
    old, new = pair.old, pair.new
    if not isinstance(old, NamedType) or not isinstance(new, NamedType):
        return
    what = f"{kind_of(new)} {new.fullname}"
    place = Place(pair, None, new.fullname, what, (old, new), old.position, new.position)
    matches = match_fields(old, new) if isinstance(old, RecordType) and isinstance(new, RecordType) else []
    _name(differ, old, new, place, {match.renamed for match in matches})
    if (old.doc or "") != (new.doc or ""):
        note(place, "TYPE_DOC_CHANGED", old=old.doc or "", new=new.doc or "")
    note_properties(place, "TYPE_PROPERTY_CHANGED", old.properties, new.properties)
    match old, new:
        case RecordType(), RecordType():
            if old.is_error != new.is_error:
                note(place, "RECORD_ERROR_CHANGED", old=_word(old), new=_word(new))
            _records(differ, old, new, place, matches)
        case EnumType(), EnumType():
            _enums(old, new, place)
        case FixedType(), FixedType():
            if old.size != new.size:
                both: Reads = ([(new, old)], [(old, new)])
                note(place, "FIXED_SIZE_CHANGED", old=str(old.size), new=str(new.size), reads=both)
            else:
                compare_logical(old, new, place)
        case _:
            pass


def _word(record: RecordType) -> str:
    return "an error" if record.is_error else "a record"


def _name(differ: Differ, old: NamedType, new: NamedType, place: Place, renamed: set[str]) -> None:
    reads, is_read = names_match(new, old), names_match(old, new)
    if old.fullname != new.fullname:
        if simple_name(old.fullname) != simple_name(new.fullname):
            kind = {
                (True, True): "TYPE_RENAMED_WITH_BOTH_ALIASES",
                (True, False): "TYPE_RENAMED_WITH_ALIAS",
                (False, True): "TYPE_RENAMED_TO_ALIAS",
                (False, False): "TYPE_RENAMED",
            }[reads, is_read]
            note(
                place,
                kind,
                old=old.fullname,
                new=new.fullname,
                reads=both_ways(place, old, new),
            )
        else:
            for kind in _moved(differ, old, new, renamed):
                note(place, kind, old=old.fullname, new=new.fullname)
    for alias in new.aliases:
        if alias not in old.aliases and alias != old.fullname:
            note(place, "TYPE_ALIAS_ADDED", new=alias, suffix=f"~{alias}")
    for alias in old.aliases:
        if alias not in new.aliases and alias != new.fullname:
            note(place, "TYPE_ALIAS_REMOVED", old=alias, suffix=f"~{alias}")


def _moved(differ: Differ, old: NamedType, new: NamedType, renamed: set[str]) -> list[str]:
    """What a move to another namespace is: one finding, two where each side follows the other's aliases."""
    aliased, alias_before = old.fullname in new.aliases, new.fullname in old.aliases
    found: list[str] = []
    if isinstance(new, RecordType):
        if renamed & {"alias", "both"} and not aliased:
            found.append("NAMESPACE_MOVED_FIELD_ALIASES")
        if renamed & {"old alias", "both"} and not alias_before:
            found.append("NAMESPACE_MOVED_FIELD_ALIASES_BEFORE")
    elif id(old) in differ.in_unions or id(new) in differ.in_unions:
        found = {
            (True, True): [],
            (True, False): ["NAMESPACE_MOVED_IN_UNION_WITH_ALIAS"],
            (False, True): ["NAMESPACE_MOVED_IN_UNION_TO_ALIAS"],
            (False, False): ["NAMESPACE_MOVED_IN_UNION"],
        }[aliased, alias_before]
    return found or ["NAMESPACE_MOVED"]


def _enums(old: EnumType, new: EnumType, place: Place) -> None:
    for symbol in new.symbols:
        if symbol not in old.symbols:
            kind = "ENUM_SYMBOL_ADDED" if old.default is None else "ENUM_SYMBOL_ADDED_DEFAULTED"
            note(place, kind, new=symbol, suffix=f":{symbol}", reads=((), [(old, new)]))
    for symbol in old.symbols:
        if symbol not in new.symbols:
            kind = "ENUM_SYMBOL_REMOVED" if new.default is None else "ENUM_SYMBOL_REMOVED_DEFAULTED"
            note(place, kind, old=symbol, suffix=f":{symbol}", reads=([(new, old)], ()))
    kept = [each for each in new.symbols if each in old.symbols]
    if kept != [each for each in old.symbols if each in new.symbols]:
        note(place, "ENUM_REORDERED", old=", ".join(old.symbols), new=", ".join(new.symbols))
    if old.default != new.default:
        kind = (
            "ENUM_DEFAULT_ADDED"
            if old.default is None
            else "ENUM_DEFAULT_REMOVED"
            if new.default is None
            else "ENUM_DEFAULT_CHANGED"
        )
        note(place, kind, old=old.default or "", new=new.default or "")


def _records(
    differ: Differ, old: RecordType, new: RecordType, place: Place, matches: list[FieldMatch]
) -> None:
    for match in matches:
        row = FieldRow(match.old, match.new)
        place.pair.rows.append(row)
        _field(differ, old, new, match, _at_field(place, row))
    kept = [each for each in matches if each.old is not None and each.new is not None]
    order = [each.old for each in kept]
    places = {id(field): index for index, field in enumerate(old.fields)}
    if order != sorted(order, key=lambda each: places[id(each)]):
        note(
            place,
            "FIELDS_REORDERED",
            old=", ".join(each.name for each in old.fields),
            new=", ".join(each.name for each in new.fields),
        )


def _at_field(place: Place, row: FieldRow) -> Place:
    shown = row.new or row.old
    name = shown.name if shown is not None else ""
    owner = place.owner()
    return Place(
        place.pair,
        row,
        f"{owner}.{name}",
        f"field '{name}' of {owner}",
        (row.old.type if row.old else place.pair.old, row.new.type if row.new else place.pair.new),
        row.old.position if row.old else place.old,
        row.new.position if row.new else place.new,
    )


def _field(differ: Differ, old: RecordType, new: RecordType, match: FieldMatch, place: Place) -> None:
    was, becomes = match.old, match.new
    if was is None and becomes is not None:
        _added(old, becomes, place)
    elif becomes is None and was is not None:
        _removed(new, was, place)
    elif was is not None and becomes is not None:
        if match.renamed:
            kind = _rename_kind(was, becomes, match.renamed)
            reads = (_needs(becomes, old), _needs(was, new))
            note(place, kind, old=was.name, new=becomes.name, name=becomes.name, reads=reads)
        _attributes(was, becomes, place)
        compare_types(differ, was.type, becomes.type, place.at_type(was.type, becomes.type))


def _needs(reader: RecordField, writer: RecordType) -> list[tuple[NamedType | RecordField, RecordType]]:
    """What the checker names when a field is missing; of an enum with a default it names the enum."""
    found: list[tuple[NamedType | RecordField, RecordType]] = [(reader, writer)]
    if isinstance(reader.type, EnumType):
        found.append((reader.type, writer))
    return found


def _added(old: RecordType, field: RecordField, place: Place) -> None:
    if not field.has_default:
        kind = "FIELD_ADDED_WITHOUT_DEFAULT"
    elif _later_branch(field):
        kind = "FIELD_ADDED_LATER_BRANCH_DEFAULT"
    else:
        kind = "FIELD_ADDED_WITH_DEFAULT"
    note(place, kind, new=type_words(field.type), name=field.name, reads=(_needs(field, old), ()))


def _removed(new: RecordType, field: RecordField, place: Place) -> None:
    if not field.has_default:
        kind = "FIELD_REMOVED_WITHOUT_DEFAULT"
    elif _later_branch(field):
        kind = "FIELD_REMOVED_LATER_BRANCH_DEFAULT"
    else:
        kind = "FIELD_REMOVED_WITH_DEFAULT"
    note(place, kind, old=type_words(field.type), name=field.name, reads=((), _needs(field, new)))


def _rename_kind(old: RecordField, new: RecordField, how: str) -> str:
    match how:
        case "both":
            return "FIELD_RENAMED_WITH_BOTH_ALIASES"
        case "alias":
            return "FIELD_RENAMED_WITH_ALIAS_LOSING_NEW" if old.has_default else "FIELD_RENAMED_WITH_ALIAS"
        case "old alias":
            return "FIELD_RENAMED_TO_ALIAS_LOSING_OLD" if new.has_default else "FIELD_RENAMED_TO_ALIAS"
    return {
        (True, True): "FIELD_RENAMED_SILENTLY",
        (True, False): "FIELD_RENAMED_LOSING_NEW",
        (False, True): "FIELD_RENAMED_LOSING_OLD",
        (False, False): "FIELD_RENAMED_BREAKING",
    }[old.has_default, new.has_default]


def _later_branch(field: RecordField) -> bool:
    """Whether a default belongs to a branch behind the first of its union."""
    if not isinstance(field.type, UnionType) or isinstance(field.default, Missing):
        return False
    try:
        return default_branch(field.type, field.default) > 0
    except ValueError:
        # a lenient schema's default that fits no branch
        return True


def _attributes(old: RecordField, new: RecordField, place: Place) -> None:
    name = new.name
    if not same_json(old.default, new.default):
        kind = (
            "FIELD_DEFAULT_ADDED"
            if not old.has_default
            else "FIELD_DEFAULT_REMOVED"
            if not new.has_default
            else "FIELD_DEFAULT_CHANGED"
        )
        note(place, kind, old=_default(old), new=_default(new), name=name)
    if _later_branch(new) and not _later_branch(old):
        note(place, "FIELD_DEFAULT_BRANCH_LATER", new=type_words(new.type), name=name)
    elif _later_branch(old) and not _later_branch(new) and new.has_default:
        note(place, "FIELD_DEFAULT_BRANCH_FIRST", new=type_words(new.type), name=name)
    if old.order != new.order:
        note(place, "FIELD_SORT_ORDER_CHANGED", old=old.order, new=new.order, name=name)
    if (old.doc or "") != (new.doc or ""):
        note(place, "FIELD_DOC_CHANGED", old=old.doc or "", new=new.doc or "", name=name)
    for alias in new.aliases:
        if alias not in old.aliases and alias != old.name:
            note(place, "FIELD_ALIAS_ADDED", new=alias, name=name, suffix=f"~{alias}")
    for alias in old.aliases:
        if alias not in new.aliases and alias != new.name:
            note(place, "FIELD_ALIAS_REMOVED", old=alias, name=name, suffix=f"~{alias}")
    note_properties(place, "FIELD_PROPERTY_CHANGED", old.properties, new.properties)


def _default(field: RecordField) -> str:
    return value_words(field.default) if field.has_default else ""
