"""Every corpus schema as a generated package: imported, annotations resolved, clean under mypy and ruff."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import subprocess
import sys
import typing
from pathlib import Path

import pytest

from avroforge import SchemaError
from avroforge_codegen import generate

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("AVROFORGE_SHARED", ROOT.parent / "shared"))
CORPUS = SHARED / "corpus"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not CORPUS.exists(), reason=f"no schemas under {CORPUS}; set AVROFORGE_SHARED"),
]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    for kind in ("probes", "valid"):
        for source in sorted((CORPUS / kind).glob("*.avsc")):
            package = f"{kind}_{re.sub('[^0-9A-Za-z]', '_', source.stem)}"
            try:
                files = generate({source.name: source.read_text(encoding="utf-8")}, package=package)
            except SchemaError:
                continue  # which ones, and why, is the subject of test_bytes_java.py
            for name, text in files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text, encoding="utf-8")
    assert len(list(folder.iterdir())) >= 1039
    return folder


def test_every_module_is_importable_and_every_annotation_resolves(
    packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(packages)
    resolved = 0
    for folder in sorted(packages.iterdir()):
        package = importlib.import_module(folder.name)
        for found in pkgutil.walk_packages(package.__path__, f"{folder.name}."):
            module = importlib.import_module(found.name)
            for each in list(vars(module).values()):
                if isinstance(each, type) and each.__module__ == module.__name__:
                    typing.get_type_hints(each)
                    resolved += 1
    assert resolved > 3000


def test_all_packages_pass_mypy_strict_and_ruff_format(packages: Path) -> None:
    environment = {**os.environ, "MYPYPATH": str(ROOT / "src")}
    mypy = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--explicit-package-bases"]
    run = [*mypy, f"--cache-dir={packages / '.mypy_cache'}", "--config-file=", "."]
    checked = subprocess.run(run, cwd=packages, env=environment, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--check", "."]
    formatted = subprocess.run(ruff, cwd=packages, capture_output=True, text=True, check=False)
    assert formatted.returncode == 0, formatted.stdout
