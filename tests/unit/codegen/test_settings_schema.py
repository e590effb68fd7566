"""The published JSON Schema of the settings: fresh, valid, and never stricter than the settings are."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.unit.codegen.test_settings import FAULTS

from avroforge.errors import ConfigurationError
from avroforge_codegen.rules.selection import select
from avroforge_codegen.settings import parse_settings
from avroforge_codegen.settings_document import ANY_KEY, SECTIONS, TOP
from avroforge_codegen.settings_schema import settings_schema

ROOT = Path(__file__).parents[3]
FILE = ROOT / "docs/avroforge.schema.json"
VALUES: list[Any] = [
    *(True, 0, 1, 2, 4, 110, -1, 10**6, 1.5, "", "x", "numpy", "BACKWARD", "DOC_TYPE", "STRICT"),
    *([], [""], ["a"], ["DOC_TYPE"], [1]),
    *({}, {"a": "b"}, {"a": 1}, {"a": []}, {"a": "FULL"}, {"a": {"url": "http://x"}}, {"a": {}}),
    *({"DOC_TYPE": "error"}, {"DOC_TYPE": ["p"]}, {"*": ["p"]}, {"DOCS": ["p"]}, {"DOC_TYPE": "off"}),
    *({"value": "a.B"}, {"value": "a.B", "naming": "record-name"}, {"key": "a.B", "naming": "x"}),
    {"type": "a.B", "read": "a.b", "write": "a.b", "underlying": "long"},
    {"type": "a.B", "read": "a:B.b", "write": "a.b", "underlying": ["long", "string"]},
    {"type": "a.B", "read": "a.b", "write": "a.b"},
]


@cache
def published() -> Any:  # noqa: ANN401 - JSON
    return jsonschema.Draft7Validator(json.loads(FILE.read_text(encoding="utf-8")))


def is_taken(document: dict[str, Any]) -> bool:
    """Whether the commands take a document."""
    lines: list[str] = []
    for name, each in document.items():
        if isinstance(each, dict):
            lines += [f"[{name}]", *(f"{json.dumps(key)} = {toml(value)}" for key, value in each.items())]
        else:
            lines.insert(0, f"{name} = {toml(each)}")
    text = "\n".join(lines)
    assert tomllib.loads(text) == document
    try:
        settings = parse_settings(text, path="avroforge.toml", file=Path("/p/avroforge.toml"))
        select(settings.lint.select, settings.lint.exclude, settings.lint.severity, settings.lint.ignore)
    except (ConfigurationError, ValueError):
        return False
    return True


def toml(value: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def test_the_published_schema_is_fresh(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        FILE.write_text(settings_schema(), encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == settings_schema()
    jsonschema.Draft7Validator.check_schema(json.loads(settings_schema()))


@pytest.mark.parametrize("section", SECTIONS)
def test_what_the_settings_take_the_schema_takes(section: str) -> None:
    taken = 0
    for key in SECTIONS[section]:
        for value in VALUES:
            document = {section: {"some" if key == ANY_KEY else key: value}}
            if is_taken(document):
                taken += 1
                published().validate(document)
    assert taken >= len(SECTIONS[section])


def test_most_of_what_the_settings_refuse_the_schema_refuses_too() -> None:
    refused = missed = 0
    for section, keys in SECTIONS.items():
        for key in keys:
            for value in VALUES:
                document = {section: {"some" if key == ANY_KEY else key: value}}
                if not is_taken(document):
                    refused += 1
                    missed += published().is_valid(document)
    # names of Python packages and the keys of environments are beyond JSON Schema
    assert missed <= 20 < refused


def test_faults_of_the_settings_are_faults_to_the_schema() -> None:
    beyond = {"[generate]\nrename = {x = 'a.b'}"}
    for text in FAULTS:
        if "SETTING_SYNTAX" not in FAULTS[text] and text not in beyond:
            assert not published().is_valid(tomllib.loads(text)), text


@pytest.mark.parametrize("value", [1, 2, "1", True])
def test_the_version(value: object) -> None:
    assert list(TOP) == ["version"]
    assert (
        is_taken({"version": value})
        == published().is_valid({"version": value})
        == (value == 1 and value is not True)
    )


def test_the_settings_of_this_repository_and_of_the_cases_fit() -> None:
    files = [ROOT / "avroforge.toml", *ROOT.glob("tests/golden/generate*/in/avroforge.toml")]
    assert len(files) > 5
    for file in files:
        published().validate(tomllib.loads(file.read_text(encoding="utf-8")))
