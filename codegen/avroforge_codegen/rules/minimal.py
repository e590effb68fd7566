"""The rules of level MINIMAL: what was written has no effect, or cannot be used."""

from __future__ import annotations

from typing import Final

from avroforge_codegen.rules import alias, attribute, default, exception, logical, union
from avroforge_codegen.rules.rule import Level, Rule, alone, in_field, together


def _ids() -> frozenset[str]:
    from avroforge_codegen.rules import RULES  # noqa: PLC0415 - the list that this file is a part of

    return frozenset(RULES)


MINIMAL: Final = (
    Rule(
        id="LOGICAL_IGNORED",
        level=Level.MINIMAL,
        severity="error",
        what="a logical type of the specification stands on the type that it is for",
        why="Avro tells readers to ignore a logical type on the wrong type, without an error: a date on a "
        "string is a string, everywhere, and nothing says so.",
        wrong=in_field('{"name": "due", "type": {"type": "long", "logicalType": "date"}}'),
        right=in_field('{"name": "due", "type": {"type": "int", "logicalType": "date"}}'),
        check=logical.ignored,
    ),
    Rule(
        id="LOGICAL_PLACE",
        level=Level.MINIMAL,
        severity="error",
        what="a logical type stands inside the type, not beside it on the field",
        why="On the field it is an attribute like any other: every reader sees the plain number.",
        wrong=in_field('{"name": "paid_at", "type": "long", "logicalType": "timestamp-millis"}'),
        right=in_field('{"name": "paid_at", "type": {"type": "long", "logicalType": "timestamp-millis"}}'),
        check=logical.on_field,
    ),
    Rule(
        id="DECIMAL_INVALID",
        level=Level.MINIMAL,
        severity="error",
        what="precision and scale of a decimal are ones that it can have",
        why="A decimal without a precision, with a scale above it, or with more digits than its "
        "fixed has room "
        "for, is ignored: readers get the raw bytes.",
        wrong=in_field('{"name": "sum", "type": {"type": "bytes", "logicalType": "decimal", "scale": 2}}'),
        right=in_field(
            '{"name": "sum", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}}'
        ),
        check=logical.decimals,
    ),
    Rule(
        id="ATTRIBUTE_TYPO",
        level=Level.MINIMAL,
        severity="error",
        what="attributes of the specification are spelled right",
        why="Unknown attributes are allowed, so a misspelt one is none at all: a `logicaltype` or a "
        "`defualt` "
        "passes every parser.",
        wrong=in_field('{"name": "id", "type": {"type": "string", "logicaltype": "uuid"}}'),
        right=in_field('{"name": "id", "type": {"type": "string", "logicalType": "uuid"}}'),
        check=attribute.misspelled,
    ),
    Rule(
        id="REFERENCE_ATTRIBUTES",
        level=Level.MINIMAL,
        severity="error",
        what="nothing stands beside the name of a type that is defined elsewhere",
        why="Of an object whose type is a name, only the name is read: a doc, a default or a logical "
        "type beside "
        "it is lost.",
        wrong=together(
            {
                "shop/Id.avsc": '{"type": "fixed", "name": "Id", "namespace": "shop", "size": 16}',
                "shop/Order.avsc": '{"type": "record", "name": "Order", "namespace": "shop", "fields": [\n'
                '  {"name": "id", "type": {"type": "shop.Id", "logicalType": "uuid"}}\n]}',
            }
        ),
        right=together(
            {
                "shop/Id.avsc": '{"type": "fixed", "name": "Id", "namespace": "shop", "size": 16, '
                '"logicalType": "uuid"}',
                "shop/Order.avsc": '{"type": "record", "name": "Order", "namespace": "shop", "fields": [\n'
                '  {"name": "id", "type": "shop.Id"}\n]}',
            }
        ),
        check=attribute.beside_reference,
    ),
    Rule(
        id="NAMESPACE_IGNORED",
        level=Level.MINIMAL,
        severity="error",
        what="a name with dots has no namespace beside it",
        why="The dots win, and the namespace is not read. Whoever changes it later changes nothing.",
        wrong=alone('{"type": "fixed", "name": "shop.Id", "namespace": "store", "size": 16}', "shop/Id.avsc"),
        right=alone('{"type": "fixed", "name": "shop.Id", "size": 16}', "shop/Id.avsc"),
        check=attribute.namespace_ignored,
        fix="leaves the namespace out",
    ),
    Rule(
        id="DEFAULT_LATER_BRANCH",
        level=Level.MINIMAL,
        severity="error",
        what="the default of a union belongs to its first branch",
        why="Until Avro 1.12 that was the rule, and most libraries keep to it: they refuse the "
        "schema, or take the "
        "default for a value of the first branch. Java's decoder gives another value without an error.",
        wrong=in_field('{"name": "note", "type": ["string", "null"], "default": null}'),
        right=in_field('{"name": "note", "type": ["null", "string"], "default": null}'),
        check=default.later_branch,
    ),
    Rule(
        id="DOC_NOT_TEXT",
        level=Level.MINIMAL,
        severity="error",
        what="a doc is a text",
        why="A list of lines, or an object of languages, is ignored.",
        wrong=in_field('{"name": "qty", "type": "int", "doc": ["How many", "pieces."]}'),
        right=in_field('{"name": "qty", "type": "int", "doc": "How many pieces."}'),
        check=attribute.doc_no_text,
    ),
    Rule(
        id="ALIAS_INVALID",
        level=Level.MINIMAL,
        severity="error",
        what="an alias is a name that a schema can have",
        why="No writer's schema can have it, so the alias never helps, and data under the name that "
        "was meant is "
        "lost.",
        wrong=in_field('{"name": "quantity", "type": "int", "aliases": ["qty-old"]}'),
        right=in_field('{"name": "quantity", "type": "int", "aliases": ["qty_old"]}'),
        check=alias.invalid,
    ),
    Rule(
        id="ALIAS_CLASH",
        level=Level.MINIMAL,
        severity="error",
        what="an alias is no other type's, or no other field's, name or alias",
        why="Readers refuse the data, take the first that fits, or fill both fields with one value; "
        "which, depends "
        "on the library.",
        wrong=in_field(
            '{"name": "qty", "type": "int"},\n  {"name": "count", "type": "int", "aliases": ["qty"]}'
        ),
        right=in_field(
            '{"name": "qty", "type": "int"},\n  {"name": "count", "type": "int", "aliases": ["number"]}'
        ),
        check=alias.clash,
    ),
    Rule(
        id="RECORD_ENDLESS",
        level=Level.MINIMAL,
        severity="error",
        what="a record that contains itself can come to an end",
        why="Without null, an array or a map on the way, every value needs another one inside it: "
        "nothing can be "
        "written.",
        wrong=in_field('{"name": "replaces", "type": "Order"}'),
        right=in_field('{"name": "replaces", "type": ["null", "Order"], "default": null}'),
        check=union.endless,
    ),
    Rule(
        id="TYPE_EMPTY",
        level=Level.MINIMAL,
        severity="error",
        what="unions have branches, and enums have symbols",
        why="Parsers take them, and no value can be written.",
        wrong=alone(
            '{"type": "enum", "name": "State", "namespace": "shop", "symbols": []}', "shop/State.avsc"
        ),
        right=alone(
            '{"type": "enum", "name": "State", "namespace": "shop", "symbols": ["NEW"]}', "shop/State.avsc"
        ),
        check=union.without_values,
    ),
    Rule(
        id="IGNORE_UNKNOWN",
        level=Level.MINIMAL,
        severity="error",
        what="`x-lint-ignore` names rules that there are",
        why="A misspelt exception excepts nothing.",
        wrong=in_field('{"name": "qty", "type": "int", "x-lint-ignore": "DOC_FEILD"}'),
        right=in_field(
            '{"name": "qty", "type": "int", "x-lint-ignore": {"DOC_FIELD": "the name says it all"}}'
        ),
        check=exception.unknown(_ids),
    ),
)
