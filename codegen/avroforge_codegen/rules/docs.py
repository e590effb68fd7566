"""The rules of level DOCS: documentation that says something."""

from __future__ import annotations

from typing import Final

from avroforge_codegen.rules import documentation
from avroforge_codegen.rules.rule import Level, Rule, alone, in_field

DOCS: Final = (
    Rule(
        id="DOC_TYPE",
        level=Level.DOCS,
        severity="error",
        what="every named type says what it is",
        why="It is the docstring of the generated class, and what a catalogue shows.",
        wrong=alone('{"type": "fixed", "name": "Id", "namespace": "shop", "size": 16}', "shop/Id.avsc"),
        right=alone(
            '{"type": "fixed", "name": "Id", "namespace": "shop", "doc": "A random UUID.", "size": 16}',
            "shop/Id.avsc",
        ),
        check=documentation.undocumented_types,
    ),
    Rule(
        id="DOC_FIELD",
        level=Level.DOCS,
        severity="error",
        what="every field says what it holds",
        why="Unit, range and what an empty value means are nowhere else.",
        wrong=in_field('{"name": "weight", "type": "double"}'),
        right=in_field('{"name": "weight", "type": "double", "doc": "Mass with packaging, in kilograms."}'),
        check=documentation.undocumented_fields,
    ),
    Rule(
        id="DOC_REPEATS_NAME",
        level=Level.DOCS,
        severity="warning",
        what="a doc says more than the name",
        why="It passes for documentation, and tells nothing.",
        wrong=in_field('{"name": "order_weight", "type": "double", "doc": "The weight of the order"}'),
        right=in_field(
            '{"name": "order_weight", "type": "double", "doc": "Mass with packaging, in kilograms."}'
        ),
        check=documentation.repeating,
    ),
    Rule(
        id="DOC_PLACEHOLDER",
        level=Level.DOCS,
        severity="warning",
        what="no doc is still to be written",
        why="It was meant to be filled in before release.",
        wrong=in_field('{"name": "weight", "type": "double", "doc": "TODO"}'),
        right=in_field('{"name": "weight", "type": "double", "doc": "Mass with packaging, in kilograms."}'),
        check=documentation.placeholders,
    ),
    Rule(
        id="DOC_DUPLICATE",
        level=Level.DOCS,
        severity="warning",
        what="fields of a record have docs of their own",
        why="One of them was copied and not changed, mostly.",
        wrong=in_field(
            '{"name": "net", "type": "double", "doc": "Mass, in kilograms."},\n'
            '  {"name": "gross", "type": "double", "doc": "Mass, in kilograms."}'
        ),
        right=in_field(
            '{"name": "net", "type": "double", "doc": "Mass without packaging, in kilograms."},\n'
            '  {"name": "gross", "type": "double", "doc": "Mass with packaging, in kilograms."}'
        ),
        check=documentation.copied,
    ),
    Rule(
        id="DOC_SPACE",
        level=Level.DOCS,
        severity="warning",
        what="a doc has no blanks at its start or end",
        why="They appear in generated code and pages, and make two equal docs differ.",
        wrong=in_field('{"name": "weight", "type": "double", "doc": " Mass, in kilograms. "}'),
        right=in_field('{"name": "weight", "type": "double", "doc": "Mass, in kilograms."}'),
        check=documentation.spaced,
        fix="takes the blanks away",
        fix_changes="docs",
    ),
)
