"""Apache Java 1.12.1 on 1,262 schemas: what it accepts, which canonical form and fingerprints it computes."""

from __future__ import annotations

import gzip
import json
import os
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from avroforge.errors import SchemaError
from avroforge.schema import JsonValue, RecordField, RecordType, Schema, parse_schema
from avroforge.schema.walk import nodes

if TYPE_CHECKING:
    from avroforge.schema import AvroType

SHARED = Path(os.environ.get("AVROFORGE_SHARED", Path(__file__).parents[3] / "shared"))
CONFORMANCE = SHARED / "conformance"
DIFFERENCES = Path(__file__).with_name("schema_verdict_differences.json")

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        not (CONFORMANCE / "schema_verdicts_java.jsonl.gz").exists(),
        reason=f"no oracle files under {CONFORMANCE}; set AVROFORGE_SHARED",
    ),
]


def rows(name: str) -> list[dict[str, Any]]:
    text = gzip.decompress((CONFORMANCE / name).read_bytes()).decode()
    return [json.loads(line) for line in text.split("\n") if line]


@cache
def outcome(path: str) -> Schema | SchemaError:
    text = (SHARED / "corpus" / path).read_text(encoding="utf-8")
    try:
        return parse_schema(text, path=path)
    except SchemaError as error:
        return error


def accepted() -> list[Schema]:
    found = [outcome(row["schema"]) for row in rows("schema_verdicts_java.jsonl.gz")]
    return [each for each in found if isinstance(each, Schema)]


def test_verdicts_differ_from_java_only_where_the_list_says_so() -> None:
    listed = {each["schema"]: each for each in json.loads(DIFFERENCES.read_text(encoding="utf-8"))}
    differing = {}
    for row in rows("schema_verdicts_java.jsonl.gz"):
        found = outcome(row["schema"])
        ours = "accepted" if isinstance(found, Schema) else found.code
        if (ours == "accepted") is not (row["java"] == "accepted"):
            differing[row["schema"]] = ours
    assert differing == {path: each["avroforge"] for path, each in listed.items()}
    assert all(len(each["reason"]) > 20 for each in listed.values())


def test_canonical_forms_and_fingerprints_are_java_s() -> None:
    compared = 0
    for row in rows("fingerprints_java.jsonl.gz"):
        found = outcome(row["schema"])
        if "error" in row or isinstance(found, SchemaError):
            continue
        compared += 1
        canonical = found.canonical_form
        assert row.get("canonical", canonical) == canonical, row["schema"]
        assert len(canonical.encode()) == row["canonical_len"], row["schema"]
        assert found.fingerprint("CRC-64-AVRO").hex() == row["crc64_le"], row["schema"]
        assert found.fingerprint("MD5").hex() == row["md5"], row["schema"]
        assert found.fingerprint("SHA-256").hex() == row["sha256"], row["schema"]
    refused = sum(
        each["schema"].startswith("valid/") and each["avroforge"] != "accepted"
        for each in json.loads(DIFFERENCES.read_text(encoding="utf-8"))
    )
    assert compared == 1042 - refused


def test_the_canonical_form_of_what_only_lenient_parsing_takes_is_java_s_too() -> None:
    compared = 0
    for row in rows("fingerprints_java.jsonl.gz"):
        if "error" in row or isinstance(outcome(row["schema"]), Schema):
            continue
        text = (SHARED / "corpus" / row["schema"]).read_text(encoding="utf-8")
        try:
            schema = parse_schema(text, lenient=True)
        except SchemaError as error:
            assert error.code == "NAME_INVALID"  # noqa: PT017 -- names are checked in any case
            continue
        compared += 1
        assert schema.fingerprint("SHA-256").hex() == row["sha256"], row["schema"]
    assert compared


def meaning(node: AvroType) -> list[object]:
    """Everything a type says, for comparison: nodes compare by identity."""
    found: list[object] = []
    for each, depth in nodes(node):
        slots = {
            name: getattr(each, name) for name in type(each).__slots__ if name not in ("position", "fields")
        }
        plain = {name: value for name, value in slots.items() if _is_plain(value)}
        fields = [_field(field) for field in each.fields] if isinstance(each, RecordType) else []
        found.append((type(each).__name__, depth, plain, fields))
    return found


def _is_plain(value: object) -> bool:
    return not hasattr(value, "position") and not (isinstance(value, tuple) and any(map(_has_place, value)))


def _has_place(value: object) -> bool:
    return hasattr(value, "position")


def _field(field: RecordField) -> tuple[JsonValue | object, ...]:
    return (field.name, repr(field.default), field.doc, field.aliases, field.order, dict(field.properties))


def test_the_self_contained_text_parses_to_an_equal_model() -> None:
    schemas = accepted()
    assert len(schemas) > 1000
    for schema in schemas:
        again = parse_schema(schema.self_contained)
        assert meaning(again.type) == meaning(schema.type), schema.path
        assert again.self_contained == schema.self_contained, schema.path
        assert again.key == schema.key, schema.path
        assert again.canonical_form == schema.canonical_form, schema.path
        assert list(again.names) == list(schema.names), schema.path


def test_another_layout_of_the_text_gives_the_same_key() -> None:
    for schema in accepted():
        if len(schema.text) < 20_000:
            again = parse_schema(json.dumps(json.loads(schema.text), indent=3))
            assert again.key == schema.key, schema.path


def test_every_finding_has_a_place_inside_its_text() -> None:
    for row in rows("schema_verdicts_java.jsonl.gz"):
        found = outcome(row["schema"])
        if isinstance(found, SchemaError):
            lines = (SHARED / "corpus" / row["schema"]).read_text(encoding="utf-8").split("\n")
            for each in found.diagnostics:
                assert 1 <= each.line <= len(lines)
                assert 1 <= each.column <= len(lines[each.line - 1])


def test_files_that_need_another_file_say_which_name_is_missing() -> None:
    for row in rows("schema_verdicts_java.jsonl.gz"):
        if row["schema"].startswith("xref/") and row["java"] != "accepted":
            found = outcome(row["schema"])
            assert isinstance(found, SchemaError)
            codes = {each.code for each in found.diagnostics}
            # one file of the folder has a number for a type
            assert codes & {"REFERENCE_UNKNOWN", "TYPE_UNKNOWN"}, row["schema"]


def test_what_is_no_json_is_refused_with_its_place() -> None:
    for file in sorted((SHARED / "corpus" / "invalid_json").iterdir()):
        with pytest.raises(SchemaError) as caught:
            parse_schema(file.read_text(encoding="utf-8"), path=file.name)
        assert {each.code for each in caught.value.diagnostics} <= {"JSON_SYNTAX", "JSON_DUPLICATE_KEY"}
        assert caught.value.line > 0


def test_the_whole_corpus_parses_in_seconds() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((SHARED / "corpus" / "valid").iterdir())]
    start = time.perf_counter()
    for text in texts:
        try:
            parse_schema(text)
        except SchemaError:
            continue
    # about half a second on the machine it was written on; the bound only catches a change of order
    assert time.perf_counter() - start < 10
