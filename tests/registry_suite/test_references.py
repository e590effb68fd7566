"""Schemas that use types of other subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.registry_suite.schemas import ADDRESS, COUNTRY, DELIVERY

from avroforge.errors import IncompatibleSchemaError, InvalidSchemaError
from avroforge.registry import SchemaReference, check_against, self_contained_text
from avroforge.schema import parse_schema

if TYPE_CHECKING:
    from avroforge.registry import SchemaRegistry

INLINED = (
    '{"type":"record","name":"shop.Address","fields":[{"name":"country","type":'
    '{"type":"enum","name":"shop.Country","symbols":["DE","FR"]}}]}'
)


@pytest.fixture
def country(registry: SchemaRegistry, subject: str) -> SchemaReference:
    registry.register(f"{subject}-country", COUNTRY)
    return SchemaReference("shop.Country", f"{subject}-country", 1)


@pytest.fixture
def address(registry: SchemaRegistry, subject: str, country: SchemaReference) -> SchemaReference:
    registry.register(f"{subject}-address", ADDRESS, [country])
    return SchemaReference("shop.Address", f"{subject}-address", 1)


def test_references_come_back(registry: SchemaRegistry, subject: str, country: SchemaReference) -> None:
    registered = registry.register(subject, ADDRESS, [country])
    assert registered.references == (country,)
    assert registry.version(subject).references == (country,)
    assert registry.schema_by_id(registered.schema_id).references == (country,)
    assert registry.version(subject).text == ADDRESS


def test_references_are_found_by_lookup(
    registry: SchemaRegistry, subject: str, country: SchemaReference
) -> None:
    registered = registry.register(subject, ADDRESS, [country])
    assert registry.lookup(subject, ADDRESS, [country]) == registered
    assert registry.register(subject, ADDRESS, [country]) == registered


def test_the_self_contained_text_finds_the_version_with_references(
    registry: SchemaRegistry, subject: str, country: SchemaReference
) -> None:
    registered = registry.register(subject, ADDRESS, [country])
    assert registry.lookup(subject, INLINED) == registered
    assert registry.register(subject, INLINED) == registered


def test_the_self_contained_text_has_an_id_of_its_own_elsewhere(
    registry: SchemaRegistry, subject: str, country: SchemaReference
) -> None:
    registered = registry.register(subject, ADDRESS, [country])
    assert registry.register(f"{subject}-inlined", INLINED).schema_id != registered.schema_id


def test_references_of_references_are_resolved(
    registry: SchemaRegistry, subject: str, country: SchemaReference, address: SchemaReference
) -> None:
    registered = registry.register(subject, DELIVERY, [address, country])
    text = self_contained_text(registry, registry.schema_by_id(registered.schema_id))
    assert list(parse_schema(text).names) == ["shop.Delivery", "shop.Address", "shop.Country"]


def test_a_type_of_an_indirect_reference_may_be_named(
    registry: SchemaRegistry, subject: str, address: SchemaReference
) -> None:
    assert registry.register(subject, DELIVERY, [address]).version == 1


def test_referrers_are_listed(
    registry: SchemaRegistry, subject: str, country: SchemaReference, address: SchemaReference
) -> None:
    first = registry.version(address.subject).schema_id
    second = registry.register(subject, DELIVERY, [address, country]).schema_id
    assert list(registry.referenced_by(country.subject, 1)) == sorted([first, second])
    assert list(registry.referenced_by(country.subject)) == sorted([first, second])
    assert list(registry.referenced_by(address.subject, 1)) == [second]
    assert list(registry.referenced_by(subject)) == []


@pytest.mark.parametrize("fault", ["subject", "version", "none"])
def test_a_reference_that_is_not_there_is_refused(
    registry: SchemaRegistry, subject: str, country: SchemaReference, fault: str
) -> None:
    references = {
        "subject": [SchemaReference("shop.Country", f"{subject}-nowhere", 1)],
        "version": [SchemaReference("shop.Country", country.subject, 9)],
        "none": [],
    }[fault]
    with pytest.raises(InvalidSchemaError) as caught:
        registry.register(subject, ADDRESS, references)
    assert (caught.value.status, caught.value.error_code) == (422, 42201)
    assert list(registry.subjects(subject)) == [country.subject]


def test_a_check_resolves_references(
    registry: SchemaRegistry, subject: str, country: SchemaReference
) -> None:
    registry.register(subject, ADDRESS, [country])
    smaller = COUNTRY.replace(',"FR"', "")
    registry.register(f"{subject}-small", smaller)
    small = SchemaReference("shop.Country", f"{subject}-small", 1)
    assert registry.check(subject, ADDRESS, [country]).compatible
    result = registry.check(subject, ADDRESS, [small])
    assert [each.kind for each in result.reasons] == ["MISSING_ENUM_SYMBOLS"]
    with pytest.raises(IncompatibleSchemaError):
        registry.register(subject, ADDRESS, [small])


def test_the_offline_check_resolves_references(
    registry: SchemaRegistry, subject: str, country: SchemaReference
) -> None:
    registry.register(subject, ADDRESS, [country])
    assert check_against(registry, subject, INLINED) == ()
    found = check_against(registry, subject, INLINED.replace(',"FR"', ""))
    assert [each.diagnostic.code for each in found] == ["MISSING_ENUM_SYMBOLS"]


def test_the_order_of_references_counts_unless_normalized(
    registry: SchemaRegistry, subject: str, country: SchemaReference, address: SchemaReference
) -> None:
    first = registry.register(subject, DELIVERY, [address, country])
    assert registry.register(subject, DELIVERY, [country, address]).version == first.version + 1
    normal = f"{subject}-normal"
    registered = registry.register(normal, DELIVERY, [country, address], normalize=True)
    assert registry.register(normal, DELIVERY, [address, country], normalize=True) == registered
    assert registered.references == (address, country)


def test_a_reference_stays_in_its_context(registry: SchemaRegistry, subject: str, context: str) -> None:
    registry.register(f":{context}:{subject}-country", COUNTRY)
    reference = SchemaReference("shop.Country", f"{subject}-country", 1)
    registered = registry.register(f":{context}:{subject}", ADDRESS, [reference])
    assert registered.references == (reference,)
    assert list(registry.referenced_by(f":{context}:{subject}-country")) == [registered.schema_id]
    assert "shop.Country" in self_contained_text(registry, registered, registered.subject)


def test_a_reference_may_name_another_context(registry: SchemaRegistry, subject: str, context: str) -> None:
    registry.register(f":{context}:{subject}-country", COUNTRY)
    reference = SchemaReference("shop.Country", f":{context}:{subject}-country", 1)
    assert registry.register(subject, ADDRESS, [reference]).references == (reference,)
    assert len(registry.referenced_by(f":{context}:{subject}-country")) == 1
