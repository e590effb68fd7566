"""A thousand random evolutions: the verdict offline is the verdict of Apicurio Registry."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.registry_suite.test_verdicts import histories

from avroforge.evolution import CompatibilityMode
from avroforge.registry import HttpRegistry, MemoryRegistry, RegistryConfig, check_against

if TYPE_CHECKING:
    from tests.integration.servers.apicurio import Apicurio

    from avroforge.registry import SchemaRegistry

EXAMPLES = 1000


def fill(registry: SchemaRegistry, subject: str, texts: list[str], level: CompatibilityMode) -> int:
    """Register texts that nothing is checked against, set the level, and count the versions."""
    registry.update_config(RegistryConfig(CompatibilityMode.NONE), subject)
    for text in texts:
        registry.register(subject, text)
    registry.update_config(RegistryConfig(level), subject)
    return len(registry.versions(subject))


def test_the_verdict_offline_is_apicurios_verdict(apicurio: Apicurio) -> None:
    seen: Counter[str] = Counter()
    differing: list[tuple[list[str], str]] = []

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(histories(), st.sampled_from(list(CompatibilityMode)))
    def compare(history: list[str], level: CompatibilityMode) -> None:
        *texts, candidate = history
        subject = f"verdict-{uuid.uuid4().hex}"
        offline = MemoryRegistry()
        versions = fill(offline, subject, texts, level)
        if fill(server, subject, texts, level) != versions:
            # It takes texts for one that differ in docs, aliases or a default of null: see docs/registry.md.
            seen["other versions"] += 1
            return
        ours = not check_against(offline, subject, candidate)
        theirs = server.check(subject, candidate).compatible
        seen["compatible" if theirs else "incompatible"] += 1
        if ours != theirs:
            differing.append((history, level))

    with HttpRegistry(apicurio.url()) as server:
        compare()
    assert differing == []
    assert sum(seen.values()) >= EXAMPLES
    # Both verdicts were seen often, and few pairs could not be compared.
    assert min(seen["compatible"], seen["incompatible"]) > EXAMPLES // 10
    assert seen["other versions"] < EXAMPLES // 10
