"""What rules find and leave alone beside their examples; what the command prints is in tests/golden."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.lint.harness import files_of, lint

from avroforge_codegen.rules.check import check
from avroforge_codegen.rules.fixing import fixed_texts
from avroforge_codegen.rules.selection import select

GOOD: dict[str, Any] = {
    "type": "record",
    "name": "Order",
    "namespace": "shop",
    "doc": "What was bought.",
    "fields": [{"name": "id", "type": "string", "doc": "Given by the shop."}],
}


def codes(schema: object, *names: str, below_root: str = "shop/Order.avsc") -> list[str]:
    files = files_of({below_root: json.dumps(schema)})
    return [finding.diagnostic.code for finding in check(files, select(names or ["STANDARD", "DOCS"]))]


def found_in(field: dict[str, Any] | str, *names: str) -> list[str]:
    """What rules say of a record with one field."""
    text = field if isinstance(field, str) else json.dumps(field)
    head = '{"type": "record", "name": "Order", "namespace": "shop", "fields": ['
    return [each.diagnostic.message for each in lint({"shop/Order.avsc": f"{head}{text}]}}"}, *names)]


def with_field(**field: object) -> dict[str, Any]:
    return {**GOOD, "fields": [{"name": "x", "doc": "What it is.", **field}]}


def test_a_good_schema_has_no_finding() -> None:
    assert codes(GOOD) == []


def test_a_doc_of_blanks_is_no_doc() -> None:
    assert codes({**GOOD, "doc": " "}) == ["DOC_TYPE"]


def test_severities_of_the_settings_count() -> None:
    (file,) = files_of({"shop/Order.avsc": json.dumps({**GOOD, "doc": ""})})
    assert [each.severity for each in check([file], select(["DOCS"]))] == ["error"]
    assert [each.severity for each in check([file], select(["DOCS"], (), {"DOC_TYPE": "warning"}))] == [
        "warning"
    ]
    assert check([file], select(["DOCS"], ["DOC_TYPE"])) == []
    assert check([file], select(["DOCS"], ["DOCS"])) == []


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
        {"type": "array", "items": {"type": "long", "logicalType": "timestamp_millis"}},
        {"type": "map", "values": "long", "logicalType": "date"},
        [{"type": "long", "logicalType": "timestamp-milli"}, "string"],
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
        with_field(type={"type": "enum", "name": "E", "doc": "What it is.", "symbols": ["A"], name: "x"})
    ) == ["ENUM_NO_DEFAULT", "FILE_ONE_TYPE"]


@pytest.mark.parametrize("name", ["defualt", "Default", "docs", "alias"])
def test_an_attribute_that_is_almost_one_of_the_specification_is_found(name: str) -> None:
    assert codes(with_field(type="string", **{name: "x"})) == ["ATTRIBUTE_TYPO"]


def test_a_recursive_type_is_walked_once() -> None:
    again = {"type": "array", "items": "Order"}
    assert codes(with_field(type=["null", again], default=None)) == []


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"scale": 2}, "expected a precision of 1 or more, got none"),
        ({"precision": 0}, "expected a precision of 1 or more, got 0"),
        ({"precision": "9"}, "expected a precision of 1 or more, got '9'"),
        ({"precision": 2, "scale": 4}, "expected a scale of at most the precision 2, got 4"),
        ({"precision": 2, "scale": -1}, "expected a scale of 0 or more, got -1"),
    ],
)
def test_a_decimal_says_what_is_wrong_with_it(attributes: dict[str, object], reason: str) -> None:
    (message,) = found_in(
        {"name": "x", "type": {"type": "bytes", "logicalType": "decimal", **attributes}}, "MINIMAL"
    )
    assert message == f"the decimal is ignored: readers see plain bytes; {reason}"


def test_a_decimal_that_its_fixed_has_no_room_for() -> None:
    fixed = {"type": "fixed", "name": "D", "size": 4, "logicalType": "decimal", "precision": 10}
    (message,) = found_in({"name": "x", "type": fixed}, "MINIMAL")
    assert message.endswith("4 bytes hold 9 digits, got a precision of 10")


@pytest.mark.parametrize(
    ("union", "found"),
    [
        (["null", "int", "string"], False),
        (["int", "double"], True),
        (["bytes", {"type": "fixed", "name": "F", "size": 2}], True),
        (["string", {"type": "enum", "name": "E", "symbols": ["A"]}], True),
        ([{"type": "map", "values": "int"}, {"type": "record", "name": "R", "fields": []}], True),
        (["long", {"type": "int", "logicalType": "date"}], False),
        (["string", {"type": "bytes", "logicalType": "decimal", "precision": 4}], False),
    ],
)
def test_branches_that_look_alike(union: list[object], found: bool) -> None:
    assert bool(found_in({"name": "x", "type": union}, "UNION_AMBIGUOUS")) is found


def test_records_of_one_union_are_told_apart_by_their_fields() -> None:
    def record(name: str, *fields: str) -> dict[str, object]:
        return {"type": "record", "name": name, "fields": [{"name": each, "type": "int"} for each in fields]}

    assert found_in({"name": "x", "type": [record("A", "a"), record("B", "b")]}, "UNION_AMBIGUOUS") == []
    (message,) = found_in({"name": "x", "type": [record("A", "a"), record("B", "a")]}, "UNION_AMBIGUOUS")
    assert message.startswith("'shop.A' and 'shop.B' of one union are the same fields")


@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        ("created_at", "long", True),
        ("createdAt", "int", True),
        ("date", "int", True),
        ("ts", "long", True),
        ("timestamp_utc", "long", True),
        ("update", "long", False),
        ("at_bats", "int", False),
        ("created_at", "string", False),
    ],
)
def test_names_of_times(name: str, kind: str, found: bool) -> None:
    assert bool(found_in({"name": name, "type": ["null", kind]}, "TIMESTAMP_PLAIN")) is found


def test_endless_records_through_others() -> None:
    texts = {
        "a/A.avsc": '{"type": "record", "name": "a.A", "fields": [{"name": "b", "type": {"type": "record", '
        '"name": "B", "fields": [{"name": "a", "type": "A"}]}}, {"name": "c", "type": {"type": "record", '
        '"name": "C", "fields": [{"name": "a", "type": {"type": "array", "items": "A"}}]}}]}'
    }
    assert [each.diagnostic.message.split()[1] for each in lint(texts, "RECORD_ENDLESS")] == [
        "'a.A'",
        "'a.B'",
    ]


def test_a_byte_default_spelled_with_an_escape_is_meant_as_bytes() -> None:
    assert found_in(r'{"name": "x", "type": "bytes", "default": "\u00ff"}', "DEFAULT_BYTES_TEXT") == []
    assert found_in('{"name": "x", "type": ["null", "bytes"], "default": "\u00ff"}', "DEFAULT_BYTES_TEXT")
    assert found_in('{"name": "x", "type": "string", "default": "\u00ff"}', "DEFAULT_BYTES_TEXT") == []


@pytest.mark.parametrize("default", [0, 16777216, -3])
def test_whole_numbers_that_a_float_holds(default: int) -> None:
    assert found_in({"name": "x", "type": "float", "default": default}, "DEFAULT_INEXACT") == []


IGNORED = {
    "a rule": '"STYLE_FIELD"',
    "a list": '["DOC_FIELD", "STYLE_FIELD"]',
    "reasons": '{"STYLE_FIELD": "theirs"}',
}


@pytest.mark.parametrize("value", IGNORED.values(), ids=list(IGNORED))
def test_a_field_makes_an_exception_for_itself(value: str) -> None:
    field = f'{{"name": "orderId", "type": "string", "x-lint-ignore": {value}}}'
    assert found_in(field, "STYLE_FIELD", "IGNORE_UNKNOWN") == []
    assert found_in(f'{field}, {{"name": "aB", "type": "int"}}', "STYLE_FIELD") == [
        "expected a field name in snake_case, got 'aB' in 'shop.Order'"
    ]


def test_a_type_makes_an_exception_for_everything_inside_it() -> None:
    field = {
        "name": "x",
        "type": {
            "type": "record",
            "name": "theirs",
            "fields": [{"name": "aB", "type": "int"}],
            "x-lint-ignore": ["STYLE_FIELD", "STYLE_TYPE"],
        },
    }
    assert found_in(field, "STYLE_FIELD", "STYLE_TYPE", "IGNORE_UNUSED") == []
    (message,) = found_in(field, "STYLE_FIELD", "IGNORE_UNKNOWN", "DOC_FIELD")[:1]
    assert "has no doc" in message


@pytest.mark.parametrize("value", ["3", "[3]", '{"STYLE_FIELD": 3}'])
def test_an_exception_of_another_shape_is_a_finding(value: str) -> None:
    (message,) = found_in(f'{{"name": "x", "type": "int", "x-lint-ignore": {value}}}', "MINIMAL")
    assert message == "'x-lint-ignore': expected a rule, a list of rules, or an object of rule and reason"


def test_an_exception_inside_a_default_is_data() -> None:
    field = '{"name": "x", "type": {"type": "map", "values": "int"}, "default": {"x-lint-ignore": 3}}'
    assert found_in(field, "MINIMAL") == []


def test_paths_are_files_folders_and_patterns() -> None:
    bad = json.dumps({**GOOD, "doc": ""})
    for path, kept in {
        "schemas/shop/Order.avsc": True,
        "schemas/shop": True,
        "./schemas/": True,
        "schemas/*/Order.avsc": True,
        "**/Order.avsc": True,
        "schemas/sho": False,
        "Order.avsc": False,
    }.items():
        for name in ("DOC_TYPE", "DOCS", "*"):
            selection = select(["DOCS"], ignore={name: [path]})
            assert (check(files_of({"schemas/shop/Order.avsc": bad}), selection) == []) is kept, (path, name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["STANDRD"],), "no rule is called 'STANDRD'; did you mean 'STANDARD'?"),
        ((["doc_field"],), "no rule is called 'doc_field'; did you mean 'DOC_FIELD'?"),
        ((["DOCS"], ["X"]), "no rule is called 'X'; `avroforge lint --list` names them"),
        ((["DOCS"], [], {"DOCS": "error"}), "no rule is called 'DOCS'"),
    ],
)
def test_unknown_names_are_refused_with_a_guess(arguments: Any, message: str) -> None:  # noqa: ANN401 - any shape
    with pytest.raises(ValueError, match="no rule is called") as caught:
        select(*arguments)
    assert str(caught.value).startswith(message)


def test_a_level_taken_out_leaves_those_that_it_builds_on() -> None:
    chosen = {rule.level for rule in select(["STRICT"], ["STANDARD"]).rules}
    assert chosen == {"MINIMAL", "BASIC", "DOCS", "STRICT"}


def test_fixes_that_touch_each_other_are_made_one_after_the_other() -> None:
    field = '{"name": "x", "type": "int", "aliases": ["x", "y", "y", "x"]}'
    text = f'{{"type": "record", "name": "A", "fields": [{field}]}}'
    texts = {"A.avsc": text}
    for _ in range(3):
        texts |= fixed_texts(texts, lint(texts, "ALIAS_USELESS"))
    assert '"aliases": ["y"]' in texts["A.avsc"]
    texts = {"A.avsc": text.replace(', "y", "y"', "")}
    for _ in range(3):
        texts |= fixed_texts(texts, lint(texts, "ALIAS_USELESS"))
    assert '{"name": "x", "type": "int"}' in texts["A.avsc"]
