"""The registries that the suite runs against; each test gets an empty one or names of its own.

To add one: a factory in `IMPLEMENTATIONS`, and where it differs from Confluent's registry a file
``differences_<name>.json`` beside this one, test name -> reason. A listed test has to fail; one of its
cases is listed as ``test_name[case]``.
"""

from __future__ import annotations

import json
import re
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from avroforge.registry import DEFAULT_COMPATIBILITY, LocalRegistry, MemoryRegistry, RegistryConfig
from avroforge.registry.client import HttpRegistry
from avroforge.registry.server import serve_in_background

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.integration.servers.apicurio import Apicurio

    from avroforge.registry import SchemaRegistry

    Factory = Callable[[pytest.FixtureRequest], AbstractContextManager[SchemaRegistry]]

HERE: Final = Path(__file__).parent


@contextmanager
def memory(request: pytest.FixtureRequest) -> Iterator[SchemaRegistry]:
    del request
    yield MemoryRegistry()


@contextmanager
def file(request: pytest.FixtureRequest) -> Iterator[SchemaRegistry]:
    folder: Path = request.getfixturevalue("tmp_path")
    yield LocalRegistry(folder / "registry.json")


@contextmanager
def server(request: pytest.FixtureRequest) -> Iterator[SchemaRegistry]:
    with file(request) as store, serve_in_background(store) as url, HttpRegistry(url) as client:
        yield client


@contextmanager
def apicurio_v7(request: pytest.FixtureRequest) -> Iterator[SchemaRegistry]:
    running: Apicurio = request.getfixturevalue("apicurio")
    with HttpRegistry(running.url("v7")) as client:
        yield with_defaults(client)


@contextmanager
def apicurio_v8(request: pytest.FixtureRequest) -> Iterator[SchemaRegistry]:
    running: Apicurio = request.getfixturevalue("apicurio")
    with HttpRegistry(running.url("v8")) as client:
        yield with_defaults(client)


def with_defaults(registry: SchemaRegistry) -> SchemaRegistry:
    """A registry that outlives a test, with the level that an empty one of Confluent's has."""
    registry.update_config(RegistryConfig(DEFAULT_COMPATIBILITY))
    return registry


IMPLEMENTATIONS: Final[dict[str, Factory]] = {
    "memory": memory,
    "file": file,
    "server": server,
    "apicurio_v7": apicurio_v7,
    "apicurio_v8": apicurio_v8,
}
NEED_SERVERS: Final = ("apicurio_v7", "apicurio_v8")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    listed = {name: _differences(name) for name in IMPLEMENTATIONS}
    for item in items:
        if not isinstance(item, pytest.Function) or item.path.parent != HERE or not hasattr(item, "callspec"):
            continue
        name = item.callspec.params.get("registry")
        if not isinstance(name, str):
            continue
        # The case without the registry that it runs against.
        case = re.sub(rf"([\[-]){name}(?:-|(?=\]))", r"\1", item.name).removesuffix("[]")
        reason = listed[name].get(item.originalname) or listed[name].get(case)
        if reason is not None:
            item.add_marker(pytest.mark.xfail(strict=True, reason=reason))


def _differences(name: str) -> dict[str, str]:
    """Tests that fail on a registry, and why; ``apicurio_v7`` and ``apicurio_v8`` share one list."""
    file = HERE / f"differences_{name.partition('_')[0]}.json"
    listed: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return listed


@pytest.fixture(
    params=[
        pytest.param(name, marks=[pytest.mark.integration] if name in NEED_SERVERS else [])
        for name in IMPLEMENTATIONS
    ]
)
def registry(request: pytest.FixtureRequest) -> Iterator[SchemaRegistry]:
    """A registry; subjects of other tests may be in it."""
    with IMPLEMENTATIONS[request.param](request) as made:
        yield made


@pytest.fixture
def subject() -> str:
    """A subject that no other test uses."""
    return f"subject-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def context() -> str:
    """A context that no other test uses."""
    return f".context{uuid.uuid4().hex[:12]}"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """The address of an empty server."""
    with serve_in_background(LocalRegistry(tmp_path / "registry.json")) as address:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
        yield address
