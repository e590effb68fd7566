"""The JSON scanner against the standard library's reader, plus what it adds: offsets and strictness."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avroforge.schema.scan import JsonArray, JsonObject, ScanError, Source, plain, scan

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_JSON = st.recursive(
    _SCALARS | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=20,
)


def read(text: str) -> Any:  # noqa: ANN401 -- any JSON value
    root, _, findings = scan(Source(text, "x.avsc"))
    assert findings == []
    return plain(root)


@given(_JSON, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_reads_what_the_standard_library_writes(
    value: object, indent: int | str | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert read(text) == value


@given(st.text(st.sampled_from('{}[]:,"\\ \n\t-+.0129eEntrufalsxu/\x00\ufeff'), max_size=12))
def test_accepts_and_refuses_the_same_texts_as_the_standard_library(text: str) -> None:
    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        expected = json.loads(text, parse_constant=refuse)
    except ValueError:
        with pytest.raises(ScanError):
            scan(Source(text, "x.avsc"))
        return
    try:
        root, _, _ = scan(Source(text, "x.avsc"))
    except ScanError as fault:
        assert fault.diagnostic.code == "JSON_NUMBER"  # noqa: PT017 -- only then may it refuse
        return
    if not isinstance(root, dict):  # a member that comes twice: we keep the first
        assert plain(root) == expected


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "got the end of the text"),
        ("  \n\t", 2, 2, "got the end of the text"),
        ('\ufeff"int"', 1, 1, "byte order mark"),
        ("\x00", 1, 1, r"got '\x00'"),
        ('"a\x00b"', 1, 3, "control character"),
        ('"a\nb"', 1, 3, "control character"),
        ('"int', 1, 1, "without its closing quote"),
        ('"\\x"', 1, 2, "escape"),
        ('"\\u12"', 1, 3, "escape"),
        ('"\\ud800"', 1, 1, "lone surrogate"),
        ('["\ud800"]', 1, 3, "lone surrogate"),
        ('{"type": "int",\n}', 2, 1, "trailing comma"),
        ("[1, 2,]", 1, 7, "trailing comma"),
        ('{"a" 1}', 1, 6, "expected ':'"),
        ("{'a': 1}", 1, 2, "name in double quotes"),
        ('{"a": 1 // why\n}', 1, 9, "no comments"),
        ('{"a": [1}', 1, 9, "expected ']', got '}'"),
        ('{"a": {]}', 1, 8, "expected '}', got ']'"),
        ('{"a": 1', 1, 8, "got the end of the text"),
        ('"int" "long"', 1, 7, "expected the end"),
        ("01", 1, 1, "got '01'"),
        ("1.", 1, 1, "got '1.'"),
        ("+1", 1, 1, "got '+1'"),
        ("NaN", 1, 1, "got 'NaN'"),
        ("True", 1, 1, "got 'True'"),
    ],
)
def test_points_at_the_place_where_a_text_stops_being_json(
    text: str, line: int, column: int, words: str
) -> None:
    with pytest.raises(ScanError) as caught:
        scan(Source(text, "x.avsc"))
    found = caught.value.diagnostic
    assert (found.code, found.path, found.line, found.column) == ("JSON_SYNTAX", "x.avsc", line, column)
    assert words in found.message


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_refuses_any_depth_without_recursion(opening: str) -> None:
    with pytest.raises(ScanError) as caught:
        scan(Source(opening * 100_000, "x.avsc"))
    assert caught.value.diagnostic.code == "DEPTH"


@pytest.mark.parametrize("literal", ["9" * 5000, "-" + "9" * 401, "1e999", "-1e999"])
def test_refuses_numbers_that_nothing_can_hold(literal: str) -> None:
    with pytest.raises(ScanError) as caught:
        scan(Source(f'{{"size":\n {literal}}}', "x.avsc"))
    found = caught.value.diagnostic
    assert (found.code, found.line, found.column) == ("JSON_NUMBER", 2, 2)


def test_reports_every_duplicate_member_and_keeps_the_first() -> None:
    root, _, findings = scan(Source('{"a": 1,\n "a": 2,\n "\\u0061": 3}', "x.avsc"))
    assert plain(root) == {"a": 1}
    assert [(each.code, each.line, each.column) for each in findings] == [
        ("JSON_DUPLICATE_KEY", 2, 2),
        ("JSON_DUPLICATE_KEY", 3, 2),
    ]


def test_remembers_where_every_value_starts() -> None:
    text = ' {"a": [1, "b"], "c": {"d": null}}'
    root, at, _ = scan(Source(text, "x.avsc"))
    assert isinstance(root, JsonObject)
    assert (at, root.at) == (1, 1)
    inner = root["a"]
    assert isinstance(inner, JsonArray)
    assert [text[place] for place in inner.places] == ["1", '"']
    assert text[root.places["c"] :].startswith('{"d"')


def test_counts_columns_in_code_points() -> None:
    source = Source('["\U0001f600é",\r\n 1]', "x.avsc")
    root, _, _ = scan(source)
    assert isinstance(root, JsonArray)
    assert source.position(root.places[1]) == (2, 2, "x.avsc")
    assert source.position(5) == (1, 6, "x.avsc")
