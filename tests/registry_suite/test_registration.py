"""Registering and looking up: what is equal, what is refused, what comes back."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from tests.registry_suite.schemas import COUNTRY, MORE, SKU, V1, V2, V3, optional, order

from avroforge.errors import IncompatibleSchemaError, InvalidArgumentError, InvalidSchemaError
from avroforge.evolution import CompatibilityMode
from avroforge.registry import Metadata, RegistryConfig

if TYPE_CHECKING:
    from avroforge.registry import SchemaRegistry


def test_versions_count_from_one(registry: SchemaRegistry, subject: str) -> None:
    first, second = registry.register(subject, V1), registry.register(subject, V2)
    assert (first.subject, first.version, first.text) == (subject, 1, V1)
    assert (second.subject, second.version, second.text) == (subject, 2, V2)
    assert second.schema_id > first.schema_id >= 1


def test_the_same_text_again_is_the_same_version(registry: SchemaRegistry, subject: str) -> None:
    first = registry.register(subject, V1)
    registry.register(subject, V2)
    assert registry.register(subject, V1) == first
    assert list(registry.versions(subject)) == [1, 2]


SAME_AS_V1 = {
    "white_space": json.dumps(json.loads(V1), indent=4),
    "order_of_attributes": json.dumps(dict(reversed(json.loads(V1).items()))),
    "full_name": order(SKU).replace('"Order", "namespace": "shop"', '"shop.Order"'),
    "type_in_an_object": order(("sku", {"type": "string"})),
    "explicit_order": order({"name": "sku", "type": "string", "order": "ascending"}),
}


@pytest.mark.parametrize("change", SAME_AS_V1)
def test_spelling_makes_no_version(registry: SchemaRegistry, subject: str, change: str) -> None:
    first = registry.register(subject, V1)
    again = registry.register(subject, SAME_AS_V1[change])
    assert (again.version, again.schema_id) == (1, first.schema_id)
    assert registry.lookup(subject, SAME_AS_V1[change]) == first


OTHER_THAN_V1 = {
    "doc": order(SKU, doc="what is bought"),
    "doc_of_a_field": order({"name": "sku", "type": "string", "doc": "unit"}),
    "alias": order(SKU, aliases=["Purchase"]),
    "custom_attribute": order(SKU, owner="shop"),
    "order": order({"name": "sku", "type": "string", "order": "ignore"}),
    "default": order(optional("sku", "string", "")),
}


@pytest.mark.parametrize("change", OTHER_THAN_V1)
def test_meaning_makes_a_version(registry: SchemaRegistry, subject: str, change: str) -> None:
    first = registry.register(subject, V1)
    second = registry.register(subject, OTHER_THAN_V1[change])
    assert second.version == 2
    assert second.schema_id != first.schema_id


def test_white_space_in_a_doc_makes_a_version(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, order(SKU, doc="a b"))
    assert registry.register(subject, order(SKU, doc="a  b")).version == 2


def test_an_id_belongs_to_the_schema_under_every_subject(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    second = registry.register(subject, V2)
    other = registry.register(f"{subject}-other", V2)
    assert (other.version, other.schema_id) == (1, second.schema_id)


def test_the_exact_text_comes_back(registry: SchemaRegistry, subject: str) -> None:
    text = '{"type": "record",\r\n\t"name":"Caf","doc":"é \\u00e9 \\u2028 \U0001f600", "fields":[ ] }\n\n'
    registered = registry.register(subject, text)
    assert registered.text == text
    assert registry.schema_by_id(registered.schema_id).text == text
    assert registry.version(subject, 1).text == text


@pytest.mark.parametrize(
    "text",
    [
        '"int"',
        '{"type":"array","items":"string"}',
        '["null","string"]',
        '{"type":"fixed","name":"F","size":2}',
    ],
)
def test_a_root_of_any_kind_is_registered(registry: SchemaRegistry, subject: str, text: str) -> None:
    registered = registry.register(subject, text)
    assert json.loads(registry.version(subject).text) == json.loads(text)
    assert registry.lookup(subject, text) == registered


INVALID = {
    "no_json": "not json",
    "blank": " ",
    "no_fields": '{"type":"record","name":"R"}',
    "unknown_type": '{"type":"record","name":"R","fields":[{"name":"a","type":"nope"}]}',
    "name": '{"type":"record","name":"a-b","fields":[]}',
    "double_field": order(SKU, SKU),
    "default": order(optional("qty", "int", "many")),
}


@pytest.mark.parametrize("fault", INVALID)
def test_what_is_no_schema_is_refused(registry: SchemaRegistry, subject: str, fault: str) -> None:
    with pytest.raises(InvalidSchemaError) as caught:
        registry.register(subject, INVALID[fault])
    assert (caught.value.status, caught.value.error_code) == (422, 42201)
    assert registry.lookup(subject, V1) is None


@pytest.mark.parametrize("name", ["a\nb", "a\x00", "\x85"])
def test_a_subject_has_no_control_characters(registry: SchemaRegistry, name: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        registry.register(name, V1)
    assert (caught.value.status, caught.value.error_code) == (422, 42208)


def test_an_empty_name_is_no_subject_and_not_the_whole_registry(registry: SchemaRegistry) -> None:
    before = registry.config()
    calls: tuple[Any, ...] = (
        *(registry.version, registry.versions, registry.config, registry.mode, registry.delete_subject),
        *(registry.delete_config, registry.delete_mode),
        *(partial(call, text=V1) for call in (registry.register, registry.lookup, registry.check)),
        partial(registry.update_config, RegistryConfig(CompatibilityMode.FULL)),
    )
    for call in calls:
        with pytest.raises(InvalidArgumentError) as caught:
            call("")
        assert (caught.value.status, caught.value.error_code) == (422, 42208)
    assert registry.config() == before


@pytest.mark.parametrize("tail", ["a/b", "a b", "a%2Fb", "a?b#c", "a+b", "é日本", ".", "..", "a:b", "a\\b"])
def test_a_subject_may_have_any_other_character(registry: SchemaRegistry, subject: str, tail: str) -> None:
    name = f"{subject}-{tail}"
    registered = registry.register(name, V1)
    assert registered.subject == name
    assert registry.version(name, 1) == registered
    assert list(registry.subjects(name)) == [name]
    assert registry.check(name, V2).compatible
    assert list(registry.delete_subject(name)) == [1]


def test_a_refused_schema_leaves_nothing(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    with pytest.raises(IncompatibleSchemaError) as caught:
        registry.register(subject, MORE)
    assert caught.value.subject == subject
    assert caught.value.status == 409
    (reason,) = caught.value.reasons
    assert "READER_FIELD_MISSING_DEFAULT_VALUE" in reason
    assert "version 1" in reason
    assert "price" in reason
    assert list(registry.versions(subject)) == [1]


def test_the_refusal_in_the_registrys_words_names_the_version(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    with pytest.raises(IncompatibleSchemaError) as caught:
        registry.register(subject, MORE)
    answer = caught.value.answer
    start = "Schema being registered is incompatible with an earlier schema for subject"
    assert answer.startswith(f'{start} "{subject}", details: [{{')
    assert "errorType:'READER_FIELD_MISSING_DEFAULT_VALUE'" in answer
    assert "{oldSchemaVersion: 1}" in answer
    assert "{validateFields: 'false', compatibility: 'BACKWARD'}" in answer


def test_lookup_finds_and_registers_nothing(registry: SchemaRegistry, subject: str) -> None:
    assert registry.lookup(subject, V1) is None
    registered = registry.register(subject, V1)
    assert registry.lookup(subject, V1) == registered
    assert registry.lookup(subject, V2) is None
    assert registry.lookup(f"{subject}-other", V1) is None
    assert list(registry.subjects(subject)) == [subject]


def test_lookup_refuses_what_is_no_schema(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    with pytest.raises(InvalidSchemaError):
        registry.lookup(subject, "{")


def test_lookup_finds_a_softly_deleted_version_on_demand(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, V1)
    registry.register(subject, V2)
    registry.delete_version(subject, 1)
    assert registry.lookup(subject, V1) is None
    found = registry.lookup(subject, V1, deleted=True)
    assert found is not None
    assert (found.version, found.deleted) == (1, True)


UNSORTED = order(SKU, aliases=["Z", "A"], owner="b", also={"y": 1, "x": 2})
SORTED = order(SKU, aliases=["A", "Z"], also={"x": 2, "y": 1}, owner="b")


def test_the_normal_form_has_one_order_of_aliases_and_attributes(
    registry: SchemaRegistry, subject: str
) -> None:
    first = registry.register(subject, UNSORTED, normalize=True)
    assert registry.register(subject, SORTED, normalize=True) == first
    assert registry.lookup(subject, SORTED, normalize=True) == first
    assert json.loads(first.text)["aliases"] == ["A", "Z"]
    assert list(json.loads(first.text)["also"]) == ["x", "y"]


def test_without_the_normal_form_their_order_makes_a_version(registry: SchemaRegistry, subject: str) -> None:
    registry.register(subject, UNSORTED)
    assert registry.register(subject, SORTED).version == 2


def test_a_subject_may_be_configured_for_the_normal_form(registry: SchemaRegistry, subject: str) -> None:
    registry.update_config(RegistryConfig(None, {"normalize": True}), subject)
    first = registry.register(subject, UNSORTED)
    assert registry.register(subject, SORTED) == first


def test_metadata_makes_a_version_and_comes_back(registry: SchemaRegistry, subject: str) -> None:
    metadata = Metadata({"owner": "é"}, {"shop.Order.sku": ("PII", "id")}, ("owner",))
    plain = registry.register(subject, V1)
    registered = registry.register(subject, V1, metadata=metadata)
    assert registered.version == 2
    assert registered.schema_id != plain.schema_id
    assert registry.version(subject, 2).metadata == metadata
    assert registry.schema_by_id(registered.schema_id).metadata == metadata
    assert registry.version(subject, 1).metadata is None


def test_metadata_is_taken_over_by_the_next_version(registry: SchemaRegistry, subject: str) -> None:
    metadata = Metadata({"owner": "shop"})
    first = registry.register(subject, V1, metadata=metadata)
    assert registry.register(subject, V1) == first
    assert registry.register(subject, V2).metadata == metadata
    assert registry.lookup(subject, V1) == first
    assert registry.lookup(subject, V1, metadata=Metadata({"owner": "x"})) is None


def test_a_guid_is_the_md5_of_the_canonical_text(registry: SchemaRegistry, subject: str) -> None:
    assert registry.register(subject, '  {"type": "int"} ').guid == "ef524ea1-b91e-7317-3d93-8ade36c1db32"
    spelled = registry.register(f"{subject}-b", COUNTRY.replace(":", " : "))
    assert registry.register(f"{subject}-c", COUNTRY).guid == spelled.guid


def test_three_compatible_versions_are_listed_in_order(registry: SchemaRegistry, subject: str) -> None:
    for text in (V1, V2, V3):
        registry.register(subject, text)
    assert list(registry.versions(subject)) == [1, 2, 3]
    assert [registry.version(subject, number).text for number in (1, 2, 3)] == [V1, V2, V3]
