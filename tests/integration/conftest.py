"""Servers for the tests that need real ones: started once per run where a test leaves them as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest
from tests.integration.servers.cache import UnavailableError
from tests.integration.servers.kafka import KafkaCluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    MakeCluster = Callable[..., KafkaCluster]

T = TypeVar("T")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/integration/" in item.path.as_posix():
            item.add_marker(pytest.mark.integration)


def made_cluster(
    folder: pytest.TempPathFactory, nodes: int, settings: Mapping[str, object] | None = None
) -> KafkaCluster:
    """A cluster that is not started, or a skip with the reason."""
    try:
        return KafkaCluster(folder.mktemp("kafka"), nodes, settings)
    except UnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture
def long(request: pytest.FixtureRequest) -> Callable[[T, T], T]:
    """The first of two values, or with --soak the second."""
    soak = request.config.getoption("--soak")
    return lambda short, whole: whole if soak else short


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """One broker for all tests that do not hurt it."""
    with made_cluster(tmp_path_factory, 1) as cluster:
        yield cluster


@pytest.fixture
def make_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeCluster]:
    """Clusters of a test's own, started: to be killed, paused and cut off."""
    made: list[KafkaCluster] = []

    def make(nodes: int = 1, settings: Mapping[str, object] | None = None) -> KafkaCluster:
        made.append(made_cluster(tmp_path_factory, nodes, settings))
        made[-1].start()
        return made[-1]

    yield make
    for cluster in made:
        cluster.close()
