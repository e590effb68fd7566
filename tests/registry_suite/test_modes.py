"""What may be written: read-write, read-only, import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.registry_suite.schemas import OTHER, V1, V2

from avroforge.errors import NotConfiguredError, OperationNotPermittedError
from avroforge.evolution import CompatibilityMode
from avroforge.registry import RegistryConfig, RegistryMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from avroforge.registry import SchemaRegistry

READWRITE, READONLY, OVERRIDE, IMPORT = (
    RegistryMode.READWRITE,
    RegistryMode.READONLY,
    RegistryMode.READONLY_OVERRIDE,
    RegistryMode.IMPORT,
)


@pytest.fixture(autouse=True)
def _writable_afterwards(registry: SchemaRegistry) -> Iterator[None]:
    yield
    registry.set_mode(READWRITE)


def test_read_write_is_the_default(registry: SchemaRegistry, subject: str) -> None:
    assert registry.mode() is READWRITE
    assert registry.mode(subject, default_to_global=True) is READWRITE


def test_a_subject_without_a_mode_of_its_own_has_none(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    with pytest.raises(NotConfiguredError) as caught:
        registry.mode(subject)
    assert (caught.value.status, caught.value.error_code) == (404, 40409)


def test_a_mode_can_be_set_and_taken_back(registry: SchemaRegistry, subject: str) -> None:
    registry.set_mode(READONLY, subject)
    assert registry.mode(subject) is READONLY
    assert registry.delete_mode(subject) is READONLY
    with pytest.raises(NotConfiguredError):
        registry.mode(subject)
    with pytest.raises(NotConfiguredError) as caught:
        registry.delete_mode(subject)
    assert caught.value.error_code == 40401


WRITES: dict[str, Callable[[SchemaRegistry, str], object]] = {
    "register": lambda registry, subject: registry.register(subject, V2),
    "delete_version": lambda registry, subject: registry.delete_version(subject, 1),
    "delete_subject": lambda registry, subject: registry.delete_subject(subject),
    "update_config": lambda registry, subject: registry.update_config(
        RegistryConfig(CompatibilityMode.NONE), subject
    ),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("whole", [False, True], ids=["subject", "registry"])
def test_read_only_refuses_every_change(
    registry: SchemaRegistry, subject: str, write: str, whole: bool
) -> None:
    registry.register(subject, V1)
    registry.set_mode(READONLY, None if whole else subject)
    with pytest.raises(OperationNotPermittedError) as caught:
        WRITES[write](registry, subject)
    assert (caught.value.status, caught.value.error_code) == (422, 42205)
    assert "is in read-only mode" in caught.value.answer
    assert list(registry.versions(subject)) == [1]


def test_read_only_lets_what_is_there_be_registered(registry: SchemaRegistry, subject: str) -> None:
    first = registry.register(subject, V1)
    registry.set_mode(READONLY, subject)
    assert registry.register(subject, V1) == first


def test_a_mode_of_a_subject_goes_before_that_of_the_registry(registry: SchemaRegistry, subject: str) -> None:
    registry.set_mode(READWRITE, subject)
    registry.set_mode(READONLY)
    assert registry.mode(subject, default_to_global=True) is READWRITE
    assert registry.register(subject, V1).version == 1


def test_an_override_goes_before_everything(registry: SchemaRegistry, subject: str) -> None:
    registry.set_mode(READWRITE, subject)
    registry.set_mode(OVERRIDE)
    assert registry.mode() is OVERRIDE
    assert registry.mode(subject, default_to_global=True) is OVERRIDE
    with pytest.raises(OperationNotPermittedError):
        registry.register(subject, V1)


def test_ids_are_brought_in_import_mode_only(registry: SchemaRegistry, subject: str) -> None:
    with pytest.raises(OperationNotPermittedError) as caught:
        registry.register(subject, V1, schema_id=77)
    assert caught.value.error_code == 42205
    assert "is not in import mode" in caught.value.answer


def test_import_keeps_ids_and_versions_and_checks_nothing(
    registry: SchemaRegistry, subject: str, context: str
) -> None:
    name = f":{context}:{subject}"
    registry.set_mode(IMPORT, name)
    first = registry.register(name, V1, schema_id=100, version=3)
    second = registry.register(name, OTHER, schema_id=200, version=5)
    assert (first.version, first.schema_id) == (3, 100)
    assert (second.version, second.schema_id) == (5, 200)
    assert list(registry.versions(name)) == [3, 5]
    registry.set_mode(READWRITE, name)
    registry.update_config(RegistryConfig(CompatibilityMode.NONE), name)
    after = registry.register(name, V2)
    assert after.version == 6
    assert after.schema_id > 200


def test_import_may_fill_a_gap(registry: SchemaRegistry, subject: str, context: str) -> None:
    name = f":{context}:{subject}"
    registry.set_mode(IMPORT, name)
    registry.register(name, V2, schema_id=12, version=2)
    registry.register(name, V1, schema_id=11, version=1)
    assert list(registry.versions(name)) == [1, 2]
    assert registry.version(name).schema_id == 12


def test_import_wants_an_id(registry: SchemaRegistry, subject: str) -> None:
    registry.set_mode(IMPORT, subject)
    with pytest.raises(OperationNotPermittedError) as caught:
        registry.register(subject, V1)
    assert "is not in read-write mode" in caught.value.answer


def test_an_id_is_not_given_to_another_schema(registry: SchemaRegistry, subject: str, context: str) -> None:
    name = f":{context}:{subject}"
    registry.set_mode(IMPORT, f":{context}:")
    registry.register(name, V1, schema_id=5)
    assert registry.register(f"{name}-other", V1, schema_id=5).schema_id == 5
    with pytest.raises(OperationNotPermittedError) as caught:
        registry.register(name, V2, schema_id=5)
    assert caught.value.error_code == 42205
    assert "id 5" in caught.value.answer


def test_import_mode_wants_an_empty_place(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    with pytest.raises(OperationNotPermittedError) as caught:
        registry.set_mode(IMPORT, subject)
    assert caught.value.answer == "Cannot import since found existing subjects"
    registry.set_mode(IMPORT, subject, force=True)
    assert registry.mode(subject) is IMPORT


def test_a_context_has_a_mode_of_its_own(registry: SchemaRegistry, subject: str, context: str) -> None:
    registry.set_mode(READONLY, f":{context}:")
    assert registry.mode(f":{context}:{subject}", default_to_global=True) is READONLY
    with pytest.raises(OperationNotPermittedError):
        registry.register(f":{context}:{subject}", V1)
    assert registry.register(subject, V1).version == 1
