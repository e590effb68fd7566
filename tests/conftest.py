"""Options of the whole test suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from tests.integration.servers.apicurio import Apicurio
from tests.integration.servers.cache import UnavailableError

from avroforge.evolution import CompatibilityMode
from avroforge.registry import HttpRegistry, RegistryConfig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# How long an example takes says what else the machine is doing, not whether the code is right.
settings.register_profile(
    "untimed",
    parent=settings.get_profile(settings.get_current_profile_name()),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the expected output of tests/golden"
    )
    parser.addoption("--soak", action="store_true", help="the long counts and times of tests/integration")


@pytest.fixture(autouse=True)
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what `avroforge generate` remembers out of the user's cache folder."""
    folder = tmp_path_factory.getbasetemp() / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def apicurio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apicurio]:
    """A real registry for all tests of a run; its subjects have names of their own."""
    try:
        server = Apicurio(tmp_path_factory.mktemp("apicurio"))
    except UnavailableError as error:
        pytest.skip(str(error))
    with server, HttpRegistry(server.url()) as client:
        # It starts with NONE, Confluent's with BACKWARD.
        client.update_config(RegistryConfig(CompatibilityMode.BACKWARD))
        yield server
