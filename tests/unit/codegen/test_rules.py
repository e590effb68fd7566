"""The rules as data, their levels, and what each leaves alone; what they print is in tests/golden."""

from __future__ import annotations

import json
from typing import Any

import pytest

from avroforge.schema import parse_schemas
from avroforge_codegen.rules import RULES, SchemaFile, check

GOOD: dict[str, Any] = {
    "type": "record",
    "name": "Order",
    "namespace": "shop",
    "doc": "An order.",
    "fields": [{"name": "id", "type": "string", "doc": "Its id."}],
}


def codes(
    schema: object, *, below_root: str = "shop/Order.avsc", levels: dict[str, str] | None = None
) -> list[str]:
    parsed = parse_schemas({"s/Order.avsc": json.dumps(schema)})["s/Order.avsc"]
    file = SchemaFile("s/Order.avsc", below_root, parsed)
    return [finding.diagnostic.code for finding in check([file], levels or {})]


def with_field(**field: object) -> dict[str, Any]:
    return {**GOOD, "fields": [{"name": "x", "doc": "It.", **field}]}


def test_codes_are_unique_and_purposes_are_sentences_of_one_line() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(rule.purpose and "\n" not in rule.purpose for rule in RULES)


def test_a_good_schema_has_no_finding() -> None:
    assert codes(GOOD) == []


def test_a_doc_of_blanks_is_no_doc() -> None:
    assert codes({**GOOD, "doc": " "}) == ["DOC_TYPE"]


def test_levels_of_the_settings_count() -> None:
    parsed = parse_schemas({"a": json.dumps({**GOOD, "doc": ""})})["a"]
    file = SchemaFile("a", "shop/Order.avsc", parsed)
    assert [finding.level for finding in check([file], {})] == ["error"]
    assert [finding.level for finding in check([file], {"DOC_TYPE": "warning"})] == ["warning"]
    assert check([file], {"DOC_TYPE": "off"}) == []


@pytest.mark.parametrize("path", ["Order.avsc", "shop/Orders.avsc", "SHOP/Order.avsc", "x/shop/Order.avsc"])
def test_a_path_that_is_not_the_full_name_is_found(path: str) -> None:
    assert codes(GOOD, below_root=path) == ["PATH_NAMESPACE"]


def test_a_file_named_by_itself_may_lie_in_any_schema_folder() -> None:
    assert codes(GOOD, below_root="/home/me/schemas/shop/Order.avsc") == []
    assert codes(GOOD, below_root="/home/me/myshop/Order.avsc") == ["PATH_NAMESPACE"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "long", "logicalType": "timestamp-millis"},
        {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2},
        {"type": "string", "note": "ours"},
        {"type": "string", "avro.java.string": "String"},
    ],
)
def test_what_has_its_effect_and_what_is_the_users_own_is_left_alone(schema: object) -> None:
    assert codes(with_field(type=schema)) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "logicalType": "date"},
        {"type": "bytes", "logicalType": "decimal", "precision": 2, "scale": 4},
        {"type": "array", "items": {"type": "long", "logicalType": "timestamp_millis"}},
        {"type": "map", "values": "long", "logicalType": "date"},
        ["null", {"type": "long", "logicalType": "timestamp-milli"}],
    ],
)
def test_a_logical_type_without_effect_is_found(schema: object) -> None:
    assert codes(with_field(type=schema)) == ["LOGICAL_IGNORED"]


def test_a_logical_type_of_ones_own_is_a_matter_of_taste() -> None:
    assert codes(with_field(type={"type": "string", "logicalType": "rfc3339-timestamp-millis"})) == [
        "LOGICAL_UNKNOWN"
    ]


@pytest.mark.parametrize("name", ["symbolDocs", "note", "java-class", "display"])
def test_an_attribute_of_ones_own_is_left_alone(name: str) -> None:
    assert codes(
        with_field(type={"type": "enum", "name": "E", "doc": "An E.", "symbols": ["A"], name: "x"})
    ) == ["FILE_ONE_TYPE"]


@pytest.mark.parametrize("name", ["defualt", "Default", "docs", "alias"])
def test_an_attribute_that_is_almost_one_of_the_specification_is_found(name: str) -> None:
    assert codes(with_field(type="string", **{name: "x"})) == ["ATTRIBUTE_TYPO"]


def test_a_recursive_type_is_walked_once() -> None:
    again = {"type": "array", "items": "Order"}
    assert codes(with_field(type=["null", again])) == []
