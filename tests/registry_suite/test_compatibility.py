"""The seven compatibility levels, checks without registering, and the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.registry_suite.schemas import LESS, MORE, OTHER, SKU, V1, V2, V3, optional, order

from avroforge.errors import (
    IncompatibleSchemaError,
    InvalidArgumentError,
    InvalidSchemaError,
    NotConfiguredError,
    VersionNotFoundError,
)
from avroforge.evolution import CompatibilityMode
from avroforge.registry import Metadata, RegistryConfig

if TYPE_CHECKING:
    from avroforge.registry import SchemaRegistry

NONE, BACKWARD, FORWARD, FULL = (
    CompatibilityMode.NONE,
    CompatibilityMode.BACKWARD,
    CompatibilityMode.FORWARD,
    CompatibilityMode.FULL,
)
TRANSITIVE = {
    BACKWARD: CompatibilityMode.BACKWARD_TRANSITIVE,
    FORWARD: CompatibilityMode.FORWARD_TRANSITIVE,
    FULL: CompatibilityMode.FULL_TRANSITIVE,
}
ALLOWED = {
    # candidate after V1: which levels take it
    "V2": (V2, {NONE, BACKWARD, FORWARD, FULL}),
    "MORE": (MORE, {NONE, FORWARD}),
    "LESS": (LESS, {NONE, BACKWARD}),
    "OTHER": (OTHER, {NONE}),
}


@pytest.mark.parametrize("level", CompatibilityMode)
@pytest.mark.parametrize("candidate", ALLOWED)
def test_a_level_takes_what_it_allows(
    registry: SchemaRegistry, subject: str, candidate: str, level: CompatibilityMode
) -> None:
    text, takers = ALLOWED[candidate]
    plain = CompatibilityMode(level.removesuffix("_TRANSITIVE"))
    registry.update_config(RegistryConfig(level), subject)
    registry.register(subject, V1)
    assert registry.check(subject, text).compatible == (plain in takers)
    assert list(registry.versions(subject)) == [1]
    if plain in takers:
        assert registry.register(subject, text).version == 2
    else:
        with pytest.raises(IncompatibleSchemaError):
            registry.register(subject, text)


HAS_DEFAULT = order(SKU, optional("price", "double", 0.0))


@pytest.mark.parametrize("transitive", [False, True])
def test_a_transitive_level_checks_every_version(
    registry: SchemaRegistry, subject: str, transitive: bool
) -> None:
    registry.update_config(RegistryConfig(TRANSITIVE[BACKWARD] if transitive else BACKWARD), subject)
    registry.register(subject, V1)
    registry.register(subject, HAS_DEFAULT)
    # MORE has the price of the latest version, and cannot read the first, which has none.
    assert registry.check(subject, MORE).compatible == (not transitive)
    assert registry.check(subject, MORE, version="latest").compatible
    assert not registry.check(subject, MORE, version=1).compatible
    assert registry.check(subject, MORE, version=2).compatible


def test_a_check_says_why(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    result = registry.check(subject, MORE)
    (reason,) = result.reasons
    assert reason.kind == "READER_FIELD_MISSING_DEFAULT_VALUE"
    assert reason.pointer == "/fields/1"
    assert reason.version == 1
    assert "price" in reason.message
    assert result.messages[0] == (
        "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'price' at path '/fields/1' "
        "in the new schema has no default value and is missing in the old schema', additionalInfo:'price'}"
    )
    assert result.messages[1] == "{oldSchemaVersion: 1}"
    assert result.messages[-1] == "{validateFields: 'false', compatibility: 'BACKWARD'}"


def test_full_describes_both_views_the_old_readers_first(registry: SchemaRegistry, subject: str) -> None:
    registry.update_config(RegistryConfig(FULL), subject)
    registry.register(subject, V1)
    messages = registry.check(subject, OTHER).messages
    assert "in the old schema does not match with the new schema" in messages[0]
    assert "in the new schema does not match with the old schema" in messages[1]
    assert messages[2] == "{oldSchemaVersion: 1}"
    assert messages[-1] == "{validateFields: 'false', compatibility: 'FULL'}"


def test_a_compatible_schema_has_no_messages(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    result = registry.check(subject, V2)
    assert (result.compatible, result.reasons, result.messages) == (True, (), ())


def test_a_subject_that_is_not_there_allows_everything(registry: SchemaRegistry, subject: str) -> None:
    assert registry.check(subject, V1).compatible
    assert registry.check(subject, V1, version="latest").compatible
    assert list(registry.subjects(subject)) == []


def test_a_check_against_a_version_that_is_not_there_has_no_verdict(
    registry: SchemaRegistry, subject: str
) -> None:
    registry.register(subject, V1)
    with pytest.raises(VersionNotFoundError) as caught:
        registry.check(subject, V2, version=9)
    assert (caught.value.status, caught.value.error_code) == (404, 40402)


def test_a_check_of_what_is_no_schema_has_no_verdict(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    with pytest.raises(InvalidSchemaError):
        registry.check(subject, "not json")


def test_only_versions_of_the_same_group_are_checked(registry: SchemaRegistry, subject: str) -> None:
    registry.update_config(RegistryConfig(BACKWARD, {"compatibilityGroup": "major"}), subject)
    registry.register(subject, V1, metadata=Metadata({"major": "1"}))
    registry.register(subject, MORE, metadata=Metadata({"major": "2"}))
    with pytest.raises(IncompatibleSchemaError):
        registry.register(subject, OTHER, metadata=Metadata({"major": "2"}))
    registry.register(subject, V3, metadata=Metadata({"major": "1"}))


def test_backward_is_the_default(registry: SchemaRegistry, subject: str) -> None:
    assert registry.config().compatibility is BACKWARD
    assert registry.config(subject, default_to_global=True).compatibility is BACKWARD


def test_a_subject_without_a_level_of_its_own_has_none(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    with pytest.raises(NotConfiguredError) as caught:
        registry.config(subject)
    assert (caught.value.status, caught.value.error_code) == (404, 40408)
    assert caught.value.answer == (
        f"Subject '{subject}' does not have subject-level compatibility configured"
    )


def test_a_subject_follows_the_registry_until_it_has_its_own_level(
    registry: SchemaRegistry, subject: str
) -> None:
    registry.update_config(RegistryConfig(FULL))
    try:
        assert registry.config().compatibility is FULL
        assert registry.config(subject, default_to_global=True).compatibility is FULL
        registry.update_config(RegistryConfig(NONE), subject)
        assert registry.config(subject, default_to_global=True).compatibility is NONE
        assert registry.config(subject).compatibility is NONE
        assert registry.config().compatibility is FULL
    finally:
        registry.update_config(RegistryConfig(BACKWARD))


def test_a_level_of_a_subject_can_be_taken_back(registry: SchemaRegistry, subject: str) -> None:
    registry.update_config(RegistryConfig(FORWARD), subject)
    assert registry.delete_config(subject).compatibility is FORWARD
    with pytest.raises(NotConfiguredError):
        registry.config(subject)
    with pytest.raises(NotConfiguredError) as caught:
        registry.delete_config(subject)
    assert (caught.value.status, caught.value.error_code) == (404, 40401)


def test_the_level_of_the_registry_can_be_taken_back(registry: SchemaRegistry) -> None:
    registry.update_config(RegistryConfig(FORWARD))
    assert registry.delete_config().compatibility is FORWARD
    assert registry.config().compatibility is BACKWARD


def test_what_an_update_does_not_name_stays(registry: SchemaRegistry, subject: str) -> None:
    registry.update_config(RegistryConfig(FULL, {"normalize": True, "alias": "a"}), subject)
    registry.update_config(RegistryConfig(None, {"alias": "b"}), subject)
    assert registry.config(subject) == RegistryConfig(FULL, {"normalize": True, "alias": "b"})
    after = registry.update_config(RegistryConfig(NONE, {"alias": None}), subject)
    assert after == registry.config(subject) == RegistryConfig(NONE, {"normalize": True})


def test_a_context_has_a_level_of_its_own(registry: SchemaRegistry, subject: str, context: str) -> None:
    registry.update_config(RegistryConfig(NONE), f":{context}:")
    assert registry.config(f":{context}:").compatibility is NONE
    assert registry.config(f":{context}:{subject}", default_to_global=True).compatibility is NONE
    assert registry.config(subject, default_to_global=True).compatibility is BACKWARD
    registry.register(f":{context}:{subject}", V1)
    assert registry.register(f":{context}:{subject}", OTHER).version == 2


def test_settings_for_all_contexts_are_in_a_context_of_their_own(
    registry: SchemaRegistry, subject: str, context: str
) -> None:
    everywhere = ":.__GLOBAL:"
    registry.update_config(RegistryConfig(NONE), everywhere)
    try:
        for place in (subject, f":{context}:{subject}", f":{context}:"):
            assert registry.config(place, default_to_global=True).compatibility is NONE
        registry.update_config(RegistryConfig(FULL), f":{context}:")
        assert registry.config(f":{context}:{subject}", default_to_global=True).compatibility is FULL
        assert registry.config(subject, default_to_global=True).compatibility is NONE
        assert ".__GLOBAL" not in registry.contexts()
        with pytest.raises(InvalidArgumentError) as caught:
            registry.register(f"{everywhere}{subject}", V1)
        assert caught.value.error_code == 42208
    finally:
        registry.delete_config(everywhere)


def test_the_level_of_the_default_context_is_not_that_of_others(
    registry: SchemaRegistry, subject: str, context: str
) -> None:
    registry.update_config(RegistryConfig(NONE))
    try:
        assert registry.config(f":{context}:{subject}", default_to_global=True).compatibility is BACKWARD
    finally:
        registry.update_config(RegistryConfig(BACKWARD))


def test_each_key_comes_from_the_nearest_place_that_has_it(
    registry: SchemaRegistry, subject: str, context: str
) -> None:
    registry.update_config(RegistryConfig(FULL, {"compatibilityGroup": "major"}), f":{context}:")
    registry.update_config(RegistryConfig(None, {"normalize": True}), f":{context}:{subject}")
    in_force = registry.config(f":{context}:{subject}", default_to_global=True)
    assert in_force == RegistryConfig(FULL, {"compatibilityGroup": "major", "normalize": True})
