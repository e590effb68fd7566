"""``avroforge generate --verify``: a defect of the generator is caught before anything is written."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest

from avroforge.errors import MissingExtraError
from avroforge.schema import parse_schemas
from avroforge_codegen import pipeline
from avroforge_codegen.cli import run
from avroforge_codegen.options import Options
from avroforge_codegen.verification import Report, verify_package
from avroforge_codegen.verification.in_memory import imported

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POINT = {
    "type": "record",
    "name": "Point",
    "namespace": "plane",
    "fields": [
        {"name": "x", "type": "double"},
        {"name": "y", "type": "double"},
        {"name": "name", "type": ["null", "string"]},
        {"name": "marks", "type": {"type": "array", "items": "long"}},
    ],
}
SOURCES = {"plane/Point.avsc": json.dumps(POINT)}


def field_of(kind: object) -> dict[str, str]:
    fields = [{"name": "value", "type": kind}]
    return {"R.avsc": json.dumps({"type": "record", "name": "R", "fields": fields})}


def verified(sources: dict[str, str], change: Callable[[str], str] = str, **options: Any) -> Report:  # noqa: ANN401 - any of them
    chosen = Options(package="p", **options)
    files = pipeline.generate(sources, package="p", options=chosen)
    changed = {path: change(text) for path, text in files.items()}
    assert change is str or changed != files
    return verify_package(changed, parse_schemas(sources))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"arrays": "numpy"},
        {"modules": "single"},
        {"modules": "type"},
        {"frozen": True},
        {"enums": "str"},
        {"logical_types": "raw"},
    ],
    ids=str,
)
def test_right_code_passes_whatever_the_options(options: dict[str, Any]) -> None:
    report = verified(SOURCES, **options)
    assert (report.types, report.mismatches, report.silences) == (1, (), ())
    assert report.values == 8


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r"v1 = o\.x", "v1 = o.y"),
        (r'"<dd"', '">dd"'),
        (r"r6\.x = v1", "r6.x = v2"),
        (r"ZIGZAG\[n6\]", "ZIGZAG[n6 + 1]"),
        (r"write_long_list\(o\.marks\)", "write_long_list(o.marks[:2])"),
        (r'"type": "double"', '"type": "float"'),
        (r"class PointInterface", "class Elsewhere"),
    ],
)
def test_wrong_code_is_a_mismatch(before: str, after: str) -> None:
    report = verified(SOURCES, lambda text: re.sub(before, after, text))
    assert [each.code for each in report.mismatches] == ["VERIFY_MISMATCH"]


def test_a_mismatch_names_the_place_the_value_and_both_bytes() -> None:
    sources = field_of({"type": "enum", "name": "E", "symbols": ["A", "B"]})
    report = verified(sources, lambda text: text.replace('E.B: b"\\x02"', 'E.B: b"\\x04"'))
    message = report.mismatches[0].message
    assert re.fullmatch(
        r"R: encode differs at byte 0, at R\.value \(str 'B'\): expected \[02\], got \[04\]; .*report it",
        message,
    )


def test_nothing_is_written_when_the_code_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    generate = pipeline.generate

    def broken(*arguments: Any, **named: Any) -> dict[str, str]:  # noqa: ANN401 - as generate
        files = generate(*arguments, **named)
        return {path: text.replace('b"\\x02"', 'b"\\x04"') for path, text in files.items()}

    monkeypatch.setattr(pipeline, "generate", broken)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemas").mkdir()
    enum = {"type": "enum", "name": "E", "symbols": ["A", "B"]}
    (tmp_path / "schemas" / "E.avsc").write_text(json.dumps(enum))
    assert run(["generate", "--package", "p", "--verify"]) == 1
    error = capsys.readouterr().err
    assert error.startswith(
        "schemas/E.avsc:1:1: VERIFY_MISMATCH E: encode differs at byte 0, at E (str 'B'): "
    )
    assert "; nothing was written" in error
    assert not (tmp_path / "generated").exists()
    assert run(["generate", "--package", "p"]) == 0


def test_a_choice_that_the_reference_gets_wrong_is_not_ours() -> None:
    report = verified(field_of(["int", "long"]))
    assert report.mismatches == ()
    assert [(each.name, each.unsaid.limit.name) for each in report.silences] == [("R", "last-branch")]


@pytest.mark.parametrize("kind", ["bytes", {"type": "fixed", "name": "F", "size": 4}], ids=["bytes", "fixed"])
def test_decimals_are_compared_as_decimals(kind: Any) -> None:  # noqa: ANN401 - JSON
    decimal = {"logicalType": "decimal", "precision": 5, "scale": 2}
    whole = {**kind, **decimal} if isinstance(kind, dict) else {"type": kind, **decimal}
    report = verified(field_of(whole))
    assert report.mismatches == ()
    assert {each.unsaid.limit.name for each in report.silences} <= {"decimal-sign"}


def test_every_branch_and_symbol_is_seen() -> None:
    symbols = [f"S{number}" for number in range(30)]
    report = verified(field_of({"type": "enum", "name": "E", "symbols": symbols}))
    assert report.values == 30


def test_a_type_without_finite_value_is_reported() -> None:
    report = verified(field_of("R"))
    assert [(each.name, each.reason) for each in report.unverified] == [("R", "it has no finite value")]


def test_the_same_seed_gives_the_same_report() -> None:
    assert verified(field_of(["int", "long", "R"])) == verified(field_of(["int", "long", "R"]))


def test_no_module_is_left_behind() -> None:
    modules, finders, path = set(sys.modules), list(sys.meta_path), list(sys.path)
    with imported(
        {"a/b/__init__.py": "", "a/b/c.py": "from . import d\nX = d.X", "a/b/d.py": "X = 1"}
    ) as found:
        assert found["a/b/c.py"].X == 1
    assert (set(sys.modules) - modules, sys.meta_path, sys.path) == (set(), finders, path)


def test_a_missing_reference_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "avro.io", None)
    with pytest.raises(MissingExtraError, match=re.escape("pip install 'avroforge[codegen]'")):
        verified(SOURCES)
