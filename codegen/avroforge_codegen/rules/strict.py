"""The rules of level STRICT: what costs little in a new schema, and much in an old one."""

from __future__ import annotations

from typing import Final

from avroforge_codegen.rules import default, exception, logical, meaning, name, record, union
from avroforge_codegen.rules.rule import Example, Level, Rule, in_field


def _fields(count: int) -> Example:
    listed = ",\n  ".join(f'{{"name": "f{number}", "type": "int"}}' for number in range(count))
    shown = f'{{"name": "f0", "type": "int"}}, and so on to f{count - 1}'
    return Example(shown, in_field(listed).files)


STRICT: Final = (
    Rule(
        id="FIELD_NO_DEFAULT",
        level=Level.STRICT,
        severity="warning",
        what="every field has a default",
        why="Only a field with a default can be removed under FORWARD or FULL, or be added back.",
        wrong=in_field('{"name": "qty", "type": "int"}'),
        right=in_field('{"name": "qty", "type": "int", "default": 1}'),
        check=default.field_without_default,
    ),
    Rule(
        id="UNION_LARGE",
        level=Level.STRICT,
        severity="warning",
        what="a union has at most 8 branches",
        why="Tables give each branch a column, and every reader needs a case for each.",
        wrong=in_field(
            '{"name": "value", "type": ["null", "boolean", "int", "double", "bytes", "string",\n'
            '    {"type": "array", "items": "int"}, {"type": "map", "values": "int"}, "float"]}'
        ),
        right=in_field('{"name": "value", "type": ["null", "boolean", "double", "string"], "default": null}'),
        check=union.large,
    ),
    Rule(
        id="LOGICAL_RECENT",
        level=Level.STRICT,
        severity="warning",
        what="logical types are known to libraries of some years",
        why="Libraries before Avro 1.12 see the plain number or bytes.",
        wrong=in_field('{"name": "at", "type": {"type": "long", "logicalType": "timestamp-nanos"}}'),
        right=in_field('{"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}}'),
        check=logical.recent,
    ),
    Rule(
        id="UUID_PLAIN",
        level=Level.STRICT,
        severity="warning",
        what="a UUID says that it is one",
        why="Readers then check it and give it its own type.",
        wrong=in_field('{"name": "order_uuid", "type": "string"}'),
        right=in_field('{"name": "order_uuid", "type": {"type": "string", "logicalType": "uuid"}}'),
        check=meaning.uuids,
    ),
    Rule(
        id="JAVA_NAME",
        level=Level.STRICT,
        severity="warning",
        what="names are no keywords of Java",
        why="Generated Java spells them with a dollar sign.",
        wrong=in_field('{"name": "package", "type": "string"}'),
        right=in_field('{"name": "parcel", "type": "string"}'),
        check=name.unusable_in_java,
    ),
    Rule(
        id="GO_NAME",
        level=Level.STRICT,
        severity="warning",
        what="namespaces are no keywords of Go, and fields stay different when exported there",
        why="No package can have the name, or two fields become one identifier.",
        wrong=in_field(
            '{"name": "unit_price", "type": "double"},\n  {"name": "unitPrice", "type": "double"}'
        ),
        right=in_field(
            '{"name": "unit_price", "type": "double"},\n  {"name": "list_price", "type": "double"}'
        ),
        check=name.unusable_in_go,
    ),
    Rule(
        id="ORDER_SET",
        level=Level.STRICT,
        severity="warning",
        what="no field has an order of its own",
        why="Java leaves fields of order ignore out of equals, and sorts by it; other languages "
        "hardly know it, so "
        "two programs disagree whether two records are the same.",
        wrong=in_field('{"name": "note", "type": "string", "order": "ignore"}'),
        right=in_field('{"name": "note", "type": "string"}'),
        check=record.ordered,
    ),
    Rule(
        id="RECORD_WIDE",
        level=Level.STRICT,
        severity="warning",
        what="a record has at most 254 fields",
        why="A method of Java takes 255 parameters, so a generated class gets no constructor of all fields.",
        wrong=_fields(255),
        right=_fields(3),
        check=record.wide,
    ),
    Rule(
        id="NAME_LONG",
        level=Level.STRICT,
        severity="warning",
        what="a field name has at most 63 characters",
        why="PostgreSQL cuts longer column names off, and then two may be one.",
        wrong=in_field('{"name": "' + "_".join(["estimated"] * 7) + '", "type": "int"}'),
        right=in_field('{"name": "estimated", "type": "int"}'),
        check=name.long_names,
    ),
    Rule(
        id="IGNORE_UNUSED",
        level=Level.STRICT,
        severity="warning",
        what="`x-lint-ignore` stands only where its rule finds something",
        why="An exception that nobody needs any more hides the next violation.",
        wrong=in_field('{"name": "note", "type": "string", "x-lint-ignore": "ORDER_SET"}'),
        right=in_field('{"name": "note", "type": "string", "order": "ignore", "x-lint-ignore": "ORDER_SET"}'),
        check=exception.unused,
        fix="leaves the exception out",
    ),
)
