"""The rules of level BASIC: what works today, and hurts with the next change or in another language."""

from __future__ import annotations

from typing import Final

from avroforge_codegen.rules import alias, default, logical, name, record, union
from avroforge_codegen.rules.rule import Level, Rule, alone, in_field, together

BASIC: Final = (
    Rule(
        id="UNION_AMBIGUOUS",
        level=Level.BASIC,
        severity="warning",
        what="a value tells which branch of a union it belongs to",
        why="Python, JavaScript and JSON have one number, one text, one kind of object. Of two "
        "branches that look "
        "the same to them, each library picks one by its own rule, and what comes back may be another type.",
        wrong=in_field('{"name": "size", "type": ["int", "long"]}'),
        right=in_field('{"name": "size", "type": "long"}'),
        check=union.ambiguous,
    ),
    Rule(
        id="ENUM_NO_DEFAULT",
        level=Level.BASIC,
        severity="warning",
        what="an enum has a default symbol",
        why="Without one, a reader that does not know a new symbol fails: the enum can never grow "
        "under FORWARD or "
        "FULL.",
        wrong=alone(
            '{"type": "enum", "name": "State", "namespace": "shop", "symbols": ["NEW", "PAID"]}',
            "shop/State.avsc",
        ),
        right=alone(
            '{"type": "enum", "name": "State", "namespace": "shop", "symbols": ["UNKNOWN", "NEW", "PAID"], '
            '"default": "UNKNOWN"}',
            "shop/State.avsc",
        ),
        check=default.enum_without_default,
    ),
    Rule(
        id="NULLABLE_NO_DEFAULT",
        level=Level.BASIC,
        severity="warning",
        what="a nullable field whose union begins with null has the default null",
        why="Null is already what is meant where nothing is known. Without the default, data from "
        "before the field "
        "cannot be read, and the field can never be removed under FORWARD or FULL.",
        wrong=in_field('{"name": "note", "type": ["null", "string"]}'),
        right=in_field('{"name": "note", "type": ["null", "string"], "default": null}'),
        check=default.nullable_without_default,
    ),
    Rule(
        id="NULLABLE_NULL_LAST",
        level=Level.BASIC,
        severity="warning",
        what="null is the first branch of a nullable field that has no default",
        why="A default belongs to the first branch. With null behind, null can never become the "
        "default without "
        "changing the union's order, and with it the bytes.",
        wrong=in_field('{"name": "note", "type": ["string", "null"]}'),
        right=in_field('{"name": "note", "type": ["null", "string"], "default": null}'),
        check=default.null_last,
    ),
    Rule(
        id="UNION_SINGLE",
        level=Level.BASIC,
        severity="warning",
        what="a union has more than one branch",
        why="It costs a byte in every value, and libraries differ in whether its value is wrapped.",
        wrong=in_field('{"name": "id", "type": ["string"]}'),
        right=in_field('{"name": "id", "type": "string"}'),
        check=union.single,
    ),
    Rule(
        id="TYPE_NULL",
        level=Level.BASIC,
        severity="warning",
        what="a field can hold something",
        why="A field of type null has no bytes and no information; tables and Parquet have no column for it.",
        wrong=in_field('{"name": "reserved", "type": "null"}'),
        right=in_field('{"name": "reserved", "type": ["null", "string"], "default": null}'),
        check=union.only_null,
    ),
    Rule(
        id="DEFAULT_INEXACT",
        level=Level.BASIC,
        severity="error",
        what="a whole number as default is one that its float or double holds",
        why="Readers get the nearest float, which is another number than the schema says.",
        wrong=in_field('{"name": "limit", "type": "float", "default": 16777217}'),
        right=in_field('{"name": "limit", "type": "double", "default": 16777217}'),
        check=default.inexact,
    ),
    Rule(
        id="DEFAULT_BYTES_TEXT",
        level=Level.BASIC,
        severity="warning",
        what="a default of bytes is not written like text",
        why="Each character of the default is one byte (ISO 8859-1), so an umlaut is not its UTF-8: "
        "readers that "
        "decode the bytes as text get something else.",
        wrong=in_field('{"name": "unit", "type": "bytes", "default": "µm"}'),
        right=in_field('{"name": "unit", "type": "bytes", "default": "\\u00c2\\u00b5m"}'),
        check=default.bytes_as_text,
    ),
    Rule(
        id="DECIMAL_WIDE",
        level=Level.BASIC,
        severity="warning",
        what="a decimal has at most 38 digits",
        why="More than that, databases and query engines cannot store: they refuse the table or keep a text.",
        wrong=in_field(
            '{"name": "sum", "type": {"type": "bytes", "logicalType": "decimal", "precision": 64, '
            '"scale": 2}}'
        ),
        right=in_field(
            '{"name": "sum", "type": {"type": "bytes", "logicalType": "decimal", "precision": 38, '
            '"scale": 2}}'
        ),
        check=logical.wide_decimals,
    ),
    Rule(
        id="FIELD_CASE",
        level=Level.BASIC,
        severity="error",
        what="fields of a record differ in more than case",
        why="Column names are compared without case: of two such fields, a table keeps one.",
        wrong=in_field('{"name": "id", "type": "long"},\n  {"name": "ID", "type": "string"}'),
        right=in_field('{"name": "id", "type": "long"},\n  {"name": "code", "type": "string"}'),
        check=name.fields_by_case,
    ),
    Rule(
        id="TYPE_CASE",
        level=Level.BASIC,
        severity="error",
        what="full names differ in more than case",
        why="Files and classes are named after types; where file names ignore case, one overwrites "
        "the other.",
        wrong=together(
            {
                "shop/Id.avsc": '{"type": "fixed", "name": "Id", "namespace": "shop", "size": 16}',
                "shop/Other.avsc": '{"type": "fixed", "name": "ID", "namespace": "shop", "size": 8}',
            }
        ),
        right=together(
            {
                "shop/Id.avsc": '{"type": "fixed", "name": "Id", "namespace": "shop", "size": 16}',
                "shop/Other.avsc": '{"type": "fixed", "name": "ShortId", "namespace": "shop", "size": 8}',
            }
        ),
        check=name.types_by_case,
    ),
    Rule(
        id="PYTHON_NAME",
        level=Level.BASIC,
        severity="error",
        what="names are usable in Python as they are",
        why="Generated code has to call it something else, so schema and code no longer read the same.",
        wrong=in_field('{"name": "class", "type": "string"}'),
        right=in_field('{"name": "category", "type": "string"}'),
        check=name.unusable_in_python,
    ),
    Rule(
        id="RECORD_ERROR",
        level=Level.BASIC,
        severity="warning",
        what="a record is called a record",
        why='The type "error" belongs to protocols. Some libraries refuse it in a schema.',
        wrong=alone(
            '{"type": "error", "name": "Failure", "namespace": "shop", "fields": []}', "shop/Failure.avsc"
        ),
        right=alone(
            '{"type": "record", "name": "Failure", "namespace": "shop", "fields": []}', "shop/Failure.avsc"
        ),
        check=record.errors,
    ),
    Rule(
        id="ALIAS_USELESS",
        level=Level.BASIC,
        severity="warning",
        what="an alias is another name than the type's or field's own, and comes once",
        why="It has no effect, and mostly means that a rename was done in the wrong place.",
        wrong=in_field('{"name": "qty", "type": "int", "aliases": ["qty", "number"]}'),
        right=in_field('{"name": "qty", "type": "int", "aliases": ["number"]}'),
        check=alias.useless,
        fix="leaves the alias out",
        fix_changes="aliases",
    ),
)
