"""The registries that the suite runs against; each test gets an empty one or names of its own.

To add one: a factory in `IMPLEMENTATIONS`, and where it differs from Confluent's registry a file
``differences_<name>.json`` beside this one, test name -> reason. A listed test has to fail.
"""

from __future__ import annotations

import json
import re
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from avroforge.registry import LocalRegistry, MemoryRegistry
from avroforge.registry.client import HttpRegistry
from avroforge.registry.server import serve_in_background

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

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


IMPLEMENTATIONS: Final[dict[str, Factory]] = {"memory": memory, "file": file, "server": server}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for name in IMPLEMENTATIONS:
        listed = HERE / f"differences_{name}.json"
        differences = json.loads(listed.read_text()) if listed.exists() else {}
        for item in items:
            if isinstance(item, pytest.Function) and item.path.parent == HERE and _runs_on(item, name):
                reason = differences.get(item.originalname) or differences.get(item.name)
                if reason is not None:
                    item.add_marker(pytest.mark.xfail(strict=True, reason=reason))


def _runs_on(item: pytest.Function, name: str) -> bool:
    return hasattr(item, "callspec") and item.callspec.params.get("registry") == name


@pytest.fixture(params=IMPLEMENTATIONS)
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
