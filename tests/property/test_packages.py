"""Packages of random schemas: every module imports first, every annotation resolves, no seed shows."""

from __future__ import annotations

import importlib
import sys
import typing
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from tests.property.strategies import schemas
from tests.unit.codec.harness import ARRAYS

from avroforge_codegen import generate
from avroforge_codegen.pipeline import Options

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
NUMBER = count()


def modules_of(files: dict[str, str]) -> list[str]:
    names = [name.removesuffix(".py").removesuffix("/__init__") for name in files if name.endswith(".py")]
    return [name.replace("/", ".") for name in names]


def forget(package: str) -> None:
    for name in [each for each in sys.modules if each.partition(".")[0] == package]:
        del sys.modules[name]


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(
    text=schemas(depth=4),
    modules=st.sampled_from(["namespace", "type"]),
    arrays=st.sampled_from(ARRAYS),
    enums=st.sampled_from(["enum", "str"]),
    frozen=st.booleans(),
)
def test_any_module_can_be_the_first_to_be_imported(
    text: str, modules: str, arrays: str, enums: str, *, frozen: bool
) -> None:
    package = f"random_{next(NUMBER)}"
    options = Options(package=package, modules=modules, arrays=arrays, enums=enums, frozen=frozen)  # type: ignore[arg-type]  # literals
    files = generate({"a.avsc": text}, package=package, options=options)
    assert files == generate({"a.avsc": text}, package=package, options=options)
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).write_text(content, encoding="utf-8")
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        try:
            for first in modules_of(files):
                module = importlib.import_module(first)
                for each in list(vars(module).values()):
                    if isinstance(each, type) and each.__module__ == first:
                        typing.get_type_hints(each)
                forget(package)
        finally:
            forget(package)
            sys.path.remove(folder)
