"""The rules of level STANDARD: what most teams agree on."""

from __future__ import annotations

from typing import Final

from avroforge_codegen.rules import attribute, layout, logical, meaning, style
from avroforge_codegen.rules.rule import Level, Rule, alone, in_field, together

_ID: Final = '{"type": "fixed", "name": "Id", "namespace": "shop", "size": 16}'
_ORDER: Final = '{"type": "record", "name": "Order", "namespace": "shop", "fields": []}'

STANDARD: Final = (
    Rule(
        id="TIMESTAMP_PLAIN",
        level=Level.STANDARD,
        severity="warning",
        what="a time says that it is one, and in which unit",
        why="A plain number that is called a time is read as seconds by one team and as milliseconds "
        "by the next.",
        wrong=in_field('{"name": "created_at", "type": "long"}'),
        right=in_field('{"name": "created_at", "type": {"type": "long", "logicalType": "timestamp-millis"}}'),
        check=meaning.times,
    ),
    Rule(
        id="MONEY_FLOAT",
        level=Level.STANDARD,
        severity="warning",
        what="an amount of money is a decimal",
        why="A float or a double has no exact 0.10: sums drift, and two systems round differently.",
        wrong=in_field('{"name": "total_price", "type": "double"}'),
        right=in_field(
            '{"name": "total_price", "type": '
            '{"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 2}}'
        ),
        check=meaning.money,
    ),
    Rule(
        id="LOGICAL_UNKNOWN",
        level=Level.STANDARD,
        severity="warning",
        what="logical types are those that every reader knows",
        why="Readers elsewhere see the underlying type.",
        wrong=in_field('{"name": "place", "type": {"type": "string", "logicalType": "geo-json"}}'),
        right=in_field('{"name": "place", "type": "string"}'),
        check=logical.unknown,
    ),
    Rule(
        id="PATH_NAMESPACE",
        level=Level.STANDARD,
        severity="warning",
        what="a file's path is its type's full name",
        why="Whoever has the name has the file, without a search.",
        wrong=alone(_ORDER, "orders/order.avsc"),
        right=alone(_ORDER),
        check=layout.misplaced_root,
    ),
    Rule(
        id="FILE_ONE_TYPE",
        level=Level.STANDARD,
        severity="warning",
        what="one named type per file",
        why="A type inside another's file cannot be found by its name, and is copied where it is "
        "needed again.",
        wrong=in_field('{"name": "id", "type": {"type": "fixed", "name": "Id", "size": 16}}'),
        right=together(
            {
                "shop/Id.avsc": _ID,
                "shop/Order.avsc": '{"type": "record", "name": "Order", "namespace": "shop", "fields": [\n'
                '  {"name": "id", "type": "Id"}\n]}',
            }
        ),
        check=layout.further_types,
    ),
    Rule(
        id="ROOT_UNNAMED",
        level=Level.STANDARD,
        severity="warning",
        what="a file's root has a name",
        why="Nothing can refer to it, and it cannot become a record of a topic later.",
        wrong=alone('{"type": "array", "items": "double"}', "shop/Prices.avsc"),
        right=alone(
            '{"type": "record", "name": "Prices", "namespace": "shop", "fields": [\n'
            '  {"name": "prices", "type": {"type": "array", "items": "double"}}\n]}',
            "shop/Prices.avsc",
        ),
        check=layout.unnamed_root,
    ),
    Rule(
        id="TYPE_UNUSED",
        level=Level.STANDARD,
        severity="warning",
        what="every type is reached from some subject, where the settings name subjects",
        why="Nobody writes or reads it, yet everybody who changes schemas has to mind it.",
        wrong=together({"shop/Id.avsc": _ID, "shop/Order.avsc": _ORDER}, {"orders-value": "shop.Order"}),
        right=together({"shop/Order.avsc": _ORDER}, {"orders-value": "shop.Order"}),
        check=layout.unused_types,
    ),
    Rule(
        id="STYLE_TYPE",
        level=Level.STANDARD,
        severity="warning",
        what="named types are PascalCase",
        why="They become classes.",
        wrong=alone(
            '{"type": "fixed", "name": "order_id", "namespace": "shop", "size": 16}', "shop/order_id.avsc"
        ),
        right=alone(
            '{"type": "fixed", "name": "OrderId", "namespace": "shop", "size": 16}', "shop/OrderId.avsc"
        ),
        check=style.type_names,
    ),
    Rule(
        id="STYLE_FIELD",
        level=Level.STANDARD,
        severity="warning",
        what="fields are snake_case",
        why="They become attributes and columns.",
        wrong=in_field('{"name": "orderId", "type": "string"}'),
        right=in_field('{"name": "order_id", "type": "string"}'),
        check=style.field_names,
    ),
    Rule(
        id="STYLE_SYMBOL",
        level=Level.STANDARD,
        severity="warning",
        what="enum symbols are UPPER_CASE",
        why="They become constants.",
        wrong=alone(
            '{"type": "enum", "name": "State", "namespace": "shop", "symbols": ["NEW", "inTransit"]}',
            "shop/State.avsc",
        ),
        right=alone(
            '{"type": "enum", "name": "State", "namespace": "shop", "symbols": ["NEW", "IN_TRANSIT"]}',
            "shop/State.avsc",
        ),
        check=style.symbol_names,
    ),
    Rule(
        id="STYLE_NAMESPACE",
        level=Level.STANDARD,
        severity="warning",
        what="namespaces are there, and lower case",
        why="They become packages and folders. Without one, two teams will use the same name, and a "
        "type in a "
        "namespace can never refer to it.",
        wrong=alone('{"type": "fixed", "name": "Id", "size": 16}', "Id.avsc"),
        right=alone(_ID, "shop/Id.avsc"),
        check=style.namespaces,
    ),
    Rule(
        id="NAMESPACE_REDUNDANT",
        level=Level.STANDARD,
        severity="warning",
        what="a type inside another does not repeat its namespace",
        why="A namespace that is written down looks like one that differs; `avroforge fmt` leaves it "
        "out too.",
        wrong=in_field(
            '{"name": "id", "type": {"type": "fixed", "name": "Id", "namespace": "shop", "size": 16}}'
        ),
        right=in_field('{"name": "id", "type": {"type": "fixed", "name": "Id", "size": 16}}'),
        check=attribute.namespace_redundant,
        fix="leaves the namespace out",
    ),
    Rule(
        id="ORDER_REDUNDANT",
        level=Level.STANDARD,
        severity="warning",
        what="the order of a field is given only where it is not ascending",
        why="It says nothing.",
        wrong=in_field('{"name": "qty", "type": "int", "order": "ascending"}'),
        right=in_field('{"name": "qty", "type": "int"}'),
        check=attribute.order_redundant,
        fix="leaves the order out",
    ),
    Rule(
        id="TYPE_WRAPPED",
        level=Level.STANDARD,
        severity="warning",
        what="a type without attributes is written as its name",
        why="An object leads to the search for what makes it special.",
        wrong=in_field('{"name": "qty", "type": {"type": "int"}}'),
        right=in_field('{"name": "qty", "type": "int"}'),
        check=attribute.wrapped,
        fix="writes the name alone",
    ),
    Rule(
        id="ATTRIBUTE_EMPTY",
        level=Level.STANDARD,
        severity="warning",
        what="a list of aliases has aliases",
        why="It says nothing.",
        wrong=in_field('{"name": "qty", "type": "int", "aliases": []}'),
        right=in_field('{"name": "qty", "type": "int"}'),
        check=attribute.empty,
        fix="leaves the list out",
    ),
)
