"""Random evolutions: the verdict offline is the verdict of the server, for every level."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.property.evolutions import evolutions
from tests.property.strategies import schemas

from avroforge.errors import IncompatibleSchemaError
from avroforge.evolution import CompatibilityMode
from avroforge.registry import MemoryRegistry, RegistryConfig, check_against
from avroforge.registry.client import HttpRegistry
from avroforge.registry.server import serve_in_background

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avroforge.registry import SchemaRegistry

LEVELS = tuple(CompatibilityMode)
NUMBERS = itertools.count()
ID = re.compile(r"\(id \d+\) ")


@pytest.fixture(scope="module")
def server() -> Iterator[HttpRegistry]:
    with serve_in_background(MemoryRegistry()) as url, HttpRegistry(url) as client:
        yield client


@st.composite
def histories(draw: st.DrawFn) -> list[str]:
    """Three texts, each made from the one before or from the first."""
    first = draw(schemas(depth=2))
    second = draw(evolutions(first))
    return [first, second, draw(evolutions(draw(st.sampled_from([first, second]))))]


FIXTURES_MAY_STAY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=150, suppress_health_check=FIXTURES_MAY_STAY)
@given(histories(), st.sampled_from(LEVELS))
def test_the_verdict_offline_is_the_verdict_of_the_server(
    server: HttpRegistry, history: list[str], level: CompatibilityMode
) -> None:
    _compare(server, history, level)


@pytest.mark.conformance
@settings(max_examples=1000, suppress_health_check=FIXTURES_MAY_STAY)
@given(histories(), st.sampled_from(LEVELS))
def test_the_verdict_is_the_same_for_a_thousand_evolutions(
    server: HttpRegistry, history: list[str], level: CompatibilityMode
) -> None:
    _compare(server, history, level)


def _compare(server: HttpRegistry, history: list[str], level: CompatibilityMode) -> None:
    *registered, candidate = history
    subject = f"s{next(NUMBERS)}"
    offline = MemoryRegistry()
    registries: list[SchemaRegistry] = [offline, server]
    for registry in registries:
        registry.update_config(RegistryConfig(CompatibilityMode.NONE), subject)
        for text in registered:
            registry.register(subject, text)
        registry.update_config(RegistryConfig(level), subject)
    findings = check_against(offline, subject, candidate)
    known = server.lookup(subject, candidate) is not None
    result = server.check(subject, candidate)
    assert result.compatible == (not findings)
    assert bool(result.messages) == bool(findings)
    # Of what FULL forbids only in the view of the old schema, the registry does not name the version.
    assert {each.version for each in result.reasons} <= {None} | {each.version for each in findings}
    if findings and not known:
        with pytest.raises(IncompatibleSchemaError) as caught:
            server.register(subject, candidate)
        reasons = [ID.sub("", reason) for reason in caught.value.reasons]
        assert reasons == [ID.sub("", str(each)) for each in findings]
    else:
        server.register(subject, candidate)
