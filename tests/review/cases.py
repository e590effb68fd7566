"""A case for every kind of change: the schemas before, after, and after the fix that the kind names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Schemas by source name on both sides, and where the fix leads; the rest is for project-wide kinds."""

    old: dict[str, str]
    new: dict[str, str]
    fixed: dict[str, str] | None = None
    history: tuple[str, ...] = ()
    old_settings: str = ""
    new_settings: str = ""
    fixed_settings: str | None = None
    waivers: str = ""
    fixed_waivers: str | None = None
    rewritten: bool = False


FILE: Final = "schemas/shop/Order.avsc"
OTHER_FILE: Final = "schemas/shop/other/Order.avsc"


def text(schema: object) -> str:
    return json.dumps(schema, indent=2) + "\n"


def record(*fields: Json, name: str = "Order", namespace: str = "shop", **more: object) -> Json:
    id_field: Json = {"name": "id", "type": "long"}
    return {"type": "record", "name": name, "namespace": namespace, **more, "fields": [id_field, *fields]}


def one(name: str, kind: object, **more: object) -> Json:
    return {"name": name, "type": kind, **more}


def case(old: object, new: object, fixed: object = None, **more: Any) -> Case:  # noqa: ANN401 - passed on
    """Both sides in one file each."""
    fixed_files = None if fixed is None else {FILE: text(fixed)}
    return Case({FILE: text(old)}, {FILE: text(new)}, fixed_files, **more)


def typed(old: object, new: object, fixed: object = None) -> Case:
    """One field whose type changes; fixed: it keeps its type, and a new field has the new one."""
    kept = record(one("value", old), one("value_2", ["null", fixed or new], default=None))
    return case(record(one("value", old)), record(one("value", new)), kept)


def quiet(old: object, new: object) -> Case:
    """One field whose type changes without harm."""
    return case(record(one("value", old)), record(one("value", new)))


def renamed(old: Json, new: Json, *, fix_by_alias: bool = False) -> Case:
    """A field renamed; fixed: the new one stands beside the old one, or has its name as an alias."""
    if fix_by_alias:
        return case(record(old), record(new), record({**new, "aliases": [old["name"]]}, name="Order"))
    kind, default = new["type"], new.get("default", 0)
    beside = record(old, one(new["name"] + "_2", kind, default=default))
    return case(record(old), record(new), beside)


def enum(*symbols: str, default: str | None = None, name: str = "Color", namespace: str = "shop") -> Json:
    found: Json = {"type": "enum", "name": name, "namespace": namespace, "symbols": list(symbols)}
    return found if default is None else {**found, "default": default}


def fixed(size: int, name: str = "Hash", namespace: str = "shop") -> Json:
    return {"type": "fixed", "name": name, "namespace": namespace, "size": size}


def decimal(precision: int, scale: int) -> Json:
    return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}


def logical(base: str, name: str) -> Json:
    return {"type": base, "logicalType": name}


QTY = one("qty", "int")
QTY_0 = one("qty", "int", default=0)
COUNT = one("quantity", "int")
COUNT_0 = one("quantity", "int", default=0)
LATER = one("limit", [{"type": "map", "values": "long"}, "long"], default=2147483648)
FIRST = one("limit", ["long", {"type": "map", "values": "long"}], default=2147483648)
RED, RED_DEFAULT = enum("RED", "GREEN"), enum("RED", "GREEN", default="RED")
MORE, MORE_DEFAULT = enum("RED", "GREEN", "BLUE"), enum("RED", "GREEN", "BLUE", default="RED")
SUBJECT = '[subjects]\n"orders-value" = "shop.Order"\n'
BOTH = SUBJECT + '"carts-value" = "shop.Order"\n'


def mode(value: str) -> str:
    return f'{SUBJECT}\n[registry.modes]\n"orders-value" = "{value}"\n'


def waiver(fingerprint: str, expires: str) -> str:
    reason = 'reason = "agreed with all readers"'
    return f'[[waiver]]\nfingerprint = "{fingerprint}"\n{reason}\nexpires = {expires}\n'


PLAIN = record()
FIELDS: Final = {
    "FIELD_ADDED_WITH_DEFAULT": case(PLAIN, record(QTY_0)),
    "FIELD_ADDED_WITHOUT_DEFAULT": case(PLAIN, record(QTY), record(QTY_0)),
    "FIELD_ADDED_LATER_BRANCH_DEFAULT": case(PLAIN, record(LATER), record(FIRST)),
    "FIELD_REMOVED_WITH_DEFAULT": case(record(QTY_0), PLAIN),
    "FIELD_REMOVED_WITHOUT_DEFAULT": case(record(QTY), PLAIN, record(QTY)),
    "FIELD_REMOVED_LATER_BRANCH_DEFAULT": case(record(LATER), PLAIN, record(LATER)),
    "FIELD_RENAMED_WITH_ALIAS": renamed(QTY, {**COUNT, "aliases": ["qty"]}),
    "FIELD_RENAMED_WITH_ALIAS_LOSING_NEW": renamed(QTY_0, {**COUNT, "aliases": ["qty"]}),
    "FIELD_RENAMED_TO_ALIAS": renamed({**QTY, "aliases": ["quantity"]}, COUNT, fix_by_alias=True),
    "FIELD_RENAMED_TO_ALIAS_LOSING_OLD": renamed(
        {**QTY, "aliases": ["quantity"]}, COUNT_0, fix_by_alias=True
    ),
    "FIELD_RENAMED_WITH_BOTH_ALIASES": case(
        record({**QTY, "aliases": ["quantity"]}), record({**COUNT, "aliases": ["qty"]})
    ),
    "FIELD_RENAMED_SILENTLY": renamed(QTY_0, COUNT_0),
    "FIELD_RENAMED_LOSING_OLD": renamed(QTY, COUNT_0),
    "FIELD_RENAMED_LOSING_NEW": renamed(QTY_0, COUNT),
    "FIELD_RENAMED_BREAKING": renamed(QTY, COUNT),
    "FIELD_ALIAS_AMBIGUOUS": case(
        record(QTY, COUNT_0), record({**QTY, "aliases": ["quantity"]}), record(QTY)
    ),
    "FIELD_ALIAS_AMBIGUOUS_BEFORE": case(
        record({**QTY, "aliases": ["quantity"]}),
        record(QTY, COUNT_0),
        record({**QTY, "aliases": ["quantity"]}, one("number", "int", default=0)),
    ),
    "FIELD_READDED": case(
        PLAIN,
        record(one("note", "string", default="")),
        record(one("remark", "string", default="")),
        history=(text(record(one("note", "string", default=""))), text(PLAIN)),
        new_settings=SUBJECT,
        old_settings=SUBJECT,
    ),
    "FIELD_DEFAULT_ADDED": case(record(QTY), record(QTY_0)),
    "FIELD_DEFAULT_REMOVED": case(record(QTY_0), record(QTY)),
    "FIELD_DEFAULT_CHANGED": case(record(QTY_0), record({**QTY, "default": 1}), record(QTY_0)),
    "FIELD_DEFAULT_BRANCH_LATER": case(record(FIRST), record(LATER), record(FIRST)),
    "FIELD_DEFAULT_BRANCH_FIRST": case(record(LATER), record(FIRST)),
    "FIELD_SORT_ORDER_CHANGED": case(record(QTY), record({**QTY, "order": "descending"}), record(QTY)),
    "FIELDS_REORDERED": case(record(QTY_0, COUNT_0), record(COUNT_0, QTY_0)),
    "FIELD_DOC_CHANGED": case(record(QTY), record({**QTY, "doc": "Pieces."})),
    "FIELD_ALIAS_ADDED": case(record(QTY), record({**QTY, "aliases": ["pieces"]})),
    "FIELD_ALIAS_REMOVED": case(record({**QTY, "aliases": ["pieces"]}), record(QTY)),
    "FIELD_PROPERTY_CHANGED": case(record({**QTY, "unit": "piece"}), record({**QTY, "unit": "box"})),
}
TYPES: Final = {
    "TYPE_PROMOTED": typed("int", "long"),
    "TYPE_NARROWED": typed("long", "int"),
    "TYPE_PROMOTED_LOSSY": typed("long", "double"),
    "TYPE_NARROWED_LOSSY": typed("double", "long"),
    "STRING_TO_BYTES": typed("string", "bytes"),
    "BYTES_TO_STRING": typed("bytes", "string"),
    "TYPE_CHANGED": typed("string", "long"),
    "NULL_ADDED": typed("int", ["null", "int"], "int"),
    "NULL_REMOVED": case(
        record(one("value", ["null", "int"])),
        record(one("value", "int")),
        record(one("value", ["null", "int"])),
    ),
    "UNION_BRANCH_ADDED": typed(["int", "string"], ["int", "string", "boolean"], "boolean"),
    "UNION_BRANCH_REMOVED": case(
        record(one("value", ["int", "string"])),
        record(one("value", "int")),
        record(one("value", ["int", "string"])),
    ),
    "UNION_BRANCH_ABSORBED": case(
        record(one("value", ["int", "double"])),
        record(one("value", ["double"])),
        record(one("value", ["int", "double"])),
    ),
    "UNION_BRANCH_SPLIT": case(
        record(one("value", ["double"])),
        record(one("value", ["int", "double"])),
        record(one("value", ["double"])),
    ),
    "UNION_SHADOWS_OLD": case(
        record(one("value", ["string", "long", "double"])),
        record(one("value", ["string", "double", "long"])),
        record(one("value", ["string", "long", "double"])),
    ),
    "UNION_SHADOWS_NEW": case(
        record(one("value", ["string", "double", "long"])),
        record(one("value", ["string", "long", "double"])),
        record(one("value", ["string", "double", "long"])),
    ),
    "UNION_REORDERED": quiet(["string", "long"], ["long", "string"]),
    "ENUM_SYMBOL_ADDED": case(
        record(one("value", RED)), record(one("value", MORE)), record(one("value", RED_DEFAULT))
    ),
    "ENUM_SYMBOL_ADDED_DEFAULTED": case(
        record(one("value", RED_DEFAULT)),
        record(one("value", MORE_DEFAULT)),
        record(one("value", RED_DEFAULT)),
    ),
    "ENUM_SYMBOL_REMOVED": case(
        record(one("value", MORE)), record(one("value", RED)), record(one("value", MORE))
    ),
    "ENUM_SYMBOL_REMOVED_DEFAULTED": case(
        record(one("value", MORE_DEFAULT)),
        record(one("value", RED_DEFAULT)),
        record(one("value", MORE_DEFAULT)),
    ),
    "ENUM_REORDERED": quiet(RED, enum("GREEN", "RED")),
    "ENUM_DEFAULT_ADDED": quiet(RED, RED_DEFAULT),
    "ENUM_DEFAULT_REMOVED": quiet(RED_DEFAULT, RED),
    "ENUM_DEFAULT_CHANGED": case(
        record(one("value", RED_DEFAULT)),
        record(one("value", enum("RED", "GREEN", default="GREEN"))),
        record(one("value", RED_DEFAULT)),
    ),
    "FIXED_SIZE_CHANGED": typed(fixed(16), fixed(32), fixed(32, name="Hash32")),
    "LOGICAL_TYPE_ADDED": quiet("long", logical("long", "timestamp-millis")),
    "LOGICAL_TYPE_REMOVED": quiet(logical("long", "timestamp-millis"), "long"),
    "LOGICAL_TYPE_CHANGED": typed(logical("int", "date"), logical("int", "time-millis")),
    "TIME_UNIT_CHANGED": typed(logical("long", "timestamp-millis"), logical("long", "timestamp-micros")),
    "DECIMAL_SCALE_CHANGED": typed(decimal(9, 2), decimal(9, 4)),
    "DECIMAL_PRECISION_INCREASED": typed(decimal(9, 2), decimal(12, 2)),
    "DECIMAL_PRECISION_REDUCED": case(
        record(one("value", decimal(12, 2))),
        record(one("value", decimal(9, 2))),
        record(one("value", decimal(12, 2))),
    ),
    "TYPE_PROPERTY_CHANGED": quiet({"type": "int", "unit": "piece"}, {"type": "int", "unit": "box"}),
}
MOVED = record(namespace="trade")
IN_UNION = one("value", ["null", RED])
TRADE_RED = enum("RED", "GREEN", namespace="trade")
MOVED_IN_UNION = one("value", ["null", TRADE_RED])
ALIASED_IN_UNION = one("value", ["null", {**TRADE_RED, "aliases": ["shop.Color"]}])
ALIASED_BEFORE = one("value", ["null", {**RED, "aliases": ["trade.Color"]}])
NAMES: Final = {
    "TYPE_RENAMED": case(
        record(one("value", RED)), record(one("value", {**RED, "name": "Paint"})), record(one("value", RED))
    ),
    "TYPE_RENAMED_WITH_ALIAS": case(PLAIN, record(name="Purchase", aliases=["shop.Order"]), PLAIN),
    "TYPE_RENAMED_TO_ALIAS": case(
        record(aliases=["shop.Purchase"]),
        record(name="Purchase"),
        record(name="Purchase", aliases=["shop.Order"]),
    ),
    "TYPE_RENAMED_WITH_BOTH_ALIASES": case(
        record(aliases=["shop.Purchase"]), record(name="Purchase", aliases=["shop.Order"])
    ),
    "NAMESPACE_MOVED": case(PLAIN, MOVED),
    "NAMESPACE_MOVED_IN_UNION": case(record(IN_UNION), record(MOVED_IN_UNION), record(IN_UNION)),
    "NAMESPACE_MOVED_IN_UNION_WITH_ALIAS": case(record(IN_UNION), record(ALIASED_IN_UNION), record(IN_UNION)),
    "NAMESPACE_MOVED_IN_UNION_TO_ALIAS": case(
        record(ALIASED_BEFORE), record(MOVED_IN_UNION), record(ALIASED_BEFORE)
    ),
    "NAMESPACE_MOVED_FIELD_ALIASES": case(
        record(QTY_0),
        record({**COUNT_0, "aliases": ["qty"]}, namespace="trade"),
        record(QTY_0, namespace="trade"),
    ),
    "NAMESPACE_MOVED_FIELD_ALIASES_BEFORE": case(
        record({**QTY, "aliases": ["quantity"]}, aliases=["shop.Basket"]),
        record(COUNT_0, namespace="trade"),
        record({**QTY, "aliases": ["quantity"]}, aliases=["shop.Basket"]),
    ),
    "TYPE_ALIAS_ADDED": case(PLAIN, record(aliases=["shop.Basket"])),
    "TYPE_ALIAS_REMOVED": case(record(aliases=["shop.Basket"]), PLAIN),
    "TYPE_DOC_CHANGED": case(PLAIN, record(doc="What somebody bought.")),
    "RECORD_ERROR_CHANGED": case(PLAIN, {**PLAIN, "type": "error"}),
    "SCHEMA_ADDED": Case({FILE: text(PLAIN)}, {FILE: text(PLAIN), OTHER_FILE: text(record(name="Cart"))}),
    "SCHEMA_REMOVED": Case(
        {FILE: text(PLAIN), OTHER_FILE: text(record(QTY, name="Cart"))},
        {FILE: text(PLAIN)},
        {FILE: text(PLAIN), OTHER_FILE: text(record(QTY, name="Cart"))},
    ),
    "SCHEMA_FILE_MOVED": Case({FILE: text(PLAIN)}, {OTHER_FILE: text(PLAIN)}),
}
BREAK = case(record(QTY), PLAIN)
PROJECT: Final = {
    "MODE_WEAKENED": case(
        PLAIN,
        PLAIN,
        PLAIN,
        old_settings=mode("FULL"),
        new_settings=mode("BACKWARD"),
        fixed_settings=mode("FULL"),
    ),
    "MODE_STRENGTHENED": case(PLAIN, PLAIN, old_settings=mode("BACKWARD"), new_settings=mode("FULL")),
    "SUBJECT_ADDED": case(PLAIN, PLAIN, old_settings=SUBJECT, new_settings=BOTH),
    "SUBJECT_REMOVED": case(
        PLAIN, PLAIN, PLAIN, old_settings=BOTH, new_settings=SUBJECT, fixed_settings=BOTH
    ),
    "HISTORY_REWRITTEN": case(
        PLAIN,
        PLAIN,
        PLAIN,
        old_settings=SUBJECT,
        new_settings=SUBJECT,
        history=(text(PLAIN),),
        rewritten=True,
    ),
    "WAIVER_EXPIRED": case(
        PLAIN, PLAIN, PLAIN, waivers=waiver("0123456789abcdef", "2026-01-31"), fixed_waivers=""
    ),
    "WAIVER_UNUSED": case(
        PLAIN, PLAIN, PLAIN, waivers=waiver("0123456789abcdef", "2030-01-31"), fixed_waivers=""
    ),
}
KEEP_PYTHON = '[generate]\npackage = "out"\nrename = { "shop.Purchase" = "Order" }\n'
KEEP_ATTRIBUTE = '[generate]\npackage = "out"\nrename = { "shop.Order.quantity" = "qty" }\n'
PACKAGE = '[generate]\npackage = "out"\n'
PYTHON: Final = {
    "PYTHON_CLASS_RENAMED": case(
        record(aliases=["shop.Purchase"]),
        record(name="Purchase", aliases=["shop.Order"]),
        record(name="Purchase", aliases=["shop.Order"]),
        fixed_settings=KEEP_PYTHON,
    ),
    "PYTHON_CLASS_MOVED": case(PLAIN, MOVED, PLAIN),
    "PYTHON_CLASS_REMOVED": Case(
        {FILE: text(record(one("value", RED_DEFAULT, default="RED")))},
        {FILE: text(PLAIN)},
        {FILE: text(record(one("value", RED_DEFAULT, default="RED")))},
    ),
    "PYTHON_CLASS_ADDED": case(PLAIN, record(one("value", RED_DEFAULT, default="RED"))),
    "PYTHON_ATTRIBUTE_RENAMED": case(
        record({**QTY, "aliases": ["quantity"]}),
        record({**COUNT, "aliases": ["qty"]}),
        record({**COUNT, "aliases": ["qty"]}),
        fixed_settings=KEEP_ATTRIBUTE,
    ),
    "PYTHON_ATTRIBUTE_REMOVED": case(record(QTY_0), PLAIN, record(QTY_0)),
    "PYTHON_ATTRIBUTE_ADDED": case(PLAIN, record(QTY_0)),
    "PYTHON_ATTRIBUTE_TYPE": typed("string", "long"),
    "PYTHON_ATTRIBUTE_REQUIRED": case(record(QTY_0), record(QTY), record(QTY_0)),
    "PYTHON_ATTRIBUTE_OPTIONAL": case(record(QTY), record(QTY_0)),
    "PYTHON_MEMBER_REMOVED": case(
        record(one("value", MORE_DEFAULT)),
        record(one("value", RED_DEFAULT)),
        record(one("value", MORE_DEFAULT)),
    ),
    "PYTHON_MEMBER_ADDED": case(record(one("value", RED_DEFAULT)), record(one("value", MORE_DEFAULT))),
}
CASES: Final[dict[str, Case]] = {**FIELDS, **TYPES, **NAMES, **PROJECT, **PYTHON}
NO_CASE: Final = {
    "TYPE_UNREADABLE": "no pair of schemas is known that no finer kind explains",
    "TYPE_UNREADABLE_BEFORE": "as TYPE_UNREADABLE",
}
