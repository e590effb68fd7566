from __future__ import annotations

import json

import pytest

from avroforge.evolution import CompatibilityMode, Direction
from avroforge.registry import MemoryRegistry, RegistryConfig, check_against
from avroforge.schema import parse_schema

SUBJECT = "experiment.vqe-value"
OLD = '{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}'
NEW = """{
  "type": "record",
  "name": "R",
  "fields": [
    {"name": "a", "type": "int"},
    {"name": "b", "type": "double"}
  ]
}
"""


@pytest.fixture
def registry() -> MemoryRegistry:
    registry = MemoryRegistry()
    registry.register(SUBJECT, OLD)
    return registry


def test_a_finding_prints_as_file_line_column_code_and_message(registry: MemoryRegistry) -> None:
    (finding,) = check_against(registry, SUBJECT, parse_schema(NEW, path="schemas/R.avsc"))
    assert str(finding) == (
        "schemas/R.avsc:6:5: READER_FIELD_MISSING_DEFAULT_VALUE breaks version 1 (id 1) of "
        "'experiment.vqe-value', BACKWARD: the new schema cannot read its data; R.b: the new schema "
        "needs the field 'b', the old one does not have it; give the field a default, or an alias if it was "
        "renamed"
    )
    assert (finding.version, finding.schema_id, finding.direction) == (1, 1, Direction.BACKWARD)


def test_a_removal_is_placed_on_the_candidates_record(registry: MemoryRegistry) -> None:
    registry.update_config(RegistryConfig(CompatibilityMode.FORWARD), SUBJECT)
    (finding,) = check_against(registry, SUBJECT, parse_schema(NEW.replace('"a"', '"c"'), path="R.avsc"))
    assert str(finding).startswith("R.avsc:1:1: READER_FIELD_MISSING_DEFAULT_VALUE breaks version 1 (id 1)")
    assert str(finding).endswith(
        "FORWARD: its readers cannot read the new data; R.a: the old schema needs the field 'a', "
        "the new one does not have it; keep the field"
    )


def test_every_broken_version_is_named(registry: MemoryRegistry) -> None:
    registry.update_config(RegistryConfig(CompatibilityMode.BACKWARD_TRANSITIVE))
    with_doc = json.dumps(json.loads(OLD) | {"doc": "x"})
    registry.register(SUBJECT, with_doc)
    assert [each.version for each in check_against(registry, SUBJECT, NEW)] == [1, 2]


def test_nothing_is_registered_and_an_unknown_subject_has_nothing_to_break(registry: MemoryRegistry) -> None:
    assert check_against(registry, "other-value", NEW) == ()
    assert registry.subjects() == (SUBJECT,)
    assert registry.versions(SUBJECT) == (1,)


def test_a_pair_without_a_verdict_is_a_finding(registry: MemoryRegistry) -> None:
    registry.register(
        SUBJECT,
        OLD.replace('"int"}', '"int"}, {"name": "b", "type": "int"}').replace(
            '"b", "type": "int"', '"b", "type": "int", "default": 0'
        ),
    )
    aliased = (
        '{"type": "record", "name": "R", "fields": [{"name": "c", "type": "int", "aliases": ["a", "b"]}]}'
    )
    (finding,) = check_against(registry, SUBJECT, aliased)
    assert finding.diagnostic.code == "ALIAS_AMBIGUOUS"
    assert finding.incompatibility is None
