"""A set of files into models: references between files, circles, duplicates, order of findings."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from avroforge.errors import SchemaError
from avroforge.schema import RecordType, parse_schema, parse_schemas
from avroforge.schema.build import MAX_TYPE_DEPTH

if TYPE_CHECKING:
    from avroforge.schema import Schema


def record(name: str, **fields: object) -> str:
    listed = [{"name": field, "type": type_} for field, type_ in fields.items()]
    return json.dumps({"type": "record", "name": name, "fields": listed}, indent=1)


def findings(sources: dict[str, str], *, file_cycles: bool = False) -> list[str]:
    with pytest.raises(SchemaError) as caught:
        parse_schemas(sources, file_cycles=file_cycles)
    return [str(each) for each in caught.value.diagnostics]


def test_files_refer_to_each_other_in_any_order() -> None:
    sources = {
        "z.avsc": record("q.Z", a="A", b=["null", "q.B"]),
        "a.avsc": record("q.A", b="B"),
        "b.avsc": record("q.B", x="int"),
    }
    expected = parse_schemas(sources)
    assert list(expected) == ["z.avsc", "a.avsc", "b.avsc"]
    assert list(expected["z.avsc"].names) == ["q.Z", "q.A", "q.B"]
    assert expected["z.avsc"].defined == ("q.Z",)
    shuffled = list(sources.items())
    random.Random(3).shuffle(shuffled)  # noqa: S311 -- an order, not a secret
    again = parse_schemas(dict(shuffled))
    assert {path: schema.key for path, schema in again.items()} == {
        path: schema.key for path, schema in expected.items()
    }


def test_a_type_means_the_same_in_one_file_and_in_many() -> None:
    inner = {"type": "record", "name": "B", "namespace": "q", "fields": [{"name": "x", "type": "int"}]}
    one = parse_schema(record("q.A", b=inner, c="B"))
    many = parse_schemas({"a": record("q.A", b="q.B", c="q.B"), "b": json.dumps(inner)})
    assert many["a"].self_contained == one.self_contained
    assert many["a"].key == one.key
    assert many["a"].canonical_form == one.canonical_form


def test_nodes_are_shared_between_the_schemas_of_a_run() -> None:
    parsed = parse_schemas({"a": record("A", b="B"), "b": record("B", x="int")})
    root = parsed["a"].type
    assert isinstance(root, RecordType)
    assert root.fields[0].type is parsed["b"].type
    assert root.fields[0].type.position.path == "b"


def test_a_circle_of_files_is_refused_with_the_way_out() -> None:
    sources = {
        "s/a.avsc": record("q.A", b=["null", "B"]),
        "s/b.avsc": record("q.B", c=["null", "C"]),
        "s/c.avsc": record("q.C", a=["null", "A"]),
        "s/d.avsc": record("q.D", a="A"),
    }
    (found,) = findings(sources)
    assert found == (
        "s/a.avsc:9:5: FILE_CYCLE files refer to each other in a cycle: "
        "s/a.avsc -> s/b.avsc -> s/c.avsc -> s/a.avsc; "
        "put mutually recursive types in one file, or set file_cycles = true"
    )


def test_a_circle_of_files_works_when_it_is_allowed() -> None:
    sources = {"a": record("q.A", b=["null", "B"]), "b": record("q.B", a=["null", "A"])}
    parsed = parse_schemas(sources, file_cycles=True)
    assert list(parsed["a"].names) == ["q.A", "q.B"]
    assert list(parsed["b"].names) == ["q.B", "q.A"]
    for schema in parsed.values():
        assert parse_schema(schema.self_contained).key == schema.key


def test_a_circle_may_enter_a_file_at_a_later_definition() -> None:
    sources = {
        "a": "[" + record("q.A", c=["null", "q.B2"]) + "]",
        "b": "[" + record("q.B1", a=["null", "q.A"]) + "," + record("q.B2", x="int") + "]",
    }
    parsed = parse_schemas(sources, file_cycles=True)
    assert parsed["b"].defined == ("q.B1", "q.B2")
    assert parsed["a"].names["q.B2"] is parsed["b"].names["q.B2"]


def test_another_definition_in_another_file_names_both_places() -> None:
    found = findings({"x/b": record("q.B", a="int"), "x/a": record("q.B", a="long")})
    assert "\n".join(found) == (
        "x/b:3:10: NAME_DUPLICATE duplicate definition of 'q.B' (first at x/a:3:10); "
        "keep one definition, or make both identical"
    )


def test_the_same_definition_in_another_file_is_tolerated() -> None:
    inline = record("q.A", b=json.loads(record("B", x="int")))
    parsed = parse_schemas({"a": inline, "b": record("q.B", x="int"), "c": record("q.C", a="A", b="B")})
    assert parsed["b"].key == parse_schema(record("q.B", x="int")).key
    assert parse_schema(parsed["c"].self_contained).key == parsed["c"].key


def test_every_error_of_every_file_comes_in_order() -> None:
    sources = {
        "c": record("q.C", a="Nothing"),
        "a": record("q.A", x="strin", y="int", z="Missing"),
        "b": record("q.B", a="A")[:-1],
    }
    places = [line.split(" ")[:2] for line in findings(sources)]
    assert places == [
        ["a:7:12:", "REFERENCE_UNKNOWN"],
        ["a:15:12:", "REFERENCE_UNKNOWN"],
        ["b:10:1:", "JSON_SYNTAX"],
        ["c:7:12:", "REFERENCE_UNKNOWN"],
    ]


def test_a_name_that_an_unreadable_file_defines_is_no_second_error() -> None:
    found = findings({"a": record("q.A", b="B", c="Q"), "b": record("q.B", x="int")[:-1]})
    assert [line.split(" ")[1] for line in found] == ["REFERENCE_UNKNOWN", "JSON_SYNTAX"]
    assert "'Q'" in found[0]


def test_guesses_across_files() -> None:
    (found,) = findings({"a": record("q.A", b="r.Bill"), "b": record("q.Bill", x="int")})
    assert found.endswith("unknown type 'r.Bill'; did you mean 'q.Bill'?")


def test_a_hidden_null_namespace_type_cannot_be_in_two_files() -> None:
    hidden = {"type": "record", "name": "q.Q", "fields": [
        {"name": "z", "type": {"type": "fixed", "name": "Z", "namespace": "", "size": 1}}]}  # fmt: skip
    sources = {"q": json.dumps(hidden), "a": '{"type": "fixed", "name": "Z", "size": 1}'}
    assert "NAME_DUPLICATE" in findings(sources)[0]


def chain(length: int, *, backwards: bool) -> dict[str, str]:
    """Files that each refer to the next one, sorted first to last or last to first."""
    return {
        f"{length - each if backwards else each:05}": record(
            f"q.T{each}", next=f"T{each + 1}" if each < length - 1 else "int"
        )
        for each in range(length)
    }


@pytest.mark.parametrize("backwards", [False, True])
def test_a_chain_of_files_may_be_as_deep_as_types_may_nest(backwards: bool) -> None:
    parsed = parse_schemas(chain(MAX_TYPE_DEPTH, backwards=backwards))
    deepest: Schema = max(parsed.values(), key=lambda each: len(each.names))
    assert len(deepest.names) == MAX_TYPE_DEPTH
    assert parse_schema(deepest.self_contained).key == deepest.key


@pytest.mark.parametrize("backwards", [False, True])
def test_a_longer_chain_of_files_is_an_error_and_no_crash(backwards: bool) -> None:
    found = findings(chain(1500, backwards=backwards))
    assert len(found) == 1500 - MAX_TYPE_DEPTH
    assert all(" DEPTH " in line for line in found)


def test_a_longer_circle_of_files_is_an_error_and_no_crash() -> None:
    sources = {f"{each:04}": record(f"T{each}", next=["null", f"T{(each + 1) % 900}"]) for each in range(900)}
    assert " DEPTH " in findings(sources, file_cycles=True)[0]
    assert " FILE_CYCLE " in findings(sources)[0]
