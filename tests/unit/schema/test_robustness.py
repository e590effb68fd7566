"""Whatever looks like a schema gives a model or a `SchemaError` with places, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avroforge.errors import SchemaError
from avroforge.schema import parse_schema, parse_schemas

NAMES = st.sampled_from(["A", "B", "n.A", "n.B", "C", "int", "1x", ""])
VALUES: st.SearchStrategy[object] = st.sampled_from(
    [None, True, 0, -1, 1.5, 1 << 40, "", "A", "null", [], {}, [1], {"f": 1}, {"f": {}}]
)
LEAVES = st.sampled_from(["null", "int", "string", "bytes"]) | NAMES | VALUES


def _object(type_: str, **attributes: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    optional = {
        "namespace": st.sampled_from(["", "n", "m.n", None, 3]),
        "aliases": st.lists(NAMES, max_size=2) | VALUES,
        "default": VALUES,
        "logicalType": st.sampled_from(["decimal", "uuid", "date"]),
        "precision": VALUES,
        "custom": VALUES,
    }
    return st.fixed_dictionaries({"type": st.just(type_), **attributes}, optional=optional)


def _inside(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    field = st.fixed_dictionaries(
        {"name": st.sampled_from(["f", "g", "h"]), "type": inner},
        optional={"default": VALUES, "order": VALUES},
    )
    return (
        st.lists(inner, max_size=3)
        | _object("array", items=inner)
        | _object("map", values=inner)
        | _object("record", name=NAMES, fields=st.lists(field, max_size=3))
        | _object("enum", name=NAMES, symbols=st.lists(NAMES, max_size=3))
        | _object("fixed", name=NAMES, size=st.sampled_from([0, 1, 12, 16, -1, 1.5]))
        | _object("bytes")
    )


SCHEMAS = st.recursive(LEAVES, _inside, max_leaves=10)


@settings(max_examples=300)
@given(st.lists(SCHEMAS, min_size=1, max_size=3), st.booleans())
def test_files_of_anything_parse_or_say_where_not(roots: list[object], file_cycles: bool) -> None:
    sources = {f"{each}.avsc": json.dumps(root) for each, root in enumerate(roots)}
    try:
        parsed = parse_schemas(sources, file_cycles=file_cycles)
    except SchemaError as error:
        assert all(each.line >= 1 <= each.column and each.path in sources for each in error.diagnostics)  # noqa: PT017
        return
    for schema in parsed.values():
        again = parse_schema(schema.self_contained)
        assert again.key == schema.key
        assert list(again.names) == list(schema.names)


@given(SCHEMAS)
def test_lenient_parsing_takes_whatever_strict_parsing_takes(root: object) -> None:
    text = json.dumps(root)
    try:
        strict = parse_schema(text)
    except SchemaError:
        try:
            schema = parse_schema(text, lenient=True)
        except SchemaError:
            return
        assert schema.key
        return
    assert parse_schema(text, lenient=True).key == strict.key


def test_a_type_inside_a_record_without_a_name_may_be_known_elsewhere_too() -> None:
    enum = {"type": "enum", "name": "E", "symbols": ["A"]}
    nameless = {"type": "record", "name": 3, "fields": [{"name": "e", "type": enum}]}
    with pytest.raises(SchemaError) as caught:
        parse_schemas({"a": json.dumps(enum), "b": json.dumps(nameless)})
    assert [each.code for each in caught.value.diagnostics] == ["ATTRIBUTE_TYPE"]
