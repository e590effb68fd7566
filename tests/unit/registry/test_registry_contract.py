"""What every registry must do; each implementation runs the whole file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from avroforge.errors import (
    IncompatibleSchemaError,
    InvalidArgumentError,
    SchemaError,
    SchemaNotFoundError,
)
from avroforge.evolution import CompatibilityMode
from avroforge.registry import (
    LocalRegistry,
    MemoryRegistry,
    RegisteredSchema,
    RegistryConfig,
    compatibility_in_force,
)

if TYPE_CHECKING:
    from pathlib import Path

    from avroforge.registry import SchemaRegistry

SUBJECT = "experiment.vqe-value"


def order(*fields: tuple[str, str] | dict[str, object], **attributes: object) -> str:
    """A record `Order` with these fields, as text."""
    laid = [each if isinstance(each, dict) else {"name": each[0], "type": each[1]} for each in fields]
    return json.dumps({"type": "record", "name": "Order", **attributes, "fields": laid})


V1 = order(("sku", "string"))
V2 = order(("sku", "string"), {"name": "qty", "type": "int", "default": 0})
BROKEN = order(("sku", "string"), ("price", "double"))


@pytest.fixture(params=["local", "memory"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> SchemaRegistry:
    if request.param == "local":
        return LocalRegistry(tmp_path / "registry.json")
    return MemoryRegistry()


def test_ids_and_versions_start_at_one(registry: SchemaRegistry) -> None:
    assert registry.register(SUBJECT, V1) == RegisteredSchema(V1, subject=SUBJECT, version=1, schema_id=1)
    assert registry.register(SUBJECT, V2) == RegisteredSchema(V2, subject=SUBJECT, version=2, schema_id=2)


def test_the_same_text_again_is_the_same_version(registry: SchemaRegistry) -> None:
    first = registry.register(SUBJECT, V1)
    registry.register(SUBJECT, V2)
    assert registry.register(SUBJECT, V1) == first
    assert list(registry.versions(SUBJECT)) == [1, 2]


def test_white_space_between_tokens_makes_no_version(registry: SchemaRegistry) -> None:
    first = registry.register(SUBJECT, V1)
    assert registry.register(SUBJECT, json.dumps(json.loads(V1), indent=4)) == first


def test_white_space_in_a_doc_makes_a_version(registry: SchemaRegistry) -> None:
    registry.register(SUBJECT, order(("sku", "string"), doc="a b"))
    assert registry.register(SUBJECT, order(("sku", "string"), doc="a  b")).version == 2


def test_a_change_of_doc_alone_is_a_version(registry: SchemaRegistry) -> None:
    registry.register(SUBJECT, V1)
    assert registry.register(SUBJECT, order(("sku", "string"), doc="new")).schema_id == 2


def test_an_id_belongs_to_the_text_under_every_subject(registry: SchemaRegistry) -> None:
    registry.register(SUBJECT, V1)
    registry.register(SUBJECT, V2)
    other = registry.register("other-value", V2)
    assert (other.version, other.schema_id) == (1, 2)
    assert registry.register("third-value", order(("x", "int"))).schema_id == 3


def test_the_exact_text_comes_back(registry: SchemaRegistry) -> None:
    text = '{"type": "record",\r\n\t"name":"Caf","doc":"é \\u00e9 \\u2028 \U0001f600", "fields":[ ] }\n\n'
    registered = registry.register(SUBJECT, text)
    assert registered.text == text
    assert registry.schema_by_id(registered.schema_id).text == text
    assert registry.version(SUBJECT, 1).text == text


def test_lookup_finds_and_registers_nothing(registry: SchemaRegistry) -> None:
    assert registry.lookup(SUBJECT, V1) is None
    assert list(registry.subjects()) == []
    registered = registry.register(SUBJECT, V1)
    assert registry.lookup(SUBJECT, V1) == registered
    assert registry.lookup("other-value", V1) is None


def test_subjects_are_sorted(registry: SchemaRegistry) -> None:
    for subject in ("b", "a", "c"):
        registry.register(subject, V1)
    assert list(registry.subjects()) == ["a", "b", "c"]


def test_latest_is_the_default_version(registry: SchemaRegistry) -> None:
    registry.register(SUBJECT, V1)
    registry.register(SUBJECT, V2)
    assert registry.version(SUBJECT) == registry.version(SUBJECT, "latest") == registry.version(SUBJECT, 2)


def test_an_unknown_version_is_not_found(registry: SchemaRegistry) -> None:
    registry.register(SUBJECT, V1)
    with pytest.raises(SchemaNotFoundError, match="has no version 3; it has 1"):
        registry.version(SUBJECT, 3)


def test_an_unknown_subject_is_not_found(registry: SchemaRegistry) -> None:
    registry.register("other", V1)
    with pytest.raises(
        SchemaNotFoundError, match="subject 'nope' has no schema; registered subjects: 'other'"
    ):
        registry.versions("nope")
    with pytest.raises(SchemaNotFoundError):
        registry.version("nope")


@pytest.mark.parametrize("schema_id", [0, -1, 2, 2**31])
def test_an_unknown_id_is_not_found(registry: SchemaRegistry, schema_id: int) -> None:
    registry.register(SUBJECT, V1)
    with pytest.raises(SchemaNotFoundError, match=f"id {schema_id}"):
        registry.schema_by_id(schema_id)


def test_the_default_mode_is_backward(registry: SchemaRegistry) -> None:
    assert compatibility_in_force(registry) is CompatibilityMode.BACKWARD
    assert compatibility_in_force(registry, SUBJECT) is CompatibilityMode.BACKWARD


def test_a_subject_follows_the_global_mode_until_it_has_its_own(registry: SchemaRegistry) -> None:
    registry.update_config(RegistryConfig(CompatibilityMode.FULL))
    assert compatibility_in_force(registry, SUBJECT) is CompatibilityMode.FULL
    registry.update_config(RegistryConfig(CompatibilityMode.NONE), SUBJECT)
    assert compatibility_in_force(registry, SUBJECT) is CompatibilityMode.NONE
    assert compatibility_in_force(registry) is CompatibilityMode.FULL
    assert list(registry.subjects()) == []


def test_an_incompatible_schema_is_refused_with_version_place_and_reason(registry: SchemaRegistry) -> None:
    registry.register(SUBJECT, V1)
    with pytest.raises(IncompatibleSchemaError) as caught:
        registry.register(SUBJECT, BROKEN)
    assert caught.value.subject == SUBJECT
    (reason,) = caught.value.reasons
    assert "READER_FIELD_MISSING_DEFAULT_VALUE" in reason
    assert "version 1 (id 1)" in reason
    assert "Order.price" in reason
    assert reason.startswith("<schema>:1:")
    assert list(registry.versions(SUBJECT)) == [1]


def test_check_agrees_with_register_and_registers_nothing(registry: SchemaRegistry) -> None:
    assert registry.check(SUBJECT, V1).compatible
    registry.register(SUBJECT, V1)
    assert registry.check(SUBJECT, V2).compatible
    result = registry.check(SUBJECT, BROKEN)
    assert not result.compatible
    assert "version 1" in result.reasons[0].message
    assert list(registry.versions(SUBJECT)) == [1]


def test_a_transitive_mode_names_every_broken_version(registry: SchemaRegistry) -> None:
    registry.update_config(RegistryConfig(CompatibilityMode.BACKWARD_TRANSITIVE), SUBJECT)
    for text in (V1, V2, order(("sku", "string"), {"name": "price", "type": "double", "default": 0})):
        registry.register(SUBJECT, text)
    reasons = registry.check(SUBJECT, BROKEN).reasons
    assert [f"version {number}" in reason.message for number, reason in enumerate(reasons, 1)] == [True, True]


def test_a_non_transitive_mode_checks_the_latest_only(registry: SchemaRegistry) -> None:
    for text in (V1, order(("sku", "string"), {"name": "price", "type": "double", "default": 0})):
        registry.register(SUBJECT, text)
    assert registry.check(SUBJECT, BROKEN).compatible


def test_mode_none_takes_anything_valid(registry: SchemaRegistry) -> None:
    registry.update_config(RegistryConfig(CompatibilityMode.NONE))
    registry.register(SUBJECT, V1)
    assert registry.register(SUBJECT, '"int"').version == 2


def test_mode_forward_asks_whether_old_readers_read_new_data(registry: SchemaRegistry) -> None:
    registry.update_config(RegistryConfig(CompatibilityMode.FORWARD))
    registry.register(SUBJECT, V1)
    registry.register(SUBJECT, BROKEN)
    with pytest.raises(IncompatibleSchemaError, match="FORWARD: its readers cannot read the new data"):
        registry.register(SUBJECT, V1.replace("sku", "name"))


def test_an_invalid_schema_is_refused(registry: SchemaRegistry) -> None:
    with pytest.raises(SchemaError):
        registry.register(SUBJECT, '{"type": "record", "name": "Order"}')
    with pytest.raises(SchemaError):
        registry.check(SUBJECT, "not json")
    assert list(registry.subjects()) == []


@pytest.mark.parametrize("subject", ["", "a\nb", "a\x00"])
def test_a_subject_needs_a_printable_name(registry: SchemaRegistry, subject: str) -> None:
    with pytest.raises(InvalidArgumentError, match="without control characters"):
        registry.register(subject, V1)


def test_the_name_tells_registries_apart(registry: SchemaRegistry) -> None:
    assert registry.name
    assert registry.name != MemoryRegistry().name
