"""Deleting softly and permanently: what is hidden, what is forgotten, what may not go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.registry_suite.schemas import ADDRESS, COUNTRY, LESS, MORE, V1, V2, V3

from avroforge.errors import (
    DeletionStateError,
    InvalidArgumentError,
    NotConfiguredError,
    ReferenceExistsError,
    SchemaNotFoundError,
    SubjectNotFoundError,
    VersionNotFoundError,
)
from avroforge.evolution import CompatibilityMode
from avroforge.registry import RegistryConfig, RegistryMode, SchemaReference

if TYPE_CHECKING:
    from avroforge.registry import SchemaRegistry


def test_a_softly_deleted_version_is_hidden_and_its_id_stays(registry: SchemaRegistry, subject: str) -> None:
    first = registry.register(subject, V1)
    registry.register(subject, V2)
    assert registry.delete_version(subject, 1) == 1
    assert list(registry.versions(subject)) == [2]
    assert list(registry.versions(subject, deleted=True)) == [1, 2]
    with pytest.raises(VersionNotFoundError):
        registry.version(subject, 1)
    found = registry.version(subject, 1, deleted=True)
    assert (found.schema_id, found.text, found.deleted) == (first.schema_id, V1, True)
    assert registry.schema_by_id(first.schema_id).text == V1


def test_latest_may_be_deleted(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    registry.register(subject, V2)
    assert registry.delete_version(subject, "latest") == 2
    assert list(registry.versions(subject)) == [1]


def test_a_version_is_deleted_softly_once(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    registry.register(subject, V2)
    registry.delete_version(subject, 1)
    with pytest.raises(DeletionStateError) as caught:
        registry.delete_version(subject, 1)
    assert (caught.value.status, caught.value.error_code) == (404, 40406)


def test_a_version_is_not_deleted_permanently_at_once(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    with pytest.raises(DeletionStateError) as caught:
        registry.delete_version(subject, 1, permanent=True)
    assert (caught.value.status, caught.value.error_code) == (404, 40407)
    assert list(registry.versions(subject)) == [1]


def test_a_permanently_deleted_version_is_forgotten(registry: SchemaRegistry, subject: str) -> None:
    first = registry.register(subject, V1)
    registry.register(subject, V2)
    registry.delete_version(subject, 1)
    assert registry.delete_version(subject, 1, permanent=True) == 1
    assert list(registry.versions(subject, deleted=True)) == [2]
    assert registry.lookup(subject, V1, deleted=True) is None
    with pytest.raises(VersionNotFoundError):
        registry.version(subject, 1, deleted=True)
    with pytest.raises(SchemaNotFoundError):
        registry.schema_by_id(first.schema_id)


def test_an_id_stays_while_another_subject_uses_it(registry: SchemaRegistry, subject: str) -> None:
    first = registry.register(subject, V1)
    registry.register(f"{subject}-other", V1)
    registry.delete_subject(subject)
    registry.delete_subject(subject, permanent=True)
    assert registry.schema_by_id(first.schema_id).text == V1


def test_an_id_is_never_given_again(registry: SchemaRegistry, subject: str) -> None:
    gone = registry.register(subject, V1).schema_id
    registry.delete_subject(subject)
    registry.delete_subject(subject, permanent=True)
    assert registry.register(subject, V1).schema_id > gone


@pytest.mark.parametrize("version", [2, 7])
def test_an_unknown_version_cannot_be_deleted(registry: SchemaRegistry, subject: str, version: int) -> None:
    registry.register(subject, V1)
    with pytest.raises(VersionNotFoundError) as caught:
        registry.delete_version(subject, version)
    assert (caught.value.status, caught.value.error_code) == (404, 40402)


def test_what_can_be_no_version_cannot_be_deleted(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    with pytest.raises(InvalidArgumentError) as caught:
        registry.delete_version(subject, 0)
    assert caught.value.error_code == 42202


def test_a_number_is_not_used_again_after_soft_deletion(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    registry.register(subject, V2)
    registry.delete_version(subject, 2)
    assert registry.register(subject, V3).version == 3
    assert list(registry.versions(subject)) == [1, 3]


def test_a_deleted_schema_comes_back_as_a_new_version_with_its_id(
    registry: SchemaRegistry, subject: str
) -> None:
    first = registry.register(subject, V1)
    registry.register(subject, V2)
    registry.delete_version(subject, 1)
    again = registry.register(subject, V1)
    assert (again.version, again.schema_id) == (3, first.schema_id)
    assert list(registry.versions(subject)) == [2, 3]
    # The softly deleted version gives way to the new one.
    assert list(registry.versions(subject, deleted=True)) == [2, 3]


def test_deleted_versions_count_for_nothing_in_a_check(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    assert not registry.check(subject, MORE).compatible
    registry.delete_version(subject, 1)
    assert registry.check(subject, MORE).compatible
    assert registry.register(subject, MORE).version == 2


def test_a_subject_is_deleted_with_all_versions(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    registry.register(subject, V2)
    assert list(registry.delete_subject(subject)) == [1, 2]
    with pytest.raises(SubjectNotFoundError):
        registry.versions(subject)
    with pytest.raises(SubjectNotFoundError):
        registry.version(subject)
    assert list(registry.versions(subject, deleted=True)) == [1, 2]


def test_a_subject_is_deleted_softly_once(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    registry.delete_subject(subject)
    with pytest.raises(DeletionStateError) as caught:
        registry.delete_subject(subject)
    assert (caught.value.status, caught.value.error_code) == (404, 40404)


def test_a_subject_is_not_deleted_permanently_at_once(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    with pytest.raises(DeletionStateError) as caught:
        registry.delete_subject(subject, permanent=True)
    assert (caught.value.status, caught.value.error_code) == (404, 40405)
    assert list(registry.versions(subject)) == [1]


def test_a_subject_with_an_active_version_is_not_deleted_permanently(
    registry: SchemaRegistry, subject: str
) -> None:
    registry.register(subject, V1)
    registry.register(subject, V2)
    registry.delete_version(subject, 1)
    with pytest.raises(DeletionStateError) as caught:
        registry.delete_subject(subject, permanent=True)
    assert caught.value.error_code == 40405


def test_a_permanently_deleted_subject_is_forgotten(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    registry.register(subject, V2)
    registry.delete_subject(subject)
    assert list(registry.delete_subject(subject, permanent=True)) == [1, 2]
    with pytest.raises(SubjectNotFoundError):
        registry.versions(subject, deleted=True)
    with pytest.raises(SubjectNotFoundError):
        registry.delete_subject(subject, permanent=True)
    assert registry.register(subject, LESS).version == 1


def test_settings_go_with_the_last_version(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    registry.update_config(RegistryConfig(CompatibilityMode.FULL), subject)
    registry.set_mode(RegistryMode.READWRITE, subject)
    registry.delete_version(subject, 1)
    with pytest.raises(NotConfiguredError):
        registry.config(subject)
    with pytest.raises(NotConfiguredError):
        registry.mode(subject)


def test_settings_stay_while_there_is_a_version(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    registry.register(subject, V2)
    registry.update_config(RegistryConfig(CompatibilityMode.FULL), subject)
    registry.delete_version(subject, 2)
    assert registry.config(subject).compatibility is CompatibilityMode.FULL


@pytest.fixture
def referenced(registry: SchemaRegistry, subject: str) -> str:
    """A subject that another one references."""
    registry.register(f"{subject}-country", COUNTRY)
    reference = SchemaReference("shop.Country", f"{subject}-country", 1)
    registry.register(f"{subject}-address", ADDRESS, [reference])
    return f"{subject}-country"


def test_a_referenced_version_is_not_deleted(registry: SchemaRegistry, referenced: str) -> None:
    for delete in (registry.delete_subject, lambda name: registry.delete_version(name, 1)):
        with pytest.raises(ReferenceExistsError) as caught:
            delete(referenced)
        assert (caught.value.status, caught.value.error_code) == (422, 42206)
        assert f"subject={referenced},version=1" in caught.value.answer


def test_a_version_is_free_for_soft_deletion_when_its_referrer_is_deleted(
    registry: SchemaRegistry, subject: str, referenced: str
) -> None:
    registry.delete_subject(f"{subject}-address")
    assert list(registry.referenced_by(referenced)) == []
    assert list(registry.delete_subject(referenced)) == [1]


def test_a_version_is_kept_while_a_softly_deleted_schema_needs_it(
    registry: SchemaRegistry, subject: str, referenced: str
) -> None:
    registry.delete_subject(f"{subject}-address")
    registry.delete_subject(referenced)
    with pytest.raises(ReferenceExistsError):
        registry.delete_subject(referenced, permanent=True)
    registry.delete_subject(f"{subject}-address", permanent=True)
    assert list(registry.delete_subject(referenced, permanent=True)) == [1]
