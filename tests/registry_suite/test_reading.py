"""Subjects, versions, ids, GUIDs and contexts: what is there, and the error where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.registry_suite.schemas import V1, V2, V3

from avroforge.errors import (
    InvalidArgumentError,
    SchemaNotFoundError,
    SubjectNotFoundError,
    VersionNotFoundError,
)
from avroforge.registry import ContextId, SubjectVersion

if TYPE_CHECKING:
    from collections.abc import Callable

    from avroforge.registry import SchemaRegistry

UNKNOWN_ID = 2**31 - 1
UNKNOWN_GUID = "00000000-0000-4000-8000-000000000000"


def test_subjects_are_sorted_and_chosen_by_prefix(registry: SchemaRegistry, subject: str) -> None:
    for tail in ("-b", "-a", "-c", "x"):
        registry.register(subject + tail, V1)
    assert list(registry.subjects(f"{subject}-")) == [f"{subject}-{each}" for each in "abc"]
    listed = list(registry.subjects())
    assert listed == sorted(listed)
    assert {f"{subject}-a", f"{subject}x"} <= set(listed)


def test_a_subject_without_active_versions_is_listed_on_demand(
    registry: SchemaRegistry, subject: str
) -> None:
    registry.register(subject, V1)
    registry.delete_subject(subject)
    assert list(registry.subjects(subject)) == []
    assert list(registry.subjects(subject, deleted=True)) == [subject]


def test_settings_make_no_subject(registry: SchemaRegistry, subject: str) -> None:
    registry.set_mode(registry.mode(), subject)
    assert list(registry.subjects(subject, deleted=True)) == []


def test_the_latest_version_is_the_default(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    second = registry.register(subject, V2)
    assert registry.version(subject) == registry.version(subject, "latest") == second
    assert registry.version(subject, 2) == second


def test_the_latest_version_is_the_last_that_is_not_deleted(registry: SchemaRegistry, subject: str) -> None:
    for text in (V1, V2, V3):
        registry.register(subject, text)
    registry.delete_version(subject, 3)
    assert registry.version(subject).version == 2
    assert registry.version(subject, deleted=True).version == 2


@pytest.mark.parametrize("version", [3, 2**31 - 1])
def test_an_unknown_version_is_not_found(registry: SchemaRegistry, subject: str, version: int) -> None:
    registry.register(subject, V1)
    with pytest.raises(VersionNotFoundError) as caught:
        registry.version(subject, version)
    assert (caught.value.status, caught.value.error_code) == (404, 40402)
    assert caught.value.answer == f"Version {version} not found."


@pytest.mark.parametrize("version", [0, 2**31])
def test_what_can_be_no_version_is_refused(registry: SchemaRegistry, subject: str, version: int) -> None:
    registry.register(subject, V1)
    with pytest.raises(InvalidArgumentError) as caught:
        registry.version(subject, version)
    assert (caught.value.status, caught.value.error_code) == (422, 42202)


ASKED: dict[str, Callable[[SchemaRegistry, str], object]] = {
    "versions": lambda registry, subject: registry.versions(subject),
    "version": lambda registry, subject: registry.version(subject),
    "version_1": lambda registry, subject: registry.version(subject, 1),
    "referenced_by": lambda registry, subject: registry.referenced_by(subject),
    "delete_version": lambda registry, subject: registry.delete_version(subject, 1),
    "delete_subject": lambda registry, subject: registry.delete_subject(subject),
}


@pytest.mark.parametrize("question", ASKED)
def test_an_unknown_subject_is_not_found(registry: SchemaRegistry, subject: str, question: str) -> None:
    with pytest.raises(SubjectNotFoundError) as caught:
        ASKED[question](registry, subject)
    assert (caught.value.status, caught.value.error_code) == (404, 40401)
    assert caught.value.answer == f"Subject '{subject}' not found."


def test_an_id_stands_for_text_and_place(registry: SchemaRegistry, subject: str) -> None:
    registered = registry.register(subject, V1)
    registry.register(f"{subject}-other", V1)
    assert registry.schema_by_id(registered.schema_id).text == V1
    assert set(registry.versions_of_id(registered.schema_id)) >= {
        SubjectVersion(subject, 1),
        SubjectVersion(f"{subject}-other", 1),
    }


def test_softly_deleted_places_of_an_id_are_listed_on_demand(registry: SchemaRegistry, subject: str) -> None:
    schema_id = registry.register(subject, V1).schema_id
    registry.register(f"{subject}-other", V1)
    registry.delete_version(subject, 1)
    assert SubjectVersion(subject, 1) not in registry.versions_of_id(schema_id)
    assert SubjectVersion(subject, 1) in registry.versions_of_id(schema_id, deleted=True)


def test_an_unknown_id_is_not_found(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    for ask in (registry.schema_by_id, registry.versions_of_id):
        with pytest.raises(SchemaNotFoundError) as caught:
            ask(UNKNOWN_ID)
        assert (caught.value.status, caught.value.error_code) == (404, 40403)


@pytest.mark.parametrize("schema_id", [0, -1])
def test_what_can_be_no_id_is_not_found(registry: SchemaRegistry, schema_id: int) -> None:
    with pytest.raises(SchemaNotFoundError):
        registry.schema_by_id(schema_id)


def test_a_guid_stands_for_the_schema_in_every_context(
    registry: SchemaRegistry, subject: str, context: str
) -> None:
    here = registry.register(subject, V2)
    registry.register(f":{context}:{subject}", V1)
    there = registry.register(f":{context}:{subject}", V2)
    assert here.guid == there.guid
    assert here.guid is not None
    assert registry.schema_by_guid(here.guid).text == V2
    assert list(registry.ids_of_guid(here.guid)) == [
        ContextId(".", here.schema_id),
        ContextId(context, there.schema_id),
    ]


def test_an_unknown_guid_is_not_found(registry: SchemaRegistry) -> None:
    for ask in (registry.schema_by_guid, registry.ids_of_guid):
        with pytest.raises(SchemaNotFoundError) as caught:
            ask(UNKNOWN_GUID)
        assert (caught.value.status, caught.value.error_code) == (404, 40403)


def test_a_context_has_subjects_and_ids_of_its_own(
    registry: SchemaRegistry, subject: str, context: str
) -> None:
    name = f":{context}:{subject}"
    first = registry.register(name, V1)
    assert (first.subject, first.version, first.schema_id) == (name, 1, 1)
    assert list(registry.subjects(context=context)) == [name]
    assert name in registry.subjects()
    assert name not in registry.subjects(context=".")
    assert list(registry.subjects(subject)) == [name]
    assert list(registry.versions(name)) == [1]
    assert registry.schema_by_id(1, name).text == V1
    assert registry.schema_by_id(1, f":{context}:").text == V1


def test_contexts_are_listed(registry: SchemaRegistry, subject: str, context: str) -> None:
    assert "." in registry.contexts()
    assert context not in registry.contexts()
    registry.register(f":{context}:{subject}", V1)
    assert context in registry.contexts()
    assert list(registry.contexts()) == sorted(registry.contexts())


def test_the_default_context_may_be_named(registry: SchemaRegistry, subject: str) -> None:
    registered = registry.register(f":.:{subject}", V1)
    assert registered.subject == subject
    assert registry.version(subject) == registered
    assert subject in registry.subjects(context=".")


def test_a_bare_name_finds_what_is_in_one_context_only(
    registry: SchemaRegistry, subject: str, context: str
) -> None:
    registered = registry.register(f":{context}:{subject}", V1)
    assert registry.version(subject) == registered
    assert registry.lookup(subject, V1) == registered
    assert registry.schema_by_id(registered.schema_id, subject).text == V1


def test_the_name_tells_registries_apart_and_closing_is_allowed(registry: SchemaRegistry) -> None:
    assert registry.name
    registry.close()
    assert "." in registry.contexts()
